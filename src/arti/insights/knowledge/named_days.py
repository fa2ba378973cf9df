"""Which days a text names beside something that may move an artist's numbers: a show, a broadcast, a review. Pure.

A document is cited around such a day, as a document that names it. What it says of causes is not read, and a passage
that speaks to its reader, or of texts such as ARTi's, names no day.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Final

from arti.language.catalogue import LANGUAGES
from arti.language.locale_formats import show_month

MOST: Final = 20  # of one passage
_SENTENCE: Final = re.compile(r"(?<=[^\d\s][.!?…])\s+|\n+")
_WORD: Final = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}\.\d{1,2}\.(?:\d{4})?|[^\W_]+")
_YEARS: Final = range(1990, 2100)
# Beginnings of words, without accents, in the five languages.
_EVENT_WORDS: Final = (
    "show concert gig tour festival radio broadcast tv television interview press review article premiere release "
    "single album video playlist campaign advert spot poster livestream session award "
    "konzert auftritt sendung fernseh kritik artikel veroffentlich kampagne werbung anzeige plakat "
    "concierto gira emision prensa entrevista resena lanzamiento estreno campana anuncio "
    "emission presse sortie campagne annonce affiche critique "
    "imprensa lancamento estreia campanha turne digressao"
)
_EVENTS: Final = tuple(_EVENT_WORDS.split())
_SPEAKS: Final = re.compile(
    r"https?:|[<>{}@`]|\b(?:ignor\w+|system|assistants?|prompts?|instruc\w+|anweisung\w*|insights?|clauses?|slots?|"
    r"severity|causes?|ursachen?|causas?|you must|set the|say that|answer with|choose|quote|send|write|"
    r"schreib\w*|fuge|setze|sende|escrib\w+|envia\w*|ecri\w+|envoy\w+|escrev\w+)\b"
)


def list_named_days(text: str, *, written_on: date) -> list[date]:
    """Return the days that a passage names, each once. Without a year a day is the nearest to `written_on`."""
    if _SPEAKS.search(_fold(text)):
        return []
    found: dict[date, None] = {}
    for sentence in _SENTENCE.split(text):
        keys = _WORD.findall(_fold(sentence))
        if any(key.startswith(_EVENTS) for key in keys):
            found |= dict.fromkeys(_days_of(keys, written_on))
    return list(found)[:MOST]


def _fold(text: str) -> str:
    """Return text without capitals and accents."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


def _days_of(keys: list[str], written_on: date) -> Iterator[date]:
    for at, key in enumerate(keys):
        if re.fullmatch(r"\d{4}-\d\d-\d\d", key):
            year, month, day = map(int, key.split("-"))
            yield from _day(year, month, day)
        elif written := re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})?", key):
            number = int(written[3]) if written[3] else _nearest_year(int(written[2]), int(written[1]), written_on)
            yield from _day(number, int(written[2]), int(written[1]))
        elif month := _MONTHS.get(key, 0):
            yield from _around_month(keys, at, month, written_on)


def _around_month(keys: list[str], at: int, month: int, written_on: date) -> Iterator[date]:
    """Read "24 November 2026", "November 24th, 2026", "24. November" and "24 de noviembre de 2026"."""
    before = [key for key in keys[max(at - 2, 0) : at] if key not in ("de", "of", "the")]
    after = [key for key in keys[at + 1 : at + 4] if key not in ("de", "of")]
    number = _number(before[-1]) if before else 0
    if not number and after:
        number, after = _number(after[0]), after[1:]
    if number:
        is_year = bool(after) and re.fullmatch(r"\d{4}", after[0]) is not None
        year = int(after[0]) if is_year else _nearest_year(month, number, written_on)
        yield from _day(year, month, number)


def _number(key: str) -> int:
    found = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th|er|o)?", key)
    return int(found[1]) if found else 0


def _nearest_year(month: int, day: int, written_on: date) -> int:
    years = (written_on.year + away for away in (-1, 0, 1))
    near = [(abs((one - written_on).days), year) for year in years for one in _day(year, month, day)]
    return min(near)[1] if near else 0


def _day(year: int, month: int, day: int) -> Iterator[date]:
    try:
        if year in _YEARS:
            yield date(year, month, day)
    except ValueError:
        return


def _read_months() -> dict[str, int]:
    """Return the number of each month by its names, and by the short ones of English that are no other word."""
    months = {
        _fold(show_month(date(2000, number, 1), code)).split()[0]: number
        for code in LANGUAGES
        for number in range(1, 13)
    }
    short = {_fold(show_month(date(2000, number, 1), "en"))[:3]: number for number in range(1, 13) if number != 3}
    return short | months


_MONTHS: Final = _read_months()
