"""Channels and rules: what is checked, what is sealed, what is never shown, and what is written down."""

from typing import Any
from uuid import uuid4

import pytest

from arti.automation.channels.service import mask_phone
from arti.vocabulary import Role
from tests.automation.conftest import Story

SLACK_URL = "https://hooks.slack.com/services/T000/B000/very-secret"


async def test_secrets_are_sealed_and_never_come_back(story: Story) -> None:
    slack = await story.channel("slack", target={"label": "#releases"}, secret=SLACK_URL)
    assert slack["target"] == {"label": "#releases", "host": "hooks.slack.com", "address": None, "phone": None}
    assert slack["secret"] is None
    assert slack["leads"] == "outside"
    phone = await story.channel("sms", target={"phone": "+491701234567"})
    assert phone["target"]["phone"] == "+49••••••••67"
    n8n = await story.channel("n8n", target={"url": "http://127.0.0.1:5678/webhook/arti?token=hidden"})
    assert n8n["secret"].startswith("whsec_")

    listed = await story.manager.http.get("/api/channels")
    assert len(listed.json()["items"]) == 3
    for word in ("very-secret", "1701234", "hidden", n8n["secret"]):
        assert word not in listed.text
    for row in await story.world.database.as_owner("select sealed from private.vault"):
        for word in (b"very-secret", b"1701234", b"hidden", n8n["secret"].encode()):
            assert word not in bytes(row["sealed"])
    log = await story.world.database.as_owner(
        "select action, details::text as details from audit_log where org_id = $1 order by created_at", story.org_id
    )
    assert [row["action"] for row in log] == ["channel.created"] * 3
    assert "secret" not in "".join(row["details"] for row in log)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kind": "email"}, "target.address"),
        ({"kind": "email", "target": {"address": "not an address"}}, "target.address"),
        ({"kind": "email", "target": {"address": "a@b.test\r\nBcc: c@d.test"}}, "target.address"),
        ({"kind": "email", "target": {"address": "a@b.test"}, "secret": "x"}, "secret"),
        ({"kind": "email", "target": {"phone": "+491701234567"}}, "target.address"),
        ({"kind": "sms"}, "target.phone"),
        ({"kind": "sms", "target": {"phone": "0170 1234567"}}, "target.phone"),
        ({"kind": "slack", "secret": "not a url"}, "secret"),
        ({"kind": "slack", "secret": "http://hooks.example.com/x"}, "secret"),
        ({"kind": "slack", "target": {"url": SLACK_URL}}, "target.url"),
        ({"kind": "slack", "secret": "https://10.0.0.7/hook"}, "secret"),
        ({"kind": "slack", "secret": "https://169.254.169.254/latest/meta-data"}, "secret"),
        ({"kind": "slack", "secret": "https://[::ffff:10.0.0.7]/hook"}, "secret"),
        ({"kind": "slack", "secret": "https://user:word@hooks.example.com/x"}, "secret"),
        ({"kind": "n8n", "target": {"url": "https://192.168.1.5/webhook"}}, "target.url"),
        ({"kind": "n8n", "secret": "whsec_dG9vIHNob3J0"}, "secret"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "slack", "name": " "}, "name"),
        ({"kind": "slack", "org_id": str(uuid4())}, "org_id"),
    ],
)
async def test_a_wrong_channel_is_refused_by_field(story: Story, given: dict[str, Any], field: str) -> None:
    answer = await story.manager.http.post("/api/channels", json={"name": "Ours", **given})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert (await story.manager.http.get("/api/channels")).json()["items"] == []


