"""`./arti backup` and `./arti restore`: make, list and check backups, and go back to a moment."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from arti.settings import Settings, open_files
from arti_core.clock import now
from arti_core.crypto import Vault
from arti_core.errors import Conflict, Invalid, NotFound, Unavailable
from arti_core.files.file_store import FileStore
from local_stack.backup.file_copies import FileCopies, verify_copies
from local_stack.backup.logical import restore_dump
from local_stack.backup.programs import newest_programs
from local_stack.backup.recovery.after_restore import Cleared
from local_stack.backup.recovery.cluster import Restored, restore_cluster
from local_stack.backup.repository import Manifest, choose_backup
from local_stack.backup.retention import parse_retention, prune
from local_stack.backup.service import make_backup, run_service
from local_stack.backup.setup import open_repository, spool_of
from local_stack.backup.verify import verify_backup, verify_log_content
from local_stack.binaries import postgres_bin
from local_stack.data_directory import DataDirectory, find_data_directory
from local_stack.environment import Environment, load_environment
from local_stack.postgres import Cluster
from local_stack.run_state import acquire_lock, running_pid


async def backup_now() -> str:
    """Make a backup now, besides those of the schedule. Returns a sentence."""
    folder, environment = _load()
    settings = environment.settings()
    repository = open_repository(settings)
    stream = None
    if environment.cluster is not None:
        if running_pid(folder) is None:
            raise Unavailable("ARTi is not running here, so its database cannot be backed up. Start ./arti up.")
        stream = spool_of(folder).stream
        if not stream:
            raise Unavailable("The archive of the log has not begun yet. See ./arti logs backup, and try again.")
    dsn = settings.backup_database_url.get_secret_value()
    copies = FileCopies(repository, open_files(settings))
    manifest = await make_backup(repository, dsn, _programs(environment), stream=stream, copies=copies)
    await prune(repository, parse_retention(settings.arti_backup_keep), now=now())
    done = f"Backup {manifest.id} is made and was read back: {_describe(manifest)}. It is in {repository.name}."
    return done if copies.problem is None else f"{done} But {copies.problem}"


def serve() -> None:
    """Run the service of backups in the foreground, for an installation without ./arti up."""
    _, environment = _load()
    run_service(environment.settings())


async def list_lines() -> list[str]:
    """Return a line for each backup, and what moments can be restored."""
    _, environment = _load()
    repository = open_repository(environment.settings())
    backups = await repository.list_backups()
    lines = [f"{one.id}  {_describe(one)}" for one in backups]
    physical = [one for one in backups if one.kind == "physical"]
    if physical:
        daily = parse_retention(environment.settings().arti_backup_keep).daily
        recent = [one for one in physical if one.restores_from >= now() - timedelta(days=daily)] or physical[-1:]
        lines.append(f"Every moment since {_time(recent[0].restores_from)} can be restored: ./arti restore --to MOMENT")
    lines.append(
        "Keep secrets.json (ARTI_BACKUP_KEY and ARTI_MASTER_KEY) in another place: it is in no backup, and without it "
        "none can be opened."
    )
    return lines if backups else [f"There is no backup in {repository.name} yet."]


async def verify(backup_id: str | None) -> str:
    """Read a backup to its end, and the log after it. Returns a sentence. Raises Damaged."""
    _, environment = _load()
    repository = open_repository(environment.settings())
    manifest = choose_backup(await repository.list_backups(), to=None, backup_id=backup_id)
    found = await verify_backup(repository, manifest, _programs(environment))
    if manifest.kind == "physical":
        await verify_log_content(repository, manifest)
    files = await verify_copies(repository, manifest, read=True)
    return f"{manifest.id} is good: {found}" + (f"; {files} files outside of the database are whole." if files else ".")


async def restore(to: str | None, into: str | None, *, backup_id: str | None, undelete: Sequence[str]) -> list[str]:
    """Restore to a moment. Returns what was done, line by line."""
    moment = None if to is None else parse_moment(to)
    kept = [_id(text) for text in undelete]
    folder, environment = _load()
    if into is not None and into.startswith(("postgres://", "postgresql://")):
        return await _restore_dump(environment, into, moment, backup_id, kept)
    if environment.cluster is None:
        raise Conflict(
            "The database is one by URL. Give --into URL of an empty database, then set DATABASE_URL to that."
        )
    settings = environment.settings()
    target = folder if into is None else _prepare_other(folder, into)
    if running_pid(target) is not None:
        raise Conflict("ARTi runs on this data. Stop it with ./arti down, then restore; or give --into FOLDER.")
    with acquire_lock(target):
        restored = await restore_cluster(
            open_repository(settings),
            Cluster(target.postgres, environment.cluster.port, environment.cluster.secret),
            spool_of(target),
            to=moment,
            backup_id=backup_id,
            undelete=kept,
            master_keys=settings.master_keys() if settings.has_master_key else None,
            file_store=_open_files(settings),
            is_copy=into is not None,
        )
    return [*_describe_restored(restored), *_next_steps(target, restored, into)]


def parse_moment(text: str) -> datetime:
    """Return a moment given as 2026-11-29T14:03:00, in UTC unless it says another zone. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid(f"{text!r} is no moment. Give one as 2026-11-29T14:03:00Z.", field="to") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


