"""What a file looks like in a folder or a bucket: sealed with the key of its org, in parts that can be read alone.

Format: `ARTIFIL1`, the SHA-256 of the content (32 bytes), a salt (32 bytes); frames of 1 MiB of the content, each
AES-256-GCM under a key derived from the org's key and the salt; then the SHA-256 of all before, by which a copy is
checked without a key. A frame's nonce is its number and whether it is the last; its additional data is the org and the
digest. So no frame can be changed, left out, exchanged, or taken from another file or org.

Files from before they were sealed are their bytes as they are. They are told apart by the beginning: nobody can make a
content that begins with its own digest.
"""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from arti_core.crypto import DataKey
from arti_core.sealed_stream import Damaged

_MAGIC: Final = b"ARTIFIL1"
_DIGEST: Final = 32
_SALT: Final = 32
HEADER: Final = len(_MAGIC) + _DIGEST + _SALT
FRAME: Final = 1024 * 1024
_TAG: Final = 16


def sealed_size(size: int) -> int:
    """Return the bytes of the object that holds `size` bytes of content."""
    return HEADER + size + _frames(size) * _TAG + _DIGEST


def is_sealed(beginning: bytes, sha256: bytes) -> bool:
    """Return whether an object that begins like this holds the content of this digest, sealed."""
    return beginning.startswith(_MAGIC + sha256)


async def seal_content(key: DataKey, org_id: UUID, sha256: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the object of a content. Raises what `chunks` raises."""
    salt = os.urandom(_SALT)
    cipher, associated = key.derive(salt), _associated(org_id, sha256)
    header = _MAGIC + sha256 + salt
    digest, pending, number = hashlib.sha256(header), bytearray(), 0

    def frame(content: bytes, *, last: bool) -> bytes:
        sealed = cipher.encrypt(_nonce(number, last=last), content, associated)
        digest.update(sealed)
        return sealed

    yield header
    async for chunk in chunks:
        pending += chunk
        while len(pending) > FRAME:  # never all: the last frame is marked
            yield await asyncio.to_thread(frame, bytes(pending[:FRAME]), last=False)
            del pending[:FRAME]
            number += 1
    yield await asyncio.to_thread(frame, bytes(pending), last=True)
    yield digest.digest()


class ContentOpener:
    """Opens an object, sealed or not, that holds `size` bytes of content: `update` and `finish` return content.

    Raises Damaged when a bit of a sealed one differs, its end is missing, or the key is not the one that sealed it.
    """

    def __init__(self, key: DataKey | None, org_id: UUID, sha256: bytes, size: int) -> None:
        self._key, self._org_id, self._sha256, self._size = key, org_id, sha256, size
        self._pending, self._number, self._frames = bytearray(), 0, _frames(size)
        self._cipher: AESGCM | None = None
        self.is_sealed: bool | None = None  # None as long as too little of it is known

    def skip_to(self, start: int, header: bytes) -> None:
        """Go on with the frame of the byte `start`, of a sealed object with these first HEADER bytes."""
        self._begin(header)
        self._number = start // FRAME

    def update(self, data: bytes) -> bytes:
        if self.is_sealed is False:
            return data
        self._pending += data
        if self.is_sealed is None:
            if len(self._pending) < HEADER:
                return b""
            if not is_sealed(bytes(self._pending[:HEADER]), self._sha256):
                return self._plain()
            self._begin(bytes(self._pending[:HEADER]))
            del self._pending[:HEADER]
        return self._open_frames()

    def finish(self) -> bytes:
        """Return the rest of what was no sealed object."""
        if self.is_sealed is None:
            return self._plain()
        if self.is_sealed and not self.is_done:
            raise Damaged("The end of a sealed file is missing.")
        return b""

    @property
    def is_done(self) -> bool:
        return bool(self.is_sealed) and self._number >= self._frames

    def _begin(self, header: bytes) -> None:
        if self._key is None:
            raise Damaged("A file is sealed with a key that is not there.")
        self.is_sealed, self._cipher = True, self._key.derive(header[-_SALT:])

    def _plain(self) -> bytes:
        self.is_sealed, content = False, bytes(self._pending)
        self._pending.clear()
        return content

    def _open_frames(self) -> bytes:
        out, associated = bytearray(), _associated(self._org_id, self._sha256)
        while self._cipher is not None and self._number < self._frames:
            length = min(FRAME, self._size - self._number * FRAME) + _TAG
            if len(self._pending) < length:
                break
            nonce = _nonce(self._number, last=self._number == self._frames - 1)
            try:
                out += self._cipher.decrypt(nonce, bytes(self._pending[:length]), associated)
            except InvalidTag:
                raise Damaged("A sealed file is not what was stored.") from None
            del self._pending[:length]
            self._number += 1
        return bytes(out)


def frame_offset(start: int) -> int:
    """Return where in an object the frame begins that holds the byte `start` of its content."""
    return HEADER + start // FRAME * (FRAME + _TAG)


async def check_copy(chunks: AsyncIterator[bytes], sha256: bytes) -> AsyncIterator[bytes]:
    """Yield an object, sealed or not, as it is. Raises Damaged at its end unless it is a copy of what was stored.

    No key is needed, so a copy that somebody made on purpose is not noticed: reading it with the key does.
    """
    beginning, end, digest = b"", b"", hashlib.sha256()
    async for chunk in chunks:
        yield chunk
        beginning += chunk[: HEADER - len(beginning)]
        held = end + chunk
        digest.update(held[:-_DIGEST])
        end = held[-_DIGEST:]
    if is_sealed(beginning, sha256):
        is_whole = digest.digest() == end
    else:
        digest.update(end)
        is_whole = digest.digest() == sha256
    if not is_whole:
        raise Damaged(f"A file is not what was stored ({sha256.hex()[:12]}).")


async def open_chunks(opener: ContentOpener, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the content of an object whose bytes are `chunks`. Raises what `opener` and `chunks` raise."""
    async for chunk in chunks:
        for at in range(0, len(chunk), FRAME):
            if not opener.is_done and (content := opener.update(chunk[at : at + FRAME])):
                yield content
    if content := opener.finish():
        yield content


def _frames(size: int) -> int:
    return max(1, -(-size // FRAME))


def _associated(org_id: UUID, sha256: bytes) -> bytes:
    return f"{org_id}|{sha256.hex()}".encode()


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])
