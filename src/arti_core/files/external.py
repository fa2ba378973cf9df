"""One content of an org in a folder or a bucket, sealed; those of before as they are."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from arti_core.crypto import DataKey
from arti_core.files.sealed_content import (
    FRAME,
    HEADER,
    ContentOpener,
    check_copy,
    frame_offset,
    is_sealed,
    open_chunks,
    seal_content,
    sealed_size,
)
from arti_core.object_store import ObjectNotFound, ObjectStore
from arti_core.sealed_stream import Damaged

_NO_END: Final = 1 << 62


def path_of(installation: UUID, org_id: UUID, sha256: bytes) -> str:
    """Return where a content of an org lies in a folder or a bucket."""
    return f"{installation}/{org_id}/{sha256.hex()}"


@dataclass(frozen=True, slots=True)
class ExternalContent:
    """A content of `size` bytes at its path. `key` is that of the org; None where it has none yet."""

    place: ObjectStore
    path: str
    key: DataKey | None
    org_id: UUID
    sha256: bytes
    size: int

    async def exists(self) -> bool:
        """Return whether there is an object in its size. Raises Unavailable."""
        return await self._find_size() in (self.size, sealed_size(self.size))

    async def is_plain(self) -> bool:
        """Return whether it was stored before files were sealed. Raises Unavailable."""
        return self.size > 0 and await self._find_size() == self.size

    async def is_whole(self) -> bool:
        """Read it to its end. Return whether it is there and is what was stored. Raises Unavailable."""
        digest = hashlib.sha256()
        try:
            if self.key is None:  # a copy of it, for all that can be known
                async for _ in check_copy(self.place.stream(self.path), self.sha256):
                    pass
                return True
            async for piece in self.stream():
                digest.update(piece)
        except (ObjectNotFound, Damaged):
            return False
        return digest.digest() == self.sha256

    async def put(self, key: DataKey, chunks: AsyncIterator[bytes]) -> None:
        """Store it sealed. Raises Unavailable, and what `chunks` raises: then what was there stays."""
        await self.place.put(self.path, seal_content(key, self.org_id, self.sha256, chunks))

    async def stream(self, start: int = 0, stop: int = _NO_END) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` to `stop`, which are certainly those that were stored, also a part alone.

        Of an object from before, this is known at the end only. Raises ObjectNotFound, Damaged, Unavailable.
        """
        opener, at = ContentOpener(self.key, self.org_id, self.sha256, self.size), 0
        if start >= FRAME and await self._find_size() == sealed_size(self.size):
            header = await self.place.read_range(self.path, 0, HEADER)
            if is_sealed(header, self.sha256):
                opener.skip_to(start, header)
                at = start - start % FRAME
        digest = hashlib.sha256()
        chunks = self.place.stream(self.path, frame_offset(start) if at else 0)
        async for content in open_chunks(opener, chunks):
            if not opener.is_sealed:
                digest.update(content)
            piece = content[max(start - at, 0) : max(stop - at, 0)]
            at += len(content)
            if piece:
                yield piece
            if at >= stop and opener.is_sealed:
                return
        if not opener.is_sealed and digest.digest() != self.sha256:
            raise Damaged("A file is not what was stored.")

    async def _find_size(self) -> int | None:
        try:
            return await self.place.size_of(self.path)
        except ObjectNotFound:
            return None
