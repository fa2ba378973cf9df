"""Reads of one statement each: few connections, which no cut-off or failed read leaves in a bad state."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from arti_core import single_statements
from arti_core.database import Pool
from arti_core.errors import Unavailable
from arti_core.single_statements import SingleStatements, count_connections
from tests.conftest import Database

SLEEP = "select pg_backend_pid() as pid, pg_sleep($1)"


@pytest.fixture
async def pool(database: Database) -> AsyncIterator[Pool]:
    pool = await database.pool("arti_api", size=4)
    yield pool
    await pool.close()


@pytest.fixture
async def statements(pool: Pool) -> AsyncIterator[SingleStatements]:
    statements = SingleStatements(pool, 2)
    yield statements
    await statements.close()


async def test_statements_take_turns_on_two_connections(pool: Pool, statements: SingleStatements) -> None:
    reads = [asyncio.create_task(statements.fetch(SLEEP, 0.05)) for _ in range(12)]
    await asyncio.sleep(0.06)
    assert await pool.fetchval("select 1", timeout=1) == 1  # two are left to transactions
    rows = await asyncio.gather(*reads)
    assert len({row[0]["pid"] for row in rows}) == 2


async def test_a_cut_off_or_failed_statement_harms_no_other(pool: Pool, statements: SingleStatements) -> None:
    reads = [asyncio.create_task(statements.fetch(SLEEP, 0.02 if number % 3 else 5)) for number in range(30)]
    await asyncio.sleep(0.03)
    for read in reads[::3]:
        read.cancel()
    rows = await asyncio.gather(*reads, return_exceptions=True)
    assert [isinstance(row, asyncio.CancelledError) for row in rows] == [number % 3 == 0 for number in range(30)]
    for _ in range(3):
        with pytest.raises(asyncpg.DivisionByZeroError):
            await statements.fetch("select 1 / $1::int", 0)
    assert (await statements.fetch("select $1::int as n", 7))[0]["n"] == 7


async def test_a_connection_that_the_server_ended_is_replaced(
    database: Database, pool: Pool, statements: SingleStatements
) -> None:
    first = (await statements.fetch(SLEEP, 0))[0]["pid"]
    await database.as_owner("select pg_terminate_backend($1)", first)
    await asyncio.sleep(0.1)
    assert (await statements.fetch(SLEEP, 0))[0]["pid"] != first
    read = asyncio.create_task(statements.fetch(SLEEP, 5))
    await asyncio.sleep(0.1)
    await database.as_owner("select pg_terminate_backend(pid) from pg_stat_activity where query = $1", SLEEP)
    with pytest.raises((asyncpg.PostgresError, Unavailable)):
        await read
    assert len(await statements.fetch(SLEEP, 0)) == 1


async def test_unused_connections_go_back_to_the_pool(
    pool: Pool, statements: SingleStatements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_statements, "_SWEEP_SECONDS", 0.05)
    await asyncio.gather(*(statements.fetch(SLEEP, 0.02) for _ in range(4)))
    until = asyncio.get_running_loop().time() + 5
    while pool.get_idle_size() < pool.get_size() and asyncio.get_running_loop().time() < until:
        await asyncio.sleep(0.02)
    assert pool.get_idle_size() == pool.get_size()
    assert len(await statements.fetch(SLEEP, 0)) == 1


async def test_a_statement_does_not_wait_for_ever(
    statements: SingleStatements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_statements, "_SWEEP_SECONDS", 0.05)
    monkeypatch.setattr(single_statements, "_WAIT_SECONDS", 0.1)
    slow = [asyncio.create_task(statements.fetch(SLEEP, 1)) for _ in range(2)]
    await asyncio.sleep(0.05)
    with pytest.raises(Unavailable):
        await statements.fetch(SLEEP, 0)
    assert len(await asyncio.gather(*slow)) == 2


async def test_closing_refuses_who_waits(pool: Pool) -> None:
    statements = SingleStatements(pool, 1)
    slow, waiting = (asyncio.create_task(statements.fetch(SLEEP, 0.1)) for _ in range(2))
    await asyncio.sleep(0.05)
    await statements.close()
    with pytest.raises(Unavailable):
        await waiting
    assert len(await slow) == 1


def test_a_server_elsewhere_gets_more_statements_at_once() -> None:
    assert count_connections("postgresql://arti_api:secret@db.example.test:5432/arti") == 16
    assert 2 <= count_connections("postgresql://arti_api:secret@127.0.0.1:5432/arti") <= 16
    assert count_connections("postgresql:///arti?host=/run/postgresql") <= 16
