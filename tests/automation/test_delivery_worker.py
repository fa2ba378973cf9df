"""Deliveries against real receivers: sent once, tried again by the schedule, given up, and sent again when asked."""

import asyncio
import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import jwt
import orjson
import pytest
import standardwebhooks

from arti.automation.deliveries import delivery_worker
from arti.worker import HANDLERS
from arti_core import clock
from arti_core.http_client import OutboundClient
from arti_core.jobs import run_job
from tests.automation.conftest import Story
from tests.automation.fake_receivers import FakeMailServer, Receiver


async def _tell_slack(story: Story, receiver: Receiver) -> dict[str, Any]:
    channel = await story.channel("slack", secret=f"{receiver.url}/services/T/B/x")
    await story.rule(channel)
    await story.insight_created()
    await story.run_due_jobs()
    return channel


async def test_slack_gets_the_message_once(story: Story, receiver: Receiver) -> None:
    await _tell_slack(story, receiver)
    await story.time_passes()
    await story.run_due_jobs()
    (call,) = receiver.calls
    assert (call.method, call.path) == ("POST", "/services/T/B/x")
    assert "Followers jumped by 812" in orjson.loads(call.body)["text"]
    delivery = await story.only_delivery()
    assert delivery["status"] == "sent"
    assert delivery["recipient"] == "127.0.0.1"
    (attempt,) = delivery["attempts"]
    assert (attempt["outcome"], attempt["response_status"], attempt["error"]) == ("sent", 200, None)
    answer = await story.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    assert answer.status_code == 409


async def test_a_failing_receiver_is_tried_again(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (302, {"Location": "http://127.0.0.1/"}), (200, {})]
    await _tell_slack(story, receiver)
    delivery = await story.only_delivery()
    assert (delivery["status"], delivery["last_error"]) == ("failed", "The receiver answered 500.")
    assert 0 < await story.waiting_seconds() <= 6
    assert len(receiver.calls) == 1
    await story.time_passes()
    await story.run_due_jobs()
    assert 230 < await story.waiting_seconds() <= 360
    await story.time_passes()
    await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert delivery["status"] == "sent"
    assert [attempt["response_status"] for attempt in delivery["attempts"]] == [500, 302, 200]


async def test_it_is_given_up_after_ten_tries_and_replayed_when_asked(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(503, {})]
    await _tell_slack(story, receiver)
    for _ in range(12):
        await story.time_passes()
        await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert (delivery["status"], len(delivery["attempts"]), len(receiver.calls)) == ("dead", 10, 10)
    assert delivery["next_attempt_at"] is None
    receiver.answers = [(200, {})]
    since = (clock.now() - timedelta(hours=1)).isoformat()
    for requested in (1, 0):  # the same again owes nothing more
        answer = await story.manager.http.post("/api/deliveries/replay", json={"since": since})
        assert (answer.status_code, answer.json()) == (202, {"requested": requested})
    await story.run_due_jobs()
    assert (await story.only_delivery())["status"] == "sent"
    assert len(receiver.calls) == 11


async def test_retry_after_is_honoured(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(429, {"Retry-After": "900"})]
    await _tell_slack(story, receiver)
    assert 880 < await story.waiting_seconds() <= 900
    receiver.answers = [(503, {"Retry-After": format_datetime(clock.now() + timedelta(hours=2), usegmt=True)})]
    await story.time_passes()
    await story.run_due_jobs()
    assert 7000 < await story.waiting_seconds() <= 7200


