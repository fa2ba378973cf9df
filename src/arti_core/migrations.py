"""Apply a folder of migrations in order, each once, as their owner. Supabase's CLI reads the same layout.

A migration that moves much data has an earlier one make a function `private.prepare_<its version>()`. It moves a small
batch and returns how much is left; it is called until that is 0, each time in a transaction of its own, so that others
read and write meanwhile and a run that is killed goes on where it was. The migration itself moves what is left.

A function `private.record_functions()` is called in the transaction of each: it records what the functions are now.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from arti_core.errors import Conflict

_LOCK = 4_127_001  # an arbitrary number, the same for every runner
_REPORT_SECONDS = 3.0


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


def ignore_progress(message: str) -> None:
    """Report nothing."""


async def apply_migrations(dsn: str, folder: Path, report: Callable[[str], None] = ignore_progress) -> list[str]:
    """Apply missing files, one transaction each. Returns the names applied now.

    `report` gets a sentence on how far a migration of much data is, every few seconds.
    Raises Conflict when an applied file was changed afterwards.
    """
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            """create schema if not exists arti_migrations;
               create table if not exists arti_migrations.applied (
                 version text primary key, name text not null, checksum text not null,
                 applied_at timestamptz not null default now())"""
        )
        known = {
            row["version"]: row["checksum"]
            for row in await connection.fetch("select version, checksum from arti_migrations.applied")
        }
        applied = []
        for migration in list_migrations(folder):
            if migration.version in known:
                if known[migration.version] != migration.checksum:
                    raise Conflict(
                        f"Migration {migration.version}_{migration.name} was changed after it was applied. "
                        "Put the old text back and add a new migration."
                    )
                continue
            await _prepare(connection, migration, report)
            async with connection.transaction():
                await connection.execute("set local lock_timeout = '5s'")
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into arti_migrations.applied (version, name, checksum) values ($1, $2, $3)",
                    migration.version,
                    migration.name,
                    migration.checksum,
                )
                if await connection.fetchval("select to_regprocedure('private.record_functions()') is not null"):
                    await connection.execute("select private.record_functions()")
            applied.append(migration.name)
        return applied
    finally:
        await connection.close()


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
