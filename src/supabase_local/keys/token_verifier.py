"""Verify access tokens with the public keys of the auth service: this package's or a hosted Supabase's."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import jwt
import orjson

from arti_core.database import Principal
from arti_core.errors import Unauthorized, Unavailable
from arti_core.http_client import OutboundClient
from arti_core.key_file import KeyFile
from supabase_local.keys.claim_checks import (
    MAX_TOKEN_BYTES,
    WITHOUT_TIMES,
    check_ids,
    check_times,
    check_validity_period,
    read_header,
)
from supabase_local.keys.token_cache import VerifiedTokenCache
from supabase_local.settings import SupabaseLocalSettings

_ALGORITHMS = {"EC": ("ES256",), "RSA": ("RS256",)}
_REFETCH_SECONDS = 30.0
_RETRY_SECONDS = 1.0
_LEEWAY_SECONDS = 30


class TokenVerifier:
    """Turns a bearer token into a Principal.

    Holds the public keys: those of SUPABASE_JWKS, or of SUPABASE_JWKS_FILE, or those of the auth service, which are
    fetched again for an unknown key id, at most once in 30 seconds.
    """

    def __init__(self, settings: SupabaseLocalSettings, http_client: OutboundClient) -> None:
        self._url = f"{settings.supabase_url}/auth/v1/.well-known/jwks.json"
        self._issuer = settings.issuer
        self._http_client = http_client
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetching = asyncio.Lock()
        self._fetch_again_at = 0.0
        self._file = KeyFile(settings.supabase_jwks_file)
        self._verified_tokens = VerifiedTokenCache[Principal]()
        configured = self._file.changed_text() or settings.supabase_jwks
        if configured:
            self._load(configured.encode())
            self._fetch_again_at = float("inf")

    async def verify(self, token: str, *, request_id: str = "") -> Principal:
        """Return the principal of `token`. Raises Unauthorized, with one message for every invalid token."""
        changed_text = self._file.changed_text()
        if changed_text is not None:
            self._load(changed_text.encode())
        try:
            principal = self._verified_tokens.find(token) if len(token) <= MAX_TOKEN_BYTES and token.isascii() else None
            if principal is None:
                claims = await self._verify_signature(token)
                principal = Principal(
                    user_id=UUID(claims["sub"]),
                    session_id=UUID(claims["session_id"]),
                    email=str(claims.get("email", "")),
                    expires_at=claims["exp"],
                    aal=str(claims.get("aal", "")),
                )
                self._verified_tokens.add(token, principal, expires_at=principal.expires_at)
            return replace(principal, request_id=request_id) if request_id else principal
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            raise Unauthorized("Your sign-in is not valid or has ended. Sign in again.") from None

    async def _verify_signature(self, token: str) -> Mapping[str, Any]:
        header = read_header(token)
        key = await self._key(str(header.get("kid", ""))[:200])
        if key is None or header["alg"] not in _ALGORITHMS.get(key.key_type or "", ()):
            raise jwt.InvalidKeyError("unknown key")
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[header["alg"]],
            audience="authenticated",
            issuer=self._issuer,
            options={"require": ["exp", "iat", "sub", "aud", "iss", "role", "session_id"], **WITHOUT_TIMES},
        )
        check_validity_period(claims, leeway_seconds=_LEEWAY_SECONDS)
        check_times(claims)
        if claims["role"] != "authenticated" or claims["aud"] != "authenticated":
            raise jwt.InvalidTokenError("not a user's token")
        check_ids(claims)
        return claims

    async def _key(self, kid: str) -> jwt.PyJWK | None:
        if kid not in self._keys:
            async with self._fetching:  # concurrent requests wait for the same response
                if kid not in self._keys and time.monotonic() >= self._fetch_again_at:
                    await self._fetch()
        return self._keys.get(kid)

    async def _fetch(self) -> None:
        self._fetch_again_at = time.monotonic() + _RETRY_SECONDS
        unavailable = Unavailable("The sign-in service does not answer, so tokens cannot be checked. Try again soon.")
        try:
            answer = await self._http_client.call("GET", self._url)
        except Unavailable:
            raise unavailable from None
        if answer.status != 200:
            raise unavailable
        self._load(answer.body)
        self._fetch_again_at = time.monotonic() + _REFETCH_SECONDS

    def _load(self, jwks: bytes) -> None:
        keys = orjson.loads(jwks)["keys"]
        self._keys = {key["kid"]: jwt.PyJWK(key) for key in keys if key.get("kty") in _ALGORITHMS}
        self._verified_tokens.clear()

    async def find_keys(self) -> bool:
        """Return whether any public key is known; fetches them when none is. Raises Unavailable."""
        if not self._keys:
            await self._key("")
        return bool(self._keys)
