"""Guess a title and a period from a file's name and its neighbours. A guess is only the default of a question."""

import re
from datetime import date
from pathlib import PurePosixPath

from arti.imports.cells.cell_parsers import normalise_whitespace
from arti.imports.cells.day_format import parse_day
from arti.imports.types import Hints

_TIMESTAMP = re.compile(r"[_ -]+\d{8}([_-]\d{6})?$")
_COPY_NUMBER = re.compile(r" ?\(\d+\)$")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})[_ –-]+(?:to[_ -]+)?(\d{4}-\d{2}-\d{2})")
# "Mar-18-2025_Apr-14-2025", as Meta names its lists.
_RANGE_IN_WORDS = re.compile(r"([a-z]{3}-\d{1,2}-\d{4})[_ ]([a-z]{3}-\d{1,2}-\d{4})")
_PERIODS = (
    (re.compile(r"[-_ ]all$|(?<![a-z])(all[_ -]?time|lifetime)(?![a-z])"), "lifetime"),
    (re.compile(r"(?<!\d)(12 ?m(onths?)?|1 ?y(ear)?|365 ?days?)(?![a-z0-9])"), "365day"),
    (re.compile(r"(?<!\d)90 ?days?"), "90day"),
    (re.compile(r"(?<!\d)28 ?days?"), "28day"),
    (re.compile(r"(?<!\d)7 ?days?"), "7day"),
)


def stem(file_name: str) -> str:
    """Return the file's name without folder, suffix, timestamp and copy number such as "(1)"."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    name = re.sub(r"\.(csv|tsv|txt)$", "", name, flags=re.IGNORECASE)
    return normalise_whitespace(_TIMESTAMP.sub("", _COPY_NUMBER.sub("", name)))


def guess_title(file_name: str) -> str | None:
    """Return the song's title in `<Title>-timeline.csv`, or None."""
    match = re.fullmatch(r"(.+?)[-_ ]+timeline", stem(file_name), flags=re.IGNORECASE)
    return match[1] if match else None


def guess_period(hints: Hints, *, of_neighbours: bool = False) -> tuple[str | None, date | None]:
    """Return the period and its last day, each None where folder and file name do not contain it.

    `of_neighbours`: the platform exports several files of one period together, so that the days of one are the others'.
    """
    if hints.days and of_neighbours:
        first, last = hints.days
        return f"{(last - first).days + 1}day", last
    path = f"{hints.folder}/{stem(hints.file_name)}".casefold()
    path_with_timestamp = f"{hints.folder}/{hints.file_name}"
    match = _RANGE.search(path) or _RANGE_IN_WORDS.search(path)
    if match:
        first_on, last_on = _parse_day(match[1]), _parse_day(match[2])
        if first_on and last_on and first_on <= last_on:
            return f"{(last_on - first_on).days + 1}day", last_on
    timestamp = re.search(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)", path_with_timestamp)
    timestamp_on = _parse_day("-".join(timestamp.groups())) if timestamp else None
    return next((name for pattern, name in _PERIODS if pattern.search(path)), None), timestamp_on


def _parse_day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None
