"""Errors in PostgREST's format: {code, message, details, hint}, and the status of each SQLSTATE."""

import re
from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
from starlette.responses import Response

from supabase_local.gateway.json_io import json_answer
from supabase_local.rest.suggestions import find_suggestion


class RestError(Exception):
    """An error with PostgREST's status and body."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        details: Any = None,
        hint: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, "details": details, "hint": hint}
        self.headers = headers or {}


class UnknownName(RestError):
    """A name that the schema cache does not contain; the cache may be stale."""


def not_supported(what: str) -> RestError:
    """Return the error for a feature of PostgREST that is not implemented here."""
    return RestError(
        400, "PGRST127", "Feature not implemented", details=f"Not supported: {what}. See docs/supabase.md."
    )


def invalid_body(message: str) -> RestError:
    return RestError(400, "PGRST102", message)


def table_not_found(schema: str, name: str, names: Iterable[str]) -> RestError:
    similar = find_suggestion(name, names)
    return UnknownName(
        404,
        "PGRST205",
        f"Could not find the table '{schema}.{name[:63]}' in the schema cache",
        hint=None if similar is None else f"Perhaps you meant the table '{schema}.{similar}'",
    )


def error_response(error: RestError) -> Response:
    headers = {"Proxy-Status": f"PostgREST; error={error.body['code']}", **error.headers}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_answer(error.body, error.status, headers)


# First match wins; from PostgREST's table of errors; every other SQLSTATE is 400.
# Two classes differ from upstream's 500, because the client caused them: 54 (a value too large or too deep),
# 55000 (a write to a view that is not updatable).
_STATUS_BY_SQLSTATE: tuple[tuple[str, int], ...] = (
    ("08...", 503),
    ("23503|23505", 409),
    ("25006", 405),
    ("28...|0L...|0P...", 403),
    ("42883|42P01", 404),
    ("42P17", 500),
    ("53400", 500),
    ("53...|57P01", 503),
    ("54...|55000", 400),
    ("P0001", 400),
    ("P0...", 500),
    ("09...|25...|2D...|38...|39...|3B...|40...|55...|57...|58...|F0...|HV...|XX...", 500),
)
# Their messages may contain file names and internals of the server.
_HIDDEN_SQLSTATES = re.compile("58...|F0...|XX...")


def error_of_database(error: asyncpg.PostgresError, *, role: str) -> RestError:
    """Return PostgREST's error for an error of the database."""
    state = str(error.sqlstate or "XX000")
    message = str(getattr(error, "message", None) or "database error")
    details, hint = getattr(error, "detail", None), getattr(error, "hint", None)
    if state == "PGRST":
        return _raised_error(message, details)
    if _HIDDEN_SQLSTATES.fullmatch(state):
        return RestError(500, state, "The database has an internal error")
    if state == "42501":
        status = 401 if role == "anon" else 403
    elif state.startswith("PT"):
        status = int(state[2:]) if state[2:].isdigit() and 200 <= int(state[2:]) <= 599 else 500
    else:
        status = next((status for pattern, status in _STATUS_BY_SQLSTATE if re.fullmatch(pattern, state)), 400)
    return RestError(status, state, message, details=details, hint=hint)


def _raised_error(message: str, details: str | None) -> RestError:
    """Return the error of RAISE SQLSTATE 'PGRST' with JSON in MESSAGE and DETAIL."""
    try:
        body = orjson.loads(message)
        code, text = str(body["code"]), str(body["message"])
    except (ValueError, KeyError, TypeError):
        return _raise_parse_error(f"Invalid JSON value for MESSAGE: '{message}'", _MESSAGE_FORM)
    if details is None:
        return _raise_parse_error("DETAIL is missing in the RAISE statement", _DETAIL_FORM)
    try:
        response = orjson.loads(details)
        headers = {str(name): str(value) for name, value in response["headers"].items()}
        status = int(response["status"])
        if not 200 <= status <= 599 or not all(is_header(*header) for header in headers.items()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        return _raise_parse_error(f"Invalid JSON value for DETAIL: '{details}'", _DETAIL_FORM)
    return RestError(status, code, text, details=body.get("details"), hint=body.get("hint"), headers=headers)


_MESSAGE_FORM = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
)
_DETAIL_FORM = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."


def _raise_parse_error(details: str, hint: str) -> RestError:
    message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"
    return RestError(500, "PGRST121", message, details=details, hint=hint)


_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def is_header(name: str, value: str) -> bool:
    """Whether name and value are valid in a response header."""
    return _HEADER_NAME.fullmatch(name) is not None and _HEADER_VALUE.fullmatch(value) is not None
