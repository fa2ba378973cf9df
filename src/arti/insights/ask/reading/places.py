"""Find the countries that a question names, in any of the languages that countries are found by. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from arti.dimensions.countries import find_country
from arti.insights.ask.reading.language import Language, Token

_MOST_WORDS: Final = 4
_SHORTEST: Final = 4
_CODES: Final = frozenset(("US", "USA", "UK", "UAE", "usa", "uk"))  # of others, such as KW and TV, few mean a country


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A country by its code, or a city by the id that the gazetteer has for it. `words`: as they are written."""

    kind: Literal["country", "city"]
    value: str
    words: str
    at: int = 0
    end: int = 0


def find_countries(tokens: Sequence[Token], keys: Sequence[str], language: Language) -> list[NamedPlace]:
    """Return the countries in the words that are still free (their key is not empty), longer names first."""
    found: list[NamedPlace] = []
    at = 0
    while at < len(keys):
        found_at = (_at(tokens, keys, at, count, language) for count in range(_MOST_WORDS, 0, -1))
        place = next((one for one in found_at if one), None)
        if place is not None:
            found.append(place)
        at = place.end if place else at + 1
    return found


def _at(tokens: Sequence[Token], keys: Sequence[str], at: int, count: int, language: Language) -> NamedPlace | None:
    window = tokens[at : at + count]
    if len(window) < count or not all(keys[at : at + count]):
        return None
    words = " ".join(token.text for token in window)
    if count == 1 and words not in _CODES and (len(words) < _SHORTEST or keys[at] in language.vocabulary):
        return None
    code = next((found for one in _forms(words, language) if (found := find_country(one))), None)
    return NamedPlace("country", code, words, at, at + count) if code else None


def _forms(words: str, language: Language) -> Iterator[str]:
    """Yield a name as it is written, and as a list has it: "in den Vereinigten Staaten", "Deutschlands"."""
    yield words
    if language.code == "de":
        first, *rest = words.split(" ")
        yield " ".join((first.removesuffix("n"), *rest))
        yield words.removesuffix("s").removesuffix("n")
