"""The recorded steps that give a plain PostgreSQL what a hosted Supabase has."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from arti_core.database import Connection
from local_stack.postgres import SUPERUSER, Cluster
from supabase_local.bootstrap import apply_steps, list_steps, missing_steps

FIRST = {name: sql for name, sql in list_steps().items() if name in ("10_roles", "20_auth")}


@pytest.fixture
async def bare(cluster: Cluster) -> AsyncIterator[Connection]:
    """A superuser's connection to a database without any schema of ours."""
    name = f"bare_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, name))
    yield connection
    await connection.close()
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_each_step_is_applied_once_in_order(bare: Connection) -> None:
    assert await apply_steps(bare) == sorted(list_steps())
    assert await apply_steps(bare) == []
    owner = await bare.fetchval("select tableowner from pg_tables where tablename = 'schema_migrations'")
    assert owner == "supabase_auth_admin"


async def test_an_installation_from_before_the_record_keeps_its_users(bare: Connection) -> None:
    for sql in FIRST.values():
        async with bare.transaction():
            await bare.execute(sql)
    await bare.execute("insert into auth.users (id, email) values (gen_random_uuid(), 'kept@example.test')")
    later = FIRST | {"99_later": "create table auth.later (id uuid primary key)"}
    assert await apply_steps(bare, later) == ["99_later"]
    assert await apply_steps(bare, later) == []
    assert await bare.fetchval("select email from auth.users") == "kept@example.test"
    assert await bare.fetchval("select to_regclass('auth.later') is not null")


async def test_a_failed_step_is_rolled_back_and_retried(bare: Connection) -> None:
    await apply_steps(bare, FIRST)
    with pytest.raises(asyncpg.DivisionByZeroError):
        await apply_steps(bare, FIRST | {"90_bad": "create table auth.half (); select 1 / 0"})
    assert await bare.fetchval("select to_regclass('auth.half') is null")
    assert await apply_steps(bare, FIRST | {"90_bad": "create table auth.whole ()"}) == ["90_bad"]


async def test_the_schema_auth_of_a_hosted_supabase_is_not_changed(bare: Connection) -> None:
    await bare.execute("create schema auth; create table auth.users (id uuid primary key)")
    await bare.execute("create table auth.schema_migrations (version varchar(255) primary key)")
    await bare.execute("insert into auth.schema_migrations values ('20171026211738')")
    assert await missing_steps(bare) == []
    assert await apply_steps(bare) == []
