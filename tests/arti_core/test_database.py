"""The door to the database: claims end with their transaction, whatever happens to the request."""

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from arti.api import create_app
from arti.settings import Settings
from arti.worker import open_worker_context
from arti_core.database import (
    Connection,
    Pool,
    Principal,
    anonymous_transaction,
    job_transaction,
    member_transaction,
    open_pool,
)
from arti_core.errors import Misconfigured, Unavailable
from tests.conftest import Database, Member, World, free_port

_REQUESTS = 10_000 if os.environ.get("ARTI_TEST_LONG") else 1_000


@pytest.fixture
async def small_pool(database: Database) -> AsyncIterator[Pool]:
    pool = await database.pool("arti_api", size=2)
    yield pool
    await pool.close()


def caller_of(member: Member) -> Principal:
    return Principal(member.user_id, None, member.email)


async def members_of_orgs(world: World, count: int) -> list[Member]:
    members = [await world.member() for _ in range(count)]
    for member in members:
        await world.database.as_owner(
            "insert into artists (org_id, name) select $1, 'number ' || n from generate_series(1, 20) n",
            member.org_id,
        )
    return members


async def foreign_rows(connection: Connection, org_id: UUID) -> int:
    """Read without naming the org, as a careless query would."""
    rows = await connection.fetch("select org_id from artists")
    assert len([row for row in rows if row["org_id"] == org_id]) == 20
    return len([row for row in rows if row["org_id"] != org_id])


@pytest.mark.timeout(_REQUESTS)
async def test_a_pool_of_two_under_cancelled_requests_never_mixes_tenants(world: World, small_pool: Pool) -> None:
    """Requests of 12 orgs over 2 connections, two fifths of them cut off in the middle."""
    members = await members_of_orgs(world, 12)
    dice = random.Random(2)
    ended = {"done": 0, "cut off inside": 0, "cut off anywhere": 0}

    async def request(member: Member, inside: asyncio.Event | None) -> int:
        async with member_transaction(small_pool, caller_of(member), read_only=dice.random() < 0.7) as connection:
            foreign = await foreign_rows(connection, member.org_id)
            if inside is not None:
                inside.set()
                await connection.execute("select pg_sleep(5)")
            if not await connection.fetchval("select current_setting('transaction_read_only')::boolean"):
                await connection.execute("insert into artists (org_id, name) values ($1, 'new')", member.org_id)
                raise LookupError("undo the insert")
            return foreign + await foreign_rows(connection, member.org_id)

    async def attempt(number: int) -> int:
        scenario = ("inside", "anywhere", "", "", "")[number % 5]
        inside = asyncio.Event() if scenario == "inside" else None
        task = asyncio.create_task(request(dice.choice(members), inside))
        if scenario:
            if inside:
                await inside.wait()
            await asyncio.sleep(dice.uniform(0, 0.004))
            task.cancel()
            if dice.random() < 0.3:
                await asyncio.sleep(0)
                task.cancel()  # a second time, into the clean-up
        try:
            foreign = await task
        except asyncio.CancelledError:
            ended[f"cut off {scenario}"] += 1
            return 0
        except LookupError:
            foreign = 0
        ended["done"] += 1
        return foreign

    foreign = 0
    for first in range(0, _REQUESTS, 10):
        foreign += sum(await asyncio.gather(*(attempt(first + n) for n in range(10))))
    assert foreign == 0
    assert ended["cut off inside"] == _REQUESTS // 5
    assert sum(ended.values()) == _REQUESTS

    for member in members * 3:  # each connection serves the next one as if nothing had been
        async with member_transaction(small_pool, caller_of(member)) as connection:
            assert await foreign_rows(connection, member.org_id) == 0
    assert await world.database.as_owner("select 1 from artists where name = 'new'") == []
    lost = await world.database.as_owner(
        "select count(*) as n from pg_stat_activity where datname = $1 and state like 'idle in transaction%'",
        world.database.name,
    )
    assert lost[0]["n"] == 0


async def test_settings_left_on_the_session_are_not_trusted(world: World, database: Database) -> None:
    attacker, victim = await members_of_orgs(world, 2)
    pool = await database.pool("arti_api")
    claims = json.dumps({"sub": str(victim.user_id), "role": "authenticated"})
    async with member_transaction(pool, caller_of(attacker)) as connection:
        await connection.execute("select set_config('request.jwt.claims', $1, false)", claims)
        await connection.execute("select set_config('request.jwt.claim.sub', $1, false)", str(victim.user_id))
        await connection.execute("select set_config('role', 'authenticated', false)")
    async with member_transaction(pool, caller_of(attacker)) as connection:
        assert await foreign_rows(connection, attacker.org_id) == 0
    async with anonymous_transaction(pool) as connection:
        assert await connection.fetchval("select current_user") == "arti_api"
        for name in ("request.jwt.claims", "request.jwt.claim.sub"):
            assert await connection.fetchval("select current_setting($1)", name) == ""
    await pool.close()


