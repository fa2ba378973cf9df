"""One of several processes makes a result; the others take it from Redis, or make their own without Redis."""

import asyncio
from uuid import uuid4

from arti_core.shared_results import share_result


class Maker:
    """Counts how often a result is made, each with a number of its own."""

    def __init__(self, seconds: float = 0.3) -> None:
        self.count = 0
        self._seconds = seconds

    async def make(self) -> bytes:
        self.count += 1
        made = f"result {self.count}".encode()
        await asyncio.sleep(self._seconds)
        return made

    async def share(self, redis_url: str, key: str, *, keep_seconds: float = 30, fresh: bool = True) -> bytes:
        return await share_result(
            redis_url, key, self.make, is_fresh=lambda _: fresh, make_seconds=2, keep_seconds=keep_seconds
        )


async def test_many_that_want_it_at_once_make_it_once(redis_url: str) -> None:
    key, maker = f"test:{uuid4()}", Maker()
    results = await asyncio.gather(*(maker.share(redis_url, key) for _ in range(10)))
    assert set(results) == {b"result 1"}
    assert await maker.share(redis_url, key) == b"result 1"
    assert maker.count == 1


async def test_what_is_old_is_made_again(redis_url: str) -> None:
    key, maker = f"test:{uuid4()}", Maker(0)
    assert await maker.share(redis_url, key, keep_seconds=0.2) == b"result 1"
    await asyncio.sleep(0.3)
    assert await maker.share(redis_url, key) == b"result 2"
    assert await maker.share(redis_url, key, fresh=False) == b"result 3"


async def test_a_process_that_dies_while_it_makes_it_delays_the_others_only(redis_url: str) -> None:
    key, lost = f"test:{uuid4()}", Maker(60)
    dying = asyncio.create_task(lost.share(redis_url, key))
    await asyncio.sleep(0.3)
    other = Maker(0)
    waiting = asyncio.create_task(other.share(redis_url, key))
    assert await asyncio.wait_for(waiting, 10) == b"result 1"
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)


async def test_without_redis_each_makes_its_own() -> None:
    maker = Maker(0)
    for number in (1, 2):
        assert await maker.share("redis://127.0.0.1:9/0", "test") == f"result {number}".encode()
