"""In which language, form of numbers and time zone a person or an org reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

from arti.language.catalogue import LanguageCode
from arti_core.database import Row

WeekStart = Literal["monday", "sunday", "saturday"]
# As date.weekday() counts.
FIRST_WEEKDAYS: Final[Mapping[WeekStart, int]] = {"monday": 0, "saturday": 5, "sunday": 6}
NumberForm = Literal["language", "comma_point", "point_comma", "space_comma", "apostrophe_point"]
# Of each form what stands between thousands, and before decimals. A space is a narrow one that no line breaks at.
SEPARATORS: Final[Mapping[NumberForm, tuple[str, str]]] = {
    "comma_point": (",", "."),
    "point_comma": (".", ","),
    "space_comma": ("\u202f", ","),
    "apostrophe_point": ("’", "."),
}


def _know_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("This is no time zone. Choose one as Europe/Berlin.")
    return name


TimeZone = Annotated[str, AfterValidator(_know_zone), Field(max_length=64, description="As Europe/Berlin.")]


@dataclass(frozen=True, slots=True)
class ReaderLocale:
    """How texts, numbers and times are written for one reader."""

    language: LanguageCode
    number_form: NumberForm = "language"
    time_zone: str = "UTC"


def locale_of(row: Row | Mapping[str, Any], prefix: str = "") -> ReaderLocale:
    """Return the locale in the columns language, number_form and time_zone of a row."""
    return ReaderLocale(row[f"{prefix}language"], row[f"{prefix}number_form"], row[f"{prefix}time_zone"])


def begin_of_last_week(day: date, week_start: WeekStart) -> date:
    """Return the last first day of a week before a day: of such a day itself the one a week ago."""
    return day - timedelta(days=(day.weekday() - FIRST_WEEKDAYS[week_start]) % 7 or 7)


def as_locale(reader: "ReaderLocale | LanguageCode") -> ReaderLocale:
    """Return a locale; of a language alone, one with the language's own form of numbers."""
    return reader if isinstance(reader, ReaderLocale) else ReaderLocale(reader)
