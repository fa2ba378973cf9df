"""The platforms' words for the values of a dimension, in exports and in responses of their APIs. Pure."""

import re
from importlib.resources import files
from typing import Final

from arti.dimensions.catalogue import BY_SLUG
from arti.dimensions.countries import find_country
from arti.dimensions.text import check_value, unknown_place

# Our value of a dimension, then the words that stand for it in the languages of exports, compared without case, spaces
# and signs.
_FILE: Final = "platform_words.txt"
_AGE: Final = re.compile(r"\D*(\d{1,2})\s*[-–—_ ]+\s*(\d{1,2})\D*")
_AGE_FROM: Final = re.compile(
    r"\D*(\d{1,2})\s*(?:years|jahre|años|anos|ans|år)?\s*"
    r"(?:[+\-–]|and over|or older|\+ years|und älter|oder älter|[yo] más|[eo]u? mais|et plus|(?:och|eller) äldre)\D*",
    re.IGNORECASE,
)
_AGE_BELOW: Final = re.compile(r"(?:<|under|less than)\s*18\D*", re.IGNORECASE)


def _read_words() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the words of each value of each dimension."""
    found: dict[str, dict[str, tuple[str, ...]]] = {slug: {} for slug in BY_SLUG}
    for line in (files("arti.dimensions") / _FILE).read_text(encoding="utf-8").splitlines():
        value, _, words = line.partition(" = ")
        name, _, slug = value.partition(".")
        found[name][slug] = tuple(words.split(" | "))
    return found


def _squash(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


_BY_WORD: Final = {
    name: {
        **{_squash(slug): slug for slug in BY_SLUG[name].values},
        **{_squash(label): slug for slug, label in BY_SLUG[name].values.items()},
        **{_squash(word): slug for slug, found in words.items() for word in found},
    }
    for name, words in _read_words().items()
}


def read_value(name: str, text: str) -> str:
    """Return the value of the dimension `name` that a platform's text stands for. Raises ValueError, in words.

    A city becomes the text of a place: which place it is, the gazetteer decides when the number is stored.
    """
    word = " ".join(text.split())
    if name == "country":
        value = find_country(word) or word
    elif name == "city":
        value = unknown_place(word)
    elif name == "age":
        value = _read_age(word)
    else:
        value = _BY_WORD.get(name, {}).get(_squash(word), word[:200])
    check_value(name, value)
    return value


def _read_age(word: str) -> str:
    if _AGE_BELOW.fullmatch(word):
        return "0-17"
    if (span := _AGE.fullmatch(word)) is not None:
        return f"{span[1]}-{span[2]}"
    if (first := _AGE_FROM.fullmatch(word)) is not None:
        return f"{first[1]}+"
    return "unknown" if _squash(word) in ("unknown", "u", "notspecified") else word
