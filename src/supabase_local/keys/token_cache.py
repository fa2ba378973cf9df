"""Cache of tokens whose signature was verified: verifying it again costs a fifth of a request.

Only the signature is cached. Every transaction checks the session, and the caller the expiry.
"""

import hashlib
from typing import Generic, TypeVar

from arti_core import clock

_CACHE_SIZE = 4096
T = TypeVar("T")


class VerifiedTokenCache(Generic[T]):
    """What verified tokens say (claims, or what was made of them), by their hash; the oldest are evicted."""

    def __init__(self, size: int = _CACHE_SIZE) -> None:
        self._verified: dict[bytes, tuple[float, T]] = {}
        self._size = size

    def find(self, token: str) -> T | None:
        """Return what a verified token says that has not expired."""
        key = _hash(token)
        found = self._verified.get(key)
        if found is None:
            return None
        expires_at, said = found
        # Not served when expired: the full check raises the right error.
        if expires_at <= clock.timestamp():
            del self._verified[key]
            return None
        return said

    def add(self, token: str, said: T, *, expires_at: float) -> None:
        while len(self._verified) >= self._size:
            del self._verified[next(iter(self._verified))]
        self._verified[_hash(token)] = (expires_at, said)

    def clear(self) -> None:
        """Remove all, because the keys have changed."""
        self._verified.clear()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
