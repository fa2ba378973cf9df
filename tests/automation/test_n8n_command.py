"""`./arti n8n`: the operator registers workflows, and channels of earlier versions go on with theirs."""

from pathlib import Path
from typing import Any

import pytest

from arti_core.tenant_client import TenantUrl
from tests.arti_command import run_command
from tests.automation.conftest import Scenario

N8N = "http://n8n:5678"


@pytest.fixture
def operator(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment in which an operator of this installation runs commands."""
    database, settings = scenario.world.database, scenario.worker_context.settings
    monkeypatch.setenv("ARTI_DATA", str(tmp_path))
    monkeypatch.setenv("OWNER_DATABASE_URL", database.dsn("postgres"))
    monkeypatch.setenv("ARTI_MASTER_KEY", settings.arti_master_key.get_secret_value())
    monkeypatch.setenv("N8N_URL", N8N)
    for name in ("SUPABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


async def _get_channel(scenario: Scenario, channel: dict[str, Any]) -> dict[str, Any]:
    items = (await scenario.manager.http.get("/api/channels")).json()["items"]
    (found,) = [item for item in items if item["id"] == channel["id"]]
    return dict(found)


async def _store_address(scenario: Scenario, channel: dict[str, Any], address: str, host: str) -> None:
    """Give a channel an address that this version refuses and earlier ones accepted."""
    vault, ref = scenario.worker_context.vault, f"{channel['id']}/address"
    sealed = vault.seal(address, owner_id=scenario.org_id, kind="channel", ref=ref)
    owner = scenario.world.database.as_owner
    await owner("update private.vault set sealed = $3 where org_id = $1 and ref = $2", scenario.org_id, ref, sealed)
    await owner(
        "update channels set target = jsonb_build_object('host', $2::text) where id = $1::uuid", channel["id"], host
    )


@pytest.mark.usefixtures("operator")
async def test_workflows_are_registered_listed_and_removed(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    org = str(scenario.org_id)
    code, text = await run_command(capsys, "n8n", "add", "/webhook/label/new", "--name", "New insight", "--org", org)
    assert (code, text.startswith("Registered ")) == (0, True)
    (workflow,) = (await scenario.manager.http.get("/api/n8n-workflows")).json()
    assert (workflow["id"], workflow["name"]) == (text.split()[1].strip("."), "New insight")
    again = await run_command(capsys, "n8n", "add", "label/new", "--name", "Twice", "--org", org)
    assert (again[0], "already" in again[1]) == (1, True)
    for path in ("../rest/workflows", "label/new?x=y", "label//new", "http://10.0.0.7/x", ""):
        assert (await run_command(capsys, "n8n", "add", path, "--name", "Bad", "--org", org))[0] == 1, path
    code, text = await run_command(capsys, "n8n", "list")
    assert code == 0
    assert f"{workflow['id']}  Night Owl Records  New insight  webhook/label/new" in text.splitlines()
    channel = await scenario.create_channel("n8n", target={"workflow_id": workflow["id"]})
    assert (await run_command(capsys, "n8n", "remove", workflow["id"]))[0] == 0
    assert (await _get_channel(scenario, channel))["target"]["workflow_id"] is None
    assert (await run_command(capsys, "n8n", "remove", workflow["id"]))[0] == 1


@pytest.mark.usefixtures("operator")
async def test_channels_at_the_registered_address_go_on_with_the_workflow(
    scenario: Scenario, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"url": "https://n8n.label.test/webhook/arti/events"}
    without_url = await scenario.create_channel("n8n")
    at_operators, elsewhere, other_path = [await scenario.create_channel("n8n", target=own) for _ in range(3)]
    await _store_address(scenario, at_operators, f"{N8N}/webhook/arti/events", "n8n")
    await _store_address(scenario, other_path, f"{N8N}/webhook/of/others", "n8n")
    await scenario.world.database.as_owner(
        "update channels set enabled = false, disabled_reason = $2 where id = any ($1::uuid[])",
        [at_operators["id"], other_path["id"]],
        TenantUrl.FORM,
    )
    code, text = await run_command(
        capsys, "n8n", "add", "arti/events", "--name", "Events", "--org", str(scenario.org_id)
    )
    assert (code, "2 of its channels" in text) == (0, True)
    (workflow,) = (await scenario.manager.http.get("/api/n8n-workflows")).json()
    for channel in (without_url, at_operators):
        shown = await _get_channel(scenario, channel)
        assert (shown["target"]["workflow_id"], shown["enabled"]) == (workflow["id"], True)
        assert shown["disabled_reason"] is None
    assert (await _get_channel(scenario, elsewhere))["target"]["host"] == "n8n.label.test"
    assert (await _get_channel(scenario, other_path))["enabled"] is False


@pytest.mark.usefixtures("operator")
async def test_without_an_n8n_nothing_is_registered(
    scenario: Scenario, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("N8N_URL")
    code, text = await run_command(
        capsys, "n8n", "add", "arti/events", "--name", "Events", "--org", str(scenario.org_id)
    )
    assert (code, "N8N_URL" in text) == (1, True)
