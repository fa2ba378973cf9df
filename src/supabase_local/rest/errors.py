"""Errors in PostgREST's words: {code, message, details, hint}, and the status of each SQLSTATE."""

import re
from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
from starlette.responses import Response

from supabase_local.gateway.json_io import json_answer
from supabase_local.rest.suggestions import find_suggestion


class RestError(Exception):
    """A refusal with PostgREST's status and body."""

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
    """A name that the schema cache does not know: perhaps it is younger than the cache."""


def not_supported(what: str) -> RestError:
    """Refuse what PostgREST knows and we do not, with a sentence, never with a wrong answer."""
    return RestError(
        400, "PGRST127", "Feature not implemented", details=f"ARTi does not speak {what}. See docs/supabase.md."
    )


def invalid_body(message: str) -> RestError:
    return RestError(400, "PGRST102", message)


def table_not_found(schema: str, name: str, known: Iterable[str]) -> RestError:
    near = find_suggestion(name, known)
    return UnknownName(
        404,
        "PGRST205",
        f"Could not find the table '{schema}.{name[:63]}' in the schema cache",
        hint=None if near is None else f"Perhaps you meant the table '{schema}.{near}'",
    )


def answer_error(error: RestError) -> Response:
    headers = {"Proxy-Status": f"PostgREST; error={error.body['code']}", **error.headers}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_answer(error.body, error.status, headers)


# First match wins; from PostgREST's table of errors. What is not here is the caller's mistake: 400.
# Two classes are kinder than upstream's 500, because the caller caused them: 54 (a value too large or too deep),
# 55000 (a write to a view that takes none).
_STATUS_OF_SQLSTATE: tuple[tuple[str, int], ...] = (
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
# Their texts may name files and insides of the server.
_UNTOLD = re.compile("58...|F0...|XX...")


def error_from_database(error: asyncpg.PostgresError, *, role: str) -> RestError:
    """Return PostgREST's answer to an error of the database."""
    state = str(error.sqlstate or "XX000")
    message = str(getattr(error, "message", None) or "database error")
    details, hint = getattr(error, "detail", None), getattr(error, "hint", None)
    if state == "PGRST":
        return _raised(message, details)
    if _UNTOLD.fullmatch(state):
        return RestError(500, state, "The database has an internal error")
    if state == "42501":
        status = 401 if role == "anon" else 403
    elif state.startswith("PT"):
        status = int(state[2:]) if state[2:].isdigit() and 200 <= int(state[2:]) <= 599 else 500
    else:
        status = next((status for form, status in _STATUS_OF_SQLSTATE if re.fullmatch(form, state)), 400)
    return RestError(status, state, message, details=details, hint=hint)


def _raised(message: str, details: str | None) -> RestError:
    """Answer what a function says itself: RAISE SQLSTATE 'PGRST' with JSON in MESSAGE and DETAIL."""
    try:
        said = orjson.loads(message)
        code, text = str(said["code"]), str(said["message"])
    except (ValueError, KeyError, TypeError):
        return _not_raised(f"Invalid JSON value for MESSAGE: '{message}'", _MESSAGE_FORM)
    if details is None:
        return _not_raised("DETAIL is missing in the RAISE statement", _DETAIL_FORM)
    try:
        how = orjson.loads(details)
        headers = {str(name): str(value) for name, value in how["headers"].items()}
        status = int(how["status"])
        if not 200 <= status <= 599 or not all(is_header(*one) for one in headers.items()):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError):
        return _not_raised(f"Invalid JSON value for DETAIL: '{details}'", _DETAIL_FORM)
    return RestError(status, code, text, details=said.get("details"), hint=said.get("hint"), headers=headers)


_MESSAGE_FORM = (
    "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."
)
_DETAIL_FORM = "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."


def _not_raised(details: str, hint: str) -> RestError:
    message = "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"
    return RestError(500, "PGRST121", message, details=details, hint=hint)


_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")


def is_header(name: str, value: str) -> bool:
    """Say whether this may stand among an answer's headers."""
    return _HEADER_NAME.fullmatch(name) is not None and _HEADER_VALUE.fullmatch(value) is not None