async def test_a_worker_sees_only_its_own_org(world: World, database: Database) -> None:
    first, second = await members_of_orgs(world, 2)
    pool = await database.pool("arti_worker")
    async with job_transaction(pool, first.org_id) as connection:
        await connection.execute("select set_config('app.job_org_id', $1, false)", str(first.org_id))
    async with job_transaction(pool, second.org_id) as connection:
        assert await foreign_rows(connection, second.org_id) == 0
    await pool.close()


async def test_a_swallowed_error_is_not_committed(world: World, small_pool: Pool) -> None:
    member = await world.member()
    with pytest.raises(RuntimeError, match="nothing was committed"):
        async with member_transaction(small_pool, caller_of(member)) as connection:
            try:
                await connection.execute("select 1 / 0")
            except asyncpg.DivisionByZeroError:
                pass
    async with member_transaction(small_pool, caller_of(member)) as connection:
        assert await connection.fetchval("select 1") == 1


async def test_a_connection_that_breaks_is_replaced(world: World, small_pool: Pool) -> None:
    member = await world.member()
    gone = (Unavailable, asyncpg.PostgresError, asyncpg.InternalClientError, OSError)
    with pytest.raises(gone):
        async with member_transaction(small_pool, caller_of(member)) as connection:
            pid = await connection.fetchval("select pg_backend_pid()")
            await world.database.as_owner("select pg_terminate_backend($1)", pid)
            await connection.fetchval("select 1")
    with pytest.raises(gone):  # a lost commit is never a success
        async with member_transaction(small_pool, caller_of(member)) as connection:
            pid = await connection.fetchval("select pg_backend_pid()")
            await world.database.as_owner("select pg_terminate_backend($1)", pid)
    for _ in range(4):
        async with member_transaction(small_pool, caller_of(member)) as connection:
            assert await connection.fetchval("select 1") == 1


async def test_concurrent_use_of_one_connection_leaves_it_usable(world: World, small_pool: Pool) -> None:
    member = await world.member()
    with pytest.raises(asyncpg.InterfaceError):
        async with member_transaction(small_pool, caller_of(member)) as connection:
            slow = asyncio.create_task(connection.execute("select pg_sleep(20)"))
            await asyncio.sleep(0.05)
            await connection.execute("select 1")
    await asyncio.gather(slow, return_exceptions=True)
    for _ in range(4):
        async with member_transaction(small_pool, caller_of(member)) as connection:
            assert await connection.fetchval("select auth.uid()") == member.user_id


async def test_reads_run_read_only(world: World, small_pool: Pool) -> None:
    member = await world.member()
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        async with member_transaction(small_pool, caller_of(member), read_only=True) as connection:
            await connection.execute("insert into artists (org_id, name) values ($1, 'x')", member.org_id)


async def test_claims_are_data_never_sql(world: World, small_pool: Pool) -> None:
    member = await world.member()
    for email in ("o'brien@example.test", "a\\'; drop table artists; --", 'x"}, "sub": "'):
        async with member_transaction(small_pool, Principal(member.user_id, None, email)) as connection:
            assert await connection.fetchval("select auth.email()") == email


@pytest.mark.parametrize("role", ["supabase_admin", "postgres"])
async def test_api_and_worker_refuse_a_role_that_row_level_security_does_not_bind(
    role: str, settings: Settings, database: Database
) -> None:
    unsafe = settings.model_validate(
        settings.model_dump() | {"database_url": database.dsn(role), "worker_database_url": database.dsn(role)}
    )
    app = create_app(unsafe)
    with pytest.raises(Misconfigured, match=rf"{role} .*(superuser|bypasses)"):
        async with app.router.lifespan_context(app):
            pass
    with pytest.raises(Misconfigured, match=rf"{role} .*(superuser|bypasses)"):
        await open_worker_context(unsafe)


async def test_a_role_that_owns_tables_is_refused_too(database: Database) -> None:
    await database.as_owner("grant create on schema public to arti_api")
    owner = await asyncpg.connect(database.dsn("arti_api"))
    await owner.execute("create table public.mine (id int)")
    await owner.close()
    with pytest.raises(Misconfigured, match="arti_api owns tables"):
        await database.pool("arti_api")


async def test_an_unreachable_database_is_reported() -> None:
    with pytest.raises(Unavailable, match="Check DATABASE_URL"):
        await open_pool(f"postgresql://arti_api:x@127.0.0.1:{free_port()}/arti")
