"""The clock of a test run: ARTI_TEST_NOW, an ISO instant, moves Python, databases and child processes alike.

    ARTI_TEST_NOW=2028-02-29T12:00Z TZ=Asia/Kolkata ./arti test tests/insights

`./arti test --long dates` runs the whole Python suite at DATES, and in ZONES, which must change nothing.
"""

import importlib
import os
import time
from datetime import UTC, datetime, timedelta, tzinfo
from types import SimpleNamespace
from typing import Self

import asyncpg

from arti_core import clock

# Each a day of another kind, at an hour at which Pacific and UTC are on different days, or not.
DATES = (
    "2026-12-31T23:00Z",  # a Thursday; the year ends during the run
    "2027-01-01T12:00Z",  # a Friday
    "2027-01-31T04:00Z",  # a Sunday, 31st; Pacific is still on the 30th
    "2028-02-29T12:00Z",  # a Tuesday, leap day
    "2027-03-01T03:00Z",  # a Monday, 1st; Pacific is still on 28 February
    "2027-03-14T10:30Z",  # US clocks went forward half an hour ago
    "2027-10-31T01:30Z",  # European clocks went back half an hour ago
)
ZONES = ("Pacific/Kiritimati", "America/Los_Angeles", "Asia/Kolkata")


def move_to_test_now() -> None:
    """Move this process's clock, and that of processes which inherit its environment, to ARTI_TEST_NOW if it is set."""
    text = os.environ.get("ARTI_TEST_NOW")
    if text and clock.ENVIRONMENT_VARIABLE not in os.environ:  # else set already, by the process that started this one
        at = datetime.fromisoformat(text)
        ahead = (at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.fromtimestamp(time.time(), UTC)
        clock.move(ahead)
        os.environ[clock.ENVIRONMENT_VARIABLE] = str(ahead.total_seconds())
    if clock.ahead():
        _move_official_libraries()


def _move_official_libraries() -> None:
    """Give the clients that stand for other people's programs the moved time: they refuse what they find expired.

    PyJWT is left alone, since the product uses it too and may not depend on the time that it reads.
    """

    class MovedDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return cls.fromtimestamp(clock.timestamp(), tz)

    for name in ("supabase_auth.helpers", "standardwebhooks.webhooks"):
        vars(importlib.import_module(name))["datetime"] = MovedDatetime
    for name in ("supabase_auth._async.gotrue_client", "supabase_auth._sync.gotrue_client"):
        vars(importlib.import_module(name))["time"] = SimpleNamespace(time=clock.timestamp)


def clock_environment() -> dict[str, str]:
    """Return what a child process needs to have this one's time, where the test composes its environment itself."""
    names = (clock.ENVIRONMENT_VARIABLE, "TZ")
    return {name: os.environ[name] for name in names if name in os.environ}


async def move_database(dsn: str, ahead: timedelta | None = None) -> None:
    """Mark a database as that of a test and move its clock to ours, or by `ahead`. `dsn` is its owner's."""
    ahead = clock.ahead() if ahead is None else ahead
    if not ahead:
        return
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f"call clock.move('test', interval '{ahead.total_seconds()} s')")
    finally:
        await connection.close()
