"""When an export was made, by its own evidence. Pure.

The last complete day that it holds decides; between exports that end on the same day, the date in the file's name; and
only where a name has none, the moment of the upload. docs/adr/0031-which-export-wins.md says why.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from arti.providers.contract import Observation
from arti_core.database import Row

_NAMED = re.compile(
    r"(?<!\d)(20\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    r"(?:[ T_-]+([01]\d|2[0-3])[-_.:h]?([0-5]\d)(?:[-_.:m]?([0-5]\d))?(?![-_]?\d))?"
)


@dataclass(frozen=True, slots=True, order=True)
class OwnDate:
    """The order of exports: the greater one is newer. `in_name`: the moment is that of the file's name."""

    last_on: date
    made_at: datetime
    uploaded_at: datetime
    in_name: bool = False


def find_last_complete_day(observations: Sequence[Observation], today: date) -> date | None:
    """Return the last day before `today` that has a value; without one, the last day at all."""
    days = [observation.observed_on for observation in observations if observation.observed_on < today]
    with_value = (each.observed_on for each in observations if each.value is not None and each.observed_on < today)
    return max(with_value, default=max(days, default=None))


def find_named_moment(file_name: str) -> datetime | None:
    """Return the latest date in a file's name, with its time where there is one, read as UTC."""
    moments = []
    for year, _, month, day, hour, minute, second in _NAMED.findall(file_name):
        try:
            moments.append(
                datetime(
                    int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
                )
            )
        except ValueError:
            continue
    return max(moments, default=None)


def make_own_date(row: Row, last_on: date) -> OwnDate:
    """Return the date of an import's file. A date in its name before its last day is not that of the export."""
    named = find_named_moment(row["file_name"])
    if named and named.date() < last_on:
        named = None
    return OwnDate(last_on, named or row["created_at"], row["created_at"], named is not None)
