"""After a deletion nothing of the person or the org stands in a log of an installation, or beside its database."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2 as httpx
import pytest

from local_stack.data_directory import DataDirectory
from local_stack.postgres import SUPERUSER, Cluster
from local_stack.run_state import read_state
from tests.conftest import make_world_executable
from tests.local_stack.installation import Installation, create_installation, wait_until

MARK = "zyxplanted"
EMAIL = f"{MARK}@example.test"
PERSON = {"email": EMAIL, "password": "a long enough sentence"}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    make_world_executable(tmp_path)
    made = create_installation(tmp_path / "data")
    yield made
    made.arti("down")
    wait_until(lambda: not made.processes())


async def fail_statements(cluster: Cluster) -> int:
    """Send statements with the text that PostgreSQL refuses, and one that is slow; return how many were refused."""
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER))
    refused = 0
    for sql, values in (
        (f"select '{MARK}'::uuid", ()),
        ("select $1::text::uuid", (MARK,)),
        ("insert into auth.users (id, email) select id, email from auth.users where email = $1", (EMAIL,)),
        ("insert into artists (org_id, name) values (gen_random_uuid(), $1)", (MARK,)),
        ("select pg_sleep(0.3), $1::text", (MARK,)),
    ):
        try:
            await connection.execute(sql, *values)
        except asyncpg.PostgresError:
            refused += 1
    await connection.close()
    return refused


def insert_everywhere(urls: dict[str, str], key: str) -> None:
    """Bring the text into every service, most of it in requests that they refuse."""
    agent = {"User-Agent": MARK}
    with (
        httpx.Client(base_url=urls["gateway"], headers=agent | {"apikey": key}) as gateway,
        httpx.Client(base_url=urls["api"], headers=agent, timeout=30) as api,
    ):
        session = gateway.post("/auth/v1/signup", json=PERSON).json()
        gateway.post("/auth/v1/signup", json=PERSON)
        gateway.post("/auth/v1/token?grant_type=password", json=PERSON | {"password": MARK})
        gateway.post("/auth/v1/token?grant_type=refresh_token", json={"refresh_token": MARK})
        gateway.post("/auth/v1/recover", json={"email": EMAIL})
        gateway.get(f"/auth/v1/verify?type=signup&token={MARK}")
        bearer = {"Authorization": f"Bearer {session['access_token']}"}
        api.headers.update(bearer)
        gateway.headers.update(bearer)
        org = api.post("/api/orgs", json={"name": f"{MARK} Records"}).json()["id"]
        api.headers["X-ARTi-Org"] = org
        artist = {"org_id": org, "id": str(uuid4()), "name": MARK}
        statuses = [
            gateway.post("/rest/v1/artists", json=artist).status_code,
            gateway.post("/rest/v1/artists", json=artist).status_code,  # Key (org_id, id)=(…) already exists
            gateway.get(f"/rest/v1/artists?id=eq.{MARK}").status_code,
            gateway.get(f"/rest/v1/{MARK}").status_code,
            gateway.get("/rest/v1/artists", headers={"Authorization": f"Bearer {MARK}"}).status_code,
            api.post("/api/artists", json={"name": [MARK]}).status_code,
            api.post("/api/documents", content=f'{{"title": "{MARK}').status_code,
            api.get(f"/api/artists/{MARK}?{MARK}={MARK}").status_code,
            api.post(f"/api/webhooks/own/{MARK}", json={MARK: MARK}).status_code,
        ]
        assert statuses == [201, 409, 400, 404, 401, 422, 422, 422, 404], statuses
        for path, body in {
            "/api/documents": {"title": MARK, "body": f"A long text about {MARK}. " * 20},
            "/api/ask": {"question": f"How is {MARK} doing?"},
            "/api/channels": {"kind": "email", "name": MARK, "target": {"address": EMAIL}},
            "/api/admin/users": {"email": f"{MARK}@elsewhere.test", "role": "analyst", "invite": True},
        }.items():
            answer = api.post(path, json=body)
            assert answer.status_code < 300, (path, answer.text)
        [channel] = api.get("/api/channels").json()["items"]
        api.post(f"/api/channels/{channel['id']}/test")
        file = {"file": (f"{MARK}.csv", f"Date,Streams\n{MARK},1\n2026-01-01,{MARK}\n".encode())}
        api.post("/api/imports", files=file, data={"artist_id": artist["id"]})
    for service in ("web", "console"):
        httpx.get(f"{urls[service]}/{MARK}?{MARK}={MARK}", headers=agent)


@pytest.mark.timeout(300)
def test_no_log_holds_what_was_deleted(installation: Installation) -> None:
    up = installation.arti("up", "--detach", "--no-build")
    assert up.returncode == 0, up.stdout + up.stderr
    folder = DataDirectory(installation.data)
    state = read_state(folder)
    assert state is not None
    urls = {row.service: row.url for row in state.services}
    secrets = json.loads(folder.secrets.read_text())
    cluster = Cluster(folder.postgres, int(installation.env["ARTI_POSTGRES_PORT"]), secrets["database_password"])
    insert_everywhere(urls, secrets["supabase_publishable_key"])
    assert asyncio.run(fail_statements(cluster)) == 4

    logs = {path.stem: path for path in (installation.data / "logs").iterdir()}
    erased = installation.arti("erase", "org", f"{MARK} Records", "--yes", "--now")
    assert erased.returncode == 0, erased.stderr
    wait_until(lambda: "org deleted" in logs["worker"].read_text(), seconds=60)
    erased = installation.arti("erase", "person", EMAIL, "--yes")
    assert erased.returncode == 0, erased.stderr
    installation.arti("down")

    assert logs.keys() >= {"postgres", "valkey", "gateway", "api", "worker", "web", "console", "backup"}
    assert "database system is shut down" in logs["postgres"].read_text()
    # The spool holds the database's own log of changes, on its way into the sealed backups.
    beside = [
        path
        for path in installation.data.rglob("*")
        if path.is_file() and not {folder.postgres, installation.data / "backup-spool"} & set(path.parents)
    ]
    assert set(logs.values()) <= set(beside)
    assert [str(path) for path in beside if MARK.encode() in path.read_bytes()] == []
