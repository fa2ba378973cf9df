"""Who is signed in to the console: kept in the process, so a restart signs everybody out and signing out is final."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

SESSION_SECONDS = 8 * 3600
_MOST_SESSIONS = 50
_KEPT_STATEMENTS = 30


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that was run in this session, for its history."""

    number: int
    sql: str
    mode: str
    impersonation: str
    outcome: str


@dataclass(frozen=True, slots=True)
class ConsoleSession:
    """`name` is written in the log of changes; it grants nothing."""

    name: str
    csrf: str
    ends_at: float
    history: deque[Statement] = field(default_factory=lambda: deque(maxlen=_KEPT_STATEMENTS))


class Sessions:
    def __init__(self, password: str, *, seconds_since: Callable[[], float] = time.monotonic) -> None:
        self._password = password.encode()
        self._now = seconds_since
        self._one_at_a_time = asyncio.Lock()
        self._open: dict[bytes, ConsoleSession] = {}

    async def is_correct(self, password: str) -> bool:
        """Compare in constant time, and no more than one wrong try a second."""
        async with self._one_at_a_time:
            right = hmac.compare_digest(password.encode(), self._password)
            if not right:
                await asyncio.sleep(1)
            return right

    def open(self) -> str:
        """Start a session and return what its cookie holds."""
        cookie = secrets.token_urlsafe(32)
        if len(self._open) >= _MOST_SESSIONS:
            self._open.pop(next(iter(self._open)))
        self._open[_key(cookie)] = ConsoleSession(
            secrets.token_hex(4), secrets.token_urlsafe(32), self._now() + SESSION_SECONDS
        )
        return cookie

    def find(self, cookie: str) -> ConsoleSession | None:
        session = self._open.get(_key(cookie))
        if session is not None and session.ends_at <= self._now():
            self.close(cookie)
            return None
        return session

    def close(self, cookie: str) -> None:
        self._open.pop(_key(cookie), None)


def _key(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode(errors="surrogatepass")).digest()
