"""The custom access token hook: a function of the database may change the claims of every access token (hooks.go).

Configured and called as in GoTrue: GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI=pg-functions://<any>/<schema>/<function>, with
{user_id, claims, authentication_method} in and {claims}, or {error: {http_code, message}}, out.
"""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import asyncpg
import structlog

from arti_core.database import Connection
from arti_core.errors import Misconfigured
from supabase_local.auth.errors import AuthError

log = structlog.get_logger()

_URI = re.compile(r"pg-functions://[^/]+/([a-zA-Z_]\w{0,62})/([a-zA-Z_]\w{0,62})", re.ASCII)
_TIMEOUT_SECONDS = 2.0
_REQUIRED = ("aud", "exp", "iat", "sub", "email", "phone", "role", "aal", "session_id", "is_anonymous")
_KINDS = {
    "aud": "string/array",
    "exp": "integer",
    "jti": "string",
    "iat": "integer",
    "iss": "string",
    "nbf": "integer",
    "sub": "string",
    "email": "string",
    "phone": "string",
    "app_metadata": "object",
    "user_metadata": "object",
    "role": "string",
    "aal": "string",
    "amr": "array",
    "session_id": "string",
}
_KIND_OF = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}


def parse_hook_uri(uri: str) -> str:
    """Return the quoted name of the function in `uri`. Raises Misconfigured when there is none."""
    match = _URI.fullmatch(uri)
    if match is None:
        raise Misconfigured(
            "GOTRUE_HOOK_CUSTOM_ACCESS_TOKEN_URI must look like pg-functions://postgres/schema/function, or be empty."
        )
    schema, function = match.groups()
    return f'"{schema}"."{function}"'


async def run_access_token_hook(
    connection: Connection, uri: str, *, user_id: UUID, claims: Mapping[str, Any], method: str
) -> Mapping[str, Any]:
    """Return the claims that the hook returns. Raises AuthError with the hook's error, or 500 when it fails."""
    if not uri:
        return claims
    event = {"user_id": user_id, "claims": claims, "authentication_method": method}
    try:
        output = await connection.fetchval(f"select {parse_hook_uri(uri)}($1)", event, timeout=_TIMEOUT_SECONDS)
    except (asyncpg.PostgresError, TimeoutError) as error:
        log.error("the access token hook failed", hook=uri, exc_info=error)
        raise _hook_failed(f"Error running hook URI: {uri}") from None
    refusal = output.get("error") if isinstance(output, dict) else None
    if isinstance(refusal, dict) and refusal.get("message"):
        status = refusal.get("http_code") or 500
        raise AuthError(status, "unexpected_failure" if status == 500 else "unknown", str(refusal["message"]))
    if not isinstance(output, dict) or "claims" not in output:
        raise _hook_failed("output claims field is missing")
    hooked_claims: Mapping[str, Any] = output["claims"]
    errors = _claim_errors(hooked_claims)
    if errors:
        lines = "".join(f"- {error}\n" for error in errors)
        raise _hook_failed(f"output claims do not conform to the expected schema: \n{lines}")
    return hooked_claims


def _claim_errors(claims: Any) -> list[str]:
    if not isinstance(claims, dict):
        return [f"(root): Invalid type. Expected: object, given: {_kind(claims)}"]
    missing = [f"(root): {name} is required" for name in _REQUIRED if name not in claims]
    wrong = [
        f"{name}: Invalid type. Expected: {kind}, given: {_kind(claims[name])}"
        for name, kind in _KINDS.items()
        if name in claims and _kind(claims[name]) not in kind.split("/")
    ]
    return missing + wrong


def _kind(value: Any) -> str:
    return _KIND_OF.get(type(value), "null")


def _hook_failed(message: str) -> AuthError:
    return AuthError(500, "unexpected_failure", message)
