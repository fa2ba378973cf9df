"""The text form of a series' dimension: '' is the whole, else `name=value[,name=value]`, sorted by name. Pure.

Commas, equals signs and percent signs inside a value are written as %2C, %3D and %25. A place is a GeoNames id, or
`~text` or `~text|country` where it is not known which place the text means.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from arti.dimensions.catalogue import BY_SLUG
from arti.dimensions.countries import COUNTRY_CODES
from arti_core.text_cache import cache_of_files

UNKNOWN_PLACE: Final = "~"
_MAX_TEXT: Final = 200
_PLACE_ID: Final = re.compile(r"[1-9]\d{0,9}")
_PERIOD: Final = re.compile(r"lifetime|[1-9]\d{0,3}day")
_ESCAPES: Final = {"%": "%25", ",": "%2C", "=": "%3D"}


def write_dimension(parts: Mapping[str, str]) -> str:
    """Return the text form of names and values. Raises ValueError for a name or value that the catalogue lacks."""
    for name, value in parts.items():
        check_value(name, value)
    return ",".join(f"{name}={escape_value(parts[name])}" for name in sorted(parts))


@cache_of_files(maxsize=16384)
def _parse(text: str) -> tuple[tuple[str, str], ...]:
    parts: dict[str, str] = {}
    for pair in text.split(",") if text else ():
        name, equals, value = pair.partition("=")
        if not equals or name in parts:
            raise ValueError(f"the dimension {text[:80]!r} is not of the form name=value,name=value")
        parts[name] = unquote(value)
        check_value(name, parts[name])
    if write_dimension(parts) != text:
        raise ValueError(f"the dimension {text[:80]!r} is not in its canonical form {write_dimension(parts)[:80]!r}")
    return tuple(parts.items())


def parse_dimension(text: str) -> dict[str, str]:
    """Return names and values of a text form. Raises ValueError for one that is not canonical."""
    return dict(_parse(text))


def check_value(name: str, value: str) -> None:
    """Raise ValueError, in words, unless `value` is a value of the dimension `name`."""
    dimension = BY_SLUG.get(name)
    if dimension is None:
        raise ValueError(f"there is no dimension {name[:60]!r}; there are {', '.join(BY_SLUG)}")
    if dimension.kind == "text" or dimension.open or (dimension.kind == "place" and value.startswith(UNKNOWN_PLACE)):
        text = value.removeprefix(UNKNOWN_PLACE) if dimension.kind == "place" else value
        if not text or len(text) > _MAX_TEXT or text != " ".join(text.split()) or not text.isprintable():
            raise ValueError(f"{value[:60]!r} is no value of {name}: give 1 to {_MAX_TEXT} letters on one line")
        return
    valid = {
        "list": lambda: value in dimension.values,
        "country": lambda: value in COUNTRY_CODES,
        "place": lambda: bool(_PLACE_ID.fullmatch(value)),
        "period": lambda: bool(_PERIOD.fullmatch(value)),
    }[dimension.kind]()
    if not valid:
        known = ", ".join(dimension.values) or {
            "country": "ISO 3166-1 codes of two letters like DE",
            "place": "the number of a place, as GET /api/places finds it",
            "period": "lifetime, or a number of days like 28day",
        }.get(dimension.kind, "")
        raise ValueError(f"{value[:60]!r} is no value of {name}; possible: {known}")


def unknown_place(text: str, country: str | None = None) -> str:
    """Return the value of `city` for a place that is told as text. `country` is ISO 3166-1, where it is known."""
    name = " ".join("".join(c for c in text if c.isprintable()).replace("|", " ").split()).lstrip(UNKNOWN_PLACE)
    return UNKNOWN_PLACE + name[: _MAX_TEXT - 4].strip() + (f"|{country}" if country else "")


def split_unknown_place(value: str) -> tuple[str, str | None]:
    """Return the text and the country of a value made by `unknown_place`."""
    text, _, country = value.removeprefix(UNKNOWN_PLACE).partition("|")
    return text, country or None


def escape_value(value: str) -> str:
    """Return a value as it stands in the text form."""
    return re.sub("[%,=]", lambda found: _ESCAPES[found[0]], value)
