"""`./arti up --with-n8n` with n8n itself: it runs, a workflow is connected by the API, an event starts it, it shows.

Needs n8n installed (`./arti n8n install`), which `./arti test --long n8n` does.
"""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx2 as httpx
import psutil
import pytest

from arti.automation.channels.n8n_template import FOLDER
from local_stack.data_directory import DataDirectory
from local_stack.n8n.install import find_n8n
from local_stack.run_state import read_state
from tests.conftest import make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until

pytestmark = [
    pytest.mark.skipif(
        os.environ.get("ARTI_TEST_LONG") != "1" or find_n8n() is None,
        reason="starts n8n itself: ./arti test --long n8n installs it and runs this",
    ),
    pytest.mark.timeout(600),
]


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("n8n")
    make_world_executable(folder)
    made = create_installation(folder / "data")
    up = made.arti("up", "--detach", "--no-build", "--with-n8n", seconds=400)
    try:
        assert up.returncode == 0, up.stdout + up.stderr
        yield made
    finally:
        made.arti("down")
        wait_until(lambda: not made.processes())


@pytest.fixture
def urls(installation: Installation) -> dict[str, str]:
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    assert {row.service for row in state.services if not row.is_well} == set()
    return {row.service: row.url for row in state.services}


@pytest.fixture
def manager(installation: Installation, urls: dict[str, str]) -> Iterator[httpx.Client]:
    """The API as the founder of a new org."""
    key = json.loads(DataDirectory(installation.data).secrets.read_text())["supabase_publishable_key"]
    user = {"email": f"{os.urandom(4).hex()}@example.test", "password": "a long enough sentence"}
    signed_up = httpx.post(f"{urls['gateway']}/auth/v1/signup", json=user, headers={"apikey": key}).json()
    headers = {"Authorization": f"Bearer {signed_up['access_token']}"}
    org = httpx.post(f"{urls['api']}/api/orgs", json={"name": "Night Owl"}, headers=headers).json()
    with httpx.Client(base_url=urls["api"], headers=headers | {"X-ARTi-Org": org["id"]}, timeout=60) as client:
        yield client


def connection_of(manager: httpx.Client) -> dict[str, Any]:
    answer = manager.get("/api/n8n")
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def test_a_connected_workflow_runs_at_an_event_and_shows_it(manager: httpx.Client, urls: dict[str, str]) -> None:
    assert connection_of(manager)["can_connect"] is True
    made = manager.post("/api/n8n/workflows", json={"template": "events", "name": "Tell the team"})
    assert made.status_code == 201, made.text
    assert (made.json()["is_active"], made.json()["next_step"]) == (True, None)
    channel = made.json()["channel"]
    assert (channel["kind"], channel["delivers_to"], channel["problem"]) == ("n8n", "external", None)
    assert manager.post(f"/api/channels/{channel['id']}/test").status_code == 202

    def ran() -> bool:
        (workflow,) = connection_of(manager)["workflows"]
        assert (workflow["is_active"], workflow["channel_id"], workflow["problem"]) == (True, channel["id"], None)
        return [run["status"] for run in workflow["runs"]] == ["success"]

    wait_until(ran, seconds=60)
    deliveries = manager.get("/api/deliveries").json()["items"]
    assert [delivery["status"] for delivery in deliveries] == ["sent"]
    (row,) = manager.get("/api/n8n-workflows").json()
    assert row["name"] == "Tell the team"


def test_a_call_without_the_signature_starts_nothing(
    manager: httpx.Client, urls: dict[str, str], installation: Installation
) -> None:
    made = manager.post("/api/n8n/workflows", json={"template": "events", "name": "Forged"}).json()
    listed = installation.arti("n8n", "list").stdout.splitlines()
    path = next(line.split("webhook/")[1] for line in listed if "Forged" in line)
    forged = httpx.post(f"{urls['n8n']}/webhook/{path}", json={"type": "insight.created"})
    assert forged.status_code in (401, 403)
    shown = [one for one in connection_of(manager)["workflows"] if one["channel_id"] == made["channel"]["id"]]
    assert shown[0]["runs"] == []


