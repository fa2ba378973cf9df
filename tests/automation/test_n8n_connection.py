"""Connect n8n, against a server that speaks the part of n8n's API that is used; with n8n itself: test_with_n8n.py."""

from typing import Any

import pytest
from pydantic import SecretStr

from arti.automation.n8n_workflows.jobs import REMOVE_WORKFLOW_JOB
from arti.settings import Settings
from tests.automation.conftest import Scenario
from tests.automation.fake_n8n import KEY, FakeN8n, n8n, n8n_port

__all__ = ["n8n", "n8n_port"]


@pytest.fixture
def settings(settings: Settings, n8n_port: int) -> Settings:
    return settings.model_copy(update={"n8n_url": f"http://127.0.0.1:{n8n_port}", "n8n_api_key": SecretStr(KEY)})


async def connect(scenario: Scenario, template: str = "events") -> Any:
    return await scenario.manager.http.post("/api/n8n/workflows", json={"template": template, "name": "Tell the team"})


async def describe(scenario: Scenario) -> dict[str, Any]:
    answer = await scenario.manager.http.get("/api/n8n")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


async def test_one_step_makes_channel_credential_and_workflow(scenario: Scenario, n8n: FakeN8n) -> None:
    made = await connect(scenario)
    assert made.status_code == 201, made.text
    assert "whsec_" not in made.text  # n8n and the vault have the secret, and nobody else
    assert (made.json()["is_active"], made.json()["next_step"]) == (True, None)
    (credential,), (workflow,) = n8n.credentials.values(), n8n.workflows.values()
    assert credential["type"] == "jwtAuth"
    assert credential["data"]["secret"].startswith("whsec_")
    (webhook,) = [node for node in workflow["nodes"] if node["type"].endswith(".webhook")]
    assert webhook["credentials"]["jwtAuth"]["id"] == credential["id"]
    assert webhook["parameters"]["path"].startswith(f"orgs/{scenario.org_id}/")
    (shown,) = (await describe(scenario))["workflows"]
    assert (shown["name"], shown["is_active"], shown["problem"]) == ("Tell the team", True, None)
    assert [run["status"] for run in shown["runs"]] == ["success"]
    sql = "select path, n8n_id, template from n8n_workflows where org_id = $1"
    rows = await scenario.world.database.as_owner(sql, scenario.org_id)
    assert [tuple(row) for row in rows] == [(webhook["parameters"]["path"], workflow["id"], "events")]


async def test_a_template_that_lacks_credentials_is_not_published(scenario: Scenario, n8n: FakeN8n) -> None:
    made = (await connect(scenario, "story-to-slack")).json()
    assert made["is_active"] is False
    assert made["next_step"].startswith("Ask the operator to open the workflow in n8n: choose your Slack")
    assert [workflow["active"] for workflow in n8n.workflows.values()] == [False]


@pytest.mark.parametrize(
    ("refuse", "status", "answered"),
    [("POST credentials", 500, 503), ("POST workflows", 400, 502), ("activate", 500, 503), ("POST", 401, 503)],
)
async def test_a_failure_leaves_nothing_on_either_side(
    scenario: Scenario, n8n: FakeN8n, refuse: str, status: int, answered: int
) -> None:
    n8n.refuse, n8n.status = refuse, status
    failed = await connect(scenario)
    assert (failed.status_code, "n8n" in failed.json()["message"]) == (answered, True)
    if "activate" in refuse or "workflows" in refuse:
        assert (n8n.credentials, n8n.workflows) == ({}, {})
    assert (await scenario.manager.http.get("/api/channels")).json()["items"] == []
    n8n.refuse = ""
    assert (await describe(scenario))["workflows"] == []


async def test_a_workflow_that_was_deleted_in_n8n_says_so(scenario: Scenario, n8n: FakeN8n) -> None:
    await connect(scenario)
    n8n.workflows.clear()
    (shown,) = (await describe(scenario))["workflows"]
    assert shown["problem"] == "It is no longer in n8n. Delete its channel, and connect another."


