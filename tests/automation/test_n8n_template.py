"""The n8n workflow template: rendered for one org, complete, and without secrets."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from arti.automation.channels.n8n import WEBHOOK_PATH
from arti.automation.channels.n8n_template import FOLDER, TEMPLATES, render_workflow
from tests.automation.conftest import Scenario


def _node(workflow: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [node for node in workflow["nodes"] if node["name"] == name]
    return dict(found)


async def test_an_n8n_channel_returns_its_workflow(scenario: Scenario) -> None:
    channel = await scenario.create_channel("n8n", target={"url": "https://n8n.label.test/webhook/arti/events"})
    answer = await scenario.manager.http.get(f"/api/channels/{channel['id']}/workflow")
    assert answer.status_code == 200
    assert channel["secret"] not in answer.text
    assert "__ARTI" not in answer.text
    workflow = answer.json()
    assert workflow["name"] == "ARTi: an event of Night Owl Records"
    webhook = _node(workflow, "ARTi event")
    assert webhook["parameters"]["authentication"] == "jwtAuth"
    assert webhook["parameters"]["path"] == WEBHOOK_PATH
    conditions = _node(workflow, "For this org?")["parameters"]["conditions"]["conditions"]
    assert [condition["rightValue"] for condition in conditions] == ["arti", str(scenario.org_id)]
    slack = await scenario.create_channel("slack")
    assert (await scenario.manager.http.get(f"/api/channels/{slack['id']}/workflow")).status_code == 422


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.workflow.json")), ids=lambda file: file.name)
def test_connections_and_nodes_of_each_template_match(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    workflow = json.loads(text)
    names = {node["name"] for node in workflow["nodes"]}
    ends = {end["node"] for outs in workflow["connections"].values() for out in outs["main"] for end in out}
    assert set(workflow["connections"]) <= names
    (first,) = names - ends
    assert first in ("ARTi event", "Every week", "Every day")
    assert len({node["id"] for node in workflow["nodes"]}) == len(names)
    mentioned = set(re.findall(r"\$\('([^']+)'\)", text))
    assert mentioned <= names


def test_a_name_with_quotes_is_escaped() -> None:
    name = 'Night "Owl" \\ Söhne\n'
    workflow = render_workflow(org_id=UUID(int=1), org_name=name, site_url="https://arti.test")
    assert workflow["name"] == f"ARTi: an event of {name}"


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_is_filled_in(template: str) -> None:
    workflow = render_workflow(
        org_id=UUID(int=1),
        org_name="Night Owl",
        site_url="https://arti.test",
        template=template,
        path="orgs/1/abc",
        credential_id="c1",
    )
    assert "__ARTI" not in json.dumps(workflow)
    webhook = _node(workflow, "ARTi event")
    assert (webhook["parameters"]["path"], webhook["credentials"]["jwtAuth"]["id"]) == ("orgs/1/abc", "c1")
