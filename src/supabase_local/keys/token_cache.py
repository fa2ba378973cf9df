"""Cache of tokens whose signature was verified: verifying it again costs a fifth of a request.

Only the signature is cached. Every transaction checks the session, and the caller the expiry.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from arti_core import clock

_CACHE_SIZE = 4096


class VerifiedTokenCache:
    """Claims of verified tokens, by the hash of the token; the oldest are evicted."""

    def __init__(self, size: int = _CACHE_SIZE) -> None:
        self._claims: dict[bytes, Mapping[str, Any]] = {}
        self._size = size

    def find(self, token: str) -> Mapping[str, Any] | None:
        """Return the claims of a verified token that has not expired."""
        key = _hash(token)
        claims = self._claims.get(key)
        # Not served when expired: the full check raises the right error.
        if claims is not None and claims.get("exp", math.inf) <= clock.timestamp():
            del self._claims[key]
            return None
        return claims

    def add(self, token: str, claims: Mapping[str, Any]) -> None:
        while len(self._claims) >= self._size:
            del self._claims[next(iter(self._claims))]
        self._claims[_hash(token)] = claims

    def clear(self) -> None:
        """Remove all, because the keys have changed."""
        self._claims.clear()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
