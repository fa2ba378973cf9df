"""Files of orgs: a row with digest and size, and the bytes in the database, in a folder or in a bucket.

Outside of the database a file lies under `<installation>/<org>/<digest>`, sealed with the key of its org, which goes
with it: the same content once for each org. Whoever writes holds a lock on the content until the row commits, and the
sweep takes the same lock, so that no row is without bytes. Nothing here holds a whole file in memory but `read`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import structlog

from arti_core.crypto import Vault
from arti_core.database import Connection, Row
from arti_core.errors import Misconfigured, NotFound, TooLarge
from arti_core.files import store
from arti_core.files.external import ExternalContent, path_of
from arti_core.files.file_keys import FileKeys
from arti_core.files.pieces import measure, read_pieces, read_source, write_pieces, write_to_rows
from arti_core.files.sealed_content import ContentOpener, check_copy, open_chunks
from arti_core.object_store import ObjectNotFound, ObjectStore, S3Access, open_object_store
from arti_core.sealed_stream import Damaged

log = structlog.get_logger()

DATABASE: Final = "database"


class FileMissing(Damaged):
    """No place has the bytes of a file."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as its row has it. `size` in bytes; `artist_id` is None for a file of the org itself."""

    org_id: UUID
    id: UUID
    kind: str
    artist_id: UUID | None
    name: str
    media_type: str
    size: int
    sha256: bytes
    created_by: UUID | None
    created_at: datetime
    problem: str | None = None


def read_row(org_id: UUID, row: Row) -> StoredFile:
    values = {name: row[name] for name in ("id", "kind", "artist_id", "name", "media_type", "sha256", "problem")}
    return StoredFile(
        org_id=org_id, size=row["byte_size"], created_by=row["created_by"], created_at=row["created_at"], **values
    )


