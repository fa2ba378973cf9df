"""The service `backup`: archives the log, ships the ledger, makes a backup a day, and reports how backups are.

No failure of it reaches the database or the other services: it is reported, shown by the API's health, and tried again.
"""

import asyncio
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import structlog

from arti.settings import Settings, open_files, read_settings
from arti_core.clock import now
from arti_core.database import Connection
from arti_core.errors import ArtiError
from arti_core.files.file_store import FileStore
from arti_core.log import configure_log
from local_stack.backup.base_backup import take_base_backup
from local_stack.backup.file_copies import FileCopies, verify_copies, write_list
from local_stack.backup.logical import take_dump
from local_stack.backup.programs import newest_programs
from local_stack.backup.recovery.ledger import ship_deletions
from local_stack.backup.repository import Manifest, Repository
from local_stack.backup.retention import BackupRetention, parse_retention, prune
from local_stack.backup.setup import open_repository, spool_of
from local_stack.backup.verify import verify_backup
from local_stack.backup.wal_archive import Spool, WalArchive
from local_stack.binaries import postgres_bin
from local_stack.data_directory import find_data_directory

log = structlog.get_logger()

EVERY: Final = timedelta(hours=24)
_LOOK_SECONDS: Final = 5.0
_REPORT_SECONDS: Final = 20.0
# A start has work enough; and whoever tries ARTi for a minute needs no backup.
_FIRST_BACKUP_SECONDS: Final = 60.0
_RETRY_SECONDS: Final = 300.0


class BackupService:
    """The running service of one database. `spool` is None for a database by URL, which has dumps and no archive."""

    def __init__(
        self,
        repository: Repository,
        dsn: str,
        programs: Path,
        *,
        spool: Spool | None,
        retention: BackupRetention,
        file_store: FileStore | None = None,
    ) -> None:
        self._repository, self._dsn, self._programs, self._retention = repository, dsn, programs, retention
        self._spool = spool
        self._copies = FileCopies(repository, file_store or FileStore())
        self._archive = (
            WalArchive(repository, spool, dsn, programs, lambda message: self._fail("archive", message))
            if spool is not None
            else None
        )
        self._errors: dict[str, str] = {}
        self._last_backup_at: datetime | None = None

    async def run(self) -> None:
        """Serve until cancelled."""
        tasks = [
            self._report(),
            self._make_backups(),
            self._copy_files(),
            *([self._archive.run()] if self._archive else []),
        ]
        running = [asyncio.create_task(task) for task in tasks]
        try:
            await asyncio.gather(*running)
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _fail(self, part: str, message: str) -> None:
        if self._errors.get(part) != message:
            log.warning("backup failed", part=part, message=message)
        self._errors[part] = message

    async def _copy_files(self) -> None:
        while True:
            try:
                await self._copies.copy(self._dsn)
                if self._copies.problem is None:
                    self._errors.pop("files", None)
                else:
                    self._fail("files", self._copies.problem)
            except ArtiError as error:
                self._fail("files", error.message)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                self._fail("files", f"Files were not copied ({type(error).__name__}).")
            await asyncio.sleep(_REPORT_SECONDS)

    async def _make_backups(self) -> None:
        await asyncio.sleep(_FIRST_BACKUP_SECONDS)
        while True:
            try:
                await self._make_backup_if_due()
                self._errors.pop("backup", None)
                pause = _LOOK_SECONDS
            except ArtiError as error:
                self._fail("backup", error.message)
                pause = _RETRY_SECONDS
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                self._fail("backup", f"The backup failed ({type(error).__name__}).")
                pause = _RETRY_SECONDS
            await asyncio.sleep(pause)

    async def _make_backup_if_due(self) -> None:
        needs_base = self._archive is not None and self._archive.needs_base.is_set()
        if self._last_backup_at is None and not needs_base:
            self._last_backup_at = _newest(await self._repository.list_backups(), self._spool)
        if not needs_base and self._last_backup_at is not None and now() - self._last_backup_at < EVERY:
            return
        if self._archive is not None and not self._stream():
            return  # the archive has not begun
        manifest = await make_backup(
            self._repository, self._dsn, self._programs, stream=self._stream(), copies=self._copies
        )
        if self._archive is not None and manifest.stream == self._stream():
            self._archive.needs_base.clear()
        self._last_backup_at = manifest.restores_from
        await prune(self._repository, self._retention, now=now())

    def _stream(self) -> str | None:
        return self._spool.stream if self._spool is not None else None

    async def _report(self) -> None:
        """Ship the ledger every few seconds, and report every twenty: a commit for a restore to stop at, too."""
        while True:
            try:
                connection = await asyncpg.connect(self._dsn, statement_cache_size=0, timeout=10)
                self._errors.pop("database", None)
                try:
                    await self._report_while_connected(connection)
                finally:
                    await connection.close(timeout=5)
            except ArtiError as error:
                self._fail("ledger", error.message)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                self._fail("database", f"The database does not answer ({type(error).__name__}).")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _report_while_connected(self, connection: Connection) -> None:
        reported_at = 0.0
        loop = asyncio.get_running_loop()
        while True:
            try:
                await ship_deletions(connection, self._repository, kept=self._retention.longest)
                self._errors.pop("ledger", None)
            except ArtiError as error:
                self._fail("ledger", error.message)
            if loop.time() - reported_at >= _REPORT_SECONDS:
                archived = self._archive.archived_until if self._archive is not None else None
                await connection.execute(
                    "select private.report_backup($1, $2, $3, $4)",
                    "physical" if self._archive is not None else "logical",
                    self._last_backup_at,
                    archived,
                    next(iter(self._errors.values()), None),
                )
                if archived is not None and now() - archived < timedelta(seconds=_REPORT_SECONDS):
                    self._errors.pop("archive", None)
                reported_at = loop.time()
            await asyncio.sleep(_LOOK_SECONDS)


