"""Share the few large bodies that a process holds at once between orgs and callers, so that none keeps out another.

An org never has all slots, whatever it does with them. A freed one goes to the waiting org that holds fewest, and there
to the caller who does. Whoever has waited a moment takes the slot of a body that is still arriving: one of an org or a
caller with more, else the slowest below a minimum rate.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from arti_core.errors import Unavailable

# Large bodies that a process holds at once, and that one org and one caller may have among them.
_TOTAL: Final = 8
_PER_ORG: Final = 6
_PER_CALLER: Final = 4
_WAIT_SECONDS: Final = 30.0
_PATIENCE_SECONDS: Final = 2.0
# While others wait, a body arrives at this rate at least; a file of 20 MiB is through before their wait ends.
_CONTESTED_BYTES_PER_SECOND: Final = 1024 * 1024
_RETRY_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a body, and for which org; without one the caller is an org of its own."""

    caller: str
    org: str


@dataclass(eq=False, slots=True)
class Slot:
    """One large body that arrives, or has arrived and is worked on."""

    sender: Sender
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

    def __init__(self, total: int = _TOTAL, per_org: int = _PER_ORG, per_caller: int = _PER_CALLER) -> None:
        self._total, self._per_org, self._per_caller = total, per_org, per_caller
        self._slots: set[Slot] = set()
        self._waiting: list[tuple[Sender, asyncio.Future[Slot]]] = []

    async def acquire(self, caller: str, org: str = "") -> Slot:
        """Wait for a slot. Raises Unavailable when there is none within 30 s."""
        granted: asyncio.Future[Slot] = asyncio.get_running_loop().create_future()
        sender = Sender(caller, org or caller)
        self._waiting.append((sender, granted))
        self._grant()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WAIT_SECONDS):
                    while not granted.done():
                        await asyncio.wait([granted], timeout=_PATIENCE_SECONDS)
                        if not granted.done():
                            self._end_another(sender)
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
        self._grant()

    def _grant(self) -> None:
        """Give free slots to the orgs and callers who hold fewest, of them to who has waited longest."""
        while len(self._slots) < self._total:
            held = {waiter: self._held(waiter[0]) for waiter in self._waiting}
            allowed = [waiter for waiter, (org, own) in held.items() if org < self._per_org and own < self._per_caller]
            if not allowed:
                return
            sender, granted = waiter = min(allowed, key=lambda waiter: held[waiter])
            self._waiting.remove(waiter)
            slot = Slot(sender, asyncio.get_running_loop().time())
            self._slots.add(slot)
            granted.set_result(slot)

    def _held(self, sender: Sender) -> tuple[int, int]:
        """Return how many slots the sender's org has, and how many of them the sender."""
        of_org = [slot.sender for slot in self._slots if slot.sender.org == sender.org]
        return len(of_org), of_org.count(sender)

    def _end_another(self, sender: Sender) -> None:
        """End a body that holds up `sender`, unless the sender's own bodies do or one is about to end."""
        if any(slot.must_end for slot in self._slots):
            return
        of_org, own = self._held(sender)
        is_org_full = of_org >= self._per_org
        if len(self._slots) < self._total and not is_org_full:
            return
        now = asyncio.get_running_loop().time()
        rates = {
            slot: slot.received / (now - slot.since)
            for slot in self._slots
            if not slot.is_complete
            and now - slot.since > _PATIENCE_SECONDS
            and (slot.sender.org == sender.org or not is_org_full)
        }
        if not rates:
            return
        slot = max(rates, key=lambda slot: (*self._held(slot.sender), -rates[slot]))
        level = int(slot.sender.org == sender.org)  # orgs are compared, or callers of one org
        has, rival_has = (of_org, own)[level], self._held(slot.sender)[level]
        is_slow = rates[slot] < _CONTESTED_BYTES_PER_SECOND
        if rival_has > has + 1 or (is_slow and not has):
            slot.end()
