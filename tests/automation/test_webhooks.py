"""Inbound webhooks: only signed calls are accepted, they are stored, and a repetition has no effect."""

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
from tests.automation.conftest import Scenario

JSON = {"Content-Type": "application/json"}


def signed(secret: str, body: bytes, *, id: str | None = None, age: int = 0) -> dict[str, str]:
    return JSON | sign_standard(
        secret, id=id or f"msg_{uuid4().hex}", timestamp=int(clock.timestamp()) - age, body=body
    )


async def _source(scenario: Scenario, source: str, **more: Any) -> dict[str, Any]:
    answer = await scenario.manager.http.post("/api/webhook-sources", json={"source": source, **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def _post(scenario: Scenario, path: str, body: bytes, headers: dict[str, str]) -> Any:
    return await scenario.world.anonymous.post(path, content=body, headers=headers)


async def _received(scenario: Scenario) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await scenario.manager.http.get("/api/webhook-events")).json()["items"]
    return items


def _insight_call(scenario: Scenario, **data: Any) -> bytes:
    return orjson.dumps({"type": "insight.created", "data": {"org_id": str(scenario.org_id), **data}})


async def test_repeated_calls_about_an_insight_deliver_it_once(scenario: Scenario) -> None:
    """An insight without an event: five calls, one delivery."""
    await scenario.create_rule(await scenario.create_channel("slack"))
    insight_id = await scenario.create_insight()
    secret = scenario.world.settings.arti_webhook_secret.get_secret_value()
    body = _insight_call(scenario, insight_id=str(insight_id))
    same = signed(secret, body, id="msg_1")
    first = await _post(scenario, "/webhooks/insight-created", body, same)
    assert (first.status_code, first.json()["status"]) == (202, "received")
    again = await _post(scenario, "/webhooks/insight-created", body, same)
    assert (again.status_code, again.json()["status"]) == (202, "already_received")
    for _ in range(3):
        await _post(scenario, "/webhooks/insight-created", body, signed(secret, body))
    assert await scenario.list_deliveries() == []  # the response came before the processing
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1
    events = (await scenario.manager.http.get("/api/events?type=insight.created")).json()["items"]
    assert [event["payload"]["insight_id"] for event in events] == [str(insight_id)]
    assert {call["status"] for call in await _received(scenario)} == {"processed"}


async def test_a_call_about_an_existing_event_creates_no_second_delivery(scenario: Scenario) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"))
    event_id = await scenario.create_insight_with_event()
    secret = scenario.world.settings.arti_webhook_secret.get_secret_value()
    body = _insight_call(scenario, event_id=str(event_id))
    assert (await _post(scenario, "/webhooks/insight-created", body, signed(secret, body))).status_code == 202
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1


async def test_a_supabase_database_webhook_is_accepted(scenario: Scenario) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"))
    insight_id = await scenario.create_insight()
    record = {"id": str(insight_id), "org_id": str(scenario.org_id), "title": "not kept"}
    body = orjson.dumps(
        {"type": "INSERT", "schema": "public", "table": "insights", "record": record, "old_record": None}
    )
    secret = scenario.world.settings.arti_webhook_secret.get_secret_value()
    bearer = JSON | {"Authorization": f"Bearer {secret}"}
    for status in ("received", "already_received"):
        answer = await _post(scenario, "/webhooks/insight-created", body, bearer)
        assert (answer.status_code, answer.json()["status"]) == (202, status)
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1
    (kept,) = await _received(scenario)
    assert kept["payload"] == {"org_id": str(scenario.org_id), "insight_id": str(insight_id)}
    for wrong in ("", "Bearer", f"Bearer {secret}x", secret, f"bearer {secret}"):
        answer = await _post(scenario, "/webhooks/insight-created", body, JSON | {"Authorization": wrong})
        assert answer.status_code == 401, wrong
    # The bearer token is for the payload of a database webhook only; the signed payload needs its signature.
    ours = _insight_call(scenario, insight_id=str(insight_id))
    assert (await _post(scenario, "/webhooks/insight-created", ours, bearer)).status_code == 422


async def test_unknown_insights_and_orgs_have_no_effect(scenario: Scenario) -> None:
    other = await scenario.world.member()
    insight_id = await scenario.create_insight()
    secret = scenario.world.settings.arti_webhook_secret.get_secret_value()
    for org_id, data in (
        (scenario.org_id, {"insight_id": str(uuid4())}),
        (scenario.org_id, {"event_id": str(uuid4())}),
        (other.org_id, {"insight_id": str(insight_id)}),
    ):
        body = orjson.dumps({"type": "insight.created", "data": {"org_id": str(org_id), **data}})
        assert (await _post(scenario, "/webhooks/insight-created", body, signed(secret, body))).status_code == 202
    body = orjson.dumps({"type": "insight.created", "data": {"org_id": str(uuid4()), "insight_id": str(insight_id)}})
    assert (await _post(scenario, "/webhooks/insight-created", body, signed(secret, body))).status_code == 404
    await scenario.run_due_jobs()
    calls = await _received(scenario)
    assert [call["status"] for call in calls] == ["failed", "failed"]
    assert all("This org has no such" in call["note"] for call in calls)
    events = await scenario.world.database.as_owner(
        "select 1 from events where type = $1 and org_id = any ($2)", "insight.created", [scenario.org_id, other.org_id]
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
async def test_a_signed_call_with_an_invalid_payload_is_refused_by_field(
    scenario: Scenario, payload: Any, field: str
) -> None:
    body = orjson.dumps(payload)
    secret = scenario.world.settings.arti_webhook_secret.get_secret_value()
    answer = await _post(scenario, "/webhooks/insight-created", body, signed(secret, body))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_call_signed_by_the_public_library_creates_an_annotation(scenario: Scenario) -> None:
    source = await _source(scenario, "n8n")
    assert source["signing"] == "standard-webhooks"
    data = {"artist_id": str(scenario.artist_id), "occurred_on": "2026-03-01", "kind": "release", "title": "New single"}
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
    path = source["url"].removeprefix(scenario.world.settings.api_url)
    answers = await asyncio.gather(*(_post(scenario, path, text.encode(), headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {202}
    assert sorted(answer.json()["status"] for answer in answers)[-1] == "received"
    await scenario.run_due_jobs()
    rows = await scenario.world.database.as_owner(
        "select title, kind, starts_on from calendar_entries where org_id = $1", scenario.org_id
    )
    assert [(row["title"], row["kind"], str(row["starts_on"])) for row in rows] == [
        ("New single", "release", "2026-03-01")
    ]
    (listed,) = (await scenario.manager.http.get("/api/webhook-sources")).json()["items"]
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
async def test_an_invalid_annotation_fails_with_a_note(scenario: Scenario, data: Any, note: str) -> None:
    source = await _source(scenario, "custom")
    body = orjson.dumps({"type": "annotation", "data": data})
    answer = await _post(scenario, f"/webhooks/custom?org={scenario.org_id}", body, signed(source["secret"], body))
    assert answer.status_code == 202
    await scenario.run_due_jobs()
    (call,) = await _received(scenario)
    assert call["status"] == "failed"
    assert call["note"].startswith(note)


async def test_calls_of_unknown_types_are_stored(scenario: Scenario) -> None:
    source = await _source(scenario, "custom")
    body = orjson.dumps({"type": "weather", "data": {"rain": True}})
    await _post(scenario, f"/webhooks/custom?org={scenario.org_id}", body, signed(source["secret"], body))
    await scenario.run_due_jobs()
    (call,) = await _received(scenario)
    assert (call["status"], call["payload"]) == ("processed", {"type": "weather", "data": {"rain": True}})
    assert call["note"].startswith("Stored.")


async def test_slack_signatures_are_verified(scenario: Scenario) -> None:
    await _source(scenario, "slack", secret="8f742231b10e8888abcd99yyyzzz85a5")
    path, now = f"/webhooks/slack?org={scenario.org_id}", int(clock.timestamp())

    def headers(body: bytes, at: int) -> dict[str, str]:
        digest = hmac.new(b"8f742231b10e8888abcd99yyyzzz85a5", f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {**JSON, "X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}

    challenge = orjson.dumps({"type": "url_verification", "challenge": "3eZbrw1a"})
    answer = await _post(scenario, path, challenge, headers(challenge, now))
    assert (answer.status_code, answer.json()["challenge"]) == (200, "3eZbrw1a")
    event = orjson.dumps({"type": "event_callback", "event_id": "Ev1"})
    statuses = [(await _post(scenario, path, event, headers(event, at))).json()["status"] for at in (now, now - 60)]
    assert statuses == ["received", "already_received"]  # Slack's own retry, with a new time
    assert (await _post(scenario, path, event, headers(event, now - 301))).status_code == 401
    assert (await _post(scenario, path, event + b" ", headers(event, now))).status_code == 401


async def test_meta_verification_request_and_signatures(scenario: Scenario) -> None:
    source = await _source(scenario, "meta", secret="app-secret-of-meta")
    path = f"/webhooks/meta?org={scenario.org_id}"
    ask = f"{path}&hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
    answer = await scenario.world.anonymous.get(ask + source["verify_token"])
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    assert (await scenario.world.anonymous.get(ask + "guess")).status_code == 401
    body = orjson.dumps({"object": "instagram", "entry": [{"id": "1"}]})
    digest = hmac.new(b"app-secret-of-meta", body, hashlib.sha256).hexdigest()
    good = {**JSON, "X-Hub-Signature-256": f"sha256={digest}"}
    assert [(await _post(scenario, path, body, good)).json()["status"] for _ in "ab"] == [
        "received",
        "already_received",
    ]
    assert (await _post(scenario, path, body, {**JSON, "X-Hub-Signature-256": f"sha1={digest}"})).status_code == 401


async def test_a_replaced_secret_stays_valid_for_a_day(scenario: Scenario) -> None:
    old, new = (await _source(scenario, "custom"))["secret"], (await _source(scenario, "custom"))["secret"]
    path, body = f"/webhooks/custom?org={scenario.org_id}", b"{}"
    for secret in (old, new):
        assert (await _post(scenario, path, body, signed(secret, body))).status_code == 202
    vault = scenario.worker_context.vault
    sealed = vault.seal(
        {"secret": new, "previous": old, "previous_until": int(clock.timestamp()) - 1},
        owner_id=scenario.org_id,
        kind="webhook_source",
        ref="custom",
    )
    await scenario.world.database.as_owner(
        "update private.vault set sealed = $2 where org_id = $1 and kind = 'webhook_source'", scenario.org_id, sealed
    )
    assert (await _post(scenario, path, body, signed(old, body))).status_code == 401
    assert (await scenario.manager.http.delete("/api/webhook-sources/custom")).status_code == 204
    assert (await _post(scenario, path, body, signed(new, body))).status_code == 503
    assert (await scenario.manager.http.delete("/api/webhook-sources/custom")).status_code == 404


async def test_responses_do_not_reveal_which_orgs_exist(scenario: Scenario) -> None:
    body = b"{}"
    headers = signed("whsec_" + base64.b64encode(b"k" * 32).decode(), body)
    answers = [
        await _post(scenario, f"/webhooks/n8n?org={org}", body, headers)
        for org in (scenario.org_id, uuid4(), "not-an-id")
    ]
    assert {answer.status_code for answer in answers} == {503}
    assert len({answer.json()["message"] for answer in answers}) == 1


async def test_a_secret_is_valid_for_its_own_org_only(scenario: Scenario) -> None:
    outsider = await scenario.world.member()
    own_secret = (await _source(scenario, "custom"))["secret"]
    await outsider.http.post("/api/webhook-sources", json={"source": "custom"})
    body = b'{"type":"x"}'
    answer = await _post(scenario, f"/webhooks/custom?org={outsider.org_id}", body, signed(own_secret, body))
    assert answer.status_code == 401
    assert (await outsider.http.get("/api/webhook-events")).json()["items"] == []


async def test_without_a_configured_secret_every_call_is_refused(settings: Settings) -> None:
    """Without ARTI_WEBHOOK_SECRET the route answers 503, also to an empty bearer."""
    app = create_app(settings.model_copy(update={"arti_webhook_secret": SecretStr("")}))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            for headers in (JSON, JSON | {"Authorization": "Bearer "}):
                answer = await client.post("/webhooks/insight-created", content=b"{}", headers=headers)
                assert (answer.status_code, answer.json()["error"]) == (503, "webhook_not_configured")


async def test_an_invalid_source_is_refused_by_field(scenario: Scenario) -> None:
    for given, field in (
        ({"source": "slack"}, "secret"),
        ({"source": "custom", "secret": "whsec_short"}, "secret"),
        ({"source": "pigeon"}, "source"),
    ):
        answer = await scenario.manager.http.post("/api/webhook-sources", json=given)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_events_are_listed_by_type_and_page(scenario: Scenario) -> None:
    await scenario.create_event(EventType.SYNC_FINISHED, {"artist_id": str(scenario.artist_id)})
    await scenario.create_insight_with_event()
    listed = (await scenario.manager.http.get("/api/events?type=sync.finished")).json()["items"]
    assert [event["type"] for event in listed] == ["sync.finished"]
    first = (await scenario.manager.http.get("/api/events?limit=1")).json()
    second = (await scenario.manager.http.get(f"/api/events?limit=1&cursor={first['next_cursor']}")).json()
    assert {first["items"][0]["type"], second["items"][0]["type"]} == {"sync.finished", "insight.created"}
    assert second["next_cursor"] is None
