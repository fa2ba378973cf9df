"""From an event to its messages: which channels get one, how it is rendered, and when it goes to the mailbox."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

import arti.worker
from arti.automation.channels.transport import OutboundMessage
from arti.automation.deliveries.event_context import EventContext
from arti.automation.deliveries.fan_out import matches_conditions
from arti.automation.deliveries.rendering import SMS_CHARACTERS, render
from arti.language.pieces import Piece
from arti.language.reader_locale import ReaderLocale
from arti.vocabulary import EventType, Provider, Role, Severity
from arti.worker import dispatch_events
from arti_core.clock import now
from tests.automation.conftest import Scenario

MARKUP = '<!channel> <@U1> & <b>"bold"</b> <https://evil.test|click>'


async def test_messages_go_to_the_mailbox_while_no_service_is_configured(scenario: Scenario) -> None:
    for kind, target in (
        ("slack", {"label": "#news"}),
        ("email", {"address": "team@example.test"}),
        ("sms", {"phone": "+491701234567"}),
        ("n8n", {}),
    ):
        channel = await scenario.create_channel(kind, target=target)
        assert channel["delivers_to"] == "mailbox"
        await scenario.create_rule(channel)
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()

    mailbox = (await scenario.manager.http.get("/api/mailbox")).json()["items"]
    assert sorted(message["kind"] for message in mailbox) == ["email", "n8n", "slack", "sms"]
    by_kind = {message["kind"]: message for message in mailbox}
    assert by_kind["sms"]["recipient"] == "+49••••••••67"
    for message in mailbox:
        text = str(message["payload"])
        assert "Night Owl Records" in text
        assert "Vera Lumen" in text
        page = "/s/?" if message["kind"] == "sms" else "/insights/?id="
        assert f"{scenario.worker_context.settings.site_url}{page}" in text
    mail = by_kind["email"]
    path = f"/api/mailbox/{mail['id']}"
    assert (await scenario.manager.http.get(path)).json() == mail
    assert (await scenario.manager.http.patch(path, json={"read": True})).json()["read_at"] is not None
    assert (await scenario.manager.http.patch(path, json={"read": False})).json()["read_at"] is None
    assert {delivery["status"] for delivery in await scenario.list_deliveries()} == {"mailbox"}
    (event,) = (await scenario.manager.http.get("/api/events?type=insight.created")).json()["items"]
    assert event["deliveries"] == 4


async def test_a_repeated_fan_out_creates_no_second_delivery(scenario: Scenario) -> None:
    channel = await scenario.create_channel("slack")
    await scenario.create_rule(channel)
    await scenario.create_rule(channel, name="Another rule to the same channel")
    event_id = await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    for _ in range(3):
        await scenario.world.database.as_owner(
            "insert into jobs (org_id, name, args) values ($1, 'automation.plan_deliveries', $2)",
            scenario.org_id,
            {"event_id": str(event_id)},
        )
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 1


async def test_deliveries_are_created_when_the_event_is_dispatched(scenario: Scenario) -> None:
    """By two dispatchers at once, too, and with no job between the event and its deliveries."""
    await scenario.create_rule(await scenario.create_channel("slack"))
    for _ in range(5):
        await scenario.create_insight_with_event()
    await asyncio.gather(*(dispatch_events(scenario.worker_context) for _ in range(2)))
    assert len(await scenario.list_deliveries()) == 5
    jobs = await scenario.world.database.as_owner("select name from jobs where org_id = $1", scenario.org_id)
    assert [job["name"] for job in jobs] == ["automation.deliver"] * 5


async def test_a_failed_fan_out_delays_no_other_org_and_is_repeated_by_a_job(
    scenario: Scenario,
) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"))
    other = await scenario.world.member()
    await scenario.world.database.as_owner(
        "insert into events (org_id, type, payload, created_at) values ($1, 'insight.created', '{}', '2026-01-01')",
        other.org_id,
    )
    await scenario.create_insight_with_event()
    assert await dispatch_events(scenario.worker_context) == 2
    assert len(await scenario.list_deliveries()) == 1
    assert await dispatch_events(scenario.worker_context) == 0
    await scenario.run_due_jobs()
    (job,) = await scenario.world.database.as_owner(
        "select name, status, attempts, last_error from jobs where org_id = $1", other.org_id
    )
    # An event without its insight's id would fail each time.
    assert dict(job) == {"name": "automation.fan_out", "status": "dead", "attempts": 1, "last_error": "KeyError"}


async def test_a_repeated_fan_out_creates_the_deliveries(scenario: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("the fan-out failed")

    await scenario.create_rule(await scenario.create_channel("slack"))
    await scenario.create_insight_with_event()
    with monkeypatch.context() as patch:
        patch.setattr(arti.worker, "fan_out", fail)
        await dispatch_events(scenario.worker_context)
    assert await scenario.list_deliveries() == []
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["status"] == "mailbox"


@pytest.mark.parametrize(
    ("conditions", "matches"),
    [
        ({}, True),
        ({"min_severity": "notice"}, True),
        ({"min_severity": "important"}, False),
        ({"providers": ["spotify", "youtube"]}, True),
        ({"providers": ["youtube"]}, False),
        ({"detectors": ["spike"]}, True),
        ({"detectors": ["milestone"]}, False),
        ({"metrics": ["audience.followers"]}, True),
        ({"metrics": ["consumption.views"]}, False),
        ({"min_severity": "info", "providers": ["spotify"], "detectors": ["milestone"]}, False),
    ],
)
async def test_a_rule_matches_by_its_conditions(scenario: Scenario, conditions: dict[str, Any], matches: bool) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"), conditions=conditions)
    await scenario.create_insight_with_event(severity="notice")
    await scenario.run_due_jobs()
    assert bool(await scenario.list_deliveries()) is matches


async def test_rules_match_by_artist_and_not_while_disabled(scenario: Scenario) -> None:
    rows = await scenario.world.database.as_owner(
        "insert into artists (org_id, name) values ($1, 'Somebody else') returning id", scenario.org_id
    )
    await scenario.create_rule(await scenario.create_channel("slack"), conditions={"artist_ids": [str(rows[0]["id"])]})
    await scenario.create_rule(await scenario.create_channel("slack"), enabled=False)
    disabled = await scenario.create_channel("slack")
    await scenario.create_rule(disabled)
    await scenario.manager.http.patch(f"/api/channels/{disabled['id']}", json={"enabled": False})
    await scenario.create_rule(
        await scenario.create_channel("slack"), conditions={"artist_ids": [str(scenario.artist_id)]}, name="Hers"
    )
    await scenario.create_insight_with_event()
    await scenario.run_due_jobs()
    assert (await scenario.get_only_delivery())["rule_name"] == "Hers"


async def test_account_events_are_delivered_by_matching_rules(scenario: Scenario) -> None:
    rows = await scenario.world.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name)
           values ($1, $2, 'youtube', 'UC1', 'Vera Lumen TV') returning id""",
        scenario.org_id,
        scenario.artist_id,
    )
    account: UUID = rows[0]["id"]
    channel = await scenario.create_channel("slack")
    await scenario.create_rule(channel, event_type="account.needs_reauth", conditions={"providers": ["youtube"]})
    await scenario.create_rule(
        await scenario.create_channel("slack"), event_type="sync.failed", conditions={"providers": ["spotify"]}
    )
    facts = {"account_id": str(account), "artist_id": str(scenario.artist_id), "provider": "youtube"}
    refused = {"error_class": "permission_missing", "reason": "visit https://evil.test"}
    await scenario.create_event(EventType.ACCOUNT_NEEDS_REAUTH, {**facts, **refused})
    await scenario.create_event(EventType.SYNC_FAILED, {**facts, "error_class": "provider_down"})
    await scenario.run_due_jobs()
    delivery = await scenario.get_only_delivery()
    assert delivery["event_type"] == "account.needs_reauth"
    (message,) = (await scenario.manager.http.get("/api/mailbox")).json()["items"]
    assert "Reconnect YouTube" in message["body"]
    assert "(the account has not given a permission that is needed)" in message["body"]
    assert "evil" not in message["body"]
    assert f"/accounts/?id={account}" in message["body"]


