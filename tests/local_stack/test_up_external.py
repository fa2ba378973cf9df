"""`./arti up` on a PostgreSQL and a Redis that are not its own: it starts neither and uses both."""

import json
import os
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import pytest
import redis.asyncio as redis

from local_stack.data_directory import DataDirectory
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.run_state import read_state
from local_stack.secrets import generate_secrets
from tests.conftest import make_world_executable
from tests.local_stack.installation import create_installation, wait_until


@pytest.fixture
async def external_database(cluster: Cluster) -> AsyncIterator[str]:
    """The owner's URL of a database without any schema of ours."""
    name = f"outside_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    yield cluster.dsn(SUPERUSER, name)
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_up_uses_external_stores(
    cluster: Cluster, external_database: str, redis_url: str, tmp_path: Path
) -> None:
    make_world_executable(tmp_path)
    installation = create_installation(tmp_path / "data")
    installation.data.mkdir()
    # Roles belong to the whole server: their password must stay what the other tests use.
    kept = installation.data / "secrets.json"
    kept.write_text(json.dumps(asdict(replace(generate_secrets(), database_password=cluster.secret))))
    os.chmod(kept, 0o600)
    try:
        up = installation.arti("up", "--detach", "--no-build", DATABASE_URL=external_database, REDIS_URL=redis_url)
        assert up.returncode == 0, up.stdout + up.stderr
        assert cluster.secret not in up.stdout
        state = read_state(DataDirectory(installation.data))
        assert state is not None
        rows = {row.service: row for row in state.services}
        assert {service for service, row in rows.items() if row.state == "external"} == {"postgres", "redis"}
        assert not any("valkey-server" in each or "postgres -D" in each for each in installation.processes())

        gateway, api, key = rows["gateway"].url, rows["api"].url, json.loads(kept.read_text())
        headers = {"apikey": key["supabase_publishable_key"]}
        session = httpx.post(
            f"{gateway}/auth/v1/signup",
            json={"email": "ada@example.test", "password": "a long enough sentence"},
            headers=headers,
        ).json()
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        org = httpx.post(f"{api}/api/orgs", json={"name": "Outside Records"}, headers=bearer).json()
        in_org = bearer | {"X-ARTi-Org": org["id"]}
        artist = httpx.post(f"{api}/api/artists", json={"name": "Mira Sol"}, headers=in_org).json()
        row = httpx.get(f"{gateway}/rest/v1/artists?select=id", headers=headers | bearer).json()
        assert row == [{"id": artist["id"]}]
        assert httpx.get(f"{api}/readyz").status_code == 200

        external = await asyncpg.connect(external_database)
        assert await external.fetchval("select name from artists where id = $1", artist["id"]) == "Mira Sol"
        await external.close()

        # A job goes through their Redis to the worker.
        plan = {"title": "Release plan", "body": "The single comes out on a Friday.", "kind": "note"}
        document = httpx.post(f"{api}/api/documents", json=plan, headers=in_org).json()
        wait_until(
            lambda: httpx.get(f"{api}/api/documents/{document['id']}", headers=in_org).json()["status"] == "indexed",
            seconds=60,
        )
        # Backups of it are dumps, made by a role that may read every row and write none.
        backup = installation.arti("backup", DATABASE_URL=external_database)
        assert "was read back: logical" in backup.stdout, backup.stdout + backup.stderr
        verified = installation.arti("backup", "verify", DATABASE_URL=external_database)
        assert "as many as the database had" in verified.stdout, verified.stdout + verified.stderr
        refused = installation.arti("restore", DATABASE_URL=external_database)
        assert "--into URL of an empty database" in refused.stderr
        client = redis.from_url(redis_url)
        assert [name async for name in client.scan_iter("bull:*")]
        await client.aclose()
    finally:
        installation.arti("down")
        wait_until(lambda: not installation.processes())