async def test_a_channel_is_changed_and_removed_with_its_secrets(story: Story) -> None:
    made = await story.channel("slack", secret=SLACK_URL)
    path = f"/api/channels/{made['id']}"
    changed = (await story.manager.http.patch(path, json={"name": "News", "enabled": False})).json()
    assert (changed["name"], changed["enabled"], changed["target"]["host"]) == ("News", False, "hooks.slack.com")
    labelled = (await story.manager.http.patch(path, json={"target": {"label": "#a"}})).json()
    assert (labelled["target"]["label"], labelled["target"]["host"]) == ("#a", "hooks.slack.com")
    await story.rule(made)
    assert (await story.manager.http.delete(path)).status_code == 204
    assert (await story.manager.http.delete(path)).status_code == 404
    for table in ("channels", "rules", "private.vault"):
        (row,) = await story.world.database.as_owner(f"select count(*) from {table} where org_id = $1", story.org_id)
        assert row["count"] == 0, table


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"event_type": "sync.finished"}, "event_type"),
        ({"conditions": {"min_severity": "huge"}}, "conditions.min_severity"),
        ({"conditions": {"providers": ["myspace"]}}, "conditions.providers.0"),
        ({"conditions": {"metrics": ["no.such"]}}, "conditions.metrics"),
        ({"conditions": {"detectors": ["'; drop"]}}, "conditions.detectors.0"),
        ({"conditions": {"artist_ids": [str(uuid4())]}}, "conditions.artist_ids"),
        ({"conditions": {"colour": "red"}}, "conditions.colour"),
        ({"event_type": "sync.failed", "conditions": {"min_severity": "info"}}, "conditions.min_severity"),
    ],
)
async def test_a_wrong_rule_is_refused_by_field(story: Story, given: dict[str, Any], field: str) -> None:
    channel = await story.channel("slack")
    answer = await story.manager.http.post("/api/rules", json={"name": "R", "channel_id": channel["id"], **given})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


async def test_a_rule_is_made_changed_and_removed(story: Story) -> None:
    channel = await story.channel("slack")
    conditions = {"min_severity": "notice", "artist_ids": [str(story.artist_id)], "metrics": ["audience.followers"]}
    made = await story.rule(channel, conditions=conditions)
    assert made["conditions"] | conditions == made["conditions"]
    assert made["channel_name"] == "Our slack"
    path = f"/api/rules/{made['id']}"
    changed = (await story.manager.http.patch(path, json={"enabled": False, "conditions": {}})).json()
    assert changed["enabled"] is False
    assert changed["conditions"]["min_severity"] is None
    assert (await story.manager.http.delete(path)).status_code == 204
    assert (await story.manager.http.patch(path, json={"enabled": True})).status_code == 404


async def test_another_org_sees_and_touches_nothing(story: Story) -> None:
    channel = await story.channel("slack", secret=SLACK_URL)
    rule = await story.rule(channel)
    stranger = await story.world.member()
    for path in (f"/api/channels/{channel['id']}", f"/api/rules/{rule['id']}"):
        foreign = await stranger.http.patch(path, json={"name": "Mine now"})
        unknown = await stranger.http.patch(f"{path[:-36]}{uuid4()}", json={"name": "Mine now"})
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json()["message"] == unknown.json()["message"]
        assert (await stranger.http.delete(path)).status_code == 404
    assert (await stranger.http.post(f"/api/channels/{channel['id']}/test")).status_code == 404
    theirs = await stranger.http.post("/api/rules", json={"name": "R", "channel_id": channel["id"]})
    assert theirs.status_code == 404
    own = (await stranger.http.post("/api/channels", json={"kind": "slack", "name": "Own"})).json()
    foreign_artist = {"conditions": {"artist_ids": [str(story.artist_id)]}}
    answer = await stranger.http.post("/api/rules", json={"name": "R", "channel_id": own["id"], **foreign_artist})
    assert answer.json()["field"] == "conditions.artist_ids"
    for path in ("/api/rules", "/api/deliveries", "/api/mailbox", "/api/events", "/api/webhook-sources"):
        assert (await stranger.http.get(path)).json()["items"] == []


async def test_analysts_read_and_creators_do_not(story: Story) -> None:
    analyst = await story.world.member(story.org_id, Role.ANALYST)
    creator = await story.world.member(story.org_id, Role.CREATOR)
    assert (await analyst.http.get("/api/channels")).status_code == 200
    assert (await analyst.http.post("/api/channels", json={"kind": "slack", "name": "X"})).status_code == 403
    assert (await creator.http.get("/api/mailbox")).status_code == 403


def test_a_short_phone_number_is_masked_too() -> None:
    assert mask_phone("+1234567") == "+12•••67"
