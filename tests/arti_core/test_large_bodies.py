"""Nobody holds all large bodies of a process: slots go to the org and caller with fewest, and slow bodies give way."""

import asyncio
from contextlib import suppress

import pytest
from starlette.types import Message, Scope

from arti_core import large_bodies
from arti_core.errors import Unavailable
from arti_core.large_bodies import LargeBodySlots
from arti_core.request_body import BoundedBody

MIB = 1024 * 1024
CHUNKED: Scope = {"headers": [(b"transfer-encoding", b"chunked")], "client": ("192.0.2.1", 1)}


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_bodies, "_PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(large_bodies, "_WAIT_SECONDS", 1.0)


def make_body(slots: LargeBodySlots, caller: str, *, part_bytes: int, pause: float) -> BoundedBody:
    """Return a body that never ends: `part_bytes` after each `pause`."""

    async def receive() -> Message:
        await asyncio.sleep(pause)
        return {"type": "http.request", "body": b"a" * part_bytes, "more_body": True}

    body = BoundedBody(CHUNKED, receive, slots, 1024 * MIB)
    body.allow(1024 * MIB, caller=caller)
    return body


async def send_without_end(body: BoundedBody, given_up: list[str], name: str) -> None:
    try:
        with suppress(Unavailable):
            while True:
                await body.receive()
        given_up.append(name)
    finally:
        body.release()


@pytest.mark.parametrize("hostile", [2, 3, 8], ids="{} hostile callers".format)
async def test_slow_bodies_of_some_callers_do_not_keep_out_another(hostile: int) -> None:
    slots = LargeBodySlots()
    given_up: list[str] = []
    tasks = [
        asyncio.create_task(
            send_without_end(
                make_body(slots, f"hostile {number % hostile}", part_bytes=1000, pause=0.01), given_up, "hostile"
            )
        )
        for number in range(24)
    ]
    await asyncio.sleep(0.1)
    fast = make_body(slots, "somebody", part_bytes=256 * 1024, pause=0.01)
    for _ in range(20):  # 5 MiB at 25 MiB a second
        await fast.receive()
    fast.release()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert "hostile" in given_up
    assert not slots._slots


async def test_a_body_that_waits_for_its_next_part_gives_way_at_once() -> None:
    slots = LargeBodySlots(total=1)
    given_up: list[str] = []
    stalled = asyncio.create_task(
        send_without_end(make_body(slots, "slow", part_bytes=1, pause=5), given_up, "slow"),
    )
    await asyncio.sleep(0.1)
    slot = await slots.acquire("somebody")
    await stalled
    assert given_up == ["slow"]
    slots.release(slot)


async def test_bodies_that_arrive_fast_enough_end_on_their_own() -> None:
    slots = LargeBodySlots(total=2)
    given_up: list[str] = []
    tasks = [
        asyncio.create_task(
            send_without_end(make_body(slots, name, part_bytes=128 * 1024, pause=0.01), given_up, name),
        )
        for name in ("a", "b")
    ]
    await asyncio.sleep(0.2)
    with pytest.raises(Unavailable, match="one after another"):
        await slots.acquire("c")
    assert given_up == []
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_body_that_is_complete_and_worked_on_keeps_its_slot() -> None:
    slots = LargeBodySlots(total=1)
    slot = await slots.acquire("a")
    slot.is_complete = True
    with pytest.raises(Unavailable):
        await slots.acquire("b")
    assert not slot.must_end


async def test_a_caller_has_few_slots_and_its_own_bodies_wait_for_each_other() -> None:
    slots = LargeBodySlots(total=3, per_caller=2)
    first, second = await slots.acquire("a"), await slots.acquire("a")
    with pytest.raises(Unavailable, match="one after another"):
        await slots.acquire("a")
    assert not first.must_end
    assert not second.must_end


async def test_an_org_of_many_members_leaves_slots_whatever_it_does() -> None:
    slots = LargeBodySlots()
    members = [asyncio.create_task(slots.acquire(f"member {number}", "large org")) for number in range(24)]
    await asyncio.sleep(0)
    held = [task.result() for task in members if task.done()]
    for slot in held:
        slot.is_complete = True  # and is worked on, for as long as that takes
    assert len(held) == 6
    assert not (await slots.acquire("somebody", "another org")).must_end
    slots.release(held[0])
    third = asyncio.create_task(slots.acquire("somebody", "a third org"))
    slots.release(held[1])
    assert (await third).sender.org == "a third org"
    for task in members:
        task.cancel()
    await asyncio.gather(*members, return_exceptions=True)


async def test_members_of_an_org_that_has_its_share_do_not_keep_out_a_colleague() -> None:
    slots = LargeBodySlots()
    given_up: list[str] = []
    bodies = [make_body(slots, f"slow {number % 2}", part_bytes=1000, pause=0.01) for number in range(8)]
    for body in bodies:
        body.allow(1024 * MIB, caller=body._caller, org="one org")
    tasks = [asyncio.create_task(send_without_end(body, given_up, "slow")) for body in bodies]
    await asyncio.sleep(0.1)
    slots.release(await slots.acquire("colleague", "one org"))
    assert given_up == ["slow"]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_free_slot_goes_to_who_holds_fewest_and_a_waiter_that_left_takes_none() -> None:
    slots = LargeBodySlots(total=2, per_caller=2)
    held = [await slots.acquire("a"), await slots.acquire("b")]
    for slot in held:
        slot.is_complete = True
    waiting = {name: asyncio.create_task(slots.acquire(name)) for name in ("a", "gone", "c")}
    await asyncio.sleep(0)
    waiting["gone"].cancel()
    await asyncio.sleep(0)
    slots.release(held[1])
    assert (await waiting["c"]).sender.caller == "c"
    assert not waiting["a"].done()
    slots.release(held[0])
    assert (await waiting["a"]).sender.caller == "a"
