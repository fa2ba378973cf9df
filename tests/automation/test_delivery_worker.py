"""Deliveries against real receivers: sent once, retried by the schedule, dead after ten attempts."""

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

from arti.automation.deliveries import worker
from arti.worker import HANDLERS, dispatch_events
from arti_core import clock
from arti_core.http_client import OutboundClient
from arti_core.jobs import run_job
from tests.automation.conftest import SLACK_PATH, SLACK_URL, Scenario
from tests.automation.fake_receivers import FakeMailServer, Receiver


async def _deliver_to_slack(scenario: Scenario, receiver: Receiver) -> dict[str, Any]:
    scenario.slack_is(receiver.url)
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    return channel


async def _create_workflow_channel(scenario: Scenario, receiver: Receiver) -> dict[str, Any]:
    scenario.change_settings(n8n_url=f"{receiver.url}/")
    return await scenario.create_channel("n8n", target={"workflow_id": await scenario.register_workflow()})


async def test_slack_gets_the_message_once(scenario: Scenario, receiver: Receiver) -> None:
    await _deliver_to_slack(scenario, receiver)
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    (call,) = receiver.calls
    assert (call.method, call.path) == ("POST", SLACK_PATH)
    assert "Followers jumped by 812" in orjson.loads(call.body)["text"]
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "sent"
    assert delivery["recipient"] == "hooks.slack.com"
    (attempt,) = delivery["attempts"]
    assert (attempt["outcome"], attempt["response_status"], attempt["error"]) == ("sent", 200, None)
    answer = await scenario.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    assert answer.status_code == 409


async def test_a_failed_attempt_is_retried(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(500, {}), (302, {"Location": "http://127.0.0.1/"}), (200, {})]
    await _deliver_to_slack(scenario, receiver)
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], delivery["last_error"]) == ("failed", "The receiver answered 500.")
    assert 0 < await scenario.seconds_to_next_attempt() <= 6
    assert len(receiver.calls) == 1
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert 230 < await scenario.seconds_to_next_attempt() <= 360
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "sent"
    assert [attempt["response_status"] for attempt in delivery["attempts"]] == [500, 302, 200]


async def test_a_delivery_is_dead_after_ten_attempts_and_can_be_replayed(
    scenario: Scenario, receiver: Receiver
) -> None:
    receiver.answers = [(503, {})]
    await _deliver_to_slack(scenario, receiver)
    for _ in range(12):
        await scenario.make_everything_due()
        await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], len(delivery["attempts"]), len(receiver.calls)) == ("dead", 10, 10)
    assert delivery["next_attempt_at"] is None
    receiver.answers = [(200, {})]
    since = (clock.now() - timedelta(hours=1)).isoformat()
    for requested in (1, 0):  # a second request enqueues nothing more
        answer = await scenario.manager.http.post("/api/deliveries/replay", json={"since": since})
        assert (answer.status_code, answer.json()) == (202, {"requested": requested})
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["status"] == "sent"
    assert len(receiver.calls) == 11


async def test_retry_after_is_honoured(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(429, {"Retry-After": "900"})]
    await _deliver_to_slack(scenario, receiver)
    assert 880 < await scenario.seconds_to_next_attempt() <= 900
    receiver.answers = [(503, {"Retry-After": format_datetime(clock.now() + timedelta(hours=2), usegmt=True)})]
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert 7000 < await scenario.seconds_to_next_attempt() <= 7200


async def test_a_410_response_disables_the_channel(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(410, {})]
    channel = await _deliver_to_slack(scenario, receiver)
    assert (await scenario.get_only_delivery())["status"] == "dead"
    (shown,) = (await scenario.manager.http.get("/api/channels")).json()["items"]
    assert shown["enabled"] is False
    assert "410" in shown["disabled_reason"]
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1
    log = await scenario.world.database.as_owner("select actor_id from audit_log where action = 'channel.disabled'")
    assert [row["actor_id"] for row in log] == [None]
    again = await scenario.manager.http.patch(f"/api/channels/{channel['id']}", json={"enabled": True})
    assert again.json()["disabled_reason"] is None


