"""API keys: what an application sends as `apikey`, and the role it gets.

The two keys of the settings, legacy JWTs signed by JWT_SECRET, and keys of a database, if a lookup for them is given.
A lookup's result is reused for half a second, so that every process refuses a revoked key within a second.
"""

import hmac
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

import jwt
import orjson

from arti_core.database import Connection, Pool, open_transaction
from supabase_local.keys.signing_keys import SigningKeys, hash_key

KEY_ROLES = ("anon", "service_role")
_CACHE_SECONDS = 0.5
_CACHE_SIZE = 4096
KEY_FORM = re.compile(r"sb_(publishable|secret)_[A-Za-z0-9_-]{16,100}")


class KeyForbidden(Exception):
    """A valid key that is not for the gateway. The text says what it is for."""


class KeyRefused(Exception):
    """No API key, or an invalid one. The gateway answers it itself, before any service runs."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A valid key of the database. A key of a user (`user_id`) has role `authenticated` and acts as them.

    `refusal`: why the gateway refuses it all the same.
    """

    id: UUID
    role: str
    user_id: UUID | None = None
    email: str | None = None
    refusal: str | None = None


KeyLookup: TypeAlias = Callable[[Connection, bytes], Awaitable[ApiKey | None]]
"""Finds a valid key by its SHA-256, on a connection of supabase_auth_admin, and may record that it is used."""


@dataclass(frozen=True, slots=True)
class AuthResult:
    """The verified identity of a request: the database role, and the claims that policies read.

    `claims` of a user are their token's. Those of a key in the database hold its id as `key_id`, and `sub` if it acts
    as a user.
    """

    role: str
    claims: Mapping[str, Any]

    @property
    def expires_at(self) -> int | None:
        return self.claims.get("exp")

    def claims_json(self) -> str:
        return orjson.dumps(self.claims).decode()


class ApiKeys:
    """Authenticates API keys."""

    def __init__(
        self, signing: SigningKeys, *, publishable_key: str, secret_key: str, use_key: KeyLookup | None = None
    ) -> None:
        self._signing = signing
        self._use_key = use_key
        self._settings_keys = {
            key.encode(): role for key, role in ((publishable_key, "anon"), (secret_key, "service_role")) if key
        }
        self._cache: dict[bytes, tuple[float, AuthResult]] = {}
        self.pool: Pool | None = None  # logs in as supabase_auth_admin; set when the gateway has opened it

    async def find(self, apikey: str) -> AuthResult:
        """Return the identity of a key. Raises KeyRefused, KeyForbidden, and Unavailable without the database."""
        principal = self.find_without_database(apikey)
        if principal is not None:
            return principal
        hashed = hash_key(apikey)
        cached = self._cache.get(hashed)
        if cached is not None and time.monotonic() < cached[0]:
            return cached[1]
        self._cache.pop(hashed, None)
        if self._use_key is None or self.pool is None or not KEY_FORM.fullmatch(apikey):
            raise KeyRefused("Invalid API key")
        async with open_transaction(self.pool, "begin") as connection:
            key = await self._use_key(connection, hashed)
        if key is None:
            raise KeyRefused("Invalid API key")
        if key.refusal is not None:
            raise KeyForbidden(key.refusal)
        principal = _principal_of(key)
        while len(self._cache) >= _CACHE_SIZE:
            del self._cache[next(iter(self._cache))]
        self._cache[hashed] = time.monotonic() + _CACHE_SECONDS, principal
        return principal

    def find_without_database(self, apikey: str) -> AuthResult | None:
        """Return the identity of a key of the settings or a legacy JWT, None for other keys. Raises KeyRefused."""
        if not apikey:
            raise KeyRefused("No API key found in request")
        presented = apikey.encode()
        for key, role in self._settings_keys.items():
            if hmac.compare_digest(key, presented):
                return AuthResult(role, {"role": role})
        if apikey.startswith("sb_"):
            return None
        try:
            claims = self._signing.verify(apikey)
        except jwt.PyJWTError:
            raise KeyRefused("Invalid API key") from None
        if claims["role"] not in KEY_ROLES or "sub" in claims:
            raise KeyRefused("Invalid API key")
        return AuthResult(claims["role"], claims)


def _principal_of(key: ApiKey) -> AuthResult:
    claims: dict[str, Any] = {"role": key.role, "key_id": str(key.id)}
    if key.user_id is not None:
        claims |= {"sub": str(key.user_id), "aud": "authenticated", "email": key.email, "is_anonymous": False}
    return AuthResult(key.role, claims)