async def make_backup(
    repository: Repository, dsn: str, programs: Path, *, stream: str | None, copies: FileCopies
) -> Manifest:
    """Make a backup and read it back: a base backup for `stream`, or a dump when there is none, and what files hold.

    One that cannot be read back is not kept as a good one. Raises Damaged, Misconfigured, Unavailable.
    """
    contents = await copies.copy(dsn)
    if stream is not None:
        manifest = await take_base_backup(repository, dsn, programs, stream=stream)
    else:
        manifest = await take_dump(repository, dsn, programs)
    try:
        await write_list(repository, manifest.id, contents + await copies.copy(dsn))
        await verify_backup(repository, manifest, programs)
        await verify_copies(repository, manifest, read=False)
    except BaseException:
        await repository.delete(f"backups/{manifest.id}/manifest")
        raise
    return manifest


def _newest(backups: list[Manifest], spool: Spool | None) -> datetime | None:
    """Return what the newest good backup of this database holds; after a restore there is none yet."""
    fitting = [one for one in backups if (one.stream == spool.stream if spool is not None else one.kind == "logical")]
    return fitting[-1].restores_from if fitting else None


async def serve(settings: Settings) -> None:
    """Back up until cancelled."""
    repository = open_repository(settings)
    dsn = settings.backup_database_url.get_secret_value()
    folder = find_data_directory()
    embedded = settings.arti_backup_physical
    service = BackupService(
        repository,
        dsn,
        postgres_bin() if embedded else newest_programs(),
        spool=spool_of(folder) if embedded else None,
        retention=parse_retention(settings.arti_backup_keep),
        file_store=open_files(settings),
    )
    log.info("backup ready", place=repository.name, kind="physical" if embedded else "logical")
    await service.run()


def run() -> None:
    """Back up until stopped. The entry point of the service `backup`."""
    run_service(read_settings(needs=("backup_database_url",)))


def run_service(settings: Settings) -> None:
    """Back up until stopped."""
    configure_log(service="backup", json=settings.is_production)
    os.umask(0o077)

    async def main() -> None:
        task = asyncio.create_task(serve(settings))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass

    asyncio.run(main())
