"""Prepare a plain PostgreSQL like a hosted Supabase: roles, and the schemas auth and realtime.

The steps are `bootstrap_sql/NN_name.sql`, applied by a superuser in the order of their names, each once and in one
transaction, and recorded in auth.schema_migrations as upstream records its own.
"""

from pathlib import Path

import asyncpg

FOLDER = Path(__file__).parent / "bootstrap_sql"
_LOCK = 4_127_002  # an arbitrary number, the same for every runner
# The steps of installations that are older than auth.schema_migrations.
_BASELINE_STEPS = ("10_roles", "20_auth")


def list_steps(folder: Path = FOLDER) -> dict[str, str]:
    """Return the SQL of each step by its name, in order."""
    return {file.stem: file.read_text() for file in sorted(folder.glob("*.sql"))}


async def missing_steps(
    connection: "asyncpg.Connection[asyncpg.Record]", steps: dict[str, str] | None = None
) -> list[str]:
    """Return the names of the steps to apply; no name when schema auth belongs to a real Supabase."""
    available = list_steps() if steps is None else steps
    if await connection.fetchval("select to_regclass('auth.schema_migrations') is null"):
        is_bare = await connection.fetchval("select to_regclass('auth.users') is null")
        applied = set() if is_bare else set(_BASELINE_STEPS)
    elif not await connection.fetchval("select has_table_privilege('auth.schema_migrations', 'select')"):
        return []
    else:
        applied = {row["version"] for row in await connection.fetch("select version from auth.schema_migrations")}
        if not applied & set(_BASELINE_STEPS):
            return []
    return [name for name in available if name not in applied]


async def apply_steps(
    connection: "asyncpg.Connection[asyncpg.Record]", steps: dict[str, str] | None = None
) -> list[str]:
    """Apply what is missing, as superuser. Returns the names of the steps applied now."""
    available = list_steps() if steps is None else steps
    await connection.execute("select pg_advisory_lock($1)", _LOCK)
    try:
        missing = await missing_steps(connection, available)
        for name in missing:
            async with connection.transaction():
                await connection.execute(available[name])
                await connection.execute("reset role")
                await _record(connection, name)
        if missing and await connection.fetchval("select to_regprocedure('private.record_functions()') is not null"):
            await connection.execute("select private.record_functions()")
        return missing
    finally:
        await connection.execute("select pg_advisory_unlock($1)", _LOCK)


async def _record(connection: "asyncpg.Connection[asyncpg.Record]", name: str) -> None:
    if await connection.fetchval("select to_regclass('auth.schema_migrations') is null"):
        await connection.execute(
            """create table auth.schema_migrations (version varchar(255) primary key);
               alter table auth.schema_migrations owner to supabase_auth_admin;
               alter table auth.schema_migrations enable row level security;
               grant select on auth.schema_migrations to postgres"""
        )
    names = [name, *(older for older in _BASELINE_STEPS if older < name)]
    await connection.execute(
        "insert into auth.schema_migrations (version) select unnest($1::text[]) on conflict do nothing", names
    )