async def test_two_workers_send_it_once(scenario: Scenario, receiver: Receiver) -> None:
    scenario.slack_is(receiver.url)
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    await scenario.create_insight_with_event()
    await dispatch_events(scenario.worker_context)
    delivery = await scenario.get_only_delivery()
    jobs = await scenario.world.database.as_owner(
        """insert into jobs (org_id, name, args)
           select $1, 'automation.deliver', jsonb_build_object('delivery_id', $2::text) from generate_series(1, 4)
           returning id""",
        scenario.org_id,
        delivery["id"],
    )
    ids = [row["id"] for row in jobs] * 2  # each job is woken up twice, too
    await asyncio.gather(*(run_job(scenario.worker_context, HANDLERS, scenario.org_id, id) for id in ids))
    assert len(receiver.calls) == 1
    assert (await scenario.get_only_delivery())["status"] == "sent"
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1


async def _stop_worker_during_call(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the worker between the call and the record of its result, and let three minutes pass."""

    async def die(*_: Any, **__: Any) -> None:
        raise ConnectionResetError("the process was killed")

    with monkeypatch.context() as patch:
        patch.setattr(worker, "_record_result", die)
        await scenario.run_due_jobs()
    await scenario.world.database.as_owner(
        "update delivery_attempts set started_at = clock.now() - interval '3 minutes'"
    )
    await scenario.make_everything_due()


async def test_a_lost_worker_never_sends_an_sms_twice(
    scenario: Scenario, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    _use_twilio(scenario, receiver)
    await scenario.create_rule(await scenario.create_channel("sms", target={"phone": "+491701234567"}))
    await scenario.create_insight_with_event()
    await _stop_worker_during_call(scenario, monkeypatch)
    await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "unknown"
    assert [attempt["outcome"] for attempt in delivery["attempts"]] == ["unknown"]
    for _ in range(3):
        await scenario.make_everything_due()
        await scenario.run_due_jobs()
    assert len(receiver.calls) == 1
    await scenario.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["status"] == "sent"
    assert len(receiver.calls) == 2


async def test_a_late_result_replaces_unknown(scenario: Scenario, receiver: Receiver) -> None:
    """Frozen for three minutes in the middle of a call: taken for lost, but the SMS was sent, once."""
    _use_twilio(scenario, receiver)
    receiver.answers = [(-1, {})]
    await scenario.create_rule(await scenario.create_channel("sms", target={"phone": "+491701234567"}))
    await scenario.create_insight_with_event()
    frozen = asyncio.create_task(scenario.run_due_jobs())
    while not receiver.calls:
        await asyncio.sleep(0.02)
    await scenario.world.database.as_owner(
        "update delivery_attempts set started_at = clock.now() - interval '3 minutes'"
    )
    delivery = await scenario.get_only_delivery()
    jobs = await scenario.world.database.as_owner(
        "insert into jobs (org_id, name, args) values ($1, 'automation.deliver', $2) returning id",
        scenario.org_id,
        {"delivery_id": delivery["id"]},
    )
    assert await run_job(scenario.worker_context, HANDLERS, scenario.org_id, jobs[0]["id"]) == "done"
    assert (await scenario.get_only_delivery())["status"] == "unknown"
    receiver.silence.set()
    await frozen
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], [attempt["outcome"] for attempt in delivery["attempts"]]) == ("sent", ["sent"])
    assert len(receiver.calls) == 1


async def test_a_lost_worker_repeats_an_n8n_call_with_the_same_id(
    scenario: Scenario, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    await scenario.create_rule(await _create_workflow_channel(scenario, receiver))
    await scenario.create_insight_with_event()
    await _stop_worker_during_call(scenario, monkeypatch)
    await scenario.run_due_jobs()
    first, second = receiver.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (await scenario.get_only_delivery())["status"] == "sent"


async def test_n8n_calls_are_verified_by_the_public_libraries(scenario: Scenario, receiver: Receiver) -> None:
    channel = await _create_workflow_channel(scenario, receiver)
    await scenario.create_rule(channel)
    event_id = await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    (call,) = receiver.calls
    payload = standardwebhooks.Webhook(channel["secret"]).verify(call.body, call.headers)
    assert payload["type"] == "insight.created"
    assert payload["data"]["event_id"] == str(event_id)
    assert payload["data"]["org"] == {"id": str(scenario.org_id), "name": "Night Owl Records"}
    assert payload["data"]["artist"]["name"] == "Vera Lumen"
    assert payload["data"]["insight"]["severity"] == "important"
    token = call.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(
        token,
        channel["secret"],
        algorithms=["HS256"],
        audience=str(scenario.org_id),
        issuer="arti",
        options={"verify_exp": False, "verify_iat": False},  # by the real time; checked by the clock below
    )
    assert claims["iat"] <= clock.timestamp() < claims["exp"]
    assert claims["bsha256"] == hashlib.sha256(call.body).hexdigest()
    assert claims["exp"] - claims["iat"] <= 60
    wrong = "whsec_" + base64.b64encode(b"x" * 32).decode()
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(wrong).verify(call.body, call.headers)


async def test_a_receiver_that_never_responds_times_out(
    scenario: Scenario, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SEND_SECONDS", 0.3)
    receiver.answers = [(-1, {})]
    await _deliver_to_slack(scenario, receiver)
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], delivery["attempts"][0]["outcome"]) == ("failed", "unknown")
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    # Slack has no ids: after a second unknown result only a member can retry.
    assert (await scenario.get_only_delivery())["status"] == "unknown"
    assert len(receiver.calls) == 2


def _use_twilio(scenario: Scenario, receiver: Receiver) -> None:
    scenario.change_settings(
        twilio_base_url=receiver.url,
        twilio_account_sid="AC1",
        twilio_auth_token=type(scenario.worker_context.settings.twilio_auth_token)("word"),
        twilio_from="+15550001111",
    )


@pytest.mark.parametrize(
    ("status", "becomes"),
    [(201, "sent"), (429, "failed"), (503, "failed"), (400, "dead"), (500, "unknown"), (0, "unknown")],
)
async def test_sms_over_twilios_form(scenario: Scenario, receiver: Receiver, status: int, becomes: str) -> None:
    _use_twilio(scenario, receiver)
    receiver.answers = [(status, {})]
    await scenario.create_rule(await scenario.create_channel("sms", target={"phone": "+491701234567"}))
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    (call,) = receiver.calls
    assert call.path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert call.headers["authorization"] == "Basic " + base64.b64encode(b"AC1:word").decode()
    form = parse_qs(call.body.decode())
    assert form["To"] == ["+491701234567"]
    assert form["From"] == ["+15550001111"]
    assert "Vera Lumen" in form["Body"][0]
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == becomes
    assert "1701234" not in str(delivery)


@pytest.mark.parametrize(
    ("answers", "becomes", "mails"),
    [([250], "sent", 1), ([451, 250], "sent", 2), ([554], "dead", 1), ([0], "unknown", 2), ([0, 250], "sent", 2)],
)
async def test_mail_results(
    scenario: Scenario, mail_sink: FakeMailServer, answers: list[int], becomes: str, mails: int
) -> None:
    mail_sink.answers = list(answers)
    secret = type(scenario.worker_context.settings.smtp_url)
    scenario.change_settings(
        smtp_url=secret(f"smtp://127.0.0.1:{mail_sink.port}"), mail_from="ARTi <arti@night-owl.test>"
    )
    await scenario.create_rule(await scenario.create_channel("email", target={"address": "team@example.test"}))
    await scenario.create_insight_with_event()
    for _ in range(3):
        await scenario.run_due_jobs()
        await scenario.make_everything_due()
    delivery = await scenario.get_only_delivery()
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


async def test_a_refused_connection_fails_and_is_retried(scenario: Scenario, unused_tcp_port: int) -> None:
    secret = type(scenario.worker_context.settings.smtp_url)
    scenario.change_settings(smtp_url=secret(f"smtp://127.0.0.1:{unused_tcp_port}"))
    await scenario.create_rule(await scenario.create_channel("email", target={"address": "team@example.test"}))
    scenario.slack_is(f"http://127.0.0.1:{unused_tcp_port}")
    await scenario.create_rule(await scenario.create_channel("slack", secret=SLACK_URL))
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    for delivery in await scenario.list_deliveries():
        assert (delivery["status"], delivery["attempts"][0]["outcome"]) == ("failed", "failed")


async def test_an_address_of_the_operator_that_is_not_allowed_is_not_called(
    scenario: Scenario, receiver: Receiver
) -> None:
    """The settings are wrong, not the channel: the message waits, and the org learns nothing of the address."""
    strict = OutboundClient()
    scenario.worker_context = replace(scenario.worker_context, http_client=strict)
    await _deliver_to_slack(scenario, receiver)
    await strict.close()
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "failed"
    assert "127.0.0.1" not in str(delivery)
    assert receiver.calls == []


async def test_a_test_message_is_a_delivery_like_any_other(scenario: Scenario, receiver: Receiver) -> None:
    scenario.slack_is(receiver.url)
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    path = f"/api/channels/{channel['id']}/test"
    first, second = await scenario.manager.http.post(path), await scenario.manager.http.post(path)
    assert first.status_code == second.status_code == 202
    assert first.json()["job_id"] is not None
    assert second.json()["job_id"] is None
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1
    assert b"This channel works" in receiver.calls[0].body
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], delivery["event_id"]) == ("sent", None)


async def test_a_withdrawn_insight_is_not_sent(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    await _deliver_to_slack(scenario, receiver)
    await scenario.world.database.as_owner(
        "update insights set status = 'withdrawn', withdrawn_reason = 'the import was undone' where org_id = $1",
        scenario.org_id,
    )
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert (delivery["status"], len(receiver.calls)) == ("dead", 1)
    assert "withdrawn" in delivery["last_error"]


async def test_deleting_an_insight_deletes_its_deliveries(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(500, {})]
    await _deliver_to_slack(scenario, receiver)
    await scenario.world.database.as_owner("delete from insights where org_id = $1", scenario.org_id)
    assert await scenario.list_deliveries() == []
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert len(receiver.calls) == 1


async def test_a_mailbox_message_can_be_sent_once_a_service_is_configured(
    scenario: Scenario, mail_sink: FakeMailServer
) -> None:
    await scenario.create_rule(await scenario.create_channel("email", target={"address": "team@example.test"}))
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert delivery["status"] == "mailbox"
    secret = type(scenario.worker_context.settings.smtp_url)
    scenario.change_settings(smtp_url=secret(f"smtp://127.0.0.1:{mail_sink.port}"))
    answer = await scenario.manager.http.post(f"/api/deliveries/{delivery['id']}/retry")
    assert answer.status_code == 202
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["status"] == "sent"
    assert len(mail_sink.mails) == 1


async def test_a_retry_that_version_0_1_enqueued_is_handled(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(400, {}), (200, {})]
    await _deliver_to_slack(scenario, receiver)
    delivery = await scenario.get_only_delivery()
    await scenario.world.database.as_owner(
        "insert into jobs (org_id, name, args) values ($1, 'automation.deliver', $2)",
        scenario.org_id,
        {"delivery_id": delivery["id"], "asked_by": str(scenario.manager.user_id)},
    )
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["status"] == "sent"


async def test_another_org_cannot_retry(scenario: Scenario, receiver: Receiver) -> None:
    receiver.answers = [(503, {})]
    await _deliver_to_slack(scenario, receiver)
    delivery = await scenario.get_only_delivery()
    outsider = await scenario.world.member()
    assert (await outsider.http.post(f"/api/deliveries/{delivery['id']}/retry")).status_code == 404
    since = {"since": "2026-01-01T00:00:00Z"}
    assert (await outsider.http.post("/api/deliveries/replay", json=since)).json() == {"requested": 0}
