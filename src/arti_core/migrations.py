"""Apply a folder of migrations in order, each once, as their owner. Supabase's CLI reads the same layout.

A migration that moves much data has an earlier one make a function `private.prepare_<its version>()`. It moves a small
batch and returns how much is left; it is called until that is 0, each time in a transaction of its own, so that others
read and write meanwhile and a run that is killed goes on where it was. The migration itself moves what is left.

A function `private.record_functions()` is called in the transaction of each: it records what the functions are now.

What is applied stands in the table of Supabase's CLI, so that `supabase db push` and this runner go on where the other
one ended. The digests of the files stand beside it, in a table of ours.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from arti_core.errors import Conflict, Unavailable

_LOCK = 4_127_001  # an arbitrary number, the same for every runner
_REPORT_SECONDS = 3.0
_ATTEMPTS = 5
# The first two as the CLI makes them; the third is an older installation's only ledger.
_LEDGER = """
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
  alter table supabase_migrations.schema_migrations
    add column if not exists statements text[], add column if not exists name text;
  create schema if not exists arti_migrations;
  create table if not exists arti_migrations.applied (
    version text primary key, name text not null, checksum text not null,
    applied_at timestamptz not null default now());
  insert into supabase_migrations.schema_migrations (version, name)
    select version, name from arti_migrations.applied on conflict (version) do nothing;
"""
_APPLIED = """
  select s.version, s.statements, a.checksum
  from supabase_migrations.schema_migrations s left join arti_migrations.applied a using (version)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    version: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def list_migrations(folder: Path) -> list[Migration]:
    """Return the files <version>_<name>.sql in order."""
    parts = [(file, file.stem.partition("_")) for file in sorted(folder.glob("*.sql"))]
    return [Migration(version, name, file.read_text()) for file, (version, _, name) in parts]


def export_migrations(folder: Path, to: Path) -> int:
    """Write the files with the transaction that each needs, which the CLI of 2026 adds no more. Returns how many."""
    to.mkdir(parents=True, exist_ok=True)
    migrations = list_migrations(folder)
    for migration in migrations:
        (to / f"{migration.version}_{migration.name}.sql").write_text(_in_transaction(migration))
    return len(migrations)


def _in_transaction(migration: Migration) -> str:
    return f"begin;\n{migration.sql.rstrip()}\ncommit;\n"


def ignore_progress(message: str) -> None:
    """Report nothing."""


async def apply_migrations(dsn: str, folder: Path, report: Callable[[str], None] = ignore_progress) -> list[str]:
    """Apply missing files, one transaction each. Returns the names applied now.

    `report` gets a sentence on how far a migration of much data is, every few seconds.
    Raises Conflict when an applied file was changed afterwards, Unavailable when tables stay in use.
    """
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        known = {row["version"]: row for row in await connection.fetch(_APPLIED)}
        applied = []
        for migration in list_migrations(folder):
            if migration.version in known:
                await _adopt(connection, migration, known[migration.version])
                continue
            await _prepare(connection, migration, report)
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    await _apply(connection, migration)
                    break
                except asyncpg.LockNotAvailableError:
                    if attempt == _ATTEMPTS:
                        raise Unavailable(
                            f"Migration {migration.name} waited {_ATTEMPTS} times for a table that long transactions "
                            "hold. Try again when less is running; what was applied before it stays."
                        ) from None
                    report(f"Migration {migration.name} waits for a table that is in use: attempt {attempt + 1}.")
            applied.append(migration.name)
        return applied
    finally:
        await connection.close()


async def _apply(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    """Raises LockNotAvailableError when a table is in use: others must not queue behind the wait for it."""
    async with connection.transaction():
        await connection.execute("set local lock_timeout = '5s'")
        await connection.execute(migration.sql)
        await connection.execute(
            "insert into supabase_migrations.schema_migrations (version, name, statements) values ($1, $2, $3)",
            migration.version,
            migration.name,
            [migration.sql],
        )
        await _record(connection, migration)


async def _adopt(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, row: asyncpg.Record) -> None:
    """Check that a migration was applied as its file is, and record it if the CLI did that."""
    if row["checksum"] is None and row["statements"]:
        is_same = _without_layout("".join(row["statements"])) in (
            _without_layout(migration.sql),
            _without_layout(_in_transaction(migration)),
        )
    else:  # the CLI's `migration repair` says that a version is applied, and not with which text
        is_same = row["checksum"] in (None, migration.checksum)
    if not is_same:
        raise Conflict(
            f"Migration {migration.version}_{migration.name} was changed after it was applied. "
            "Put the old text back and add a new migration."
        )
    if row["checksum"] is None:
        async with connection.transaction():
            await _record(connection, migration)


def _without_layout(sql: str) -> str:
    """Return what is left when statements are cut and trimmed, as the CLI does before it stores them."""
    return "".join(sql.replace(";", "").split())


async def _record(connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration) -> None:
    await connection.execute(
        "insert into arti_migrations.applied (version, name, checksum) values ($1, $2, $3)",
        migration.version,
        migration.name,
        migration.checksum,
    )
    if await connection.fetchval("select to_regprocedure('private.record_functions()') is not null"):
        await connection.execute("select private.record_functions()")


async def _prepare(
    connection: "asyncpg.Connection[asyncpg.Record]", migration: Migration, report: Callable[[str], None]
) -> None:
    """Move data in batches until the migration has nothing left to move, if it says how."""
    function = f"private.prepare_{migration.version}"
    if not await connection.fetchval("select to_regprocedure($1) is not null", f"{function}()"):
        return
    reported_at = time.monotonic()
    while left := await connection.fetchval(f"select {function}()"):
        if time.monotonic() - reported_at > _REPORT_SECONDS:
            report(f"Preparing migration {migration.name}: {left:,} left.")
            reported_at = time.monotonic()
