"""`./arti definitions`: list the changes of definition that are stored, and apply a newer feed."""

import os
from pathlib import Path

import asyncpg

from arti.metrics.definitions.feed import PACKAGED, PACKAGED_NAME, FeedUpdate, apply_feed, read_feed
from arti.metrics.definitions.store import list_definitions
from arti.settings import Settings
from arti_core.database import Connection
from arti_core.errors import Invalid, Unavailable
from arti_core.http_client import OutboundClient
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment


async def update(source: str | None) -> str:
    """Apply a feed: a file, a URL, or the packaged one. Returns what changed. Raises ArtiError with a sentence."""
    content, name = await _read_source(source)
    feed = read_feed(content)
    connection = await _connect(_owner_dsn())
    try:
        async with connection.transaction():
            done = await apply_feed(connection, feed, learned_from=name, strict=source is not None)
    finally:
        await connection.close()
    return describe(done)


async def list_lines() -> list[str]:
    """Return one line for each entry, by metric and day."""
    connection = await _connect(_owner_dsn())
    try:
        rows = await list_definitions(connection)
    finally:
        await connection.close()
    return [
        f"{row['since_on'] or 'day not known'}  {row['id']} (revision {row['revision']}"
        + (", withdrawn" if row["withdrawn"] else "")
        + f"): {row['metric']} of {row['provider']}, {' and '.join(row['scope'])}"
        + (f", goes on as {row['continued_as']}" if row["continued_as"] else "")
        + f"; known since {row['known_at']:%Y-%m-%d} from {row['learned_from']}"
        for row in rows
    ]


async def apply_packaged(dsn: str) -> FeedUpdate:
    """Apply the packaged feed as the owner of the database. What an operator stored since stays."""
    connection = await _connect(dsn)
    try:
        async with connection.transaction():
            return await apply_feed(
                connection, read_feed(PACKAGED.read_bytes()), learned_from=PACKAGED_NAME, strict=False
            )
    finally:
        await connection.close()


def describe(done: FeedUpdate) -> str:
    """Return what an update did, in words."""
    parts = [f"Changed: {', '.join(done.changed)}." if done.changed else "Nothing is new."]
    if done.older:
        parts.append(f"Stored in a newer revision: {', '.join(done.older)}.")
    return " ".join(parts)


async def _read_source(source: str | None) -> tuple[bytes, str]:
    if source is None:
        return PACKAGED.read_bytes(), PACKAGED_NAME
    if not source.startswith(("https://", "http://")):
        return _read_file(Path(source)), source
    client = OutboundClient(allowed_hosts=Settings().private_hosts())
    try:
        response = await client.call("GET", source)
    finally:
        await client.close()
    if response.status != 200:
        raise Unavailable(f"{source} answers {response.status}. Give the address of the feed file itself.")
    return response.body, source


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Invalid(f"{path} cannot be read ({error.strerror}).") from None


def _owner_dsn() -> str:
    if dsn := os.environ.get("OWNER_DATABASE_URL"):
        return dsn
    folder = find_data_directory()
    folder.prepare()
    return load_environment(folder).values.get("OWNER_DATABASE_URL", "")


async def _connect(dsn: str) -> Connection:
    if not dsn:
        raise Unavailable("There is no database's owner here. Start ./arti up, or set OWNER_DATABASE_URL.")
    try:
        connection: Connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(
            f"The database does not answer ({type(error).__name__}). Start ./arti up, or set OWNER_DATABASE_URL."
        ) from None
    return connection
