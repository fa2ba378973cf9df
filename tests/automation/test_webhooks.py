"""Calls from outside: only what is signed comes in, what comes in is kept, and the same call has one effect."""

import asyncio
import base64
import hashlib
import hmac
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
import orjson
import pytest
import standardwebhooks
from pydantic import SecretStr

from arti.api import create_app
from arti.automation.signatures import sign_standard
from arti.settings import Settings
from arti.vocabulary import EventType
from arti_core import clock
from tests.automation.conftest import Story

JSON = {"Content-Type": "application/json"}


def signed(secret: str, body: bytes, *, id: str | None = None, age: int = 0) -> dict[str, str]:
    return JSON | sign_standard(
        secret, id=id or f"msg_{uuid4().hex}", timestamp=int(clock.timestamp()) - age, body=body
    )


async def _source(story: Story, source: str, **more: Any) -> dict[str, Any]:
    answer = await story.manager.http.post("/api/webhook-sources", json={"source": source, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _post(story: Story, path: str, body: bytes, headers: dict[str, str]) -> Any:
    return await story.world.anonymous.post(path, content=body, headers=headers)


async def _received(story: Story) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await story.manager.http.get("/api/webhook-events")).json()["items"]
    return items


def _insight_call(story: Story, **data: Any) -> bytes:
    return orjson.dumps({"type": "insight.created", "data": {"org_id": str(story.org_id), **data}})


async def test_a_signed_insight_call_is_told_once(story: Story) -> None:
    """An insight that somebody wrote straight into the database: called for five times, told once."""
    await story.rule(await story.channel("slack"))
    insight_id = await story.insight()
    secret = story.world.settings.arti_webhook_secret.get_secret_value()
    body = _insight_call(story, insight_id=str(insight_id))
    same = signed(secret, body, id="msg_1")
    first = await _post(story, "/webhooks/insight-created", body, same)
    assert (first.status_code, first.json()["status"]) == (202, "received")
    again = await _post(story, "/webhooks/insight-created", body, same)
    assert (again.status_code, again.json()["status"]) == (202, "already_received")
    for _ in range(3):
        await _post(story, "/webhooks/insight-created", body, signed(secret, body))
    assert await story.deliveries() == []  # the answer came before the work
    await story.run_due_jobs()
    assert len(await story.deliveries()) == 1
    events = (await story.manager.http.get("/api/events?type=insight.created")).json()["items"]
    assert [event["payload"]["insight_id"] for event in events] == [str(insight_id)]
    assert {call["status"] for call in await _received(story)} == {"processed"}


async def test_an_event_of_the_outbox_is_not_doubled_by_a_call(story: Story) -> None:
    await story.rule(await story.channel("slack"))
    event_id = await story.insight_created()
    secret = story.world.settings.arti_webhook_secret.get_secret_value()
    body = _insight_call(story, event_id=str(event_id))
    assert (await _post(story, "/webhooks/insight-created", body, signed(secret, body))).status_code == 202
    await story.run_due_jobs()
    assert len(await story.deliveries()) == 1


async def test_a_supabase_database_webhook_is_heard(story: Story) -> None:
    await story.rule(await story.channel("slack"))
    insight_id = await story.insight()
    record = {"id": str(insight_id), "org_id": str(story.org_id), "title": "not kept"}
    body = orjson.dumps(
        {"type": "INSERT", "schema": "public", "table": "insights", "record": record, "old_record": None}
    )
    secret = story.world.settings.arti_webhook_secret.get_secret_value()
    bearer = JSON | {"Authorization": f"Bearer {secret}"}
    for status in ("received", "already_received"):
        answer = await _post(story, "/webhooks/insight-created", body, bearer)
        assert (answer.status_code, answer.json()["status"]) == (202, status)
    await story.run_due_jobs()
    assert len(await story.deliveries()) == 1
    (kept,) = await _received(story)
    assert kept["payload"] == {"org_id": str(story.org_id), "insight_id": str(insight_id)}
    for wrong in ("", "Bearer", f"Bearer {secret}x", secret, f"bearer {secret}"):
        answer = await _post(story, "/webhooks/insight-created", body, JSON | {"Authorization": wrong})
        assert answer.status_code == 401, wrong
    # The bearer way is for the database's own shape only; a signed body is no way in without its signature.
    ours = _insight_call(story, insight_id=str(insight_id))
    assert (await _post(story, "/webhooks/insight-created", ours, bearer)).status_code == 422


async def test_unknown_insights_and_orgs_have_no_effect(story: Story) -> None:
    other = await story.world.member()
    insight_id = await story.insight()
    secret = story.world.settings.arti_webhook_secret.get_secret_value()
    for org_id, data in (
        (story.org_id, {"insight_id": str(uuid4())}),
        (story.org_id, {"event_id": str(uuid4())}),
        (other.org_id, {"insight_id": str(insight_id)}),
    ):
        body = orjson.dumps({"type": "insight.created", "data": {"org_id": str(org_id), **data}})
        assert (await _post(story, "/webhooks/insight-created", body, signed(secret, body))).status_code == 202
    body = orjson.dumps({"type": "insight.created", "data": {"org_id": str(uuid4()), "insight_id": str(insight_id)}})
    assert (await _post(story, "/webhooks/insight-created", body, signed(secret, body))).status_code == 404
    await story.run_due_jobs()
    calls = await _received(story)
    assert [call["status"] for call in calls] == ["failed", "failed"]
    assert all("There is no such" in call["note"] for call in calls)
    events = await story.world.database.as_owner(
        "select 1 from events where type = $1 and org_id = any ($2)", "insight.created", [story.org_id, other.org_id]
    )
    assert events == []


@pytest.mark.parametrize(
    ("payload", "field"),
    [
        ({"type": "other", "data": {}}, "type"),
        ({"type": "insight.created"}, "data"),
        ({"type": "insight.created", "data": {"org_id": 5, "insight_id": str(UUID(int=1))}}, "data.org_id"),
        ({"type": "insight.created", "data": {"org_id": str(UUID(int=1)), "event_id": "x"}}, "data.event_id"),
        ([1], "body"),
    ],
)
async def test_a_signed_call_that_says_nothing_is_refused_by_field(story: Story, payload: Any, field: str) -> None:
    body = orjson.dumps(payload)
    secret = story.world.settings.arti_webhook_secret.get_secret_value()
    answer = await _post(story, "/webhooks/insight-created", body, signed(secret, body))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_source_signed_by_the_public_library_makes_an_annotation(story: Story) -> None:
    source = await _source(story, "n8n")
    assert source["signing"] == "standard-webhooks"
    data = {"artist_id": str(story.artist_id), "occurred_on": "2026-03-01", "kind": "release", "title": "New single"}
    text = orjson.dumps({"type": "annotation", "data": data}).decode()
    # The library takes a naive time as UTC.
    at = clock.now().replace(tzinfo=None)
    signature = standardwebhooks.Webhook(source["secret"]).sign("msg_7", at, text)
    headers = {
        **JSON,
        "webhook-id": "msg_7",
        "webhook-timestamp": str(int(clock.timestamp())),
        "webhook-signature": signature,
    }
    path = source["url"].removeprefix(story.world.settings.api_url)
    answers = await asyncio.gather(*(_post(story, path, text.encode(), headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert sorted(answer.json()["status"] for answer in answers)[-1] == "received"
    await story.run_due_jobs()
    rows = await story.world.database.as_owner(
        "select title, kind, occurred_on from annotations where org_id = $1", story.org_id
    )
    assert [(row["title"], row["kind"], str(row["occurred_on"])) for row in rows] == [
        ("New single", "release", "2026-03-01")
    ]
    (listed,) = (await story.manager.http.get("/api/webhook-sources")).json()["items"]
    assert listed["received"] == 1
    assert "secret" not in listed


@pytest.mark.parametrize(
    ("data", "note"),
    [
        ({"artist_id": str(UUID(int=9)), "occurred_on": "2026-03-01", "title": "x"}, "data.artist_id"),
        ({"occurred_on": "2026-03-01", "title": "x"}, "data.artist_id"),
        ({"artist_id": str(UUID(int=9)), "occurred_on": "soon", "title": "x"}, "data.occurred_on"),
        ("nothing", "data"),
    ],
)
async def test_an_annotation_that_cannot_be_made_says_why(story: Story, data: Any, note: str) -> None:
    source = await _source(story, "custom")
    body = orjson.dumps({"type": "annotation", "data": data})
    answer = await _post(story, f"/webhooks/custom?org={story.org_id}", body, signed(source["secret"], body))
    assert answer.status_code == 202
    await story.run_due_jobs()
    (call,) = await _received(story)
    assert call["status"] == "failed"
    assert call["note"].startswith(note)


async def test_unknown_types_are_kept_as_they_came(story: Story) -> None:
    source = await _source(story, "custom")
    body = orjson.dumps({"type": "weather", "data": {"rain": True}})
    await _post(story, f"/webhooks/custom?org={story.org_id}", body, signed(source["secret"], body))
    await story.run_due_jobs()
    (call,) = await _received(story)
    assert (call["status"], call["payload"]) == ("processed", {"type": "weather", "data": {"rain": True}})
    assert call["note"].startswith("Kept as it came")


async def test_slack_signs_in_its_own_way(story: Story) -> None:
    await _source(story, "slack", secret="8f742231b10e8888abcd99yyyzzz85a5")
    path, now = f"/webhooks/slack?org={story.org_id}", int(clock.timestamp())

    def headers(body: bytes, at: int) -> dict[str, str]:
        digest = hmac.new(b"8f742231b10e8888abcd99yyyzzz85a5", f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {**JSON, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}

    challenge = orjson.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    answer = await _post(story, path, challenge, headers(challenge, now))
    assert (answer.status_code, answer.json()["challenge"]) == (200, "3eZbrw1a")
    event = orjson.dumps({"type": "event_callback", "event_id": "Ev1"})
    statuses = [(await _post(story, path, event, headers(event, at))).json()["status"] for at in (now, now - 60)]
    assert statuses == ["received", "already_received"]  # Slack's own retry, with a new time
    assert (await _post(story, path, event, headers(event, now - 301))).status_code == 401
    assert (await _post(story, path, event + b" ", headers(event, now))).status_code == 401


async def test_meta_asks_first_and_signs_then(story: Story) -> None:
    source = await _source(story, "meta", secret="app-secret-of-meta")
    path = f"/webhooks/meta?org={story.org_id}"
    ask = f"{path}&hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    answer = await story.world.anonymous.get(ask + source["verify_token"])
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (await story.world.anonymous.get(ask + "guess")).status_code == 401
    body = orjson.dumps({"object": "instagram", "entry": [{"id": "1"}]})
    digest = hmac.new(b"app-secret-of-meta", body, hashlib.sha256).hexdigest()
    good = {**JSON, "X-Hub-Signature-256": f"sha256={digest}"}
    assert [(await _post(story, path, body, good)).json()["status"] for _ in "ab"] == ["received", "already_received"]
    assert (await _post(story, path, body, {**JSON, "X-Hub-Signature-256": f"sha1={digest}"})).status_code == 401


async def test_a_changed_secret_leaves_the_old_one_a_day(story: Story) -> None:
    old, new = (await _source(story, "custom"))["secret"], (await _source(story, "custom"))["secret"]
    path, body = f"/webhooks/custom?org={story.org_id}", b"{}"
    for secret in (old, new):
        assert (await _post(story, path, body, signed(secret, body))).status_code == 202
    vault = story.worker_context.vault
    sealed = vault.seal(
        {"secret": new, "previous": old, "previous_until": int(clock.timestamp()) - 1},
        owner_id=story.org_id,
        kind="webhook_source",
        ref="custom",
    )
    await story.world.database.as_owner(
        "update private.vault set sealed = $2 where org_id = $1 and kind = 'webhook_source'", story.org_id, sealed
    )
    assert (await _post(story, path, body, signed(old, body))).status_code == 401
    assert (await story.manager.http.delete("/api/webhook-sources/custom")).status_code == 204
    assert (await _post(story, path, body, signed(new, body))).status_code == 503
    assert (await story.manager.http.delete("/api/webhook-sources/custom")).status_code == 404


async def test_nobody_learns_which_orgs_exist(story: Story) -> None:
    body = b"{}"
    headers = signed("whsec_" + base64.b64encode(b"k" * 32).decode(), body)
    answers = [
        await _post(story, f"/webhooks/n8n?org={org}", body, headers) for org in (story.org_id, uuid4(), "not-an-id")
    ]
    assert {answer.status_code for answer in answers} == {503}
    assert len({answer.json()["message"] for answer in answers}) == 1


async def test_one_orgs_secret_does_not_open_another_org(story: Story) -> None:
    stranger = await story.world.member()
    mine = (await _source(story, "custom"))["secret"]
    await stranger.http.post("/api/webhook-sources", json={"source": "custom"})
    body = b'{"type":"x"}'
    answer = await _post(story, f"/webhooks/custom?org={stranger.org_id}", body, signed(mine, body))
    assert answer.status_code == 401
    assert (await stranger.http.get("/api/webhook-events")).json()["items"] == []


async def test_no_secret_no_door(settings: Settings) -> None:
    """Without ARTI_WEBHOOK_SECRET the route answers 503, also to an empty bearer."""
    app = create_app(settings.model_copy(update={"arti_webhook_secret": SecretStr("")}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            for headers in (JSON, JSON | {"Authorization": "Bearer "}):
                answer = await client.post("/webhooks/insight-created", content=b"{}", headers=headers)
                assert (answer.status_code, answer.json()["error"]) == (503, "not_set_up")


async def test_sources_are_checked_by_field(story: Story) -> None:
    for given, field in (
        ({"source": "slack"}, "secret"),
        ({"source": "custom", "secret": "whsec_short"}, "secret"),
        ({"source": "pigeon"}, "source"),
    ):
        answer = await story.manager.http.post("/api/webhook-sources", json=given)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_events_of_other_types_are_listed_apart(story: Story) -> None:
    await story.event(EventType.SYNC_FINISHED, {"artist_id": str(story.artist_id)})
    await story.insight_created()
    listed = (await story.manager.http.get("/api/events?type=sync.finished")).json()["items"]
    assert [event["type"] for event in listed] == ["sync.finished"]
    first = (await story.manager.http.get("/api/events?limit=1")).json()
    second = (await story.manager.http.get(f"/api/events?limit=1&cursor={first['next_cursor']}")).json()
    assert {first["items"][0]["type"], second["items"][0]["type"]} == {"sync.finished", "insight.created"}
    assert second["next_cursor"] is None
