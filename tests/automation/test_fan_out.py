"""From an event to messages: who is told, once, in which words, and where they stay when there is no way out."""

from typing import Any
from uuid import UUID

import pytest

from arti.automation.channels.rendering import SLACK_CHARACTERS, SMS_CHARACTERS, EventContext, word
from arti.vocabulary import EventType, Provider, Role, Severity
from arti_core.clock import now
from tests.automation.conftest import Story

NASTY = '<!channel> <@U1> & <b>"bold"</b> <https://evil.test|click>'


async def test_without_a_way_out_messages_stay_in_the_mailbox(story: Story) -> None:
    for kind, target in (
        ("slack", {"label": "#news"}),
        ("email", {"address": "team@example.test"}),
        ("sms", {"phone": "+491701234567"}),
        ("n8n", {}),
    ):
        channel = await story.channel(kind, target=target)
        assert channel["leads"] == "mailbox"
        await story.rule(channel)
    await story.insight_created()
    await story.run_due_jobs()

    mailbox = (await story.manager.http.get("/api/mailbox")).json()["items"]
    assert sorted(message["kind"] for message in mailbox) == ["email", "n8n", "slack", "sms"]
    by_kind = {message["kind"]: message for message in mailbox}
    assert by_kind["sms"]["recipient"] == "+49••••••••67"
    for message in mailbox:
        text = str(message["payload"])
        assert "Night Owl Records" in text
        assert "Vera Lumen" in text
        assert f"{story.worker_context.settings.site_url}/insights/?id=" in text
    mail = by_kind["email"]
    path = f"/api/mailbox/{mail['id']}"
    assert (await story.manager.http.get(path)).json() == mail
    assert (await story.manager.http.patch(path, json={"read": True})).json()["read_at"] is not None
    assert (await story.manager.http.patch(path, json={"read": False})).json()["read_at"] is None
    assert {delivery["status"] for delivery in await story.deliveries()} == {"mailbox"}
    (event,) = (await story.manager.http.get("/api/events?type=insight.created")).json()["items"]
    assert event["deliveries"] == 4


async def test_the_same_event_planned_again_owes_nothing_more(story: Story) -> None:
    channel = await story.channel("slack")
    await story.rule(channel)
    await story.rule(channel, name="Another rule to the same channel")
    event_id = await story.insight_created()
    await story.run_due_jobs()
    for _ in range(3):
        await story.world.database.as_owner(
            "insert into jobs (org_id, name, args) values ($1, 'automation.plan_deliveries', $2)",
            story.org_id,
            {"event_id": str(event_id)},
        )
    await story.run_due_jobs()
    assert len(await story.deliveries()) == 1


