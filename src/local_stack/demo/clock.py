"""The moved clock of a demo: `./arti up --at INSTANT` marks a data folder and stores how far its clock is ahead.

The offset is stored and not the instant, so that time goes on between two starts as it does everywhere. Only a folder
without a database can be marked: rows written on the real date must not be compared with a moved clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from arti_core import clock
from arti_core.errors import Conflict, Invalid, Misconfigured
from local_stack.data_directory import DataDirectory

_NOON: Final = time(12, tzinfo=UTC)  # the same day in UTC and where the providers count their days
_YEARS: Final = range(2020, 2100)


def parse_instant(text: str) -> datetime:
    """Return the instant of `--at`: ISO, in UTC where no zone is given; a day alone is its noon. Raises Invalid."""
    try:
        instant = datetime.fromisoformat(text)
        if len(text) == len("2027-02-28"):
            instant = datetime.combine(date.fromisoformat(text), _NOON)
        elif instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        instant = instant.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("--at takes a day or an instant, such as 2027-02-28 or 2027-02-28T23:30Z.", field="at") from None
    if instant.year not in _YEARS:
        raise Invalid(f"--at takes a date between {_YEARS[0]} and {_YEARS[-1]}.", field="at")
    return instant


def mark_folder(folder: DataDirectory, instant: datetime) -> None:
    """Store that the clock of `folder` shows `instant` now. Raises Conflict when its database has the real date."""
    if read_ahead(folder) is None and (folder.postgres / "PG_VERSION").exists():
        raise Conflict(
            f"The data folder {folder.root} holds an installation with the real date, whose clock cannot be moved. "
            "Set ARTI_DATA to an empty folder."
        )
    store_ahead(folder, instant - (clock.now() - clock.ahead()))


def store_ahead(folder: DataDirectory, ahead: timedelta) -> None:
    """Mark `folder`, whatever it holds, as that of a demo whose clock is ahead of the real time."""
    folder.root.mkdir(parents=True, exist_ok=True)
    folder.clock.write_text(f"{ahead.total_seconds():.3f}\n")


def read_ahead(folder: DataDirectory) -> timedelta | None:
    """Return how far the clock of a marked folder is ahead, or None. Raises Misconfigured for an unreadable mark."""
    try:
        return timedelta(seconds=float(folder.clock.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, OverflowError):
        raise Misconfigured(
            f"{folder.clock} must hold a number of seconds. ./arti up --at INSTANT writes it anew."
        ) from None


def describe_date(folder: DataDirectory) -> str:
    """Return the line that says which date a marked folder has; empty for an installation with the real date."""
    ahead = read_ahead(folder)
    if ahead is None:
        return ""
    shown = clock.now() - clock.ahead() + ahead
    return f"Date: {shown:%A %Y-%m-%d %H:%M} UTC. The clock of this demo was moved by --at."
