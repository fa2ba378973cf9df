"""Search an installation for a text: every table of every schema, a dump, Redis. What an erasure must pass."""

import subprocess
from pathlib import Path

import asyncpg
import redis.asyncio as redis

from local_stack.binaries import postgres_bin
from local_stack.postgres import SUPERUSER
from tests.conftest import Database

_TABLES = """
  select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_t' order by 1"""


async def search_tables(database: Database, text: str) -> dict[str, int]:
    """Return in how many rows of which tables `text` is, in any column, also in bytes."""
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    try:
        found: dict[str, int] = {}
        for table in await connection.fetch(_TABLES):
            hits = await connection.fetchval(
                f"""select count(*) from {table["name"]} t, lower(t::text) row
                    where position(lower($1) in row) > 0 or position($2 in row) > 0""",
                text,
                text.encode().hex(),
            )
            if hits:
                found[table["name"]] = hits
        return found
    finally:
        await connection.close()


def search_dump(database: Database, folder: Path, text: str) -> int:
    """Return how often `text` is in a dump made now, in clear or as bytes."""
    file = folder / "dump.sql"
    program = [str(postgres_bin() / "pg_dump"), "--dbname", database.dsn(SUPERUSER), "--file", str(file)]
    subprocess.run(program, check=True)
    dump = file.read_bytes().lower()
    assert len(dump) > 100_000, "the dump is empty"
    return dump.count(text.lower().encode()) + dump.count(text.encode().hex().encode())


async def search_redis(url: str, text: str) -> list[str]:
    """Return the keys in whose name or value `text` is."""
    client = redis.Redis.from_url(url)
    try:
        return [
            key.decode()
            async for key in client.scan_iter()
            if text.encode() in key or text.encode() in (await client.dump(key) or b"")
        ]
    finally:
        await client.aclose()
