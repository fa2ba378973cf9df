"""API keys: what an application shows as `apikey`, and whom it speaks as.

The two keys of the settings, legacy JWTs that we signed, and the keys in the database: those of the installation, and
those of orgs, which speak as a machine member. A key of the database is looked up again every half second, so that a
revoked one is refused within a second by every process.
"""

import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
import orjson

from arti_core.database import Connection, Pool, Row, open_transaction
from supabase_local.keys.signing_keys import SigningKeys, hash_key

KEY_ROLES = ("anon", "service_role")
_FRESH_SECONDS = 0.5
_MOST = 4096
_FORM = re.compile(r"sb_(publishable|secret)_[A-Za-z0-9_-]{16,100}")


class KeyRefused(Exception):
    """No API key, or not one of ours. Answered by the gateway itself, before any service is asked."""


@dataclass(frozen=True, slots=True)
class AuthResult:
    """Who asks, proven: the database role, and the claims that policies read.

    `claims` of a person are their token's. Those of a key in the database name it as `key_id`, and those of an org's
    key hold the `sub` of its machine member besides.
    """

    role: str
    claims: Mapping[str, Any]

    @property
    def expires_at(self) -> int | None:
        return self.claims.get("exp")

    def claims_json(self) -> str:
        return orjson.dumps(self.claims).decode()


class ApiKeys:
    """Knows every key of the installation."""

    def __init__(self, signing: SigningKeys, *, publishable_key: str, secret_key: str) -> None:
        self._signing = signing
        self._of_settings = {
            key.encode(): role for key, role in ((publishable_key, "anon"), (secret_key, "service_role")) if key
        }
        self._found: dict[bytes, tuple[float, AuthResult]] = {}
        self.pool: Pool | None = None  # logs in as supabase_auth_admin; set when the gateway has opened it

    async def find(self, apikey: str) -> AuthResult:
        """Return whom a key speaks as. Raises KeyRefused, and Unavailable without the database."""
        known = self.known(apikey)
        if known is not None:
            return known
        hashed = hash_key(apikey)
        fresh = self._found.get(hashed)
        if fresh is not None and time.monotonic() < fresh[0]:
            return fresh[1]
        self._found.pop(hashed, None)
        if self.pool is None or not _FORM.fullmatch(apikey):
            raise KeyRefused("Invalid API key")
        async with open_transaction(self.pool, "begin") as connection:
            row = await use_key(connection, hashed)
        if row is None:
            raise KeyRefused("Invalid API key")
        principal = _principal(row)
        while len(self._found) >= _MOST:
            del self._found[next(iter(self._found))]
        self._found[hashed] = time.monotonic() + _FRESH_SECONDS, principal
        return principal

    def known(self, apikey: str) -> AuthResult | None:
        """Return whom a key speaks as that needs no look-up: one of the settings, or a legacy JWT."""
        if not apikey:
            raise KeyRefused("No API key found in request")
        shown = apikey.encode()
        for key, role in self._of_settings.items():
            if hmac.compare_digest(key, shown):
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


async def use_key(connection: Connection, hashed: bytes) -> Row | None:
    """Return (id, role, user_id, email) of a key that is not revoked, noting that it is used."""
    return await connection.fetchrow("select id, role, user_id, email from private.use_key($1)", hashed)


def _principal(row: Row) -> AuthResult:
    role, user_id = row["role"], row["user_id"]
    claims: dict[str, Any] = {"role": role, "key_id": str(row["id"])}
    if isinstance(user_id, UUID):
        claims |= {"sub": str(user_id), "aud": "authenticated", "email": row["email"], "is_anonymous": False}
    return AuthResult(role, claims)
