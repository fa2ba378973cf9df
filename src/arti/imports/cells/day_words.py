"""Days in words, in six languages: "31. Mai 2026", "1 de jan. de 2024", "29 December". Pure."""

import re

from arti.imports.cells.cell_parsers import normalise_name

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
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun "
    "montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so "
    "lunes martes miercoles jueves viernes sabado domingo lun mie jue vie sab dom "
    "segunda terca quarta quinta sexta feira seg ter qua qui sex "
    "lundi mardi mercredi jeudi vendredi samedi dimanche mer jeu ven sam dim "
    "mandag tisdag onsdag torsdag fredag lordag sondag man tis ons tor tors fre lor son"
)
_IGNORED = frozenset({"de", "del", "of", "the", "den", "г", "г.", *_WEEKDAYS.split()})
_WORD = re.compile(r"[^\W\d_]+|\d+")
_ORDINALS = frozenset({"st", "nd", "rd", "th", "er", "o", "a"})


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
