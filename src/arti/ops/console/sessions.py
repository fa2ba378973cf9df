"""Who is signed in to the console: kept in the process, so a restart signs everybody out and signing out is final."""

import hashlib
import hmac
import math
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from arti_core.errors import RateLimited

SESSION_SECONDS = 8 * 3600
BROWSER_SECONDS = 90 * 86_400
_FREE_ATTEMPTS = 5
_FIRST_WAIT, _MAX_WAIT = 2.0, 30.0
_MOST_COUNTERS = 10_000
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


@dataclass(frozen=True, slots=True)
class _Attempts:
    """Wrong passwords since the last right one."""

    count: int = 0
    blocked_until: float = 0.0


class Sessions:
    def __init__(self, password: str, *, seconds_since: Callable[[], float] = time.monotonic) -> None:
        self._password = password.encode()
        self._now = seconds_since
        self._attempts: dict[bytes, _Attempts] = {}
        self._open: dict[bytes, ConsoleSession] = {}

    def is_correct(self, password: str, *, address: str, browser_cookie: str) -> bool:
        """Compare in constant time. Raises RateLimited while attempts from there are blocked.

        A browser that has signed in before (`browser_cookie`) has a counter of its own, any other that of its address:
        the attempts of others do not make the operator wait.
        """
        key = _key(browser_cookie if self._is_known_browser(browser_cookie) else f"address {address}")
        attempts, now = self._attempts.get(key, _Attempts()), self._now()
        if now < attempts.blocked_until:
            seconds = math.ceil(attempts.blocked_until - now)
            raise RateLimited(f"Too many wrong passwords. Try again in {seconds} seconds.", retry_after_seconds=seconds)
        if hmac.compare_digest(password.encode(errors="surrogatepass"), self._password):
            self._attempts.pop(key, None)
            return True
        excess = attempts.count + 1 - _FREE_ATTEMPTS
        wait = _FIRST_WAIT * 2 ** min(excess, 10) if excess >= 0 else 0
        self._attempts.pop(key, None)  # the one that was tried last stays longest
        while len(self._attempts) >= _MOST_COUNTERS:
            self._attempts.pop(next(iter(self._attempts)))
        self._attempts[key] = _Attempts(attempts.count + 1, now + min(wait, _MAX_WAIT))
        return False

    def browser_cookie(self, present: str) -> str:
        """Return the cookie by which a browser that signs in is known later, for 90 days; `present` if it is one."""
        if self._is_known_browser(present):
            return present
        name = secrets.token_urlsafe(16)
        return f"{name}.{self._mac(name)}"

    def _is_known_browser(self, cookie: str) -> bool:
        name, _, mac = cookie.partition(".")
        return bool(name) and hmac.compare_digest(mac.encode(errors="surrogatepass"), self._mac(name).encode())

    def _mac(self, name: str) -> str:
        # Of the password, so that it outlives a restart and ends with a new password.
        return hmac.digest(self._password, f"browser {name}".encode(errors="surrogatepass"), "sha256").hex()

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
