"""A PostgreSQL behind pgbouncer in transaction mode: two backends for all connections of a login."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import pytest
from pydantic import SecretStr

from arti.settings import Settings
from arti.settings.refusals import list_installation_refusals
from arti_core.database import Principal, member_transaction, open_pool, open_transaction
from arti_core.pooler import direct_dsn, is_pooled, server_dsn
from arti_core.single_statements import SingleStatements
from local_stack.data_directory import DataDirectory
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.run_state import read_state
from local_stack.secrets import generate_secrets
from tests.conftest import TEMPLATE, free_port, make_world_executable
from tests.local_stack.installation import create_installation, wait_until

PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
needs_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="pgbouncer is not installed: apt install pgbouncer")
BACKENDS = 2


@dataclass(frozen=True, slots=True)
class Pooler:
    cluster: Cluster
    port: int

    def dsn(self, role: str, database: str) -> str:
        direct = self.cluster.dsn(role, database)
        return direct.replace(f":{self.cluster.port}/", f":{self.port}/") + "?pgbouncer=true"


@pytest.fixture(scope="module")
def pooler(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pooler]:
    folder = tmp_path_factory.mktemp("pgbouncer")
    make_world_executable(folder)
    port = free_port()
    users, config = folder / "users.txt", folder / "pgbouncer.ini"
    users.write_text(f'"{SUPERUSER}" "{cluster.password(SUPERUSER)}"\n')
    config.write_text(
        f"""[databases]
