"""Read a tar archive from a stream in a thread, so that fetching, opening and writing go on at the same time."""

import asyncio
import tarfile
from collections.abc import AsyncIterator, Callable
from queue import Queue
from threading import Thread
from typing import IO, cast

from arti_core.errors import Unavailable

_WAITING = 8


async def read_tar(chunks: AsyncIterator[bytes], use: Callable[[tarfile.TarFile], None]) -> None:
    """Call `use` in a thread with the archive. Raises what it raises, and what `chunks` raises.

    The stream is read to its end even if `use` stops earlier: only there it is known to be whole.
    """
    pieces: Queue[bytes | None] = Queue(maxsize=_WAITING)
    errors: list[BaseException] = []

    def read() -> None:
        source = _Pieces(pieces)
        try:
            with tarfile.open(fileobj=cast(IO[bytes], source), mode="r|", bufsize=1024 * 1024) as tar:
                use(tar)
        except BaseException as error:
            errors.append(error)
        source.drain()

    thread = Thread(target=read, daemon=True)
    thread.start()
    try:
        async for chunk in chunks:
            await asyncio.to_thread(pieces.put, chunk)
    finally:
        await asyncio.to_thread(pieces.put, None)
        await asyncio.to_thread(thread.join)
    if errors:
        error = errors[0]
        if isinstance(error, OSError):
            raise Unavailable(
                f"The backup cannot be unpacked ({error.strerror}). Check the space that is left."
            ) from error
        raise error


class _Pieces:
    """A file to read from, filled by another thread; None ends it."""

    def __init__(self, pieces: "Queue[bytes | None]") -> None:
        self._pieces = pieces
        self._rest = bytearray()
        self._ended = False

    def read(self, size: int = 0, /) -> bytes:
        while len(self._rest) < size and not self._ended:
            self._take()
        data = bytes(self._rest[:size])
        del self._rest[:size]
        return data

    def drain(self) -> None:
        """Take what is left, so that the other thread never waits."""
        while not self._ended:
            self._rest.clear()
            self._take()

    def _take(self) -> None:
        piece = self._pieces.get()
        if piece is None:
            self._ended = True
        else:
            self._rest += piece
