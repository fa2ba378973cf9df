"""Files whose bytes are not in the database: copied beside the backups by digest, and brought back by a restore.

files/<org>/<digest>     one content of an org, copied once
backups/<id>/files       which of them a backup needs
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from arti_core.clock import now
from arti_core.database import Connection
from arti_core.errors import Unavailable
from arti_core.files.file_store import FileStore
from arti_core.files.sealed_content import check_copy
from arti_core.object_store import ObjectNotFound, StoredObject
from arti_core.sealed_stream import Damaged
from local_stack.backup.repository import Manifest, Repository

_FOLDER: Final = "files"
# Of clocks that differ, and of a list that is read while files come and go.
_MARGIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Content:
    """What one or more files of an org hold. `size` in bytes; `created_at` is that of the newest of them."""

    org_id: UUID
    digest: bytes
    size: int
    created_at: datetime

    @property
    def path(self) -> str:
        return f"{_FOLDER}/{self.org_id}/{self.digest.hex()}"


class FileCopies:
    """Copies new contents from where files are to the backups of `repository`."""

    def __init__(self, repository: Repository, file_store: FileStore) -> None:
        self._repository, self._file_store = repository, file_store
        self._copied_at: dict[str, datetime] | None = None
        # Of the last copying, and no error: a lost file must not keep the others from being backed up.
        self.problem: str | None = None

    async def copy(self, dsn: str) -> list[Content]:
        """Copy what is not copied yet. Returns every content that has a copy now. Raises Unavailable."""
        try:
            connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=10)
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            raise Unavailable(f"The database does not answer ({type(error).__name__}).") from None
        try:
            return await self._copy(connection)
        finally:
            await connection.close()

    async def _copy(self, connection: Connection) -> list[Content]:
        contents = await list_contents(connection)
        self.problem = None
        if not contents:
            return contents
        if self._copied_at is None:
            stored = await self._repository.list_objects(_FOLDER)
            self._copied_at = {one.path: one.modified_at for one in stored}
        installation = await connection.fetchval("select private.file_installation()")
        problems: dict[str, Damaged] = {}
        for content in contents:
            copied_at = self._copied_at.get(content.path)
            # One that was deleted and uploaded again is copied again: its age says until when it is needed.
            if copied_at is not None and copied_at >= content.created_at:
                continue
            at = now()
            chunks = self._file_store.stream_external(installation, content.org_id, content.digest)
            try:
                await self._repository.put_stream(content.path, chunks)
            except Damaged as error:
                problems[content.path] = error
            else:
                self._copied_at[content.path] = at
        if problems:
            # A file that was deleted meanwhile is no loss.
            lost = [problems[one.path] for one in await list_contents(connection) if one.path in problems]
            if lost:
                self.problem = f"{len(lost)} files cannot be backed up. {lost[0].message}"
        # Also what is lost where it was, and has a copy.
        return [content for content in contents if content.path in self._copied_at]


async def list_contents(connection: Connection) -> list[Content]:
    """Return what the files hold whose bytes are not in the database."""
    rows = await connection.fetch("select * from private.external_files()")
    return [Content(row["org_id"], row["sha256"], row["byte_size"], row["created_at"]) for row in rows]


async def write_list(repository: Repository, backup_id: str, contents: list[Content]) -> None:
    """Write which contents a backup needs."""
    needed = sorted({content.path: content.size for content in contents}.items())
    await repository.put(f"backups/{backup_id}/files", orjson.dumps(needed))


async def read_list(repository: Repository, manifest: Manifest) -> dict[str, int] | None:
    """Return the contents that a backup needs with their sizes; None for one without a list. Raises Damaged."""
    try:
        found: list[Any] = orjson.loads(await repository.get(f"backups/{manifest.id}/files"))
    except ObjectNotFound:
        return None
    return dict(found)


async def verify_copies(repository: Repository, manifest: Manifest, *, read: bool) -> int:
    """Check that the files of a backup are there; with `read`, that each is what was stored. Returns how many.

    Raises Damaged.
    """
    needed = await read_list(repository, manifest) or {}
    stored = {one.path for one in await repository.list_objects(_FOLDER)} if needed else set()
    missing = needed.keys() - stored
    if missing:
        raise Damaged(f"{len(missing)} files of the backup {manifest.id} are missing. Make a new one: ./arti backup.")
    for path in needed if read else ():
        async for _ in check_copy(repository.stream(path), bytes.fromhex(path.rpartition("/")[2])):
            pass
    return len(needed)


async def prune_copies(repository: Repository, kept: list[Manifest], *, since: datetime) -> None:
    """Delete the copies that no kept backup needs and that are older than the first moment that can be restored."""
    needed: set[str] = set()
    for manifest in kept:
        listed = await read_list(repository, manifest)
        if listed is None:
            return  # nobody knows what it needs
        needed |= listed.keys()
    for stored in await repository.list_objects(_FOLDER):
        if stored.path not in needed and _is_older(stored, since):
            await repository.delete(stored.path)


def _is_older(stored: StoredObject, since: datetime) -> bool:
    return stored.modified_at < min(since, now()) - _MARGIN


async def bring_back(
    connection: Connection, repository: Repository, file_store: FileStore, *, is_copy: bool
) -> tuple[int, list[str]]:
    """Bring back the files of a restored database to the first place of `file_store`, as its superuser or owner.

    With `is_copy`, they get a place of their own: the database from which it was copied may still run. Returns how
    many were brought back, and a sentence for each that no backup has. Raises Unavailable.
    """
    if await connection.fetchval("select to_regprocedure('private.external_files()') is null"):
        return 0, []  # of an older schema, which has them in the database
    if is_copy:
        await connection.execute("update private.file_place set installation = gen_random_uuid()")
    brought, problems = 0, []
    for content in await list_contents(connection):
        chunks = partial(repository.stream, content.path)
        try:
            brought += await file_store.bring_back(connection, content.org_id, content.digest, content.size, chunks)
        except Damaged as error:
            problems.append(f"A file of the org {content.org_id} is in no backup: {error.message}")
    return brought, problems
