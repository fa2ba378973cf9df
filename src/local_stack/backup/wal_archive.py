"""The write-ahead log, continuously: pg_receivewal writes it to a folder, and this ships it to the backups.

Complete segments are shipped at once and then deleted here; the one that is being filled is shipped every few seconds,
so that what is lost with the whole machine is what was committed since. `archive_timeout` would do the same by filling
the rest of each segment with zeros: half a megabyte a second on the disk of an idle installation.

Nothing here stops the database or fills its disk. While the backups cannot be reached, at most _SPOOL_BYTES wait in the
folder, then the receiver pauses; the server keeps at most `max_slot_wal_keep_size` for it. After more than that the
archive has a gap: a new stream begins, with a new base backup.
"""

import asyncio
import shutil
import signal
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

import asyncpg

from arti_core.clock import now
from arti_core.database import Connection, fetch_one
from arti_core.errors import ArtiError, Unavailable
from local_stack.backup.programs import Login, last_message
from local_stack.backup.repository import PARTIAL, Repository, segment_of

SLOT: Final = "arti_backup"
SHIP_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 1.0
_AT_ONCE: Final = 2
_RETRY_SECONDS: Final = 10.0
_SPOOL_BYTES: Final = 512 * 1024 * 1024


class Spool:
    """The folder between the server and the backups, and the stream whose log is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stream_file = folder / "stream"

    @property
    def stream(self) -> str:
        """The stream, or an empty text when none has begun."""
        try:
            return self._stream_file.read_text()
        except FileNotFoundError:
            return ""

    def begin_stream(self) -> str:
        """Forget what is here and begin a new stream."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, mode=0o700)
        stream = uuid4().hex
        self._stream_file.write_text(stream)
        return stream

    def complete(self) -> list[Path]:
        """Return the complete segments (and timeline histories), the oldest first."""
        return sorted(path for path in self._files() if path.suffix != PARTIAL)

    def partial(self) -> Path | None:
        """Return the segment that is being filled."""
        return next(iter(sorted((path for path in self._files() if path.suffix == PARTIAL), reverse=True)), None)

    def size(self) -> int:
        return sum(path.stat().st_size for path in self.complete())

    def _files(self) -> list[Path]:
        return [path for path in self.folder.glob("0*") if path.is_file()]


async def ship_spool(repository: Repository, spool: Spool, *, partial: bool = True) -> None:
    """Ship what waits in the folder: complete segments, which are then deleted here, and the unfinished one."""
    waiting, stream = spool.complete(), spool.stream

    async def ship(path: Path) -> None:
        await repository.put_segment(stream, path.name, await asyncio.to_thread(path.read_bytes))

    for start in range(0, len(waiting), _AT_ONCE):
        batch = waiting[start : start + _AT_ONCE]
        await asyncio.gather(*(ship(path) for path in batch))
        for path in batch:
            path.unlink(missing_ok=True)
    unfinished = spool.partial() if partial else None
    if unfinished is not None:
        with suppress(FileNotFoundError):  # it was completed just now
            data = await asyncio.to_thread(unfinished.read_bytes)
            await repository.put_segment(spool.stream, unfinished.name, data)


class WalArchive:
    """Receives and ships until cancelled. `needs_base` is set when a stream begins."""

    def __init__(
        self, repository: Repository, spool: Spool, dsn: str, programs: Path, failed: Callable[[str], None]
    ) -> None:
        self._repository, self._spool, self._login, self._programs = repository, spool, Login(dsn), programs
        self._failed = failed
        self._receiver: asyncio.subprocess.Process | None = None
        self.needs_base = asyncio.Event()
        self.archived_until: datetime | None = None
        self._newest = ""

    async def run(self) -> None:
        """Receive and ship; every error is reported and tried again."""
        try:
            while True:
                try:
                    await self._run_once()
                except ArtiError as error:
                    self._failed(error.message)
                except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                    self._failed(f"The write-ahead log is not archived now ({type(error).__name__}).")
                await self._limit_spool()
                await asyncio.sleep(_RETRY_SECONDS)
        finally:
            await self._stop_receiver()

    async def _run_once(self) -> None:
        if self._spool.stream:
            await ship_spool(self._repository, self._spool)  # also of a service or a server that is gone
        connection = await asyncpg.connect(self._login.dsn, statement_cache_size=0, timeout=10)
        try:
            await self._prepare_slot(connection)
            segment_bytes = await connection.fetchval("select pg_size_bytes(current_setting('wal_segment_size'))")
            shipped_at, shipped = 0.0, 0.0
            loop = asyncio.get_running_loop()
            while True:
                await self._keep_receiving()
                looked_at = now()
                # The start of the last byte: at the end of a segment there is no next one yet.
                flushed = await fetch_one(
                    connection,
                    "select (pg_current_wal_flush_lsn() - 1)::text as lsn, timeline_id from pg_control_checkpoint()",
                )
                await self._ship_complete()
                unfinished = self._spool.partial()
                if loop.time() - shipped_at >= SHIP_SECONDS:
                    changed = unfinished.stat().st_mtime if unfinished is not None and unfinished.exists() else 0.0
                    if changed != shipped:
                        await ship_spool(self._repository, self._spool)
                    shipped_at, shipped = loop.time(), changed
                    newest = max(self._newest, unfinished.stem if unfinished is not None else "")
                    if newest >= segment_of(flushed["lsn"], flushed["timeline_id"], segment_bytes):
                        self.archived_until = looked_at
                await asyncio.sleep(_LOOK_SECONDS)
        finally:
            await connection.close()

    async def _ship_complete(self) -> None:
        complete = self._spool.complete()
        if complete:
            await ship_spool(self._repository, self._spool, partial=False)
            self._newest = max(self._newest, complete[-1].name)

    async def _limit_spool(self) -> None:
        if self._spool.size() > _SPOOL_BYTES:
            await self._stop_receiver()

    async def _prepare_slot(self, connection: Connection) -> None:
        slot = await connection.fetchrow(
            "select wal_status from pg_replication_slots where slot_name = $1 and slot_type = 'physical'", SLOT
        )
        if slot is not None and slot["wal_status"] != "lost" and self._spool.stream:
            return
        await self._stop_receiver()
        if slot is not None:
            await connection.execute("select pg_drop_replication_slot($1)", SLOT)
        await connection.execute("select pg_create_physical_replication_slot($1, true)", SLOT)
        self._spool.begin_stream()
        self._newest = ""
        self.needs_base.set()

    async def _keep_receiving(self) -> None:
        receiver = self._receiver
        if receiver is not None and receiver.returncode is not None:
            assert receiver.stderr is not None  # a pipe
            message = last_message((await receiver.stderr.read()).decode(errors="replace"))
            self._receiver = None
            raise Unavailable(f"The write-ahead log is not received: {message}")
        if receiver is None:
            self._receiver = await asyncio.create_subprocess_exec(
                str(self._programs / "pg_receivewal"),
                f"--directory={self._spool.folder}",
                f"--slot={SLOT}",
                "--no-loop",
                "--no-password",
                "--status-interval=5",
                f"--dbname={self._login.address}",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=self._login.environment,
                cwd="/",
            )

    async def _stop_receiver(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is None or receiver.returncode is not None:
            return
        with suppress(ProcessLookupError):
            receiver.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(receiver.wait(), 5)
        except TimeoutError:
            receiver.kill()
            await receiver.wait()
