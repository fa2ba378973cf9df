"""The id of a request: from the browser through every service into the jobs that it causes, and their log lines."""

import os
import re
from typing import Final

import structlog
from starlette.types import Scope

HEADER: Final = b"x-request-id"
# As this module makes them. Any other text stays out of logs and of the audit log.
_ID: Final = re.compile(rb"[0-9a-f]{32}")


def begin_request(scope: Scope) -> bytes:
    """Give a request the id that the caller sent, or a new one, in its state and its log lines. Returns the id."""
    sent = next((value for name, value in scope["headers"] if name == HEADER), b"")
    request_id = sent if _ID.fullmatch(sent) else os.urandom(16).hex().encode()
    scope.setdefault("state", {})["request_id"] = request_id.decode()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id.decode())
    return request_id


def current_request_id() -> str | None:
    """Return the id of the request that this code runs for, if any."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return found if isinstance(found, str) else None


def continue_request(request_id: str | None) -> None:
    """Go on for another request than before, or for none."""
    structlog.contextvars.unbind_contextvars("request_id")
    if request_id:
        structlog.contextvars.bind_contextvars(request_id=request_id)
