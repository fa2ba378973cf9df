"""An org that is deleted leaves n8n too: its workflows with their runs, and the credentials of their webhooks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from arti.settings import Settings
from tests.arti_command import run_command
from tests.automation.conftest import Scenario, scenario
from tests.automation.fake_n8n import KEY, FakeN8n, n8n, n8n_port
from tests.conftest import MASTER_KEY
from tests.privacy.test_org_erasure import let_it_be_due

__all__ = ["n8n", "n8n_port", "scenario"]
ERASED = ("privacy.erase_org", "done")


@pytest.fixture
def settings(settings: Settings, n8n_port: int) -> Settings:
    return settings.model_copy(update={"n8n_url": f"http://127.0.0.1:{n8n_port}", "n8n_api_key": SecretStr(KEY)})


async def connect(scenario: Scenario, name: str) -> dict[str, Any]:
    answer = await scenario.manager.http.post("/api/n8n/workflows", json={"template": "events", "name": name})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def request_erasure(scenario: Scenario) -> None:
    """As an admin in Settings, and let its time come."""
    admin = await scenario.world.member(scenario.org_id)
    orgs = (await admin.http.get("/auth/me")).json()["orgs"]
    answer = await admin.http.post("/api/orgs/current/erasure", json={"name": orgs[0]["name"]})
    assert answer.status_code == 202, answer.text
    await let_it_be_due(scenario.world.database, scenario.org_id)


def add_workflow_of_another_org(n8n: FakeN8n) -> None:
    webhook = {"type": "n8n-nodes-base.webhook", "parameters": {"path": "orgs/another/ab"}, "credentials": {}}
    n8n.workflows["other"] = {"id": "other", "nodes": [webhook, {"type": "n8n-nodes-base.noOp", "parameters": {}}]}


async def test_workflows_and_credentials_go_with_the_org(scenario: Scenario, n8n: FakeN8n) -> None:
    made = await connect(scenario, "Removed before")
    assert (await scenario.manager.http.delete(f"/api/channels/{made['channel']['id']}")).status_code == 204
    await scenario.run_due_jobs()
    assert [workflow["isArchived"] for workflow in n8n.workflows.values()] == [True]
    await connect(scenario, "Tell the team")
    add_workflow_of_another_org(n8n)
    await request_erasure(scenario)
    assert ERASED in await scenario.run_due_jobs()
    assert list(n8n.workflows) == ["other"]
    assert n8n.credentials == {}


async def test_while_n8n_does_not_answer_the_deletion_waits_and_says_why(scenario: Scenario, n8n: FakeN8n) -> None:
    await connect(scenario, "Tell the team")
    n8n.refuse = "GET workflows"
    await request_erasure(scenario)
    assert ("privacy.erase_org", "queued") in await scenario.run_due_jobs()
    sql = "select last_error from jobs where name = 'privacy.erase_org' and org_id = $1"
    ((reason,),) = await scenario.world.database.as_owner(sql, scenario.org_id)
    assert reason == (
        "Its workflows are still in n8n. n8n does not answer. Try again in a moment, or ask the operator."
    )
    n8n.refuse = ""
    await scenario.make_everything_due()
    assert ERASED in await scenario.run_due_jobs()
    assert n8n.workflows == {}


async def test_an_n8n_that_is_gone_keeps_no_org(
    scenario: Scenario, n8n: FakeN8n, capfd: pytest.CaptureFixture[str]
) -> None:
    await connect(scenario, "Tell the team")
    n8n.refuse = "GET workflows"
    await request_erasure(scenario)
    await scenario.world.database.as_owner(
        "update private.org_erasures set due_at = due_at - $2::interval where org_id = $1",
        scenario.org_id,
        timedelta(hours=6),
    )
    assert ERASED in await scenario.run_due_jobs()
    logged = capfd.readouterr()
    assert "workflows of a deleted org stay in n8n" in logged.out + logged.err
    assert f"orgs/{scenario.org_id}/" in logged.out + logged.err


@pytest.mark.parametrize(
    ("refuse", "said"),
    [
        ("", "Its workflows leave n8n, with their runs and credentials."),
        ("GET", "Its workflows leave n8n when it does; the deletion waits 6 hours for that."),
    ],
)
async def test_the_command_says_what_becomes_of_them(
    scenario: Scenario,
    n8n: FakeN8n,
    settings: Settings,
    refuse: str,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    n8n.refuse = refuse
    values = {"ARTI_DATA": str(tmp_path / "data"), "ARTI_MASTER_KEY": MASTER_KEY, "N8N_API_KEY": KEY}
    values |= {"OWNER_DATABASE_URL": scenario.world.database.dsn("postgres"), "N8N_URL": settings.n8n_url}
    for name in ("SUPABASE_URL", "DATABASE_URL", "ALLOWED_HOSTS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    _, printed = await run_command(capsys, "erase", "org", str(scenario.org_id))
    assert said in printed
