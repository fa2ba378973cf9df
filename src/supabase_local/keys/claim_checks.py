"""Stricter checks of tokens than PyJWT's (RFC 8725).

PyJWT accepts duplicate members, an `exp` in a string, a lifetime of years, and a key in the header itself.
"""

import base64
import json
import math
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import jwt
from jwt.types import Options

from arti_core import clock

MAX_TOKEN_BYTES = 8192
_MAX_LIFETIME_SECONDS = 7 * 86_400
_HEADER = frozenset({"alg", "kid", "typ"})
# Options of jwt.decode: PyJWT compares with the real time, so check_validity_period does that by clock.now().
WITHOUT_TIMES: Options = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}


def read_header(token: str) -> dict[str, Any]:
    """Return the header of a well-formed compact JWS; nothing is verified yet. Raises jwt.DecodeError."""
    if len(token) > MAX_TOKEN_BYTES or not token.isascii() or token.count(".") != 2:
        raise jwt.DecodeError("not a compact JWS in ASCII of acceptable size")
    header, payload, signature = token.split(".")
    decoded = _read_object(header)
    _read_object(payload)
    _decode(signature)
    if not decoded.keys() <= _HEADER or decoded.get("typ", "JWT") != "JWT" or not isinstance(decoded.get("alg"), str):
        raise jwt.DecodeError("an unexpected header member")
    return decoded


def check_times(claims: Mapping[str, Any]) -> None:
    """Refuse times that are not whole numbers, and a lifetime of more than seven days. Raises jwt.InvalidTokenError."""
    issued, expires = claims.get("iat"), claims.get("exp")
    if type(issued) is not int or type(expires) is not int or not 0 < expires - issued <= _MAX_LIFETIME_SECONDS:
        raise jwt.InvalidTokenError("iat and exp must be whole numbers at most seven days apart")


def check_validity_period(claims: Mapping[str, Any], *, leeway_seconds: float) -> None:
    """Refuse a token that has expired (`exp`) or is not valid yet (`nbf`, `iat`), by the clock. Absent times pass.

    Raises jwt.ExpiredSignatureError, jwt.ImmatureSignatureError, jwt.DecodeError for what is not a finite number.
    """
    now = clock.timestamp()
    for name in ("exp", "nbf", "iat"):
        at = claims.get(name, now)
        if isinstance(at, bool) or not isinstance(at, int | float) or not math.isfinite(at):
            raise jwt.DecodeError(f"{name} is not a number of seconds")
        if name == "exp":
            if name in claims and at <= now - leeway_seconds:
                raise jwt.ExpiredSignatureError("expired")
        elif at > now + leeway_seconds:
            raise jwt.ImmatureSignatureError(f"{name} is in the future")


def check_ids(claims: Mapping[str, Any]) -> None:
    """Refuse ids of another form than the auth service writes: Python and PostgreSQL read more spellings than one.

    Raises jwt.InvalidTokenError.
    """
    for name in ("sub", "session_id"):
        text = claims.get(name)
        try:
            if not isinstance(text, str) or str(UUID(text)) != text:
                raise ValueError
        except ValueError:
            raise jwt.InvalidTokenError(f"{name} is not a canonical UUID") from None


def _decode(segment: str) -> bytes:
    """Return the bytes of `segment`; only the canonical encoding is accepted (RFC 4648, 3.5)."""
    try:
        raw = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise jwt.DecodeError("not base64url") from None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != segment:
        raise jwt.DecodeError("not base64url")
    return raw


def _read_object(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(_decode(segment).decode(), object_pairs_hook=_unique_members)
    except (ValueError, RecursionError):
        raise jwt.DecodeError("not a JSON object") from None
    if not isinstance(value, dict):
        raise jwt.DecodeError("not a JSON object")
    return value


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a duplicate member")
    return members
