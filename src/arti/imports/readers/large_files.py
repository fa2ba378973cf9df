"""Large files are read few at a time: each takes a second of the processor, and memory of twenty times its size.

Who waits holds a database connection, so few may wait; whoever comes then is told when to come again.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request

from arti.imports.store import find_byte_size
from arti_core.errors import Unavailable
from arti_core.request_body import body_of

_LARGE_BYTES: Final = 256 * 1024
_AT_ONCE, _WAITING, _WAIT_SECONDS = 2, 8, 30.0


class ReadingSlots:
    """How many large files a process reads at once, and how many requests wait for that."""

    def __init__(self, *, at_once: int = _AT_ONCE, waiting: int = _WAITING, seconds: float = _WAIT_SECONDS) -> None:
        self._free = asyncio.Semaphore(at_once)
        self._most_waiting, self._waiting, self._seconds = waiting, 0, seconds

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Hold a slot. Raises Unavailable when too many wait, or none is free in time."""
        busy = Unavailable(
            "Several large files are being read. Send this one again in a moment.", retry_after_seconds=10
        )
        if self._waiting >= self._most_waiting:
            raise busy
        self._waiting += 1
        try:
            async with asyncio.timeout(self._seconds):
                await self._free.acquire()
        except TimeoutError:
            raise busy from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()


async def _hold_slot(request: Request) -> AsyncIterator[None]:
    """Hold a slot while the endpoint runs, for a large file that is sent or stored. Comes after the Access."""
    if await _is_large(request):
        state = request.app.state
        if getattr(state, "reading_slots", None) is None:
            state.reading_slots = ReadingSlots()
        async with state.reading_slots.hold():
            yield
    else:
        yield


ReadsFile = Annotated[None, Depends(_hold_slot, scope="function")]


async def _is_large(request: Request) -> bool:
    body, access = body_of(request.scope), request.state.access
    if "import_id" not in request.path_params:  # an upload; a zip may be larger than it looks, and is bounded itself
        return body.is_chunked or body.length > _LARGE_BYTES
    try:
        import_id = UUID(request.path_params["import_id"])
    except ValueError:
        return False  # the endpoint's own parameter refuses it
    size = await find_byte_size(access.connection, access.org_id, import_id)
    return size is not None and size > _LARGE_BYTES
