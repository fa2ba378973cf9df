"""Restore the embedded database to a moment, in place or into another data folder."""

import os
import shutil
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import asyncpg

from arti_core.clock import now
from arti_core.crypto import Vault
from arti_core.errors import ArtiError, Conflict, Misconfigured, Unavailable
from arti_core.files.file_store import FileStore
from arti_core.login_passwords import set_password
from arti_core.master_keys import MasterKeys
from local_stack import postgres
from local_stack.backup.file_copies import bring_back
from local_stack.backup.recovery.after_restore import Cleared, clear_restored
from local_stack.backup.recovery.ledger import read_ledger
from local_stack.backup.recovery.replay import recover, remove_folder
from local_stack.backup.repository import Manifest, Repository, choose_backup
from local_stack.backup.tar_stream import read_tar
from local_stack.backup.wal_archive import Spool, ship_spool


@dataclass(frozen=True, slots=True)
class Restored:
    """A finished restore: from which backup, up to which commit, where the database before it is, what was ended.

    `files` were brought back to their folder or bucket.
    """

    manifest: Manifest
    last_commit_at: datetime | None
    replaced: Path | None
    cleared: Cleared
    warnings: list[str]
    files: int = 0


async def restore_cluster(
    repository: Repository,
    cluster: postgres.Cluster,
    spool: Spool,
    *,
    to: datetime | None,
    backup_id: str | None = None,
    undelete: Collection[UUID] = (),
    master_keys: MasterKeys | str | None = None,
    file_store: FileStore | None = None,
    is_copy: bool = False,
) -> Restored:
    """Restore into `cluster.folder`, whose server must not run. What is there is moved aside, never deleted.
    With `is_copy`, the database from which this one was copied may go on.

    Raises Conflict, Damaged, Misconfigured, NotFound, Unavailable; then the folder is as it was.
    """
    if spool.stream:
        await ship_spool(repository, spool)  # the last commits of a server that is gone
    manifest = choose_backup(
        [one for one in await repository.list_backups() if one.kind == "physical"], to=to, backup_id=backup_id
    )
    ledger = await read_ledger(repository)
    cluster.folder.parent.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(cluster.folder.parent).free
    if free < manifest.plain_bytes * 1.2:
        raise Unavailable(
            f"The backup needs {manifest.plain_bytes * 1.2 / 1e9:.1f} GB on the disk of {cluster.folder.parent}, "
            f"and {free / 1e9:.1f} GB are left. Free some space, or restore --into a folder on another disk."
        )
    replaced = _move_aside(cluster.folder)
    try:
        _make_folder(cluster.folder)
        await _unpack(repository, manifest, cluster.folder)
        async with recover(repository, manifest, cluster, to=to) as dsn:
            connection = await asyncpg.connect(dsn, statement_cache_size=0)
            try:
                last_commit_at = await connection.fetchval("select pg_last_xact_replay_timestamp()")
                cleared = await clear_restored(connection, ledger, undelete=undelete)
                await _set_superuser_password(connection, cluster)
                warnings = await _check_master_key(connection, master_keys)
                files, lost = await bring_back(connection, repository, file_store or FileStore(), is_copy=is_copy)
                await connection.execute("checkpoint")
            finally:
                await connection.close()
    except BaseException:
        remove_folder(cluster.folder)
        if replaced is not None:
            replaced.rename(cluster.folder)
        raise
    return Restored(manifest, last_commit_at, replaced, cleared, [*warnings, *lost], files)


def _move_aside(folder: Path) -> Path | None:
    if not folder.exists():
        return None
    if (folder / "postmaster.pid").exists() and _is_alive(folder / "postmaster.pid"):
        raise Conflict(f"A database server runs on {folder}. Stop it with ./arti down, then restore.")
    aside = folder.with_name(f"{folder.name}-before-{now():%Y%m%dT%H%M%SZ}")
    folder.rename(aside)
    return aside


def _is_alive(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except (ProcessLookupError, ValueError, IndexError):
        return False
    except PermissionError:
        return True
    return True


def _make_folder(folder: Path) -> None:
    folder.mkdir(mode=0o700)
    uid = postgres.unprivileged_user()
    if uid is not None:
        os.chown(folder, uid, -1)


async def _unpack(repository: Repository, manifest: Manifest, folder: Path) -> None:
    uid = postgres.unprivileged_user()

    def unpack(tar: tarfile.TarFile) -> None:
        for member in tar:
            path = folder / member.name
            # Not by extract(): its filter came with Python 3.11.4, and without one it writes anywhere.
            if ".." in path.parts or not path.is_relative_to(folder) or not (member.isdir() or member.isreg()):
                raise ValueError(f"the backup holds {member.name}, which is no file or folder of a database")
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            if member.isdir():
                path.mkdir(mode=0o700, exist_ok=True)
            elif (content := tar.extractfile(member)) is not None:
                with open(path, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    shutil.copyfileobj(content, file, 1024 * 1024)
            if uid is not None:
                os.chown(path, uid, -1)

    await read_tar(repository.stream(manifest.data_path), unpack)


async def _set_superuser_password(connection: "asyncpg.Connection[asyncpg.Record]", cluster: postgres.Cluster) -> None:
    """Let this installation log in: the passwords in the backup are those of its day. `up` sets the others."""
    await set_password(connection, postgres.SUPERUSER, cluster.password(postgres.SUPERUSER))


async def _check_master_key(
    connection: "asyncpg.Connection[asyncpg.Record]", master_keys: MasterKeys | str | None
) -> list[str]:
    row = await connection.fetchrow(
        "select org_id, kind, ref, sealed from private.vault where org_id <> private.canary_org_id() limit 1"
    )
    if row is None:
        return []
    try:
        Vault(master_keys or "").open(row["sealed"], owner_id=row["org_id"], kind=row["kind"], ref=row["ref"])
    except Misconfigured:
        return [
            "The sealed secrets in this backup do not open with ARTI_MASTER_KEY: accounts and channels will not work. "
            "Put back the secrets.json, or the master key, of the installation that was backed up."
        ]
    except ArtiError as error:
        return [error.message]
    return []
