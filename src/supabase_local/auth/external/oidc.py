"""OpenID Connect: discover an issuer's endpoints and keys, and verify its ID tokens (GoTrue's provider/oidc.go)."""

import asyncio
import base64
import hashlib
import hmac
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import jwt
import orjson

from arti_core.errors import Invalid, Unavailable
from arti_core.http_client import OutboundClient
from supabase_local.keys.claim_checks import WITHOUT_TIMES, check_validity_period, read_header

TIMEOUT_SECONDS = 5.0
_CACHE_SECONDS = 3600.0
_REFETCH_SECONDS = 30.0
_RETRY_SECONDS = 5.0
_LEEWAY_SECONDS = 30
_MAX_SUBJECT_LENGTH = 255
# The hash of an access token inside an ID token is that of the token's own signature.
_ALGORITHMS = {"RS256": ("RSA", "sha256"), "RS512": ("RSA", "sha512"), "ES256": ("EC", "sha256")}


class IssuerUnusable(Exception):
    """The issuer does not answer, or not as OpenID Connect requires."""


class BadIDToken(Exception):
    """Not an ID token of this issuer for this client."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    authorization: str
    token: str
    jwks: str


@dataclass(slots=True)
class _CachedIssuer:
    endpoints: Endpoints
    discovered_at: float
    keys: dict[str, jwt.PyJWK]
    keys_at: float


class Issuers:
    """Caches the metadata and keys of issuers. One for each process."""

    def __init__(self, http_client: OutboundClient) -> None:
        self._http_client = http_client
        self._cache: dict[str, _CachedIssuer] = {}
        self._failed_at: dict[str, float] = {}
        self._lock = asyncio.Lock()

    async def endpoints(self, issuer: str) -> Endpoints:
        """Return the endpoints of `issuer`. Raises IssuerUnusable."""
        return (await self._find(issuer)).endpoints

    async def verify(
        self, token: str, *, issuer: str, client_ids: Collection[str], access_token: str = ""
    ) -> dict[str, Any]:
        """Return the claims of an ID token of exactly `issuer`, for one of `client_ids`; the nonce is not checked.

        Raises BadIDToken, IssuerUnusable.
        """
        try:
            header = read_header(token)
            key_type, digest = _ALGORITHMS[header["alg"]]
            key = await self._key(issuer, header.get("kid"))
            if key is None or key.key_type != key_type:
                raise BadIDToken("unknown key")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[header["alg"]],
                options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_aud": False, **WITHOUT_TIMES},
            )
            check_validity_period(claims, leeway_seconds=_LEEWAY_SECONDS)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            raise BadIDToken("not a token of this issuer") from None
        if claims["iss"] not in _spellings(issuer):
            raise BadIDToken("another issuer")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _MAX_SUBJECT_LENGTH:
            raise BadIDToken("no subject")
        if not is_for(claims, client_ids):
            raise WrongAudience("made for another application")
        if access_token and "at_hash" in claims and not _is_hash_of(claims["at_hash"], access_token, digest):
            raise BadIDToken("another access token")
        return claims

    async def _key(self, issuer: str, kid: object) -> jwt.PyJWK | None:
        cached = await self._find(issuer)
        if not isinstance(kid, str):  # allowed when there is no choice (OpenID Connect Core 10.1)
            return next(iter(cached.keys.values())) if len(cached.keys) == 1 else None
        if kid not in cached.keys:
            async with self._lock:
                if kid not in cached.keys and time.monotonic() - cached.keys_at > _REFETCH_SECONDS:
                    cached.keys_at = time.monotonic()
                    cached.keys = await self._fetch_keys(cached.endpoints.jwks)
        return cached.keys.get(kid)

    async def _find(self, issuer: str) -> _CachedIssuer:
        async with self._lock:
            cached = self._cache.get(issuer)
            now = time.monotonic()
            if cached is not None and now - cached.discovered_at <= _CACHE_SECONDS:
                return cached
            if now - self._failed_at.get(issuer, -_RETRY_SECONDS) < _RETRY_SECONDS:
                raise IssuerUnusable(f"{issuer} did not answer a moment ago")
            self._failed_at[issuer] = now + TIMEOUT_SECONDS  # so that concurrent requests do not each wait for it
            endpoints = await self._discover(issuer)
            cached = _CachedIssuer(endpoints, now, await self._fetch_keys(endpoints.jwks), now)
            self._cache[issuer] = cached
            del self._failed_at[issuer]
            return cached

    async def _discover(self, issuer: str) -> Endpoints:
        metadata = await self._get(f"{issuer}/.well-known/openid-configuration")
        # RFC 8414, 3.3: the metadata must name the configured issuer, against impersonation.
        if metadata.get("issuer") != issuer:
            raise IssuerUnusable(f"{issuer} names another issuer in its metadata")
        urls = [metadata.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(url, str) and url.startswith(("https://", "http://")) for url in urls):
            raise IssuerUnusable(f"{issuer} does not list its endpoints")
        return Endpoints(*(str(url) for url in urls))

    async def _fetch_keys(self, url: str) -> dict[str, jwt.PyJWK]:
        keys = (await self._get(url)).get("keys")
        try:
            return {
                str(key.get("kid", "")): jwt.PyJWK(key)
                for key in (keys if isinstance(keys, list) else [])
                if key.get("kty") in ("RSA", "EC") and key.get("use", "sig") == "sig"
            }
        except (jwt.PyJWTError, AttributeError):
            raise IssuerUnusable(f"{url} holds no usable keys") from None

    async def _get(self, url: str) -> dict[str, Any]:
        try:
            response = await self._http_client.call("GET", url, timeout_seconds=TIMEOUT_SECONDS)
            document = orjson.loads(response.body) if response.status == 200 else None
        except (Unavailable, Invalid, ValueError) as error:
            raise IssuerUnusable(f"{url} does not answer") from error
        if not isinstance(document, dict):
            raise IssuerUnusable(f"{url} does not answer")
        return document


class WrongAudience(BadIDToken):
    """The token is valid, but issued for another application."""


def is_for(claims: dict[str, Any], client_ids: Collection[str]) -> bool:
    """Return whether `aud` and `azp` name one of `client_ids` (OpenID Connect Core 3.1.3.7)."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    party = claims.get("azp")
    if len(audience) > 1 and party is None:
        return False
    return any(client_id in client_ids for client_id in audience) and (len(audience) == 1 or party in client_ids)


def _spellings(issuer: str) -> tuple[str, ...]:
    # Google uses two forms of its own name.
    return (issuer, "accounts.google.com") if issuer == "https://accounts.google.com" else (issuer,)


def _is_hash_of(at_hash: object, access_token: str, digest: str) -> bool:
    whole = hashlib.new(digest, access_token.encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=")
    return isinstance(at_hash, str) and hmac.compare_digest(half, at_hash.encode())
