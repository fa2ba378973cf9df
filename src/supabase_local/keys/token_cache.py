"""Tokens whose signature was proven before: checking it again costs a fifth of a request.

Only what cannot change is remembered, that the token is genuine. Whether its session still lives is asked in every
transaction, and whether it has expired by whoever takes it from here.
"""

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from arti_core import clock

_MOST = 4096


class VerifiedTokenCache:
    """Claims of genuine tokens, by the hash of the token; the oldest give way."""

    def __init__(self, most: int = _MOST) -> None:
        self._claims: dict[bytes, Mapping[str, Any]] = {}
        self._most = most

    def find(self, token: str) -> Mapping[str, Any] | None:
        """Return the claims of a token that was proven and has not expired."""
        key = _hash(token)
        claims = self._claims.get(key)
        if (
            claims is not None and claims.get("exp", math.inf) <= clock.timestamp()
        ):  # whoever checks it anew knows what to say
            del self._claims[key]
            return None
        return claims

    def keep(self, token: str, claims: Mapping[str, Any]) -> None:
        while len(self._claims) >= self._most:
            del self._claims[next(iter(self._claims))]
        self._claims[_hash(token)] = claims

    def forget(self) -> None:
        """Forget all, because the keys have changed."""
        self._claims.clear()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
