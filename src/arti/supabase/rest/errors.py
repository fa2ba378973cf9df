"""Errors in PostgREST's words: {code, message, details, hint}, and the status of each SQLSTATE."""

import re
from typing import Any

import asyncpg
from starlette.responses import Response

from arti.supabase.wire import json_answer


class RestError(Exception):
    """A refusal with PostgREST's status and body."""

    def __init__(
        self, status: int, code: str, message: str, *, details: str | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"code": code, "message": message, "details": details, "hint": hint}


def not_spoken(what: str) -> RestError:
    """Refuse what PostgREST knows and we do not, with a sentence, never with a wrong answer."""
    return RestError(
        400, "PGRST127", "Feature not implemented", details=f"ARTi does not speak {what} yet. See docs/supabase.md."
    )


def unparsable(what: str, text: str) -> RestError:
    return RestError(400, "PGRST100", f'"failed to parse {what} ({text[:100]})"', details=f"unexpected {what}")


def answer_error(error: RestError) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else None
    return json_answer(error.body, error.status, headers)


# First match wins; from PostgREST's table of errors. What is not here is the caller's mistake: 400.
_STATUS_OF_SQLSTATE: tuple[tuple[str, int], ...] = (
    ("08...", 503),
    ("23503|23505", 409),
    ("25006", 405),
    ("28...|0L...|0P...", 403),
    ("42883|42P01", 404),
    ("42P17", 500),
    ("53400", 500),
    ("53...", 503),
    ("P0001", 400),
    ("P0...", 500),
    ("40...|54...|55...|57...|58...|XX...", 500),
)


def of_database(error: asyncpg.PostgresError, *, role: str) -> RestError:
    """Return PostgREST's answer to an error of the database."""
    state = str(error.sqlstate or "XX000")
    if state == "42501":
        status = 401 if role == "anon" else 403
    else:
        status = next((status for form, status in _STATUS_OF_SQLSTATE if re.fullmatch(form, state)), 400)
    message = str(getattr(error, "message", None) or "database error")
    return RestError(status, state, message, details=getattr(error, "detail", None), hint=getattr(error, "hint", None))
