"""Authentication of requests by API key and bearer token, as Supabase's gateway does it.

An application sends its key (`apikey`); a user also sends an access token (`Authorization: Bearer`). Without a token
a request has the role of its key: `anon` for a publishable one, `service_role` for a secret one, or a user's.
"""

from typing import Final

import jwt
from starlette.requests import HTTPConnection
from starlette.responses import Response

from arti_core.request_body import JSON_BYTES, body_of
from supabase_local.gateway.json_io import json_answer
from supabase_local.keys.api_keys import KEY_ROLES, ApiKeys, AuthResult, KeyRefused
from supabase_local.keys.claim_checks import check_ids, check_times
from supabase_local.keys.signing_keys import SigningKeys

__all__ = ["ApiKeys", "AuthResult", "Authenticator", "KeyRefused", "TokenRefused", "refuse_key"]


# By role; all other requests may send ANONYMOUS_BYTES.
MAX_BODY_BYTES: Final = {"authenticated": JSON_BYTES, "service_role": 10 * JSON_BYTES}


class TokenRefused(Exception):
    """The bearer token is invalid or has expired. Each service renders this in its own protocol."""


class TokenExpired(TokenRefused):
    """The token is genuine and has expired."""


class SignatureRefused(TokenRefused):
    """The token names a known key that did not sign it."""


class Authenticator:
    """Authenticates requests whose API key the middleware has looked up."""

    def __init__(self, keys: SigningKeys, api_keys: ApiKeys, *, issuer: str) -> None:
        self._keys = keys
        self.api_keys = api_keys
        self._issuer = issuer

    def principal_of_key(self, connection: HTTPConnection) -> AuthResult:
        """Return the identity of the request's key. Raises KeyRefused without one, on a public route."""
        principal: AuthResult | None = connection.scope.get("supabase_local.api_key")
        if principal is None:
            raise KeyRefused("No API key found in request")
        return principal

    def principal(self, connection: HTTPConnection, *, on_auth: bool = False) -> AuthResult | None:
        """Return the principal, or None when Authorization is no bearer token.

        `on_auth`: the auth service accepts `supabase_admin` as an administrator; it is no role of the database.
        Raises KeyRefused, TokenRefused.
        """
        key_principal = self.principal_of_key(connection)
        authorization = connection.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        # A client without a session repeats its key as the bearer token.
        if not authorization or (scheme.lower() == "bearer" and token.startswith("sb_")):
            principal = key_principal
        elif scheme.lower() != "bearer" or not token:
            return None
        else:
            principal = self.principal_of_token(token, on_auth=on_auth)
        _allow_body(connection, principal)
        return principal

    def principal_of_token(self, token: str, *, on_auth: bool = False) -> AuthResult:
        """Return the principal of `token`: a user, or a legacy key. Raises TokenRefused."""
        try:
            claims = self._keys.verify(token)
            role = claims["role"]
            if role == "authenticated":
                if claims.get("iss") != self._issuer or claims.get("aud") != "authenticated":
                    raise ValueError
                check_times(claims)
                check_ids(claims)
            elif "sub" in claims:
                raise ValueError
            elif on_auth and role == "supabase_admin":
                role = "service_role"
            elif role not in KEY_ROLES:
                raise ValueError
        except jwt.ExpiredSignatureError:
            raise TokenExpired("JWT expired") from None
        except jwt.InvalidSignatureError:
            raise SignatureRefused("invalid JWT: unable to parse or verify signature") from None
        except (jwt.PyJWTError, ValueError, KeyError, TypeError, AttributeError):
            raise TokenRefused("invalid JWT: unable to parse or verify signature") from None
        return AuthResult(role, claims)


def _allow_body(connection: HTTPConnection, principal: AuthResult) -> None:
    """Allow a request what its principal may send; one without a user or the secret key keeps the small limit."""
    if connection.scope["type"] == "http" and principal.role in MAX_BODY_BYTES:
        caller = str(principal.claims.get("sub", principal.role))
        body_of(connection.scope).allow(MAX_BODY_BYTES[principal.role], caller=caller)


def refuse_key(error: KeyRefused) -> Response:
    """Return the 401 of Supabase's gateway; clients read `message`."""
    return json_answer(
        {"message": str(error), "hint": "Send the publishable or the secret key as `apikey`."},
        401,
        {"WWW-Authenticate": "Key"},
    )
