"""The n8n workflow template: filled in for one org, whole, and free of secrets."""

import re
from typing import Any
from uuid import UUID

from arti.automation.channels.n8n import WEBHOOK_PATH
from arti.automation.channels.n8n_template import TEMPLATE, render_workflow
from tests.automation.conftest import Story


def _node(workflow: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [node for node in workflow["nodes"] if node["name"] == name]
    return dict(found)


async def test_a_channel_gives_its_workflow(story: Story) -> None:
    channel = await story.channel("n8n", target={"url": "http://127.0.0.1:5678/webhook/arti/events"})
    answer = await story.manager.http.get(f"/api/channels/{channel['id']}/workflow")
    assert answer.status_code == 200
    assert channel["secret"] not in answer.text
    assert "__ARTI" not in answer.text
    workflow = answer.json()
    assert workflow["name"] == "ARTi: an event of Night Owl Records"
    webhook = _node(workflow, "ARTi event")
    assert webhook["parameters"]["authentication"] == "jwtAuth"
    assert f"webhook/{webhook['parameters']['path']}" == WEBHOOK_PATH
    asked = _node(workflow, "Meant for us?")["parameters"]["conditions"]["conditions"]
    assert [condition["rightValue"] for condition in asked] == ["arti", str(story.org_id)]
    slack = await story.channel("slack")
    assert (await story.manager.http.get(f"/api/channels/{slack['id']}/workflow")).status_code == 422


def test_every_connection_leads_to_a_node_and_every_node_is_reached() -> None:
    workflow = render_workflow(org_id=UUID(int=1), org_name="Night Owl", site_url="https://arti.test")
    names = {node["name"] for node in workflow["nodes"]}
    ends = {end["node"] for outs in workflow["connections"].values() for out in outs["main"] for end in out}
    assert set(workflow["connections"]) <= names
    assert ends | {"ARTi event"} == names
    assert len({node["id"] for node in workflow["nodes"]}) == len(names)
    mentioned = set(re.findall(r"\$\('([^']+)'\)", TEMPLATE.read_text(encoding="utf-8")))
    assert mentioned <= names


def test_a_name_with_quotes_stays_a_name() -> None:
    name = 'Night "Owl" \\ Söhne\n'
    workflow = render_workflow(org_id=UUID(int=1), org_name=name, site_url="https://arti.test")
    assert workflow["name"] == f"ARTi: an event of {name}"
