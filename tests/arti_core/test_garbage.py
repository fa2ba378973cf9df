"""What a process frees while it runs."""

import asyncio
import gc
import weakref

import pytest

from arti_core import garbage
from tests.eventually import eventually


class _Cycle:
    def __init__(self) -> None:
        self.itself = self


async def test_an_old_cycle_is_freed_though_the_collector_seldom_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_RETURN_SECONDS", 0.01)
    thresholds = gc.get_threshold()
    gc.set_threshold(50_000, 50, 100)
    cycle = _Cycle()
    gone = weakref.ref(cycle)
    for generation in (0, 1):
        gc.collect(generation)  # it is among the oldest now
    del cycle
    work = asyncio.create_task(garbage.keep_returning_memory())
    try:

        async def is_gone() -> bool:
            return gone() is None

        assert await eventually(is_gone, seconds=5)
    finally:
        work.cancel()
        gc.set_threshold(*thresholds)