async def _restore_dump(
    environment: Environment, dsn: str, moment: datetime | None, backup_id: str | None, undelete: list[UUID]
) -> list[str]:
    repository = open_repository(environment.settings())
    backups = [one for one in await repository.list_backups() if one.kind == "logical"]
    manifest = choose_backup(backups, to=moment, backup_id=backup_id)
    cleared = await restore_dump(
        repository,
        manifest,
        dsn,
        newest_programs(),
        undelete=undelete,
        file_store=_open_files(environment.settings()),
    )
    return [
        f"Restored {manifest.id}, the database as it was at {_time(manifest.started_at)}; every table has its rows.",
        *_describe_cleared(cleared),
        "Set DATABASE_URL to the restored database and start ./arti up.",
    ]


def _load() -> tuple[DataDirectory, Environment]:
    folder = find_data_directory()
    folder.prepare()
    return folder, load_environment(folder)


def _programs(environment: Environment) -> Path:
    if environment.cluster is not None:
        return postgres_bin()
    return newest_programs()


def _prepare_other(folder: DataDirectory, into: str) -> DataDirectory:
    """Make another data folder with the secrets of this one."""
    target = DataDirectory(Path(into).expanduser().resolve())
    if target.root == folder.root or target.postgres.exists():
        raise Conflict(f"{target.root} has a database already. Give --into another folder.")
    target.prepare()
    if not target.secrets.exists():
        shutil.copy2(folder.secrets, target.secrets)
    return target


def _open_files(settings: Settings) -> FileStore:
    """Open the places of files for a restore, which seals them with the master key where there is one."""
    return open_files(settings, Vault(settings.master_keys()) if settings.has_master_key else None)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("deletion") from None


def _describe(manifest: Manifest) -> str:
    size = manifest.plain_bytes / 1e6
    rows = f", {sum(manifest.counts.values())} rows" if manifest.counts else ""
    return f"{manifest.kind} {_time(manifest.restores_from)}  {size:.0f} MB{rows}, PostgreSQL {manifest.postgres}"


def _describe_restored(restored: Restored) -> list[str]:
    until = f", up to the commit of {_time(restored.last_commit_at)}" if restored.last_commit_at else ""
    files = [f"  {restored.files} files brought back to where ARTI_FILES_URL says"] if restored.files else []
    return [
        f"Restored {restored.manifest.id}{until}.",
        *files,
        *_describe_cleared(restored.cleared),
        *restored.warnings,
    ]


def _describe_cleared(cleared: Cleared) -> list[str]:
    lines = [f"  {count} {name}" for name, count in cleared.counts.items() if count]
    if cleared.deletions:
        lines.append(f"  {len(cleared.deletions)} deletions made since were applied again:")
        lines += [f"    {entry.describe()}" for entry in cleared.deletions[:20]]
        lines.append("    (one that was a mistake: restore again with --undelete ID)")
    return [*lines, *(f"  Not applied: {problem}" for problem in cleared.problems)]


def _next_steps(target: DataDirectory, restored: Restored, into: str | None) -> list[str]:
    start = "./arti up" if into is None else f"ARTI_DATA={target.root} ./arti up"
    lines = [f"Start it with {start}. Everybody signs in anew."]
    if restored.replaced is not None:
        lines.append(f"The files of before are in {restored.replaced}: delete them when all is well.")
    return lines


def _time(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