async def test_gone_switches_the_channel_off(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    channel = await _tell_slack(story, receiver)
    assert (await story.only_delivery())["status"] == "dead"
    (shown,) = (await story.manager.http.get("/api/channels")).json()["items"]
    assert shown["enabled"] is False
    assert "410" in shown["disabled_reason"]
    await story.insight_created()
    await story.run_due_jobs()
    assert len(receiver.calls) == 1
    log = await story.world.database.as_owner("select actor_id from audit_log where action = 'channel.disabled'")
    assert [row["actor_id"] for row in log] == [None]
    again = await story.manager.http.patch(f"/api/channels/{channel['id']}", json={"enabled": True})
    assert again.json()["disabled_reason"] is None


async def test_two_workers_send_it_once(story: Story, receiver: Receiver) -> None:
    await story.rule(await story.channel("slack", secret=f"{receiver.url}/hook"))
    await story.insight_created()
    handlers = {name: handler for name, handler in HANDLERS.items() if name == "automation.plan_deliveries"}
    plan = await story.world.database.as_owner(
        """insert into jobs (org_id, name, args)
           select org_id, 'automation.plan_deliveries', jsonb_build_object('event_id', id) from events where org_id = $1
           returning id""",
        story.org_id,
    )
    await run_job(story.worker_context, handlers, story.org_id, plan[0]["id"])
    delivery = await story.only_delivery()
    jobs = await story.world.database.as_owner(
        """insert into jobs (org_id, name, args)
           select $1, 'automation.deliver', jsonb_build_object('delivery_id', $2::text) from generate_series(1, 4)
           returning id""",
        story.org_id,
        delivery["id"],
    )
    ids = [row["id"] for row in jobs] * 2  # each job is rung twice, too
    await asyncio.gather(*(run_job(story.worker_context, HANDLERS, story.org_id, id) for id in ids))
    assert len(receiver.calls) == 1
    assert (await story.only_delivery())["status"] == "sent"
    await story.time_passes()
    await story.run_due_jobs()
    assert len(receiver.calls) == 1


async def _lose_the_worker(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the worker die between the call and its record, and two minutes pass."""

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("the machine is gone")

    with monkeypatch.context() as patch:
        patch.setattr(delivery_worker, "_record_result", die)
        await story.run_due_jobs()
    await story.world.database.as_owner("update delivery_attempts set started_at = now() - interval '3 minutes'")
    await story.time_passes()


async def test_a_lost_worker_never_doubles_an_sms(
    story: Story, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_twilio(story, receiver)
    await story.rule(await story.channel("sms", target={"phone": "+491701234567"}))
    await story.insight_created()
    await _lose_the_worker(story, monkeypatch)
    await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert delivery["status"] == "unknown"
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["unknown"]
    for _ in range(3):
        await story.time_passes()
        await story.run_due_jobs()
    assert len(receiver.calls) == 1
    await story.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    await story.run_due_jobs()
    assert (await story.only_delivery())["status"] == "sent"
    assert len(receiver.calls) == 2


async def test_a_worker_that_comes_back_late_tells_the_truth(story: Story, receiver: Receiver) -> None:
    """Frozen for three minutes in the middle of a call: taken for lost, but the SMS was sent, once."""
    _use_twilio(story, receiver)
    receiver.answers = [(-1, {})]
    await story.rule(await story.channel("sms", target={"phone": "+491701234567"}))
    await story.insight_created()
    frozen = asyncio.create_task(story.run_due_jobs())
    while not receiver.calls:
        await asyncio.sleep(0.02)
    await story.world.database.as_owner("update delivery_attempts set started_at = now() - interval '3 minutes'")
    delivery = await story.only_delivery()
    jobs = await story.world.database.as_owner(
        "insert into jobs (org_id, name, args) values ($1, 'automation.deliver', $2) returning id",
        story.org_id,
        {"delivery_id": delivery["id"]},
    )
    assert await run_job(story.worker_context, HANDLERS, story.org_id, jobs[0]["id"]) == "done"
    assert (await story.only_delivery())["status"] == "unknown"
    receiver.silence.set()
    await frozen
    delivery = await story.only_delivery()
    assert (delivery["status"], [attempt["outcome"] for attempt in delivery["attempts"]]) == ("sent", ["sent"])
    assert len(receiver.calls) == 1


async def test_a_lost_worker_repeats_a_signed_call_under_the_same_id(
    story: Story, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await story.rule(await story.channel("n8n", target={"url": f"{receiver.url}/webhook/x"}))
    await story.insight_created()
    await _lose_the_worker(story, monkeypatch)
    await story.run_due_jobs()
    first, second = receiver.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (await story.only_delivery())["status"] == "sent"


async def test_n8n_gets_a_call_that_the_public_libraries_accept(story: Story, receiver: Receiver) -> None:
    channel = await story.channel("n8n", target={"url": f"{receiver.url}/webhook/x"})
    await story.rule(channel)
    event_id = await story.insight_created()
    await story.run_due_jobs()
    (call,) = receiver.calls
    payload = standardwebhooks.Webhook(channel["secret"]).verify(call.body, call.headers)
    assert payload["type"] == "insight.created"
    assert payload["data"]["event_id"] == str(event_id)
    assert payload["data"]["org"] == {"id": str(story.org_id), "name": "Night Owl Records"}
    assert payload["data"]["artist"]["name"] == "Vera Lumen"
    assert payload["data"]["insight"]["severity"] == "important"
    token = call.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, channel["secret"], algorithms=["HS256"], audience=str(story.org_id), issuer="arti")
    assert claims["bsha256"] == hashlib.sha256(call.body).hexdigest()
    assert claims["exp"] - claims["iat"] <= 60
    wrong = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(wrong).verify(call.body, call.headers)


async def test_n8n_of_the_operator_is_used_when_the_channel_names_none(story: Story, receiver: Receiver) -> None:
    story.set(n8n_url=f"{receiver.url}/")
    await story.rule(await story.channel("n8n"))
    await story.insight_created()
    await story.run_due_jobs()
    assert [call.path for call in receiver.calls] == ["/webhook/arti/events"]


async def test_a_receiver_that_never_answers_is_not_waited_for(
    story: Story, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_worker, "SEND_SECONDS", 0.3)
    receiver.answers = [(-1, {})]
    await _tell_slack(story, receiver)
    delivery = await story.only_delivery()
    assert (delivery["status"], delivery["attempts"][0]["outcome"]) == ("failed", "unknown")
    await story.time_passes()
    await story.run_due_jobs()
    # Slack knows no ids: after the second doubtful try only a person may decide.
    assert (await story.only_delivery())["status"] == "unknown"
    assert len(receiver.calls) == 2


def _use_twilio(story: Story, receiver: Receiver) -> None:
    story.set(
        twilio_base_url=receiver.url,
        twilio_account_sid="AC1",
        twilio_auth_token=type(story.worker_context.settings.twilio_auth_token)("word"),
        twilio_from="+15550001111",
    )


@pytest.mark.parametrize(
    ("status", "becomes"),
    [(201, "sent"), (429, "failed"), (503, "failed"), (400, "dead"), (500, "unknown"), (0, "unknown")],
)
async def test_sms_over_twilios_form(story: Story, receiver: Receiver, status: int, becomes: str) -> None:
    _use_twilio(story, receiver)
    receiver.answers = [(status, {})]
    await story.rule(await story.channel("sms", target={"phone": "+491701234567"}))
    await story.insight_created()
    await story.run_due_jobs()
    (call,) = receiver.calls
    assert call.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert call.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:word").decode()
    form = parse_qs(call.body.decode())
    assert form["To"] == ["+491701234567"]
    assert form["From"] == ["+15550001111"]
    assert "Vera Lumen" in form["Body"][0]
    delivery = await story.only_delivery()
    assert delivery["status"] == becomes
    assert "1701234" not in str(delivery)


@pytest.mark.parametrize(
    ("answers", "becomes", "mails"),
    [([250], "sent", 1), ([451, 250], "sent", 2), ([554], "dead", 1), ([0], "unknown", 2), ([0, 250], "sent", 2)],
)
async def test_mail(story: Story, mail_sink: FakeMailServer, answers: list[int], becomes: str, mails: int) -> None:
    mail_sink.answers = list(answers)
    secret = type(story.worker_context.settings.smtp_url)
    story.set(smtp_url=secret(f"smtp://127.0.0.1:{mail_sink.port}"), mail_from="ARTi <arti@night-owl.test>")
    await story.rule(await story.channel("email", target={"address": "team@example.test"}))
    await story.insight_created()
    for _ in range(3):
        await story.run_due_jobs()
        await story.time_passes()
    delivery = await story.only_delivery()
    assert delivery["status"] == becomes
    assert len(mail_sink.mails) == mails
    assert len({mail["Message-ID"] for mail in mail_sink.mails}) == 1
    mail = mail_sink.mails[0]
    assert delivery["id"] in mail["Message-ID"]
    assert mail["To"] == "team@example.test"
    assert mail["Subject"] == "Followers jumped by 812 · Vera Lumen on Spotify"
    kinds = [part.get_content_type() for part in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert mail_sink.recipients[0].startswith("RCPT TO:<team@example.test>")


async def test_nobody_listens(story: Story, unused_tcp_port: int) -> None:
    secret = type(story.worker_context.settings.smtp_url)
    story.set(smtp_url=secret(f"smtp://127.0.0.1:{unused_tcp_port}"))
    await story.rule(await story.channel("email", target={"address": "team@example.test"}))
    await story.rule(await story.channel("slack", secret=f"http://127.0.0.1:{unused_tcp_port}/hook"))
    await story.insight_created()
    await story.run_due_jobs()
    for delivery in await story.deliveries():
        assert (delivery["status"], delivery["attempts"][0]["outcome"]) == ("failed", "failed")


async def test_an_address_that_is_private_by_now_is_not_called(story: Story, receiver: Receiver) -> None:
    """Refused at the call too: the operator may have stopped allowing it, the name may lead elsewhere by now."""
    await story.rule(await story.channel("slack", secret=f"{receiver.url}/hook"))
    strict = OutboundClient()
    story.worker_context = replace(story.worker_context, http_client=strict)
    await story.insight_created()
    await story.run_due_jobs()
    await strict.close()
    delivery = await story.only_delivery()
    assert delivery["status"] == "dead"
    assert receiver.calls == []


async def test_a_test_message_is_a_delivery_like_any_other(story: Story, receiver: Receiver) -> None:
    channel = await story.channel("slack", secret=f"{receiver.url}/hook")
    path = f"/api/channels/{channel['id']}/test"
    first, second = await story.manager.http.post(path), await story.manager.http.post(path)
    assert first.status_code == second.status_code == 202
    assert first.json()["job_id"] is not None
    assert second.json()["job_id"] is None
    await story.run_due_jobs()
    assert len(receiver.calls) == 1
    assert b"This channel works" in receiver.calls[0].body
    delivery = await story.only_delivery()
    assert (delivery["status"], delivery["event_id"]) == ("sent", None)


async def test_what_no_longer_stands_is_not_sent(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    await _tell_slack(story, receiver)
    await story.world.database.as_owner(
        "update insights set status = 'withdrawn', withdrawn_reason = 'the import was undone' where org_id = $1",
        story.org_id,
    )
    await story.time_passes()
    await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert (delivery["status"], len(receiver.calls)) == ("dead", 1)
    assert "withdrawn" in delivery["last_error"]


async def test_deleted_data_takes_its_messages_along(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    await _tell_slack(story, receiver)
    await story.world.database.as_owner("delete from insights where org_id = $1", story.org_id)
    assert await story.deliveries() == []
    await story.time_passes()
    await story.run_due_jobs()
    assert len(receiver.calls) == 1


async def test_a_mailbox_message_goes_out_once_there_is_a_way(story: Story, mail_sink: FakeMailServer) -> None:
    await story.rule(await story.channel("email", target={"address": "team@example.test"}))
    await story.insight_created()
    await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert delivery["status"] == "mailbox"
    secret = type(story.worker_context.settings.smtp_url)
    story.set(smtp_url=secret(f"smtp://127.0.0.1:{mail_sink.port}"))
    answer = await story.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    assert answer.status_code == 202
    await story.run_due_jobs()
    assert (await story.only_delivery())["status"] == "sent"
    assert len(mail_sink.mails) == 1


async def test_a_stranger_cannot_retry(story: Story, receiver: Receiver) -> None:
    receiver.answers = [(503, {})]
    await _tell_slack(story, receiver)
    delivery = await story.only_delivery()
    stranger = await story.world.member()
    assert (await stranger.http.post(f"/api/deliveries/{delivery['id']}/retry")).status_code == 404
    since = {"since": "2026-01-01T00:00:00Z"}
    assert (await stranger.http.post("/api/deliveries/replay", json=since)).json() == {"requested": 0}