class FileStore:
    """Writes files to the first of its places and reads them from each; None is the database, which is always read."""

    def __init__(self, places: Sequence[ObjectStore | None] = (None,), vault: Vault | None = None) -> None:
        """Without `vault`, nothing outside of the database is written or opened, only copied as it is."""
        self.places: tuple[ObjectStore | None, ...] = tuple(places) if None in places else (*places, None)
        self._keys = FileKeys(vault)
        self._installation: UUID | None = None

    async def installation(self, connection: Connection) -> UUID:
        """Return under which name the files of this database lie outside of it."""
        if self._installation is None:
            self._installation = await store.read_installation(connection)
        return self._installation

    async def add(
        self,
        connection: Connection,
        org_id: UUID,
        source: BinaryIO,
        *,
        kind: str,
        name: str,
        media_type: str = "application/octet-stream",
        artist_id: UUID | None = None,
        created_by: UUID | None = None,
    ) -> UUID:
        """Store what `source`, a file that can be read twice, holds. Returns the id of its row.

        Raises Conflict when it changes meanwhile, Unavailable.
        """
        sha256, size = await asyncio.to_thread(measure, source)
        place = self.places[0]
        if place is not None:
            key = await self._keys.get(connection, org_id)  # before the lock: whoever waits for a new key holds none
            await store.lock_content(connection, org_id, sha256)
            external = await self._external(connection, place, org_id, sha256, size)
            await external.put(key, read_source(source, sha256))
        id = await store.insert_file(
            connection,
            org_id,
            kind=kind,
            artist_id=artist_id,
            name=name[:1000] or "file",
            media_type=media_type,
            byte_size=size,
            sha256=sha256,
            created_by=created_by,
        )
        if place is None:
            await write_pieces(connection, org_id, id, read_source(source, sha256))
        return id

    async def find(self, connection: Connection, org_id: UUID, file_id: UUID) -> StoredFile:
        """Raises NotFound."""
        row = await store.find_file(connection, org_id, file_id)
        if row is None:
            raise NotFound("file")
        return read_row(org_id, row)

    async def stream(self, connection: Connection, file: StoredFile) -> AsyncIterator[bytes]:
        """Yield the bytes of a file in pieces. At their end they are certainly those that were stored.

        Raises Damaged when they are not, or not there; Unavailable.
        """
        digest = hashlib.sha256()
        async for piece in self._stream(connection, file, 0, file.size):
            digest.update(piece)
            yield piece
        if digest.digest() != file.sha256:
            raise _damaged(file, "are not what was stored")

    async def find_problem(self, connection: Connection, file: StoredFile) -> str | None:
        """Read a file to its end. Returns what is wrong with it: missing, damaged, or None. Raises Unavailable."""
        await store.allow_long_transfer(connection)
        try:
            async for _ in self.stream(connection, file):
                pass
        except FileMissing:
            return "missing"
        except Damaged:
            return "damaged"
        return None

    async def read_range(self, connection: Connection, file: StoredFile, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on, fewer at the end. Raises Damaged, Unavailable."""
        return b"".join([piece async for piece in self._stream(connection, file, start, start + length)])

    async def copy_to(self, connection: Connection, file: StoredFile, target: BinaryIO) -> None:
        """Write a file to `target`, as for a program that wants to seek. Raises Damaged, Unavailable."""
        async for piece in self.stream(connection, file):
            await asyncio.to_thread(target.write, piece)

    async def read(self, connection: Connection, file: StoredFile, *, at_most: int) -> bytes:
        """Return a small file. Raises TooLarge, Damaged, Unavailable."""
        if file.size > at_most:
            raise TooLarge(f"{file.name} has {file.size:,} bytes, and {at_most:,} are read at once.")
        return b"".join([piece async for piece in self.stream(connection, file)])

    async def delete(self, connection: Connection, org_id: UUID, file_id: UUID) -> None:
        """Delete a file. What lies outside of the database is swept within the hour. Raises NotFound."""
        if not await store.delete_file(connection, org_id, file_id):
            raise NotFound("file")

    async def move(self, connection: Connection, file: StoredFile) -> bool:
        """Bring the bytes of a file to the first place. Returns whether they were elsewhere. Raises like `stream`.

        What lay in a folder or a bucket stays there, for backups under way and other files of the same content.
        """
        await store.allow_long_transfer(connection)
        first = self.places[0]
        if first is None:
            if file.size == 0 or await store.read_piece(connection, file.org_id, file.id, 0) is not None:
                return False
            await write_pieces(connection, file.org_id, file.id, self.stream(connection, file))
            return True
        key = await self._keys.get(connection, file.org_id)
        await store.lock_content(connection, file.org_id, file.sha256)
        external = await self._external(connection, first, file.org_id, file.sha256, file.size)
        is_inside = await store.read_piece(connection, file.org_id, file.id, 0) is not None
        if not is_inside and await external.exists() and not await external.is_plain():
            return False
        pieces = (
            read_pieces(connection, file.org_id, file.id, 0, file.size) if is_inside else self.stream(connection, file)
        )
        await external.put(key, check_copy(pieces, file.sha256))
        await store.delete_pieces(connection, file.org_id, file.id)
        return True

    async def seal_older(self, connection: Connection, file: StoredFile) -> int:
        """Seal a file wherever it was stored before files were sealed. Returns in how many places. Raises as `move`."""
        await store.allow_long_transfer(connection)
        sealed = 0
        for place in self.places:
            if place is None:
                continue
            external = await self._external(connection, place, file.org_id, file.sha256, file.size)
            if await external.is_plain():
                key = await self._keys.get(connection, file.org_id)
                await store.lock_content(connection, file.org_id, file.sha256)
                await external.put(key, self.stream(connection, file))
                sealed += 1
        return sealed

    async def is_external(self, connection: Connection, file: StoredFile) -> bool:
        """Return whether a folder or a bucket has the file in its size. Raises Unavailable."""
        for place in self.places:
            if place is not None:
                external = await self._external(connection, place, file.org_id, file.sha256, file.size)
                if await external.exists():
                    return True
        return False

    async def bring_back(
        self, connection: Connection, org_id: UUID, sha256: bytes, size: int, chunks: Callable[[], AsyncIterator[bytes]]
    ) -> bool:
        """Store what `stream_external` has once read in the first place, as the restored database's owner.

        Returns whether it was not there. Raises Damaged, Unavailable.
        """
        place = self.places[0]
        try:
            key = await (self._keys.find if place is None else self._keys.get)(connection, org_id)
        except Misconfigured:
            key = None  # with another master key, or none: it is brought back as it is
        content = open_chunks(ContentOpener(key, org_id, sha256, size), chunks())
        if place is None:
            await write_to_rows(connection, org_id, sha256, content)
            return True
        path = path_of(await self.installation(connection), org_id, sha256)
        external = ExternalContent(place, path, key, org_id, sha256, size)
        if await external.is_whole():
            return False
        if key is None:
            await place.put(path, check_copy(chunks(), sha256))
        else:
            await external.put(key, check_copy(content, sha256))
        return True

    async def stream_external(self, installation: UUID, org_id: UUID, sha256: bytes) -> AsyncIterator[bytes]:
        """Yield a content as it lies in a folder or a bucket, for backups. Raises Damaged, Unavailable."""
        for place in self.places:
            if place is None:
                continue
            try:
                async for piece in check_copy(place.stream(path_of(installation, org_id, sha256)), sha256):
                    yield piece
            except ObjectNotFound:
                continue
            return
        raise Damaged(f"A file of the org {org_id} is missing ({sha256.hex()[:12]}).")

    async def _external(
        self, connection: Connection, place: ObjectStore, org_id: UUID, sha256: bytes, size: int
    ) -> ExternalContent:
        path = path_of(await self.installation(connection), org_id, sha256)
        return ExternalContent(place, path, await self._keys.find(connection, org_id), org_id, sha256, size)

    async def _stream(self, connection: Connection, file: StoredFile, start: int, stop: int) -> AsyncIterator[bytes]:
        if start >= min(file.size, stop):
            return
        is_damaged = False
        for place in self.places:
            found = False
            try:
                if place is None:
                    pieces = read_pieces(connection, file.org_id, file.id, start, stop)
                else:
                    external = await self._external(connection, place, file.org_id, file.sha256, file.size)
                    pieces = external.stream(start, stop)
                async for piece in pieces:
                    found = True
                    yield piece
            except ObjectNotFound:
                continue
            except Damaged:
                is_damaged = True
                if found:
                    break
                continue  # of another key, as what a restored database never had: another place may have it
            if found:
                return
        if is_damaged:
            raise _damaged(file, "are not what was stored")
        raise _damaged(file, "are missing", FileMissing)


def open_file_store(urls: str, access: S3Access = S3Access(), vault: Vault | None = None) -> FileStore:
    """Open the places of ARTI_FILES_URL: `database`, folders and buckets, by commas. Raises Misconfigured."""
    texts = [text.strip() for text in urls.split(",") if text.strip()] or [DATABASE]
    if len(set(texts)) != len(texts):
        raise Misconfigured("ARTI_FILES_URL names a place twice. Name each once; the first is written, each is read.")
    return FileStore([None if text == DATABASE else open_object_store(text, access) for text in texts], vault)


def _damaged(file: StoredFile, what: str, kind: type[Damaged] = Damaged) -> Damaged:
    log.error("file damaged", org_id=str(file.org_id), file_id=str(file.id), problem=what)
    return kind(f"The bytes of the file {file.name} {what}. Bring it back from a backup, or upload it again.")
