"""Structured log lines on standard error: JSON in production, readable on a terminal. No value of a request is logged.

An exception is logged with its class and frames. Its message is left out unless it is known to hold none of the values
that somebody sent: PostgreSQL, parsers and validators quote what they refuse.
"""

import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Final, TypeAlias

import orjson
import structlog

from arti_core.errors import ArtiError

_ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]

# Classes whose messages name what is wrong with the program or its surroundings.
_WITHOUT_VALUES: Final = (ArtiError, OSError, AttributeError, ImportError, NameError, NotImplementedError, RuntimeError)
_MAX_CAUSES: Final = 5


def configure_log(*, service: str, json: bool) -> None:
    """Set up logging for this process. `service` names it in every line, e.g. "api"."""

    def name_service(_logger: object, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        return {**line, "service": service}

    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            name_service,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(_format_exc_info),
            structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonFormatter(service) if json else _Formatter("%(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def format_exception(error: BaseException) -> str:
    """Return the classes and frames of `error` and its causes, with the messages that hold no values."""
    parts: list[str] = []
    cause: BaseException | None = error
    for _ in range(_MAX_CAUSES):
        if cause is None:
            break
        frames = "".join(traceback.format_tb(cause.__traceback__))
        message = f": {cause}" if isinstance(cause, _WITHOUT_VALUES) else _code_of(cause)
        parts.insert(0, f"{frames}{type(cause).__module__}.{type(cause).__qualname__}{message}")
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\nThen:\n".join(parts)


def _code_of(error: BaseException) -> str:
    """Return the SQLSTATE of PostgreSQL's errors: with the class it says what was refused."""
    state = getattr(error, "sqlstate", None)
    return f" (SQLSTATE {state})" if isinstance(state, str) else ""


def _format_exc_info(exc_info: _ExcInfo) -> str:
    return format_exception(exc_info[1])


class _Formatter(logging.Formatter):
    """Formats the lines of libraries by the same rule; asyncio's messages quote the exception after the first line."""

    def formatException(self, ei: object) -> str:
        error = ei[1] if isinstance(ei, tuple) else None
        return format_exception(error) if isinstance(error, BaseException) else ""

    def formatMessage(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio":
            record.message = record.message.partition("\n")[0]
        return super().formatMessage(record)


class _JsonFormatter(_Formatter):
    """Formats the lines of libraries as the others: one JSON object each."""

    def __init__(self, service: str) -> None:
        super().__init__("%(message)s")
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "event": super().format(record),
            "logger": record.name,
            "service": self._service,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
            **structlog.contextvars.get_contextvars(),
        }
        return orjson.dumps(line, default=str).decode()