async def test_a_deleted_insight_is_not_delivered(scenario: Scenario) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"))
    await scenario.create_insight_with_event()
    await scenario.world.database.as_owner("delete from insights where org_id = $1", scenario.org_id)
    await scenario.run_due_jobs()
    assert await scenario.list_deliveries() == []


async def test_messages_about_a_hidden_platform_are_hidden(scenario: Scenario) -> None:
    analyst = await scenario.world.member(scenario.org_id, Role.ANALYST)
    await scenario.world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        scenario.org_id,
        analyst.user_id,
    )
    await scenario.create_rule(await scenario.create_channel("slack"))
    await scenario.create_insight_with_event()
    await scenario.create_insight_with_event(provider="youtube")
    await scenario.run_due_jobs()
    assert len(await scenario.list_deliveries()) == 2
    assert len((await analyst.http.get("/api/deliveries")).json()["items"]) == 1
    (message,) = (await analyst.http.get("/api/mailbox")).json()["items"]
    assert "YouTube" in message["body"]


def _context(**more: Any) -> EventContext:
    org, artist, event = UUID(int=1), UUID(int=2), UUID(int=3)
    values: dict[str, Any] = {
        "event_type": "insight.created",
        "event_id": event,
        "happened_at": now(),
        "org_id": org,
        "org_name": "Night Owl",
        "title": "Followers jumped",
        "body": "By 812.",
        "path": "/insights/?id=x&org=y",
        "artist_id": artist,
        "artist_name": "Vera Lumen",
        "provider": Provider.SPOTIFY,
        "severity": Severity.INFO,
        "subject_kind": "insight",
        "subject_id": UUID("00000000-0000-0000-0000-000000000001"),
        "locale": ReaderLocale("en"),
        **more,
    }
    for text in ("title", "body"):
        values[text] = (Piece(values[text], "name"),)
    return EventContext(**values)