def test_a_removed_channel_takes_its_workflow_with_it(
    manager: httpx.Client, urls: dict[str, str], installation: Installation
) -> None:
    made = manager.post("/api/n8n/workflows", json={"template": "events", "name": "Soon removed"}).json()
    key = {"X-N8N-API-KEY": DataDirectory(installation.data).n8n_api_key.read_text()}

    def find() -> dict[str, Any]:
        listed = httpx.get(f"{urls['n8n']}/api/v1/workflows?limit=250", headers=key, timeout=30).json()["data"]
        found: dict[str, Any] = next(one for one in listed if one["name"] == "ARTi: Soon removed")
        return found

    assert find()["active"] is True
    assert manager.delete(f"/api/channels/{made['channel']['id']}").status_code == 204
    wait_until(lambda: connection_of(manager)["workflows"] == [], seconds=60)
    workflow = find()
    assert (workflow["active"], workflow["isArchived"]) == (False, True)
    webhook = next(node for node in workflow["nodes"] if node["type"].endswith(".webhook"))
    credential = f"{urls['n8n']}/api/v1/credentials/{webhook['credentials']['jwtAuth']['id']}"
    assert httpx.delete(credential, headers=key, timeout=30).status_code == 404


@pytest.mark.parametrize("template", ["story-to-slack", "failed-account-to-ticket"])
def test_a_template_that_needs_credentials_says_so(manager: httpx.Client, template: str) -> None:
    made = manager.post("/api/n8n/workflows", json={"template": template, "name": template})
    assert made.status_code == 201, made.text
    assert made.json()["is_active"] is False
    assert "credential" in made.json()["next_step"]


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.workflow.json")), ids=lambda file: file.name)
def test_n8n_knows_every_node_of_each_template(
    file: Path, urls: dict[str, str], installation: Installation, tmp_path: Path
) -> None:
    """n8n takes the workflow, and has each of its node types in the version that the template names."""
    key = DataDirectory(installation.data).n8n_api_key.read_text()
    workflow = json.loads(file.read_text())
    kept = {name: workflow[name] for name in ("name", "nodes", "connections", "settings")}
    made = httpx.post(f"{urls['n8n']}/api/v1/workflows", json=kept, headers={"X-N8N-API-KEY": key}, timeout=30)
    assert made.status_code == 200, made.text
    program = find_n8n()
    assert program is not None
    types = json.loads(next(program.parents[3].glob("**/n8n-nodes-base/dist/types/nodes.json")).read_text())
    versions: dict[str, set[float]] = {}
    for one in types:
        found = one["version"] if isinstance(one["version"], list) else [one["version"]]
        versions.setdefault(f"n8n-nodes-base.{one['name']}", set()).update(found)
    for node in workflow["nodes"]:
        assert node["typeVersion"] in versions[node["type"]], node["name"]


async def test_n8n_has_a_database_and_a_login_of_its_own(installation: Installation) -> None:
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    pid = next(row.pid for row in state.services if row.service == "n8n")
    assert pid is not None
    given = psutil.Process(pid).environ()
    secrets = json.loads(DataDirectory(installation.data).secrets.read_text())
    assert not {name for name, value in given.items() if value and value in secrets.values()}
    password, port = given["DB_POSTGRESDB_PASSWORD"], given["DB_POSTGRESDB_PORT"]
    connection = await asyncpg.connect(f"postgresql://n8n:{password}@127.0.0.1:{port}/n8n")
    assert await connection.fetchval("select count(*) from pg_tables where tablename = 'workflow_entity'") == 1
    powers = "select rolsuper or rolcreaterole or rolbypassrls from pg_roles where rolname = 'n8n'"
    assert await connection.fetchval(powers) is False
    await connection.close()
    assert shutil.which("n8n") is None  # nothing was installed for the whole machine
