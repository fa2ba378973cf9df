"""Parse cells as spreadsheets write them: numbers and durations. Pure; a ValueError's text is the reason."""

import re
import unicodedata
from enum import StrEnum

from arti.providers.states import HIDDEN, LATE, NOT_REPORTED, TOO_FEW, UNSUPPORTED
from arti_core.text_cache import cache_short

BLANKS = frozenset({"", "-", "–", "—", "n/a", "na", "nan", "null", "none", "--"})
MAX_VALUE = 1e15
# What exports write in the place of a number.
_STATE_WORDS = {
    "hidden": HIDDEN,
    "private": HIDDEN,
    "not available": NOT_REPORTED,
    "unavailable": NOT_REPORTED,
    "no data": NOT_REPORTED,
    "undefined": NOT_REPORTED,
    "not supported": UNSUPPORTED,
    "not applicable": UNSUPPORTED,
    "pending": LATE,
    "processing": LATE,
}
_BELOW = re.compile(r"(<|less than|fewer than) ?\d{1,4}")
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009'\u2019]+")
# Digits with blanks or apostrophes among them are one number only where these divide groups: 12 34 are two.
_DIVIDED = re.compile(r"\d[\s\u00a0\u202f\u2009'\u2019]+\d")
_GROUPS_OF_BLANKS = re.compile(
    r"\D*(?:\d{1,3}(?: \d{3})+|\d{1,2}(?: \d{2})* \d{3}|\d+)(?:[.,](?:\d+|\d{3}(?: \d{3})*(?: \d{1,3})?))?\D*"
)
# Whose sign stands beside an amount; a dollar is that of many.
_CURRENCIES_OF_SIGN = {
    "US$": {"USD"},
    "R$": {"BRL"},
    "€": {"EUR"},
    "£": {"GBP", "EGP", "LBP"},
    "¥": {"JPY", "CNY"},
    "₹": {"INR"},
    "₩": {"KRW"},
    "₽": {"RUB"},
    "₺": {"TRY"},
    "kr": {"SEK", "NOK", "DKK", "ISK"},
    "zł": {"PLN"},
}
_PESOS = frozenset({"MXN", "ARS", "CLP", "COP", "UYU", "BRL"})
_SIGN = re.compile(r"US\$|R\$|[$€£¥₹₩₽₺]|kr|zł|[A-Z]{3}")
# What a spreadsheet writes in the place of a text that it took for a formula, in six languages; #SELFIE is a song.
_ERRORS = frozenset(
    [
        "#name?",
        "#nom?",
        "#namn?",
        "#¿nombre?",
        "#nombre?",
        "#nome?",
        "#ref!",
        "#bezug!",
        "#referens!",
        "#¡ref!",
        "#value!",
        "#wert!",
        "#valeur!",
        "#vardefel!",
        "#valor!",
        "#¡valor!",
        "#div/0!",
        "#¡div/0!",
        "#division/0!",
        "#n/a",
        "#nv",
        "#n/d",
        "#saknas!",
        "#num!",
        "#zahl!",
        "#nombre!",
        "#ogiltigt!",
        "#¡num!",
        "#null!",
        "#nul!",
        "#skarning!",
        "#nulo!",
        "#¡nulo!",
    ]
)
# The zero of a spreadsheet's form for accounts: a dash beside the sign of a currency.
_ZERO_OF_ACCOUNTS = re.compile(r"(?:US\$|R\$|[$€£¥])-|-(?:US\$|R\$|[$€£¥]|kr)")
_SYMBOL = r"(?:US\$|R\$|[$€£¥₹₩₽₺]|kr\.?|zł|[A-Z]{3})"
_NUMBER = re.compile(
    rf"(?:{_SYMBOL}(?=\())?(?P<open>\()?(?P<sign>[-−+])?(?:{_SYMBOL})?(?P<inner>[-−+])?"
    rf"(?P<digits>[\d.,]+(?:[eE][+-]?\d{{1,2}})?)(?:{_SYMBOL})?(?P<after>[-−])?(?P<close>\))?"
)
_GROUPS = {
    mark: re.compile(rf"[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+|[1-9]\d?(?:\{mark}\d{{2}})+\{mark}\d{{3}}") for mark in ",."
}
TWO_READINGS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_PLAIN_NUMBER = re.compile(r"\d+(\.\d*)?|\.\d+")
_EXPONENT = re.compile(r"\d+([.,]\d+)?[eE][+-]?\d{1,2}")
# As a spreadsheet shows a number: with few of its digits. Java writes no plus, R and Python a small e, and all digits.
_ROUNDED = re.compile(r"\d([.,]\d+)?E\+\d\d")
# Also the marks of the direction in which a text runs.
_INVISIBLE = dict.fromkeys(
    (*map(ord, "\u00ad\u061c\u2060\ufeff"), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
# Instead of the decimal mark of a column: none, its numbers are whole and both marks group. Behind the mark: that a
# cell with two readings is not read where it has the other mark, or at all.
WHOLE = ""
ONLY = "!"
DOUBTFUL = "?"


class ColumnKind(StrEnum):
    """What a column holds: days that its row is about, other days, whole numbers, shares in percent, any number."""

    DAY = "day"
    OTHER_DAY = "other_day"
    COUNT = "count"
    SHARE = "share"
    NUMBER = "number"


def normalise_whitespace(text: str) -> str:
    """Return `text` without soft hyphens, zero-width characters and surplus space."""
    return " ".join(text.translate(_INVISIBLE).replace("\u00a0", " ").replace("\u202f", " ").split())


@cache_short(maxsize=8192, of_files=True)
def normalise_name(text: str) -> str:
    """Return `text` for comparing titles: without accents, case-folded."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", normalise_whitespace(text)) if not unicodedata.combining(c)
    )
    return plain.casefold()


def is_blank(text: str) -> bool:
    return normalise_whitespace(text).casefold() in BLANKS


def is_spreadsheet_error(text: str) -> bool:
    """Return whether a text is what a spreadsheet writes where it took one for a formula: #NAME?, #WERT!."""
    return text.startswith("#") and normalise_name(text).replace(" ", "") in _ERRORS


def read_title(cell: str, most: int = 300) -> str:
    """Return the title in a cell; an empty one for an error of a spreadsheet, which may be that of any title."""
    text = normalise_whitespace(cell)
    return "" if is_spreadsheet_error(text) else text[:most]


def names_other_currency(text: str, code: str) -> bool:
    """Return whether the sign beside an amount is that of another currency than `code`."""
    sign = _SIGN.search(text)
    if sign is None:
        return False
    if sign[0] == "$":
        return not (code.endswith("D") or code in _PESOS)
    return code not in _CURRENCIES_OF_SIGN.get(sign[0], {sign[0]})


def find_currency(text: str) -> str | None:
    """Return the currency that the sign or code beside an amount names, or None where it is that of several."""
    sign = _SIGN.search(text)
    codes = _CURRENCIES_OF_SIGN.get(sign[0], {sign[0]}) if sign and sign[0] != "$" else set()
    return next(iter(codes)) if len(codes) == 1 else None


def find_null_reason(text: str) -> str | None:
    """Return why a cell of a numeric column holds no number, as a code of `arti.providers.states`, or None."""
    if text.isdigit():
        return None
    cell = normalise_whitespace(text).casefold()
    if cell in BLANKS:
        return NOT_REPORTED
    return TOO_FEW if _BELOW.fullmatch(cell) else _STATE_WORDS.get(cell)


def split_number(text: str) -> tuple[str, bool] | None:
    """Return the digits and marks of a number, and whether it is negative; None for what is no number."""
    text = text.translate(_INVISIBLE)
    if _DIVIDED.search(text) and not _GROUPS_OF_BLANKS.fullmatch(_SPACES.sub(" ", text)):
        return None
    text = _SPACES.sub("", text)
    if _ZERO_OF_ACCOUNTS.fullmatch(text):
        return "0", False
    match = _NUMBER.fullmatch(text.removesuffix("%").removeprefix("%"))
    if match is None or not match["digits"].isascii() or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in match.group("open", "sign", "inner", "after") if sign]
    return (match["digits"], bool(signs) and signs[0] != "+") if len(signs) < 2 else None


def parse_number(text: str, decimal_mark: str | None = None) -> float | None:
    """Return the number in a cell as a float, or None when the cell is blank; as `parse_plain`. Raises ValueError."""
    if text.isascii() and text.isdigit() and len(text) < 15:
        return float(text)
    plain = parse_plain(text, decimal_mark)
    if plain is None:
        return None
    value = float(plain)
    if abs(value) > MAX_VALUE:
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is too large")
    return value or 0.0


def parse_plain(text: str, decimal_mark: str | None = None) -> str | None:
    """Return the number in a cell with all its digits, like -1234.50, or None when the cell is blank.

    Accepts 1,234.56, 1.234,56, 1 234, 12,34,567, a percent sign, a currency before or after, (4.10) for -4.10.
    `decimal_mark`: the mark that the column's numbers have before their decimals, as `number_format` finds it. Raises
    ValueError, also for a cell like 1,234 that has two readings without it, and for 1.23E+06, whose digits are lost.
    """
    if is_blank(text):
        return None
    digits, negative = split_number(text) or ("", False)
    if _ROUNDED.fullmatch(digits):
        raise ValueError(f"a spreadsheet has rounded {digits!r}; export the file again")
    plain = digits.replace(",", ".") if _EXPONENT.fullmatch(digits) else _normalise_separators(digits, decimal_mark)
    if not _PLAIN_NUMBER.fullmatch(plain) and not _EXPONENT.fullmatch(plain):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a number")
    return f"-{plain}" if negative else plain


def parse_amount(text: str, decimal_mark: str | None = None) -> str | None:
    """Return the number of a cell that holds no share, as `parse_plain`. Raises ValueError."""
    if "%" in text:
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is a share in percent")
    return parse_plain(text, decimal_mark)


def find_decimal_mark(digits: str) -> str | None:
    """Return the decimal mark that digits, as `split_number` returns them, settle by themselves; else None."""
    comma, point = digits.count(","), digits.count(".")
    if comma and point:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if comma + point == 1:
        return None if TWO_READINGS.fullmatch(digits) else "," if comma else "."
    return None if not comma + point else "." if comma else ","


def _normalise_separators(digits: str, decimal_mark: str | None) -> str:
    if decimal_mark == WHOLE:
        group = next((group for group, form in _GROUPS.items() if form.fullmatch(digits)), "")
        return digits.replace(group, "")
    doubt = decimal_mark[1:] if decimal_mark else DOUBTFUL
    decimal_mark = decimal_mark and decimal_mark[0]
    mark = find_decimal_mark(digits)
    if mark is None:
        mark = decimal_mark
        if doubt and TWO_READINGS.fullmatch(digits) and (doubt == DOUBTFUL or digits[-4] != decimal_mark):
            raise ValueError(f"{digits!r} has two readings: {digits[:-4]}.{digits[-3:]} and {digits[:-4]}{digits[-3:]}")
    elif decimal_mark is not None and mark != decimal_mark:
        raise ValueError(f"{digits[:40]!r} has another decimal mark than its column")
    if mark is None:
        return digits
    group = "." if mark == "," else ","
    whole, point, part = digits.partition(mark)
    if group in whole:
        if not _GROUPS[group].fullmatch(whole):
            return digits + "?"
        whole = whole.replace(group, "")
    return f"{whole}.{part}" if point else whole


def parse_seconds(text: str, decimal_mark: str | None = None) -> float | None:
    """Return the seconds of H:MM:SS or M:SS, or of a plain number of seconds; None when blank. Raises ValueError."""
    if ":" not in text:
        return parse_number(text, decimal_mark)
    parts = normalise_whitespace(text).split(":")
    if not 2 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() and len(part) <= 6 for part in parts):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a duration like 0:03:25")
    numbers = [int(part) for part in parts]
    if any(number > 59 for number in numbers[1:]):
        raise ValueError(f"{normalise_whitespace(text)[:40]!r} is not a duration like 0:03:25")
    return float(sum(number * 60**power for power, number in enumerate(reversed(numbers))))
