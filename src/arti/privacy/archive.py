"""Pack entries into a zip as a stream: neither an entry nor the archive is ever whole in memory."""

from collections.abc import AsyncIterator
from typing import IO, Final, NamedTuple, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from arti_core import clock

PIECE_BYTES: Final = 1024 * 1024


class ArchiveEntry(NamedTuple):
    """A file of the archive, and its bytes."""

    path: str
    content: AsyncIterator[bytes]


class _Pieces:
    """What the zip has written and nobody has taken yet. It cannot seek, so sizes follow the entries."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def write(self, data: bytes) -> int:
        self._buffer += data
        return len(data)

    def flush(self) -> None:
        return

    def take(self, at_least: int = 1) -> bytes:
        if len(self._buffer) < at_least:
            return b""
        taken = bytes(self._buffer)
        self._buffer.clear()
        return taken


async def pack(entries: AsyncIterator[ArchiveEntry]) -> AsyncIterator[bytes]:
    """Yield the zip of `entries` in pieces of about 1 MiB."""
    pieces = _Pieces()
    with ZipFile(cast(IO[bytes], pieces), "w", ZIP_DEFLATED) as archive:
        async for path, content in entries:
            info = ZipInfo(path, clock.now().timetuple()[:6])
            info.compress_type = ZIP_DEFLATED
            with archive.open(info, "w", force_zip64=True) as entry:
                async for part in content:
                    entry.write(part)
                    if piece := pieces.take(PIECE_BYTES):
                        yield piece
    if piece := pieces.take():
        yield piece


async def as_content(text: str) -> AsyncIterator[bytes]:
    """Yield a text that is short enough for memory."""
    yield text.encode()