def test_money_is_sent_only_by_rules_that_name_its_metric() -> None:
    money = _context(metric="money.estimated_revenue", is_money=True)
    assert not matches_conditions({}, money)
    assert not matches_conditions({"metrics": ["consumption.streams"]}, money)
    assert matches_conditions({"metrics": ["money.estimated_revenue"]}, money)
    assert matches_conditions({}, _context(metric="consumption.streams"))


def _render(kind: str, context: EventContext) -> OutboundMessage:
    return render(kind, context, delivery_id=UUID(int=4), site_url="https://arti.test")


def test_mail_html_is_escaped_and_headers_stay_one_line() -> None:
    message = _render("email", _context(title=f"{MARKUP}\r\nBcc: all@example.test", body=MARKUP))
    assert "<!channel>" not in message.payload["html"]
    assert "<b>" not in message.payload["html"]
    assert 'href="https://arti.test/insights/?id=x&amp;org=y"' in message.payload["html"]
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert MARKUP in message.payload["text"].replace("\u2060", "")


def test_an_sms_is_short_and_ends_with_the_link() -> None:
    message = _render("sms", _context(title="long " * 200))
    assert len(message.body) <= SMS_CHARACTERS
    assert message.body.startswith("Night Owl: long")
    assert message.body.endswith(f"... https://arti.test/s/?{'A' * 21}Q")


async def test_what_is_over_the_quota_of_unsent_messages_is_on_record(scenario: Scenario) -> None:
    await scenario.create_rule(await scenario.create_channel("slack"))
    await scenario.world.database.as_owner("update private.quotas set allowed = 1 where resource = 'messages not sent'")
    for _ in range(2):
        await scenario.create_insight_with_event()
    await dispatch_events(scenario.worker_context)
    deliveries = await scenario.list_deliveries()
    assert sorted(delivery["status"] for delivery in deliveries) == ["dead", "pending"]
    [dead] = [delivery for delivery in deliveries if delivery["status"] == "dead"]
    assert dead["last_error"].startswith("Not sent: too many messages")
    jobs = await scenario.world.database.as_owner("select name from jobs where org_id = $1", scenario.org_id)
    assert [job["name"] for job in jobs] == ["automation.deliver"]
