"""Parse cells as spreadsheets write them: numbers, durations, days. Pure; a ValueError's text is the reason."""

import re
import unicodedata
from datetime import date, datetime
from functools import lru_cache

BLANKS = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "--"})
MAX_VALUE = 1e15
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009']+")
_CURRENCY = re.compile(r"^[$€£¥]|[$€£¥]$")
_GROUPED_DIGITS = {",": re.compile(r"\d{1,3}(,\d{3})+"), ".": re.compile(r"\d{1,3}(\.\d{3})+")}
_PLAIN_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_EXPONENT = re.compile(r"\d+(\.\d+)?[eE][+-]?\d{1,2}")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_DATE_IN_WORDS = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}), (\d{4})|(\d{1,2}) ([A-Za-z]{3,9})\.? (\d{4})")
_NUMERIC_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?")


def normalise_whitespace(text: str) -> str:
    """Return `text` without soft hyphens, zero-width characters and surplus space."""
    return " ".join(text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u202f", " ").split())


@lru_cache(maxsize=8192)
def normalise_name(text: str) -> str:
    """Return `text` for comparing titles: without accents, case-folded."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", normalise_whitespace(text)) if not unicodedata.combining(c)
    )
    return plain.casefold()


def is_blank(text: str) -> bool:
    return normalise_whitespace(text).casefold() in BLANKS


def parse_number(text: str) -> float | None:
    """Return the number in a cell, or None when the cell is blank.

    Accepts 1,234.56, 1.234,56, 1 234, a percent sign, a currency sign, (4.10) for -4.10. A single comma or dot is
    a decimal mark unless commas group thousands. Raises ValueError.
    """
    if text.isascii() and text.isdigit() and len(text) < 15:
        return float(text)
    if is_blank(text):
        return None
    cell = normalise_whitespace(text)
    digits = _SPACES.sub("", cell).removesuffix("%")
    negative = digits.startswith("(") and digits.endswith(")")
    digits = digits[1:-1] if negative else digits
    if digits[:1] in ("-", "−", "+"):
        negative, digits = negative or digits[0] != "+", digits[1:]
    digits = _CURRENCY.sub("", digits)
    if not digits.isascii():
        raise ValueError(f"{cell[:40]!r} is not a number")
    if _EXPONENT.fullmatch(digits):
        plain = digits
    else:
        plain = _normalise_separators(digits)
        if not _PLAIN_NUMBER.fullmatch(plain):
            raise ValueError(f"{cell[:40]!r} is not a number")
    value = float(plain)
    if value > MAX_VALUE:
        raise ValueError(f"{cell[:40]!r} is too large")
    return -value if negative and value else value


def _normalise_separators(digits: str) -> str:
    comma, dot = digits.rfind(","), digits.rfind(".")
    if comma >= 0 and dot >= 0:
        group, point = (",", ".") if dot > comma else (".", ",")
        whole, _, part = digits.rpartition(point)
        return whole.replace(group, "") + "." + part if _GROUPED_DIGITS[group].fullmatch(whole) else digits
    if comma >= 0:
        if _GROUPED_DIGITS[","].fullmatch(digits):
            return digits.replace(",", "")
        return digits.replace(",", ".") if digits.count(",") == 1 else digits
    return digits.replace(".", "") if digits.count(".") > 1 and _GROUPED_DIGITS["."].fullmatch(digits) else digits


def parse_seconds(text: str) -> float | None:
    """Return the seconds of H:MM:SS or M:SS, or of a plain number of seconds; None when blank. Raises ValueError."""
    if ":" not in text:
        return parse_number(text)
    parts = normalise_whitespace(text).split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a duration like 0:03:25")
    numbers = [int(part) for part in parts]
    if any(number > 59 for number in numbers[1:]):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a duration like 0:03:25")
    return float(sum(number * 60**power for power, number in enumerate(reversed(numbers))))


@lru_cache(maxsize=8192)
def parse_day(text: str) -> date | None:
    """Return the day in a cell, or None when it is blank.

    Accepts 2026-05-31 (with or without a time), 2026/5/31, "May 31, 2026" and "31 May 2026". Raises ValueError, also
    for an ambiguous form like 03/04/2026.
    """
    if is_blank(text):
        return None
    cell = normalise_whitespace(text)
    numeric, in_words = _NUMERIC_DATE.fullmatch(cell), _DATE_IN_WORDS.fullmatch(cell)
    try:
        if numeric:
            return date(*(int(part) for part in numeric.groups()))
        if in_words:
            month, day, year = in_words.group(1, 2, 3) if in_words[1] else in_words.group(5, 4, 6)
            if month[:3].lower() in _MONTHS and (len(month) <= 4 or _is_month(month)):
                return date(int(year), _MONTHS[month[:3].lower()], int(day))
    except ValueError:
        pass
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*", cell):
        raise ValueError(f"{cell[:40]!r} is ambiguous: day and month could be swapped")
    raise ValueError(f"{cell[:40]!r} is not a day like 2026-05-31")


def _is_month(word: str) -> bool:
    try:
        datetime.strptime(word, "%B")  # noqa: DTZ007 - only the name of the month matters
    except ValueError:
        return False
    return True
