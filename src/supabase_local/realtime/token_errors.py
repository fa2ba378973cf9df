"""Why a token is not taken, in upstream's words."""

import jwt

from arti_core import clock
from supabase_local.gateway.authentication import SignatureRefused, TokenExpired, TokenRefused


def token_error(refused: TokenRefused, token: object) -> tuple[str, str]:
    """Return upstream's code for the refusal of `token`, and its sentence."""
    if isinstance(refused, TokenExpired):
        ended = jwt.decode(str(token), options={"verify_signature": False}).get("exp", 0)  # the signature is proven
        return "InvalidJWTToken", f"Token has expired {max(0, int(clock.timestamp() - ended))} seconds ago"
    if isinstance(refused, SignatureRefused):
        return "JwtSignatureError", "Failed to validate JWT signature"
    return "MalformedJWT", "The token provided is not a valid JWT"
