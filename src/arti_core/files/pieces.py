"""The bytes of a file in pieces: read from what is handed in, written to the database and read from it."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import BinaryIO
from uuid import UUID

from arti_core.database import Connection
from arti_core.errors import Conflict
from arti_core.files import store
from arti_core.files.sealed_content import check_copy


def measure(source: BinaryIO) -> tuple[bytes, int]:
    """Return the SHA-256 and the size of what `source` holds, from its beginning."""
    digest, size = hashlib.sha256(), 0
    source.seek(0)
    while piece := source.read(store.PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
    return digest.digest(), size


async def read_source(source: BinaryIO, sha256: bytes) -> AsyncIterator[bytes]:
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


async def write_to_rows(connection: Connection, org_id: UUID, sha256: bytes, chunks: AsyncIterator[bytes]) -> None:
    """Store a content for each row that has it. Raises Damaged at the end of another one: then nothing is stored."""
    async with connection.transaction():
        first, *others = await store.list_ids_of_content(connection, org_id, sha256)
        await write_pieces(connection, org_id, first, check_copy(chunks, sha256))
        for file_id in others:
            await store.copy_pieces(connection, org_id, first, file_id)


async def read_pieces(
    connection: Connection, org_id: UUID, file_id: UUID, start: int, stop: int
) -> AsyncIterator[bytes]:
    """Yield what the database has of the bytes from `start` to `stop`."""
    number, skipped = divmod(start, store.PIECE_BYTES)
    while number * store.PIECE_BYTES < stop:
        piece = await store.read_piece(connection, org_id, file_id, number)
        if piece is None:
            return
        yield piece[skipped : stop - number * store.PIECE_BYTES]
        number, skipped = number + 1, 0