@pytest.mark.parametrize(
    ("conditions", "told"),
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
async def test_a_rule_lets_through_what_it_says(story: Story, conditions: dict[str, Any], told: bool) -> None:
    await story.rule(await story.channel("slack"), conditions=conditions)
    await story.insight_created(severity="notice")
    await story.run_due_jobs()
    assert bool(await story.deliveries()) is told


async def test_rules_ask_for_the_artist_and_sleep_when_switched_off(story: Story) -> None:
    rows = await story.world.database.as_owner(
        "insert into artists (org_id, name) values ($1, 'Somebody else') returning id", story.org_id
    )
    await story.rule(await story.channel("slack"), conditions={"artist_ids": [str(rows[0]["id"])]})
    await story.rule(await story.channel("slack"), enabled=False)
    asleep = await story.channel("slack")
    await story.rule(asleep)
    await story.manager.http.patch(f"/api/channels/{asleep['id']}", json={"enabled": False})
    await story.rule(await story.channel("slack"), conditions={"artist_ids": [str(story.artist_id)]}, name="Hers")
    await story.insight_created()
    await story.run_due_jobs()
    assert (await story.only_delivery())["rule_name"] == "Hers"


async def test_account_trouble_is_told_to_those_who_asked(story: Story) -> None:
    rows = await story.world.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name)
           values ($1, $2, 'youtube', 'UC1', 'Vera Lumen TV') returning id""",
        story.org_id,
        story.artist_id,
    )
    account: UUID = rows[0]["id"]
    channel = await story.channel("slack")
    await story.rule(channel, event_type="account.needs_reauth", conditions={"providers": ["youtube"]})
    await story.rule(await story.channel("slack"), event_type="sync.failed", conditions={"providers": ["spotify"]})
    facts = {"account_id": str(account), "artist_id": str(story.artist_id), "provider": "youtube"}
    await story.event(EventType.ACCOUNT_NEEDS_REAUTH, {**facts, "reason": "consent was withdrawn"})
    await story.event(EventType.SYNC_FAILED, {**facts, "error_class": "provider_down"})
    await story.run_due_jobs()
    delivery = await story.only_delivery()
    assert delivery["event_type"] == "account.needs_reauth"
    (message,) = (await story.manager.http.get("/api/mailbox")).json()["items"]
    assert "YouTube must be connected again" in message["body"]
    assert "consent was withdrawn" in message["body"]
    assert f"/accounts/?id={account}" in message["body"]


async def test_an_insight_that_was_withdrawn_is_not_told(story: Story) -> None:
    await story.rule(await story.channel("slack"))
    await story.insight_created()
    await story.world.database.as_owner("delete from insights where org_id = $1", story.org_id)
    await story.run_due_jobs()
    assert await story.deliveries() == []


async def test_numbers_of_a_hidden_platform_are_hidden_in_messages_too(story: Story) -> None:
    analyst = await story.world.member(story.org_id, Role.ANALYST)
    await story.world.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        story.org_id,
        analyst.user_id,
    )
    await story.rule(await story.channel("slack"))
    await story.insight_created()
    await story.insight_created(provider="youtube")
    await story.run_due_jobs()
    assert len(await story.deliveries()) == 2
    assert len((await analyst.http.get("/api/deliveries")).json()["items"]) == 1
    (message,) = (await analyst.http.get("/api/mailbox")).json()["items"]
    assert "YouTube" in message["body"]


def _notice(**more: Any) -> EventContext:
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
        **more,
    }
    return EventContext(**values)


def test_slack_gets_no_mention_and_no_foreign_link() -> None:
    nasty = _notice(title=NASTY, body=NASTY, artist_name=NASTY, org_name=NASTY)
    payload = word("slack", nasty, site_url="https://arti.test").payload
    texts = [payload["text"], payload["blocks"][0]["text"]["text"], payload["blocks"][1]["elements"][0]["text"]]
    for text in texts:
        stripped = text.replace("<https://arti.test/insights/?id=x&amp;org=y|Open in ARTi>", "")
        assert "<" not in stripped
        assert ">" not in stripped
        assert "&lt;!channel&gt;" in stripped


@pytest.mark.parametrize("shift", range(6))
def test_slack_text_is_cut_to_what_a_section_takes_without_cutting_an_escape(shift: int) -> None:
    payload = word("slack", _notice(body="x" * shift + "&" * 4000), site_url="https://arti.test").payload
    text = payload["blocks"][0]["text"]["text"]
    assert len(text) <= SLACK_CHARACTERS
    assert text.endswith("&amp;…")


def test_mail_html_is_escaped_and_headers_stay_one_line() -> None:
    message = word(
        "email", _notice(title=f"{NASTY}\r\nBcc: all@example.test", body=NASTY), site_url="https://arti.test"
    )
    assert "<!channel>" not in message.payload["html"]
    assert "<b>" not in message.payload["html"]
    assert 'href="https://arti.test/insights/?id=x&amp;org=y"' in message.payload["html"]
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert NASTY in message.payload["text"]


def test_an_sms_is_short_and_ends_with_the_link() -> None:
    message = word("sms", _notice(title="long " * 200), site_url="https://arti.test")
    assert len(message.body) <= SMS_CHARACTERS
    assert message.body.startswith("Night Owl: long")
    assert message.body.endswith("... https://arti.test/insights/?id=x&org=y")
