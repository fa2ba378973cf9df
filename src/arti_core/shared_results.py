"""What several processes would each find out is found out by one of them, and kept in Redis for a moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, cast

import redis.asyncio as redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

_SOCKET_SECONDS: Final = 1.0
_LOOK_SECONDS: Final = 0.1


async def share_result(
    redis_url: str,
    key: str,
    make: Callable[[], Awaitable[bytes]],
    *,
    is_fresh: Callable[[bytes], bool],
    make_seconds: float,
    keep_seconds: float,
) -> bytes:
    """Return the fresh result of any process, made by `make` where there is none. Without Redis each makes its own.

    `make` takes `make_seconds` at most: after that another process makes one.
    """
    made: bytes | None = None
    try:
        async with redis.from_url(
            redis_url,
            socket_timeout=_SOCKET_SECONDS,
            socket_connect_timeout=_SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),
        ) as client:
            while not await client.set(f"{key}:making", b"1", nx=True, px=int(make_seconds * 1000)):
                if (found := await _find(client, key)) is not None and is_fresh(found):
                    return found
                await asyncio.sleep(_LOOK_SECONDS)
            try:
                if (found := await _find(client, key)) is not None and is_fresh(found):
                    return found
                made = await make()
                await client.set(key, made, px=int(keep_seconds * 1000))
            finally:
                await client.delete(f"{key}:making")
            return made
    except (RedisError, OSError):
        return made if made is not None else await make()


async def _find(client: redis.Redis, key: str) -> bytes | None:
    return cast(bytes | None, await client.get(key))
