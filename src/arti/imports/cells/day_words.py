"""Days in words, in six languages: "31. Mai 2026", "1 de jan. de 2024", "29 December". Pure."""

import re

from arti.imports.cells.cell_parsers import normalise_name, normalise_whitespace

_TIME = re.compile(
    r",?[ T]\d{1,2}[:.]\d{2}(?::\d{2})?( ?[ap]\.?m\.?)?( ?[A-Z]{3,4}([+-]\d{4}( \([^()]*\))?)?)?$", re.IGNORECASE
)
_MONTH_WORDS = (
    "january januar enero janeiro janvier januari января jan janv ene",
    "february februar febrero fevereiro fevrier februari февраля feb fev fevr",
    "march marz marzo marco mars марта mar mrz",
    "april abril avril апреля apr abr avr",
    "may mai mayo maio maj мая",
    "june juni junio junho juin июня jun",
    "july juli julio julho juillet июля jul juil",
    "august agosto aout augusti августа aug ago",
    "september septiembre setiembre setembro septembre сентября sep sept set",
    "october oktober octubre outubro octobre октября oct okt out",
    "november noviembre novembro novembre ноября nov",
    "december dezember diciembre dezembro decembre декабря dec dez dic",
)
_MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_WEEKDAY_WORDS = (
    "monday montag lunes segunda lundi mandag mon mo lun seg man",
    "tuesday dienstag martes terca mardi tisdag tue tues di ter tis",
    "wednesday mittwoch miercoles quarta mercredi onsdag wed mi mie mer qua ons",
    "thursday donnerstag jueves quinta jeudi torsdag thu thur thurs do jue qui jeu tor tors",
    "friday freitag viernes sexta vendredi fredag fri fr vie sex ven fre",
    "saturday samstag sonnabend sabado samedi lordag sat sa sab sam lor",
    "sunday sonntag domingo dimanche sondag sun so dom dim son",
)
# "mar" is Tuesday beside a day in numbers, and a month elsewhere.
_WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAY_WORDS) for word in words.split()} | {"mar": 1}
_IGNORED = frozenset({"de", "del", "of", "the", "den", "г", "г.", "feira", *_WEEKDAYS} - {"mar"})
_WEEKDAY = r"([^\W\d_]{2,})(?:-feira)?\.?"
_DAY_IN_NUMBERS = r"(\d{1,4}[-/.] ?\d{1,2}[-/.] ?\d{1,4})"
_WEEKDAY_FIRST = re.compile(rf"{_WEEKDAY},? ?(?:den |the )?{_DAY_IN_NUMBERS}", re.IGNORECASE)
_WEEKDAY_LAST = re.compile(rf"{_DAY_IN_NUMBERS},? \(?{_WEEKDAY}\)?", re.IGNORECASE)
# A program that takes a column for numbers writes the day 20260301 so.
_WITH_DECIMALS = re.compile(r"((?:20|19)\d{6})[.,]0+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "o", "a"})


def split_weekday(cell: str) -> tuple[int | None, str]:
    """Return the weekday beside a day in numbers, Monday as 0, and the day without it and what programs add to it."""
    text = normalise_whitespace(cell).removeprefix("'")  # by which a spreadsheet keeps a cell as it is
    if text[:1].isdigit() and text[-1:].isdigit():
        compact = _WITH_DECIMALS.fullmatch(text)
        return None, compact[1] if compact else text
    if first := _WEEKDAY_FIRST.fullmatch(text):
        word, day = first.groups()
    elif last := _WEEKDAY_LAST.fullmatch(text):
        day, word = last.groups()
    else:
        return None, text
    weekday = _WEEKDAYS.get(normalise_name(word))
    return (None, text) if weekday is None else (weekday, day)


def read_words(cell: str) -> tuple[int | None, int, int] | None:
    """Return (year or None, month, day) of a day in words, or None."""
    words = [word for word in _WORD.findall(normalise_name(_TIME.sub("", cell))) if word not in _IGNORED]
    named = [word for word in words if word in _MONTHS]
    numbers = [word for word in words if word.isascii() and word.isdigit()]
    # "1er mars", "2nd May": an ordinal ends in letters.
    others = [word for word in words if word not in named and word not in numbers and word not in _ORDINALS]
    if len(named) != 1 or others or not 1 <= len(numbers) <= 2:
        return None
    month = _MONTHS[named[0]]
    if len(numbers) == 1:
        return (None, month, int(numbers[0])) if len(numbers[0]) < 3 else None
    first, second = numbers
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return full_year(year), month, int(day)


def full_year(text: str) -> int:
    """Return the year of two or four digits."""
    return int(text) if len(text) == 4 else 2000 + int(text) if int(text) < 70 else 1900 + int(text)
