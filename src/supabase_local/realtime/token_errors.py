"""Upstream's codes and messages for refused tokens."""

import jwt

from arti_core import clock
from supabase_local.gateway.authentication import SignatureRefused, TokenExpired, TokenRefused


def token_error(refused: TokenRefused, token: object) -> tuple[str, str]:
    """Return upstream's code and message for the refusal of `token`."""
    if isinstance(refused, TokenExpired):
        # The signature is verified already.
        expired_at = jwt.decode(str(token), options={"verify_signature": False}).get("exp", 0)
        return "InvalidJWTToken", f"Token has expired {max(0, int(clock.timestamp() - expired_at))} seconds ago"
    if isinstance(refused, SignatureRefused):
        return "JwtSignatureError", "Failed to validate JWT signature"
    return "MalformedJWT", "The token provided is not a valid JWT"
