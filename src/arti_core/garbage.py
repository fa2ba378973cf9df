"""Python's search for garbage in cycles, and when it is in the way."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

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
