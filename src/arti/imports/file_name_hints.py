"""What a file's name and its neighbours hint at. Hints become defaults of questions, never facts."""

import re
from datetime import date
from pathlib import PurePosixPath

from arti.imports.cell_parsers import normalise_whitespace, parse_day
from arti.imports.types import Hints

_STAMP = re.compile(r"[_ -]+\d{8}([_-]\d{6})?$")
_COPY = re.compile(r" ?\(\d+\)$")
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})[_ –-]+(?:to[_ -]+)?(\d{4}-\d{2}-\d{2})")
_SPANS = (
    (re.compile(r"[-_ ]all$|(?<![a-z])(all[_ -]?time|lifetime)(?![a-z])"), "lifetime"),
    (re.compile(r"(?<!\d)(12 ?m(onths?)?|1 ?y(ear)?|365 ?days?)(?![a-z0-9])"), "365day"),
    (re.compile(r"(?<!\d)90 ?days?"), "90day"),
    (re.compile(r"(?<!\d)28 ?days?"), "28day"),
    (re.compile(r"(?<!\d)7 ?days?"), "7day"),
)


def stem(file_name: str) -> str:
    """Return the file's own name without folder, ending, time stamp and "(1)"."""
    name = PurePosixPath(file_name.replace("\\", "/")).name
    name = re.sub(r"\.(csv|tsv|txt)$", "", name, flags=re.IGNORECASE)
    return normalise_whitespace(_STAMP.sub("", _COPY.sub("", name)))


def title_in_name(file_name: str) -> str | None:
    """Return the song's title in `<Title>-timeline.csv`, or None."""
    found = re.fullmatch(r"(.+?)[-_ ]+timeline", stem(file_name), flags=re.IGNORECASE)
    return found[1] if found else None


def period_in_name(hints: Hints) -> tuple[str | None, date | None]:
    """Return the period and its last day, as far as neighbours, folder or file name hint at them."""
    if hints.days:
        first, last = hints.days
        return f"{(last - first).days + 1}day", last
    where = f"{hints.folder}/{stem(hints.file_name)}".casefold()
    stamped = f"{hints.folder}/{hints.file_name}"
    exact = _RANGE.search(where)
    if exact:
        first_on, last_on = _day(exact[1]), _day(exact[2])
        if first_on and last_on and first_on <= last_on:
            return f"{(last_on - first_on).days + 1}day", last_on
    stamp = re.search(r"(?<!\d)(20\d{2})(\d{2})(\d{2})(?!\d)", stamped)
    stamped_on = _day("-".join(stamp.groups())) if stamp else None
    return next((name for pattern, name in _SPANS if pattern.search(where)), None), stamped_on


def _day(text: str) -> date | None:
    try:
        return parse_day(text)
    except ValueError:
        return None
