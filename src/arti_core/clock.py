"""The only place that reads the time of day; SQL calls clock.now() and clock.today(), which move with it.

Durations and time-outs inside a process use time.monotonic() or loop.time() instead: they must not move.

The clock of an installation that is marked as test or demo can be ahead of the real time, or behind it, by
ARTI_CLOCK_AHEAD_SECONDS. It is an offset and not an instant, so that processes that start one after another agree.
`arti_core.database.open_pool` refuses a database whose clock is moved otherwise, so a production installation, whose
database is never marked, cannot run with a moved clock.
"""

import os
import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ENVIRONMENT_VARIABLE = "ARTI_CLOCK_AHEAD_SECONDS"


def _read_environment() -> float:
    try:
        return float(os.environ.get(ENVIRONMENT_VARIABLE) or 0)
    except ValueError:
        raise SystemExit(f"{ENVIRONMENT_VARIABLE} must be a number of seconds.") from None


_ahead_seconds = _read_environment()


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.fromtimestamp(timestamp(), UTC)


def timestamp() -> float:
    """Return the present moment in seconds since 1970-01-01 UTC, as in the times of a token."""
    return time.time() + _ahead_seconds


def real_timestamp() -> float:
    """Return the same by the machine's clock, however far this process's is ahead of it."""
    return time.time()


def today() -> date:
    """Return the present day in UTC."""
    return now().date()


def today_in(time_zone: str) -> date:
    """Return the present day in an IANA time zone, for example that in which a provider counts its days."""
    return now().astimezone(ZoneInfo(time_zone)).date()


def ahead() -> timedelta:
    """Return how far this process's clock is ahead of the real time: zero except in a test or demo installation."""
    return timedelta(seconds=_ahead_seconds)


def move(ahead: timedelta) -> None:
    """Set how far the clock of this process is ahead of the real time. For tests and demo installations only."""
    global _ahead_seconds
    _ahead_seconds = ahead.total_seconds()
