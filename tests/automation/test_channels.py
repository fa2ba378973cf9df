"""Channels and rules: validation, sealed secrets, and audit entries."""

from typing import Any
from uuid import uuid4

import pytest

from arti.automation.channels.targets import mask_phone
from arti.vocabulary import Role
from tests.automation.conftest import SLACK_URL, Scenario


async def test_secrets_are_sealed_and_never_returned(scenario: Scenario) -> None:
    slack = await scenario.create_channel("slack", target={"label": "#releases"}, secret=SLACK_URL)
    shown = {"label": "#releases", "host": "hooks.slack.com"}
    assert {name: value for name, value in slack["target"].items() if value is not None} == shown
    assert slack["secret"] is None
    assert slack["delivers_to"] == "external"
    phone = await scenario.create_channel("sms", target={"phone": "+491701234567"})
    assert phone["target"]["phone"] == "+49••••••••67"
    n8n = await scenario.create_channel("n8n", target={"url": "https://n8n.label.test/webhook/arti?token=hidden"})
    assert n8n["secret"].startswith("whsec_")

    listed = await scenario.manager.http.get("/api/channels")
    assert len(listed.json()["items"]) == 3
    for word in ("very-secret", "1701234", "hidden", n8n["secret"]):
        assert word not in listed.text
    for row in await scenario.world.database.as_owner("select sealed from private.vault"):
        for word in (b"very-secret", b"1701234", b"hidden", n8n["secret"].encode()):
            assert word not in bytes(row["sealed"])
    log = await scenario.world.database.as_owner(
        "select action, details::text as details from audit_log where org_id = $1 order by created_at", scenario.org_id
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
        ({"kind": "slack", "secret": "https://mattermost.label.test/services/T0/B0/x"}, "secret"),
        ({"kind": "slack", "secret": "http://hooks.slack.com/services/T0/B0/x"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com:8443/services/T0/B0/x"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com/services/T0/B0/x?to=y"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com/services/../B0/x"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com/services/T0/B0/x\n"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com@10.0.0.7/services/T0/B0/x"}, "secret"),
        ({"kind": "slack", "secret": "https://hooks.slack.com.evil.test/services/T0/B0/x"}, "secret"),
        ({"kind": "n8n", "target": {"url": "https://192.168.1.5/webhook"}}, "target.url"),
        ({"kind": "n8n", "target": {"url": "http://n8n.label.test/webhook"}}, "target.url"),
        ({"kind": "n8n", "target": {"url": "https://n8n.label.test:5678/webhook"}}, "target.url"),
        ({"kind": "email", "target": {"address": "a@b.test", "workflow_id": str(uuid4())}}, "target.workflow_id"),
        ({"kind": "n8n", "secret": "whsec_dG9vIHNob3J0"}, "secret"),
        ({"kind": "pigeon"}, "kind"),
        ({"kind": "slack", "name": " "}, "name"),
        ({"kind": "slack", "org_id": str(uuid4())}, "org_id"),
    ],
)
async def test_an_invalid_channel_is_refused_by_field(scenario: Scenario, given: dict[str, Any], field: str) -> None:
    answer = await scenario.manager.http.post("/api/channels", json={"name": "Ours", **given})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field
    assert (await scenario.manager.http.get("/api/channels")).json()["items"] == []


async def test_a_channel_is_updated_and_deleted_with_its_secrets(scenario: Scenario) -> None:
    made = await scenario.create_channel("slack", secret=SLACK_URL)
    path = f"/api/channels/{made['id']}"
    changed = (await scenario.manager.http.patch(path, json={"name": "News", "enabled": False})).json()
    assert (changed["name"], changed["enabled"], changed["target"]["host"]) == ("News", False, "hooks.slack.com")
    labelled = (await scenario.manager.http.patch(path, json={"target": {"label": "#a"}})).json()
    assert (labelled["target"]["label"], labelled["target"]["host"]) == ("#a", "hooks.slack.com")
    await scenario.create_rule(made)
    assert (await scenario.manager.http.delete(path)).status_code == 204
    assert (await scenario.manager.http.delete(path)).status_code == 404
    for table in ("channels", "rules", "private.vault"):
        (row,) = await scenario.world.database.as_owner(
            f"select count(*) from {table} where org_id = $1", scenario.org_id
        )
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
async def test_an_invalid_rule_is_refused_by_field(scenario: Scenario, given: dict[str, Any], field: str) -> None:
    channel = await scenario.create_channel("slack")
    answer = await scenario.manager.http.post("/api/rules", json={"name": "R", "channel_id": channel["id"], **given})
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"] == field


async def test_a_rule_is_created_updated_and_deleted(scenario: Scenario) -> None:
    channel = await scenario.create_channel("slack")
    conditions = {"min_severity": "notice", "artist_ids": [str(scenario.artist_id)], "metrics": ["audience.followers"]}
    made = await scenario.create_rule(channel, conditions=conditions)
    assert made["conditions"] | conditions == made["conditions"]
    assert made["channel_name"] == "Our slack"
    path = f"/api/rules/{made['id']}"
    changed = (await scenario.manager.http.patch(path, json={"enabled": False, "conditions": {}})).json()
    assert changed["enabled"] is False
    assert changed["conditions"]["min_severity"] is None
    assert (await scenario.manager.http.delete(path)).status_code == 204
    assert (await scenario.manager.http.patch(path, json={"enabled": True})).status_code == 404


async def test_another_org_can_neither_read_nor_write(scenario: Scenario) -> None:
    channel = await scenario.create_channel("slack", secret=SLACK_URL)
    rule = await scenario.create_rule(channel)
    outsider = await scenario.world.member()
    for path in (f"/api/channels/{channel['id']}", f"/api/rules/{rule['id']}"):
        foreign = await outsider.http.patch(path, json={"name": "Mine now"})
        unknown = await outsider.http.patch(f"{path[:-36]}{uuid4()}", json={"name": "Mine now"})
        assert foreign.status_code == unknown.status_code == 404
        assert foreign.json()["message"] == unknown.json()["message"]
        assert (await outsider.http.delete(path)).status_code == 404
    assert (await outsider.http.post(f"/api/channels/{channel['id']}/test")).status_code == 404
    foreign_channel = await outsider.http.post("/api/rules", json={"name": "R", "channel_id": channel["id"]})
    assert foreign_channel.status_code == 404
    own = (await outsider.http.post("/api/channels", json={"kind": "slack", "name": "Own"})).json()
    foreign_artist = {"conditions": {"artist_ids": [str(scenario.artist_id)]}}
    answer = await outsider.http.post("/api/rules", json={"name": "R", "channel_id": own["id"], **foreign_artist})
    assert answer.json()["field"] == "conditions.artist_ids"
    for path in ("/api/rules", "/api/deliveries", "/api/mailbox", "/api/events", "/api/webhook-sources"):
        assert (await outsider.http.get(path)).json()["items"] == []


async def test_analysts_can_read_and_creators_cannot(scenario: Scenario) -> None:
    analyst = await scenario.world.member(scenario.org_id, Role.ANALYST)
    creator = await scenario.world.member(scenario.org_id, Role.CREATOR)
    assert (await analyst.http.get("/api/channels")).status_code == 200
    assert (await analyst.http.post("/api/channels", json={"kind": "slack", "name": "X"})).status_code == 403
    assert (await creator.http.get("/api/mailbox")).status_code == 403


def test_a_short_phone_number_is_masked_too() -> None:
    assert mask_phone("+1234567") == "+12•••67"
