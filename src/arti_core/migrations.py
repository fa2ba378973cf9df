"""Apply a folder of migrations in order, each once, as their owner. Supabase's CLI reads the same layout."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from arti_core.errors import Conflict

_LOCK = 4_127_001  # an arbitrary number, the same for every runner


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


async def apply_migrations(dsn: str, folder: Path) -> list[str]:
    """Apply missing files, one transaction each. Returns the names applied now.

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
            async with connection.transaction():
                await connection.execute("set local lock_timeout = '5s'")
                await connection.execute(migration.sql)
                await connection.execute(
                    "insert into arti_migrations.applied (version, name, checksum) values ($1, $2, $3)",
                    migration.version,
                    migration.name,
                    migration.checksum,
                )
            applied.append(migration.name)
        return applied
    finally:
        await connection.close()