* = host=127.0.0.1 port={cluster.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {users}
auth_user = {SUPERUSER}
pool_mode = transaction
default_pool_size = {BACKENDS}
max_client_conn = 500
"""
    )
    assert PGBOUNCER is not None
    words = ["-u", "nobody"] if os.geteuid() == 0 else []
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([PGBOUNCER, *words, str(config)], stdout=log, stderr=log)
    try:
        wait_until(lambda: b"listening" in (folder / "log").read_bytes())
        yield Pooler(cluster, port)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
async def database_name(cluster: Cluster) -> AsyncIterator[str]:
    name = f"pooled_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}" template {TEMPLATE} strategy file_copy')
    yield name
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


@needs_pgbouncer
async def test_transactions_share_backends_and_nothing_else(pooler: Pooler, database_name: str) -> None:
    key = SecretStr(pooler.cluster.claims_key)
    pool = await open_pool(pooler.dsn("arti_api", database_name), size=12, claims_key=key)
    backends, users = set(), [uuid4() for _ in range(60)]
    sql = "select claims.is_valid() as valid, claims.uid() as uid, pg_backend_pid() as pid, current_user::text as role"

    async def look(user_id: object) -> None:
        principal = Principal(user_id, None)  # type: ignore[arg-type]
        async with member_transaction(pool, principal) as connection:
            await connection.fetchval("select pg_sleep(0.005)")
            row = await connection.fetchrow(f"{sql}, current_setting('statement_timeout') as timeout")
            assert row is not None
            assert (row["valid"], row["uid"], row["role"]) == (True, user_id, "authenticated")
            assert row["timeout"] == "15s"
            backends.add(row["pid"])

    await asyncio.gather(*(look(user) for user in users))
    assert len(backends) == BACKENDS
    async with open_transaction(pool) as connection:  # nothing of them is left on a backend
        assert await connection.fetchval("select current_setting('request.jwt.claims', true)") == ""
        assert await connection.fetchval("select claims.uid()") is None
    statements = SingleStatements(pool, 4)
    single = (
        "select (select set_config('request.jwt.claims', $1, true) <> '' and "
        "set_config('app.claims_signature', $2, true) <> '' and set_config('role', 'authenticated', true) <> '') as set"
    )

    async def read(user_id: object) -> None:
        rows = await statements.fetch(single, claims=Principal(user_id, None).claims)  # type: ignore[arg-type]
        assert rows[0]["set"] is True

    await asyncio.gather(*(read(user) for user in users))
    await statements.close()
    await pool.close()


@needs_pgbouncer
async def test_up_works_behind_pgbouncer(pooler: Pooler, redis_url: str, tmp_path: Path) -> None:
    cluster, name = pooler.cluster, f"outside_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    make_world_executable(tmp_path)
    installation = create_installation(tmp_path / "data")
    installation.data.mkdir()
    kept = installation.data / "secrets.json"
    kept.write_text(json.dumps(asdict(replace(generate_secrets(), database_password=cluster.secret))))
    os.chmod(kept, 0o600)
    url = pooler.dsn(SUPERUSER, name)
    given = {"DATABASE_URL": url, "REDIS_URL": redis_url, "DATABASE_DIRECT_HOST": f"127.0.0.1:{cluster.port}"}
    try:
        words = ("--scale", "api=2,worker=2,gateway=2")
        up = installation.arti("up", "--detach", "--no-build", *words, seconds=300, **given)
        assert up.returncode == 0, up.stdout + up.stderr
        state = read_state(DataDirectory(installation.data))
        assert state is not None
        rows = {row.service: row for row in state.services}
        assert {row.state for row in rows.values()} == {"up", "external"}
        headers = {"apikey": json.loads(kept.read_text())["supabase_publishable_key"]}
        async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
            user = {"email": "ada@example.test", "password": "a long enough sentence"}
            signed_up = await http.post(f"{rows['gateway'].url}/auth/v1/signup", json=user, headers=headers)
            bearer = {"Authorization": f"Bearer {signed_up.json()['access_token']}"}
            api = rows["api"].url
            org = (await http.post(f"{api}/api/orgs", json={"name": "Pooled Records"}, headers=bearer)).json()
            in_org = bearer | {"X-ARTi-Org": org["id"]}
            artist = (await http.post(f"{api}/api/artists", json={"name": "Mira Sol"}, headers=in_org)).json()

            async def read_as_member(number: int) -> None:
                again = ("", "-2")[number % 2]
                rest = f"{rows[f'gateway{again}'].url}/rest/v1/artists?select=id"
                assert (await http.get(rest, headers=headers | bearer)).json() == [{"id": artist["id"]}]
                series = await http.get(f"{rows[f'api{again}'].url}/api/artists/{artist['id']}", headers=in_org)
                assert series.status_code == 200

            await asyncio.gather(*(read_as_member(number) for number in range(40)))
            plan = {"title": "Release plan", "body": "The single comes out on a Friday.", "kind": "note"}
            document = (await http.post(f"{api}/api/documents", json=plan, headers=in_org)).json()
            path = f"{api}/api/documents/{document['id']}"
            wait_until(
                lambda: httpx.get(path, headers=in_org, trust_env=False).json()["status"] == "indexed", seconds=60
            )
            assert (await http.get(f"{api}/readyz")).status_code == 200
            listening = "select count(*) from pg_stat_activity where datname = $1 and query ilike 'listen %'"
            assert await admin.fetchval(listening, name) == 4  # two workers, two gateways, at PostgreSQL itself
    finally:
        installation.arti("down")
        wait_until(lambda: not installation.processes())
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


def test_urls_of_a_pooler() -> None:
    pooled = "postgresql://arti_api.project:p%40w@pooler:6432/arti?sslmode=verify-full&pgbouncer=true"
    assert is_pooled(pooled)
    assert not is_pooled("postgresql://a:b@db/arti?pgbouncer=false")
    assert server_dsn(pooled) == "postgresql://arti_api.project:p%40w@pooler:6432/arti?sslmode=verify-full"
    assert direct_dsn(pooled, "db:5432") == "postgresql://arti_api.project:p%40w@db:5432/arti?sslmode=verify-full"
    assert direct_dsn("postgresql://a:b@db/arti", "other:1") == "postgresql://a:b@db/arti"


def test_a_pooler_needs_the_way_to_postgresql_itself(settings: Settings) -> None:
    pooled = settings.model_copy(
        update={"worker_database_url": SecretStr("postgresql://arti_worker:x@p/a?pgbouncer=1")}
    )
    assert any("DATABASE_DIRECT_HOST" in refusal for refusal in list_installation_refusals(pooled))
    direct = pooled.model_copy(update={"database_direct_host": "db:5432"})
    assert not any("DATABASE_DIRECT_HOST" in refusal for refusal in list_installation_refusals(direct))
