"""Python's search for garbage in cycles, when it is in the way, and how freed memory goes back to the system."""

import asyncio
import ctypes
import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_RETURN_SECONDS = 30.0
_lock = threading.Lock()
_pauses = 0


@contextmanager
def pause_collection() -> Iterator[None]:
    """Look for no cycles meanwhile: while a million objects are made that stay, that takes a third of the time.

    Objects that no cycle holds are freed as ever. For what ends within seconds; several may be at it at once.
    """
    global _pauses
    with _lock:
        was_enabled = gc.isenabled()
        if was_enabled or _pauses:
            _pauses += 1
            gc.disable()
    try:
        yield
    finally:
        with _lock:
            if _pauses:
                _pauses -= 1
                if not _pauses:
                    gc.enable()


def return_memory() -> None:
    """Give the system what was freed: glibc keeps it for the next objects of the same thread, a heap for each.

    Takes some milliseconds, in which other threads wait that need memory.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # musl and macOS have none
        trim(0)


async def keep_returning_memory() -> None:
    """Free every half minute what cycles hold, and return memory.

    A process whose collector seldom looks at old objects would keep each cycle that survived a request or two. What
    was made at the start is frozen, so a look takes milliseconds.
    """
    while True:
        await asyncio.sleep(_RETURN_SECONDS)
        if gc.isenabled():  # else much is being made at once
            gc.collect()
        await asyncio.to_thread(return_memory)
