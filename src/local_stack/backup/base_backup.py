"""A base backup of the embedded cluster: the files of the server, streamed by pg_basebackup, sealed, stored."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg

from arti import __version__
from arti_core.clock import now
from arti_core.errors import Unavailable
from local_stack.backup.programs import Login, Program
from local_stack.backup.repository import Manifest, Repository, segment_of, write_manifest

_START = re.compile(r"write-ahead log start point: ([0-9A-F]+/[0-9A-F]+) on timeline (\d+)")


def new_backup_id() -> str:
    """Return an id that sorts by time and is unique."""
    return f"{now():%Y%m%dT%H%M%SZ}-{uuid4().hex[:4]}"


async def take_base_backup(repository: Repository, dsn: str, programs: Path, *, stream: str) -> Manifest:
    """Take a base backup while everything runs. Raises Unavailable.

    It contains the log that was written meanwhile, so that it can be restored without the archive; a slot of its own
    keeps the server from recycling that log before the end.
    """
    backup_id, started_at, login = new_backup_id(), now(), Login(dsn)
    try:
        connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise Unavailable(f"The database does not answer ({type(error).__name__}), so nothing was backed up.") from None
    try:
        slot = f"arti_base_{uuid4().hex[:12]}"
        await connection.execute("select pg_create_physical_replication_slot($1, true, true)", slot)
        segment_bytes = await connection.fetchval("select pg_size_bytes(current_setting('wal_segment_size'))")
        postgres = await connection.fetchval("select current_setting('server_version')")
        schema_version = await connection.fetchval("select max(version) from private.applied_migrations()")
        program = Program(
            [
                str(programs / "pg_basebackup"),
                "--pgdata=-",
                "--format=tar",
                "--wal-method=fetch",
                "--checkpoint=fast",
                "--no-password",
                "--verbose",
                f"--label=arti {backup_id}",
                f"--dbname={login.address}",
            ],
            login.environment,
        )
        counter = ByteCounter()
        path = f"backups/{backup_id}/data"
        try:
            await repository.put_stream(path, counter.count(program.read()))
        except BaseException:
            await repository.delete(path)
            raise
    finally:
        await connection.close()
    start = _START.search(program.messages)
    if start is None:
        raise Unavailable("pg_basebackup did not say where the log starts, so the backup cannot be used.")
    timeline = int(start[2])
    manifest = Manifest(
        id=backup_id,
        kind="physical",
        started_at=started_at,
        ended_at=now(),
        plain_bytes=counter.bytes,
        postgres=postgres,
        arti=__version__,
        schema_version=schema_version,
        stream=stream,
        first_segment=segment_of(start[1], timeline, segment_bytes),
        timeline=timeline,
    )
    await repository.put(f"backups/{backup_id}/manifest", write_manifest(manifest))
    return manifest


class ByteCounter:
    """Counts the bytes of a stream that passes."""

    def __init__(self) -> None:
        self.bytes = 0

    async def count(self, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        async for chunk in chunks:
            self.bytes += len(chunk)
            yield chunk
