"""Errors in GoTrue's form, in both versions of its API.

Clients branch on `error_code` and retry on every 5xx: a client's mistake is never a 5xx.
"""

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from supabase_local.gateway.json_io import json_answer

API_VERSION = "2024-01-01"
VERSION_HEADER = "X-Supabase-Api-Version"
_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class AuthError(Exception):
    """An error with GoTrue's status, `error_code` and message."""

    def __init__(
        self, status: int, code: str, message: str, *, reasons: tuple[str, ...] = (), retry_after: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.reasons = reasons  # of a weak password
        self.retry_after = retry_after  # seconds


class OAuthError(AuthError):
    """An error in OAuth 2's form (RFC 6749, 5.2): always 400, the same in all versions of the API."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(400, error, description)


def bad_request(code: str, message: str) -> AuthError:
    return AuthError(400, code, message)


def forbidden(code: str, message: str) -> AuthError:
    return AuthError(403, code, message)


def unprocessable(code: str, message: str) -> AuthError:
    return AuthError(422, code, message)


def invalid_credentials() -> AuthError:
    return bad_request("invalid_credentials", "Invalid login credentials")


def too_many_requests(retry_after: int, *, code: str = "over_request_rate_limit") -> AuthError:
    """Return the 429 of a limit; the web app and clients read the seconds from the sentence too."""
    seconds = max(1, retry_after)
    sentence = f"Request rate limit reached. You can try again after {seconds} seconds."
    return AuthError(429, code, sentence, retry_after=seconds)


def answer_error(request: Request, error: AuthError) -> Response:
    """Render `error` in the API version of the request."""
    if isinstance(error, OAuthError):
        return json_answer({"error": error.code, "error_description": error.message}, error.status)
    headers = {"x-sb-error-code": error.code}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    body: dict[str, Any]
    version = request.headers.get(VERSION_HEADER, "")
    if _VERSION.fullmatch(version) and version >= API_VERSION:
        headers[VERSION_HEADER] = API_VERSION
        body = {"code": error.code, "message": error.message}
    else:
        body = {"code": error.status, "error_code": error.code, "msg": error.message}
    if error.reasons:
        body["weak_password"] = {"reasons": list(error.reasons)}
    return json_answer(body, error.status, headers)
