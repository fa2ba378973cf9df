"""What stands in the holes of an English sentence, in the form of another reader. Pure."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

from babel.dates import format_interval, format_skeleton

from arti.language.locale_formats import show_day, show_month, show_number, show_period
from arti.language.reader_locale import ReaderLocale

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "January Jan",
            "February Feb",
            "March Mar",
            "April Apr",
            "May",
            "June Jun",
            "July Jul",
            "August Aug",
            "September Sep",
            "October Oct",
            "November Nov",
            "December Dec",
        ),
        start=1,
    )
    for name in names.split()
}
_LIST: Final = re.compile(r"(, and |, or |, |; | and | or )")
# Around what stood in a file.
_QUOTES: Final = {"de": "„{}“", "es": "“{}”", "fr": "« {} »", "pt": "“{}”"}
_AMOUNT: Final = re.compile(r"-?\d[\d,]*(?:\.\d+)? [A-Z]{3}")
Translate = Callable[[str], str]


def show_value(kind: str, text: str, reader: ReaderLocale, translate: Translate) -> str:
    """Return the text of a hole for a reader. English days stay as they are written."""
    if kind in ("said", "list"):
        return translate(text) if kind == "said" else _show_list(text, translate)
    if kind == "amounts":
        return _show_list(text, lambda one: _money(one, reader) if _AMOUNT.fullmatch(one) else translate(one))
    if kind in _NUMBERS:
        return _NUMBERS[kind](text, reader)
    if kind == "quoted" and reader.language != "en":
        return _QUOTES[reader.language].format(text[1:-1])
    if kind in _DAYS and reader.language != "en":
        return _DAYS[kind](text, reader)
    return text


def _show_list(text: str, translate: Translate) -> str:
    """Return a list in words, each of which is translated; "and" and "or" are words of it."""
    parts = _LIST.split(text)
    return "".join(_translate_joint(part, translate) if at % 2 else translate(part) for at, part in enumerate(parts))


def _translate_joint(joint: str, translate: Translate) -> str:
    word = joint.strip(" ,;")
    return joint.replace(word, translate(word)).replace(", ", " ") if word else joint


def _number(text: str, reader: ReaderLocale, unit: str = "") -> str:
    plain = text.replace(",", "").replace("−", "-")
    sign = "+" if plain.startswith("+") else "−" if "−" in text else ""
    decimals = len(plain.partition(".")[2])
    value = float(plain)
    shown = show_number(abs(value) if sign else value, reader, unit=unit, decimals=decimals)
    return sign + shown


def _percent(text: str, reader: ReaderLocale) -> str:
    return _number(text.rstrip("% "), reader, "percent")


def _range(text: str, reader: ReaderLocale) -> str:
    low, high = text.split(" to ")
    joint = {"en": " to ", "de": " bis ", "es": " a ", "fr": " à ", "pt": " a "}[reader.language]
    return joint.join((_percent(low, reader), _percent(high, reader)))


def _money(text: str, reader: ReaderLocale) -> str:
    if text.startswith("$"):
        return _number(text[1:], reader, "USD")
    amount, _, currency = text.rpartition(" ")
    return _number(amount, reader, currency)


def _read_day(text: str) -> date:
    if text[4:5] == "-":
        return date.fromisoformat(text)
    day, month, year = text.split(" ")
    return date(int(year), _MONTHS[month], int(day))


def _day(text: str, reader: ReaderLocale) -> str:
    return show_day(_read_day(text), reader.language)


def _day_of_year(text: str, reader: ReaderLocale) -> str:
    day, month = text.split(" ")
    shown: str = format_skeleton("MMMMd", date(2000, _MONTHS[month], int(day)), locale=reader.language)
    return shown


def _days(text: str, reader: ReaderLocale) -> str:
    """Return "on 3 Oct 2026" or "from 3 to 16 Oct 2026", whose first day leaves out what the last one says too."""
    if text.startswith("on "):
        return _day(text[3:], reader)
    start, end = text[5:].split(" to ")
    last = _read_day(end)
    day, *rest = start.split(" ")
    month = _MONTHS[rest[0]] if rest else last.month
    return show_period(date(int(rest[1]) if len(rest) > 1 else last.year, month, int(day)), last, reader.language)


def _month(text: str, reader: ReaderLocale) -> str:
    if text[4:5] == "-":
        return show_month(date.fromisoformat(f"{text}-01"), reader.language)
    month, year = text.split(" ")
    return show_month(date(int(year), _MONTHS[month], 1), reader.language)


def _months(text: str, reader: ReaderLocale) -> str:
    first, _, last = text.partition(" to ")
    if not last:
        return _month(first, reader)
    start, end = (date.fromisoformat(f"{each}-01") for each in (first, last))
    shown: str = format_interval(start, end, "yMMMM", locale=reader.language)
    return shown


def _moment(text: str, reader: ReaderLocale) -> str:
    day, _, clock = text.rpartition(" ")
    at = datetime.combine(_read_day(day), time.fromisoformat(clock))
    return f"{format_skeleton('yMMMd', at, locale=reader.language)}, {clock}"


_NUMBERS: Final = {"number": _number, "percent": _percent, "range": _range, "money": _money}
_DAYS: Final = {
    "day": _day,
    "daymonth": _day_of_year,
    "days": _days,
    "month": _month,
    "months": _months,
    "moment": _moment,
}
KINDS: Final = frozenset({"", "said", "list", "amounts", "quoted", *_NUMBERS, *_DAYS})
