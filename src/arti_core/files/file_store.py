"""Files of orgs: a row with digest and size, and the bytes in the database, in a folder or in a bucket.

Outside of the database a file lies under `<installation>/<org>/<digest>`: the same content once for each org. Whoever
writes holds a lock on the content until the row commits, and the sweep takes the same lock, so that no row is without
bytes. Nothing here holds a whole file in memory but `read`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import structlog

from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Misconfigured, NotFound, TooLarge
from arti_core.files import store
from arti_core.object_store import ObjectNotFound, ObjectStore, S3Access, open_object_store
from arti_core.sealed_stream import Damaged

log = structlog.get_logger()

DATABASE: Final = "database"


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


def path_of(installation: UUID, org_id: UUID, sha256: bytes) -> str:
    """Return where a content of an org lies in a folder or a bucket."""
    return f"{installation}/{org_id}/{sha256.hex()}"


class FileStore:
    """Writes files to the first of its places and reads them from each; None is the database, which is always read."""

    def __init__(self, places: Sequence[ObjectStore | None] = (None,)) -> None:
        self.places: tuple[ObjectStore | None, ...] = tuple(places) if None in places else (*places, None)
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
            await store.lock_content(connection, org_id, sha256)
            path = path_of(await self.installation(connection), org_id, sha256)
            await place.put(path, _pieces(source, sha256))
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
            await write_pieces(connection, org_id, id, _pieces(source, sha256))
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
        async for piece in self._stream_from(connection, file, 0):
            digest.update(piece)
            yield piece
        if digest.digest() != file.sha256:
            raise _damaged(file, "are not what was stored")

    async def find_problem(self, connection: Connection, file: StoredFile) -> str | None:
        """Read a file to its end. Returns what is wrong with it: missing, damaged, or None. Raises Unavailable."""
        read = 0
        try:
            async for piece in self.stream(connection, file):
                read += len(piece)
        except Damaged:
            return "damaged" if read else "missing"
        return None

    async def read_range(self, connection: Connection, file: StoredFile, start: int, length: int) -> bytes:
        """Return `length` bytes from `start` on, fewer at the end. No digest tells whether a part is as it was.

        Raises Damaged when the file is not there, Unavailable.
        """
        found = bytearray()
        async for piece in self._stream_from(connection, file, start):
            found += piece
            if len(found) >= length:
                break
        return bytes(found[:length])

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
        first = self.places[0]
        if first is None:
            if file.size == 0 or await store.read_piece(connection, file.org_id, file.id, 0) is not None:
                return False
            await write_pieces(connection, file.org_id, file.id, self.stream(connection, file))
            return True
        await store.lock_content(connection, file.org_id, file.sha256)
        path = path_of(await self.installation(connection), file.org_id, file.sha256)
        if not await _has(first, path, file.size):
            await first.put(path, self.stream(connection, file))
        elif await store.read_piece(connection, file.org_id, file.id, 0) is None:
            return False
        await store.delete_pieces(connection, file.org_id, file.id)
        return True

    async def is_external(self, connection: Connection, file: StoredFile) -> bool:
        """Return whether a folder or a bucket has the file in its size. Raises Unavailable."""
        path = path_of(await self.installation(connection), file.org_id, file.sha256)
        return any([await _has(place, path, file.size) for place in self.places if place is not None])

    async def stream_external(self, installation: UUID, org_id: UUID, sha256: bytes) -> AsyncIterator[bytes]:
        """Yield a content from a folder or a bucket, as backups do. Raises Damaged, Unavailable."""
        for place in self.places:
            if place is None:
                continue
            digest, found = hashlib.sha256(), False
            try:
                async for piece in place.stream(path_of(installation, org_id, sha256)):
                    found = True
                    digest.update(piece)
                    yield piece
            except ObjectNotFound:
                continue
            if digest.digest() == sha256:
                return
            if found:
                raise Damaged(f"A file of the org {org_id} is not what was stored ({sha256.hex()[:12]}).")
        raise Damaged(f"A file of the org {org_id} is missing ({sha256.hex()[:12]}).")

    async def _stream_from(self, connection: Connection, file: StoredFile, start: int) -> AsyncIterator[bytes]:
        if start >= file.size:
            return
        for place in self.places:
            found = False
            try:
                if place is None:
                    pieces = _read_pieces(connection, file, start)
                else:
                    pieces = place.stream(path_of(await self.installation(connection), file.org_id, file.sha256), start)
                async for piece in pieces:
                    found = True
                    yield piece
            except ObjectNotFound:
                continue
            if found:
                return
        raise _damaged(file, "are missing")


def measure(source: BinaryIO) -> tuple[bytes, int]:
    """Return the SHA-256 and the size of what `source` holds, from its beginning."""
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while piece := source.read(store.PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.digest(), size


def open_file_store(urls: str, access: S3Access = S3Access()) -> FileStore:
    """Open the places of ARTI_FILES_URL: `database`, folders and buckets, by commas. Raises Misconfigured."""
    texts = [text.strip() for text in urls.split(",") if text.strip()] or [DATABASE]
    if len(set(texts)) != len(texts):
        raise Misconfigured("ARTI_FILES_URL names a place twice. Name each once; the first is written, each is read.")
    return FileStore([None if text == DATABASE else open_object_store(text, access) for text in texts])


async def _pieces(source: BinaryIO, sha256: bytes) -> AsyncIterator[bytes]:
    """Yield what `source` holds, in pieces of 1 MiB. Raises Conflict unless it still has this digest."""
    digest = hashlib.sha256()
    await asyncio.to_thread(source.seek, 0)
    while piece := await asyncio.to_thread(source.read, store.PIECE_BYTES):
        digest.update(piece)
        yield piece
    if digest.digest() != sha256:
        raise Conflict("The file changed while it was read. Send it again when nothing writes to it.")


async def write_pieces(connection: Connection, org_id: UUID, file_id: UUID, chunks: AsyncIterator[bytes]) -> None:
    """Store a stream in the database, cut into pieces of one size, so that each is found by its number."""
    pending, number = bytearray(), 0
    async for chunk in chunks:
        pending += chunk
        while len(pending) >= store.PIECE_BYTES:
            await store.insert_piece(connection, org_id, file_id, number, bytes(pending[: store.PIECE_BYTES]))
            del pending[: store.PIECE_BYTES]
            number += 1
    if pending:
        await store.insert_piece(connection, org_id, file_id, number, bytes(pending))


async def _read_pieces(connection: Connection, file: StoredFile, start: int) -> AsyncIterator[bytes]:
    number, skipped = divmod(start, store.PIECE_BYTES)
    while (piece := await store.read_piece(connection, file.org_id, file.id, number)) is not None:
        yield piece[skipped:]
        number, skipped = number + 1, 0


async def _has(place: ObjectStore, path: str, size: int) -> bool:
    """Return whether a place has an object in its size. Raises Unavailable."""
    try:
        return await place.size_of(path) == size
    except ObjectNotFound:
        return False


def _damaged(file: StoredFile, what: str) -> Damaged:
    log.error("file damaged", org_id=str(file.org_id), file_id=str(file.id), problem=what)
    return Damaged(f"The bytes of the file {file.name} {what}. Bring it back from a backup, or upload it again.")
