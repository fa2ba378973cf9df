"""Numbers, units and days in the form of each language, or numbers in the form that the reader chose."""

from datetime import date, datetime
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import format_currency, format_decimal, format_percent
from babel.units import format_unit

from arti.language.catalogue import LanguageCode
from arti.language.reader_locale import SEPARATORS, NumberForm, ReaderLocale, as_locale

_DURATIONS: Final = {"hours": "duration-hour", "seconds": "duration-second"}
_CURRENCY_CHARACTERS: Final = 3
# Days of all English readers are written as in Britain, since 5/3 and May 3 are read in two ways.
_DAYS: Final[dict[LanguageCode, str]] = {"en": "en_GB"}


def show_number(value: float, reader: ReaderLocale | LanguageCode, *, unit: str = "", decimals: int = 0) -> str:
    """Return a number as people read it: with its unit where it is a percentage, a duration or money."""
    form = as_locale(reader)
    locale = _locale(form.language, form.number_form)
    value = round(value, decimals) + 0.0  # no minus before a zero
    digits = f"#,##0.{'0' * decimals}".rstrip(".")
    if unit == "percent":
        pattern = str(locale.percent_formats[None].pattern)
        return format_percent(value / 100, pattern.replace("#,##0", digits), locale=locale)
    if unit in _DURATIONS:
        return format_unit(value, _DURATIONS[unit], format=digits, locale=locale)
    if len(unit) == _CURRENCY_CHARACTERS and unit.isupper():
        pattern = str(locale.currency_formats["standard"].pattern)
        return format_currency(value, unit, pattern.replace("#,##0.00", digits), locale=locale, currency_digits=False)
    return format_decimal(value, digits, locale=locale)


def show_day(day: date, language: LanguageCode) -> str:
    return format_date(day, "long", locale=_DAYS.get(language, language))


def show_month(day: date, language: LanguageCode) -> str:
    return format_skeleton("yMMMM", day, locale=_DAYS.get(language, language))


def show_moment(moment: datetime, time_zone: str, language: LanguageCode) -> str:
    """Return the day and the time of a moment in a zone, with 24 hours for all: 8:00 is read in two ways."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return f"{format_skeleton('yMMMEd', local, locale=_DAYS.get(language, language))}, {local:%H:%M}"


def show_period(first: date, last: date, language: LanguageCode) -> str:
    """Return one day, or the first and the last of several."""
    if first == last:
        return show_day(first, language)
    return format_interval(first, last, "yMMMd", locale=_DAYS.get(language, language))


class _LocaleWithSigns(Locale):
    """A language's locale in which numbers have the signs of the reader's choice."""

    signs: dict[str, str]

    @property
    def number_symbols(self) -> Any:
        return {system: {**symbols, **self.signs} for system, symbols in super().number_symbols.items()}


@cache
def _locale(language: LanguageCode, number_form: NumberForm) -> Locale:
    if number_form == "language":
        return Locale.parse(language)
    locale = _LocaleWithSigns(language)
    locale.signs = dict(zip(("group", "decimal"), SEPARATORS[number_form], strict=True))
    return locale
