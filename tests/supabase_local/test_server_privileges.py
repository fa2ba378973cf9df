"""What PostgreSQL grants to every login and the bootstrap takes away: temporary and large objects, statistics."""

from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from local_stack import postgres

LOGINS = ("arti_api", "arti_worker", "arti_rest", "authenticator", "supabase_auth_admin", "supabase_replication_admin")
REFUSED = (
    "create temporary table t (x integer)",
    "create function pg_temp.f() returns integer language sql as 'select 1'",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "select count(*) from pg_largeobject_metadata",
    "select query from pg_stat_activity",
    "select * from pg_stat_get_activity(null)",
    "select n_live_tup from pg_stat_user_tables",
    "select pg_stat_get_live_tuples(1259)",
    "select heap_blks_read from pg_statio_all_tables",
    "select reltuples from pg_class",
    "select c from pg_class c",
    "select pg_total_relation_size(oid) from pg_class limit 1",
    "select pg_database_size(current_database())",
    "select * from pg_locks",
)
# What clients read for names and kinds, and what policies and the isolation probe read.
ALLOWED = ("select relname, relkind, xmin from pg_class", "select count(*) from pg_class", "select * from pg_tables")


@pytest.fixture
async def prepared(cluster: postgres.Cluster) -> AsyncIterator[str]:
    """A database made as an installation makes its own: privileges on a database are not copied from a template."""
    name = f"t_{uuid4().hex[:12]}"
    await postgres.prepare_database(cluster, name)
    yield name
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


@pytest.mark.parametrize("login", LOGINS)
async def test_a_login_reaches_none_of_them(cluster: postgres.Cluster, prepared: str, login: str) -> None:
    connection = await asyncpg.connect(cluster.dsn(login, prepared))
    try:
        for statement in REFUSED:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
        for statement in ALLOWED:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_owner_keeps_them(cluster: postgres.Cluster, prepared: str) -> None:
    connection = await asyncpg.connect(cluster.dsn("postgres", prepared))
    try:
        for statement in REFUSED:
            await connection.execute(statement)
    finally:
        await connection.close()
