"""An org is deleted by an admin: nothing of it is left anywhere, and its neighbour has every row that it had."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Role
from arti_core import clock
from local_stack.backup.recovery.ledger import Entry, apply_ledger
from local_stack.postgres import SUPERUSER
from tests.conftest import Database, Member, World
from tests.isolation.seeding import SeededOrg, TenantTables
from tests.job_runner import run_due_jobs
from tests.privacy.search import search_dump, search_redis, search_tables

ERASURE = "/api/orgs/current/erasure"


async def seed_org(world: World, tables: TenantTables, worker_context: WorkerContext) -> tuple[SeededOrg, Member]:
    """An org whose mark is in every tenant table, and where the features have copied it further."""
    org = SeededOrg(tables)
    await org.seed()
    # The person who is seeded with the org is somebody of their own: they stay.
    for table in ("auth.users", "public.users"):
        await tables.connection.execute(f"update {table} set email = 'stays@example.test' where id = $1", org.id)
    await tables.connection.execute("update public.users set display_name = 'Stays' where id = $1", org.id)
    await tables.connection.execute("delete from private.org_erasures where org_id = $1", org.id)
    await tables.connection.execute("update orgs set name = $2 where id = $1", org.id, f"{org.mark} Records")
    admin = await world.member(org.id)
    posts: dict[str, dict[str, Any]] = {
        "/api/artists": {"name": f"{org.mark} artist"},
        "/api/documents": {"title": org.mark, "body": f"A long text about {org.mark} and its songs. " * 20},
        "/api/ask": {"question": f"How is {org.mark} doing?"},
        "/api/admin/users": {"email": f"{org.mark}@elsewhere.test", "role": "analyst", "invite": True},
        "/api/channels": {"kind": "email", "name": org.mark, "target": {"address": f"{org.mark}@example.test"}},
        "/api/keys": {"name": org.mark, "role": "analyst"},
    }
    for path, body in posts.items():
        answer = await admin.http.post(path, json=body, headers={"Idempotency-Key": f"{org.mark}{path}"})
        assert answer.status_code < 300 or path == "/api/keys", (path, answer.text)
    # As a key leaves it: a machine in auth, whose name is the key's.
    await tables.connection.execute(
        """insert into auth.users (id, email, raw_app_meta_data) values (gen_random_uuid(), $1, '{"machine": true}')""",
        f"{org.mark}@keys.invalid",
    )
    await tables.connection.execute(
        """insert into public.users (id, email, display_name) select id, email, $1 from auth.users where email = $2""",
        f"{org.mark} key",
        f"{org.mark}@keys.invalid",
    )
    await tables.connection.execute(
        """insert into private.org_keys (org_id, id, user_id, name, hash, start)
           select $1, gen_random_uuid(), id, $2, sha256('x'), 'sb_secret_x' from auth.users where email = $3""",
        org.id,
        org.mark,
        f"{org.mark}@keys.invalid",
    )
    await tables.connection.execute(
        """insert into realtime.messages (topic, extension, payload, event, private)
           values ($1, 'broadcast', $2, 'x', true)""",
        f"org:{org.id}",
        f'{{"text": "{org.mark}"}}',
    )
    await run_due_jobs(worker_context)
    return org, admin


async def let_it_be_due(database: Database, org_id: UUID) -> None:
    await database.as_owner(
        "update private.org_erasures set due_at = clock.now() - interval '1 second' where org_id = $1", org_id
    )
    await database.as_owner(
        "update jobs set run_at = clock.now() - interval '1 second' where name = 'privacy.erase_org'"
    )


async def test_nothing_of_an_org_is_left_and_its_neighbour_is_whole(
    world: World,
    worker_context: WorkerContext,
    redis_url: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    database = world.database
    async with TenantTables.of(database) as tables:
        org, admin = await seed_org(world, tables, worker_context)
        neighbour = SeededOrg(tables)
        await neighbour.seed()
        rows = await neighbour.rows()
        found = await search_tables(database, org.mark)
        assert found.keys() >= {"orgs", "artists", "documents", "chunks", "campaigns", "recordings", "imports"}
        assert found.keys() >= {"mail.queue", "auth.users", "users", "realtime.messages", "private.org_keys"}
        assert len(found) >= 30
        assert search_dump(database, tmp_path, org.mark) > 30

        requested = await admin.http.post(ERASURE, json={"name": f"{org.mark} Records"})
        assert requested.status_code == 202, requested.text
        await run_due_jobs(worker_context)
        assert (await admin.http.get("/api/artists")).status_code == 200, "its time has not come"
        await let_it_be_due(database, org.id)
        assert ("privacy.erase_org", "done") in await run_due_jobs(worker_context)

        assert await search_tables(database, org.mark) == {}
        left = await search_tables(database, str(org.id))
        # The person, and the ledger's entry that deletes the org again after a restore.
        assert left.keys() <= {"auth.users", "users", "private.member_access", "private.deletions"}
        assert search_dump(database, tmp_path, org.mark) == 0
        assert await search_redis(redis_url, org.mark) == []
        logged = capfd.readouterr()
        assert "org deleted" in logged.out + logged.err
        assert org.mark not in logged.out + logged.err
        assert await neighbour.rows() == rows
    assert (await admin.http.get("/api/artists")).status_code == 404
    assert (await admin.http.get("/auth/me")).json()["orgs"] == []


async def test_a_restored_org_is_deleted_everywhere_again(world: World, worker_context: WorkerContext) -> None:
    async with TenantTables.of(world.database) as tables:
        org, _ = await seed_org(world, tables, worker_context)
        entry = Entry(org.id, "delete", "public.orgs", {"id": str(org.id)}, "2026-11-29T12:00:00+00:00")
        connection = await asyncpg.connect(world.database.dsn(SUPERUSER))
        async with connection.transaction():
            assert await apply_ledger(connection, [entry]) == ([entry], [])
        await connection.close()
        assert await search_tables(world.database, org.mark) == {}


async def test_an_admin_cancels_and_every_member_sees_it(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    guest = await world.member(admin.org_id, Role.GUEST)
    assert (await admin.http.get(ERASURE)).json() == {"erasure": None}
    wrong = await admin.http.post(ERASURE, json={"name": "Night Owl"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "name")
    requested = await admin.http.post(ERASURE, json={"name": "Night Owl Records"})
    due_in = datetime.fromisoformat(requested.json()["due_at"]) - clock.now()
    assert timedelta(hours=11) < due_in <= timedelta(hours=12)
    assert (await admin.http.post(ERASURE, json={"name": "Night Owl Records"})).status_code == 409
    assert (await guest.http.get(ERASURE)).json()["erasure"] == requested.json()
    assert (await guest.http.delete(ERASURE)).status_code == 403
    assert (await admin.http.delete(ERASURE)).status_code == 204
    assert (await admin.http.delete(ERASURE)).status_code == 404
    await let_it_be_due(world.database, admin.org_id)
    assert ("privacy.erase_org", "done") in await run_due_jobs(worker_context)
    assert (await guest.http.get("/api/artists")).status_code == 200


async def test_after_a_cancelled_one_another_one_holds(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    for _ in range(2):
        assert (await admin.http.post(ERASURE, json={"name": "Night Owl Records"})).status_code == 202
        await admin.http.delete(ERASURE)
    assert (await admin.http.post(ERASURE, json={"name": "Night Owl Records"})).status_code == 202
    await let_it_be_due(world.database, admin.org_id)
    await run_due_jobs(worker_context)
    assert (await admin.http.get("/auth/me")).json()["orgs"] == []


async def test_it_takes_a_sign_in_of_these_minutes(world: World) -> None:
    admin = await world.member()
    await world.database.as_owner("update auth.sessions set created_at = created_at - interval '16 minutes'")
    late = await admin.http.post(ERASURE, json={"name": "Night Owl Records"})
    assert (late.status_code, late.json()["error"]) == (403, "sign_in_too_old")
    assert (await admin.http.get(ERASURE)).json() == {"erasure": None}
