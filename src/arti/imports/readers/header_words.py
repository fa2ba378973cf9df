"""What the columns of exports are called in the languages of the platforms; each column is matched by itself.

The words stand in `words/`, a column a line, without accents and case, as `normalise_name` writes them.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.types import SourceTable
from arti.vocabulary import Provider

TRANSLATED: tuple[str, ...] = (
    Provider.SPOTIFY,
    Provider.YOUTUBE,
    "tiktok",
    Provider.INSTAGRAM,
    "facebook",
    "royalties",
)
_FILES: dict[str, str] = {Provider.INSTAGRAM: "meta", "facebook": "meta"}
_QUOTES = dict.fromkeys(map(ord, '"„“”«»'))
_DIVIDERS = re.compile(r"[,;\t|]")
# What spreadsheets write below a group, and what stands for all of a kind.
_RESULTS = frozenset({"ergebnis", "result", "resultado", "resultat"})
_ALL = frozenset({"all", "alle", "todas", "todos", "tous", "toutes", "alla"})
_SONGS = frozenset(
    {"tracks", "songs", "titles", "releases", "stores", "titel", "lieder", "canciones", "faixas", "musicas"}
    | {"titres", "chansons", "latar"}
)
_AVERAGES = frozenset(
    {"average", "avg", "mean", "durchschnitt", "mittelwert", "mittel", "promedio", "media", "moyenne", "\u00f8"}
    | {"genomsnitt", "medelvarde", "medel"}
)
_CURRENCY = re.compile(r"(.+) \(([a-z]{3})\)")


@cache
def _words(provider: str) -> dict[str, str]:
    """Return the name of each column by what it is called in another language."""
    lines = [line.partition(" = ") for line in _read_words(_FILES.get(provider, provider)).splitlines()]
    return {plain_name(word): name for name, _, words in lines for word in (name, *words.split(" | "))}


@cache
def _totals() -> frozenset[str]:
    return frozenset(_read_words("totals").strip().split(" | "))


def _read_words(name: str) -> str:
    return (files("arti.imports.readers") / "words" / f"{name}.txt").read_text(encoding="utf-8")


def is_total(text: str) -> bool:
    """Return whether the name in a row says that the row is the sum of the others."""
    return normalise_name(text).strip(" :=") in _totals()


def is_sum_of_group(text: str, *, is_place: bool = True) -> bool:
    """Return whether a name is that of the sum of some rows: "Spotify Total", "2026-01 Ergebnis".

    `is_place`: of a store, a country or a month, so that "All stores" is one too.
    """
    words = normalise_name(text).replace(":", " ").strip(" =").split()
    ends = {" ".join(words[:1]), " ".join(words[:2]), " ".join(words[-1:]), " ".join(words[-2:])}
    return not ends.isdisjoint(_totals() | _RESULTS) or (is_place and len(words) > 1 and words[0] in _ALL)


def is_sum_title(title: str) -> bool:
    """Return whether a title may be that of a sum: "Total", "Album Total", "All tracks"."""
    words = normalise_name(title).strip(" :=").split()
    return is_total(title) or words[-1:] == ["total"] or (len(words) == 2 and words[0] in _ALL and words[1] in _SONGS)


def is_average(text: str) -> bool:
    """Return whether the name in a row may say that the row is the average of the others."""
    return normalise_name(text).strip(" :=") in _AVERAGES


def translate(table: SourceTable, provider: str) -> SourceTable:
    """Return the table with the names of its columns in English, as far as the provider's words are known."""
    names = tuple(_translate(name, _words(provider)) for name in table.names)
    # A word that would give two columns one name stays as it is.
    unique = (name if names.count(name) == 1 else own for name, own in zip(names, table.names, strict=True))
    return replace(table, names=tuple(unique))


def count_known_names(line: str) -> int:
    """Return how many cells of a line are names of columns in one of the languages."""
    cells = (plain_name(cell) for cell in _DIVIDERS.split(line))
    return sum(any(cell in _words(provider) for provider in TRANSLATED) for cell in cells if cell)


def names_money(header: Sequence[str]) -> bool:
    """Return whether a column holds amounts of money, in one of the languages: such a table counts no streams."""
    names = (_translate(name, _words("royalties")) for name in header)
    return any(name == "amount" or name.startswith("amount (") for name in names)


def is_header(cells: Sequence[str], own: Collection[str] = ()) -> bool:
    """Return whether a line names columns: two or more known names, or names in `own`, which are at least half."""
    filled = [plain_name(cell) for cell in cells if cell.strip()]
    known = sum(name in own or any(name in _words(provider) for provider in TRANSLATED) for name in filled)
    return known > 1 and 2 * known >= len(filled)


def plain_name(name: str) -> str:
    """Return a name without accents, case and quotation marks."""
    return normalise_name(name).replace("’", "'").translate(_QUOTES)


def _translate(name: str, words: dict[str, str]) -> str:
    plain = plain_name(name)
    for written in dict.fromkeys((plain, plain.replace("_", " "))):  # programs write "watch_time_(hours)"
        priced = _CURRENCY.fullmatch(written)
        if priced and priced[1] in words:
            return f"{words[priced[1]]} ({priced[2]})"
        share = f"{words.get(written.removesuffix(' (%)'), '')} (%)"  # "auditeurs (%)" beside "auditeurs"
        if written.endswith(" (%)") and share in words.values():
            return share
        if written in words:
            return words[written]
    return name
