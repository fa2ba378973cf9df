"""Whose request is this? API keys and bearer tokens, translated as Supabase's own gateway does it.

An application shows its key (`apikey`); a person also shows an access token (`Authorization: Bearer`). Without a token
of its own a request speaks as its key: a publishable one as `anon`, a secret one as `service_role`, an org's key as a
member of that org.
"""

import jwt
from starlette.requests import HTTPConnection
from starlette.responses import Response

from supabase_local.gateway.json_io import json_answer
from supabase_local.keys.api_keys import KEY_ROLES, ApiKeys, AuthResult, KeyRefused
from supabase_local.keys.claim_checks import check_ids, check_times
from supabase_local.keys.signing_keys import SigningKeys

__all__ = ["ApiKeys", "AuthResult", "Authenticator", "KeyRefused", "TokenRefused", "refuse_key"]


class TokenRefused(Exception):
    """The bearer token is not one that we signed, or has ended. Each service words this in its own protocol."""


class TokenExpired(TokenRefused):
    """We signed it, and it has ended."""


class SignatureRefused(TokenRefused):
    """It names a key of ours that did not sign it."""


class Authenticator:
    """Tells who asks. The key was looked up at the door, which keeps out whoever has none."""

    def __init__(self, keys: SigningKeys, api_keys: ApiKeys, *, issuer: str) -> None:
        self._keys = keys
        self.api_keys = api_keys
        self._issuer = issuer

    def principal_of_key(self, connection: HTTPConnection) -> AuthResult:
        """Return whom the key of this request speaks as. Raises KeyRefused on an open route without a key."""
        found: AuthResult | None = connection.scope.get("supabase_local.api_key")
        if found is None:
            raise KeyRefused("No API key found in request")
        return found

    def principal(self, connection: HTTPConnection, *, on_auth: bool = False) -> AuthResult | None:
        """Return who asks, or None when Authorization holds something that is no bearer token.

        `on_auth`: for the auth service `supabase_admin` administers too; it is no role of the database.
        Raises KeyRefused, TokenRefused.
        """
        of_key = self.principal_of_key(connection)
        authorization = connection.headers.get("authorization", "")
        scheme, _, token = authorization.partition(" ")
        token = token.strip()
        # A client without a session repeats its key as the bearer: that says nothing new.
        if not authorization or (scheme.lower() == "bearer" and token.startswith("sb_")):
            return of_key
        if scheme.lower() != "bearer" or not token:
            return None
        return self.principal_of_token(token, on_auth=on_auth)

    def principal_of_token(self, token: str, *, on_auth: bool = False) -> AuthResult:
        """Return who holds `token`: a person, or a legacy key. Raises TokenRefused."""
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


def refuse_key(error: KeyRefused) -> Response:
    """Answer as the gateway does; clients read `message`."""
    return json_answer(
        {"message": str(error), "hint": "Send the publishable or the secret key as `apikey`."},
        401,
        {"WWW-Authenticate": "Key"},
    )
