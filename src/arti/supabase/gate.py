"""Whose request is this? API keys and bearer tokens, translated as Supabase's own gateway does it.

An application shows its key (`apikey`); a person also shows an access token (`Authorization: Bearer`).
Without a token of its own a request speaks as its key: the publishable one as `anon`, the secret one as `service_role`.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

from arti.supabase.keys import SigningKeys
from arti.supabase.strict import check_times
from arti.supabase.wire import json_answer

KEY_ROLES = ("anon", "service_role")


class KeyRefused(Exception):
    """No API key, or not one of ours. Answered by the gateway itself, before any service is asked."""


class TokenRefused(Exception):
    """The bearer token is not one that we signed, or has ended. Each service words this in its own protocol."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, proven: the database role, and the claims that policies read."""

    role: str
    claims: Mapping[str, Any]

    @property
    def expires_at(self) -> int | None:
        return self.claims.get("exp")

    def claims_json(self) -> str:
        return orjson.dumps(self.claims).decode()


class Gate:
    """Knows the installation's keys and tells who asks."""

    def __init__(self, keys: SigningKeys, *, publishable_key: str, secret_key: str, issuer: str) -> None:
        self._keys = keys
        self._roles = {key: role for key, role in ((publishable_key, "anon"), (secret_key, "service_role")) if key}
        self._issuer = issuer

    def role_of_key(self, apikey: str) -> str:
        """Return the role of an API key: an opaque `sb_` one, or a legacy JWT that we signed. Raises KeyRefused."""
        if not apikey:
            raise KeyRefused("No API key found in request")
        for known, role in self._roles.items():
            if hmac.compare_digest(known.encode(), apikey.encode()):
                return role
        try:
            claims = self._keys.verify(apikey)
        except jwt.PyJWTError:
            raise KeyRefused("Invalid API key") from None
        if claims["role"] not in KEY_ROLES or "sub" in claims:
            raise KeyRefused("Invalid API key")
        return str(claims["role"])

    def asker(self, connection: HTTPConnection) -> Asker | None:
        """Return who asks, or None when Authorization holds something that is no bearer token.

        Raises KeyRefused, TokenRefused.
        """
        headers = connection.headers
        key_role = self.role_of_key(headers.get("apikey") or connection.query_params.get("apikey", ""))
        authorization = headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        # A client without a session repeats its opaque key as the bearer: that says nothing new.
        if not authorization or (scheme.lower() == "bearer" and token.startswith("sb_")):
            return Asker(key_role, {"role": key_role})
        if scheme.lower() != "bearer" or not token.strip():
            return None
        return self.asker_of_token(token.strip())

    def asker_of_token(self, token: str) -> Asker:
        """Return who holds `token`: a person, or a legacy key. Raises TokenRefused."""
        try:
            claims = self._keys.verify(token)
            role = claims["role"]
            if role == "authenticated":
                if claims.get("iss") != self._issuer or claims.get("aud") != "authenticated":
                    raise ValueError
                check_times(claims)
                UUID(claims["sub"])
                UUID(claims["session_id"])
            elif role not in KEY_ROLES or "sub" in claims:
                raise ValueError
        except jwt.ExpiredSignatureError:
            raise TokenRefused("JWT expired") from None
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
            raise TokenRefused("invalid JWT: unable to parse or verify signature") from None
        return Asker(role, claims)


def refuse_key(error: KeyRefused) -> Response:
    """Answer as the gateway does; clients read `message`."""
    return json_answer({"message": str(error), "hint": "Send the publishable or the secret key as `apikey`."}, 401)
