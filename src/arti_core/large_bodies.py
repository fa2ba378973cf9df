"""Share the few large bodies that a process holds at once between callers, so that no two of them keep out a third.

A freed slot goes to the waiting caller who holds fewest. Whoever has waited a moment takes the slot of a body that is
still arriving: one of a caller who holds more, else the slowest below a minimum rate.
"""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from arti_core.errors import Unavailable

# Large bodies that a process holds at once, and that one caller may have among them.
_TOTAL: Final = 8
_PER_CALLER: Final = 4
_WAIT_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 2.0
# While others wait, a body arrives at this rate at least; a file of 20 MiB is through before their wait ends.
_CONTESTED_BYTES_PER_SECOND: Final = 1024 * 1024
_RETRY_SECONDS: Final = 10


@dataclass(eq=False, slots=True)
class Slot:
    """One large body that arrives, or has arrived and is worked on."""

    caller: str
    since: float
    received: int = 0
    is_complete: bool = False
    must_end: bool = False
    deadline: asyncio.Timeout | None = None  # of the part that is awaited now

    def end(self) -> None:
        """Make the body end with the next part, or at once where one is awaited."""
        self.must_end = True
        if self.deadline is not None and not self.deadline.expired():
            self.deadline.reschedule(0)

    def check(self) -> None:
        """Raise Unavailable when the body must end."""
        if self.must_end:
            raise Unavailable(
                "Others wait to send, and this body arrives more slowly than theirs could. Send it again in a moment.",
                retry_after_seconds=_RETRY_SECONDS,
            )


class LargeBodySlots:
    """The slots of one process."""

    def __init__(self, total: int = _TOTAL, per_caller: int = _PER_CALLER) -> None:
        self._total, self._per_caller = total, per_caller
        self._slots: set[Slot] = set()
        self._held: Counter[str] = Counter()
        self._waiting: list[tuple[str, asyncio.Future[Slot]]] = []

    async def acquire(self, caller: str) -> Slot:
        """Wait for a slot. Raises Unavailable when there is none within 30 s."""
        granted: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        self._waiting.append((caller, granted))
        self._grant()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WAIT_SECONDS):
                    while not granted.done():
                        await asyncio.wait([granted], timeout=_PATIENCE_SECONDS)
                        if not granted.done():
                            self._end_another(caller)
        except asyncio.CancelledError:
            if granted.done():
                self.release(granted.result())
            raise
        finally:
            self._waiting = [waiter for waiter in self._waiting if waiter[1] is not granted]
        if not granted.done():
            raise Unavailable(
                "Too many large requests arrive at once. Send them one after another, or try again in a moment.",
                retry_after_seconds=_RETRY_SECONDS,
            )
        return granted.result()

    def release(self, slot: Slot) -> None:
        self._slots.discard(slot)
        self._held[slot.caller] -= 1
        if not self._held[slot.caller]:
            del self._held[slot.caller]
        self._grant()

    def _grant(self) -> None:
        """Give free slots to the callers who hold fewest, of them to who has waited longest."""
        while len(self._slots) < self._total:
            allowed = [waiter for waiter in self._waiting if self._held[waiter[0]] < self._per_caller]
            if not allowed:
                return
            caller, granted = waiter = min(allowed, key=lambda waiter: self._held[waiter[0]])
            self._waiting.remove(waiter)
            slot = Slot(caller, asyncio.get_running_loop().time())
            self._slots.add(slot)
            self._held[caller] += 1
            granted.set_result(slot)

    def _end_another(self, caller: str) -> None:
        """End a body that holds up `caller`, unless the caller's own bodies do or one is about to end."""
        if len(self._slots) < self._total or any(slot.must_end for slot in self._slots):
            return
        now = asyncio.get_running_loop().time()
        arriving = [slot for slot in self._slots if not slot.is_complete and now - slot.since > _PATIENCE_SECONDS]
        if not arriving:
            return
        rates = {slot: slot.received / (now - slot.since) for slot in arriving}
        slot = max(arriving, key=lambda slot: (self._held[slot.caller], -rates[slot]))
        has_more = self._held[slot.caller] > self._held[caller] + 1
        is_slow = rates[slot] < _CONTESTED_BYTES_PER_SECOND
        if has_more or (is_slow and not self._held[caller]):
            slot.end()
