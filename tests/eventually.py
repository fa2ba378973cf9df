"""What must be so within a time, on a machine of any load."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(check: Callable[[], Awaitable[bool]], *, seconds: float) -> bool:
    """Say whether `check` is true when it is begun `seconds` from now at the latest, however long it takes itself."""
    until = time.monotonic() + seconds
    late = False
    while not late:
        late = time.monotonic() >= until
        if await check():
            return True
        await asyncio.sleep(0.02)
    return False