async def test_without_an_answer_the_page_shows_the_rest(scenario: Scenario, n8n: FakeN8n) -> None:
    await connect(scenario)
    n8n.refuse = "GET"
    (shown,) = (await describe(scenario))["workflows"]
    assert (shown["name"], shown["problem"]) == (
        "Tell the team",
        "n8n does not answer. Try again in a moment, or ask the operator.",
    )


async def remove_channel(scenario: Scenario) -> None:
    (shown,) = (await describe(scenario))["workflows"]
    assert (await scenario.manager.http.delete(f"/api/channels/{shown['channel_id']}")).status_code == 204


async def test_a_removed_channel_takes_its_workflow_with_it(scenario: Scenario, n8n: FakeN8n) -> None:
    await connect(scenario)
    await remove_channel(scenario)
    assert await scenario.run_due_jobs() == [(REMOVE_WORKFLOW_JOB, "done")]
    (workflow,) = n8n.workflows.values()
    assert (workflow["active"], workflow["isArchived"]) == (False, True)  # n8n can restore it
    assert n8n.credentials == {}
    assert (await describe(scenario))["workflows"] == []
    sql = "select count(*) from n8n_workflows where org_id = $1"
    assert (await scenario.world.database.as_owner(sql, scenario.org_id))[0][0] == 0


async def test_a_channel_that_sends_elsewhere_leaves_its_workflow(scenario: Scenario, n8n: FakeN8n) -> None:
    (await connect(scenario)).raise_for_status()
    (shown,) = (await describe(scenario))["workflows"]
    other = {"target": {"workflow_id": await scenario.register_workflow()}}
    changed = await scenario.manager.http.patch(f"/api/channels/{shown['channel_id']}", json=other)
    assert changed.status_code == 200, changed.text
    await scenario.run_due_jobs()
    assert [workflow["isArchived"] for workflow in n8n.workflows.values()] == [True]


async def test_a_workflow_of_the_operator_stays_in_n8n(scenario: Scenario, n8n: FakeN8n) -> None:
    target = {"workflow_id": await scenario.register_workflow()}
    channel = await scenario.create_channel("n8n", target=target)
    assert (await scenario.manager.http.delete(f"/api/channels/{channel['id']}")).status_code == 204
    assert await scenario.run_due_jobs() == [(REMOVE_WORKFLOW_JOB, "done")]
    assert len((await scenario.manager.http.get("/api/n8n-workflows")).json()) == 1


async def test_while_n8n_does_not_answer_the_page_says_what_is_left(scenario: Scenario, n8n: FakeN8n) -> None:
    await connect(scenario)
    await remove_channel(scenario)
    n8n.refuse = "archive"
    await scenario.run_due_jobs()
    (shown,) = (await describe(scenario))["workflows"]
    assert shown["problem"] == "Its channel was removed. It leaves n8n as soon as n8n answers."
    n8n.refuse = ""
    await scenario.make_everything_due()
    await scenario.run_due_jobs()
    assert (await describe(scenario))["workflows"] == []


async def test_the_operators_address_of_n8n_is_not_shown(scenario: Scenario, n8n: FakeN8n, settings: Settings) -> None:
    """N8N_URL is an address inside, and behind it are the workflows of every org."""
    assert (await describe(scenario))["editor_url"] is None
    assert settings.n8n_url not in (await scenario.manager.http.get("/api/n8n")).text


class TestWithAnEditor:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"n8n_editor_base_url": "https://link.label.example/"})

    async def test_managers_are_sent_there(self, scenario: Scenario, n8n: FakeN8n) -> None:
        assert (await describe(scenario))["editor_url"] == "https://link.label.example/"
        next_step = (await connect(scenario, "story-to-slack")).json()["next_step"]
        assert next_step.startswith("Open the workflow in n8n: choose your Slack credential")


class TestWithoutN8n:
    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"n8n_url": "", "n8n_api_key": SecretStr("")})

    async def test_it_says_what_the_operator_can_do(self, scenario: Scenario) -> None:
        shown = await describe(scenario)
        assert (shown["can_connect"], shown["editor_url"]) == (False, None)
        assert "./arti up --with-n8n" in shown["problem"]
        refused = await connect(scenario)
        assert (refused.status_code, refused.json()["message"]) == (409, shown["problem"])
