"""The words of each language that questions are put in: one file a language, read once.

A file's `[metrics]`, `[rates]` and `[words]` say what a word means, `[stop]` what carries no meaning of its own,
`[period]` how days are named, `[answers]` how an answer is worded.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from arti.language.catalogue import LANGUAGES, LanguageCode

CODES: Final = LANGUAGES  # of two languages that read a question alike, the first
_FOLDER: Final = Path(__file__).parent / "languages"
_TOKEN: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})|\d{1,2}\.\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}/\d{4}|[^\W_]+"
)
_CHARACTERS: Final = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_PLATFORMS: Final = {
    "spotify": "spotify, spotifys",
    "instagram": "instagram, insta, ig, instagrams",
    "youtube": "youtube, you tube, yt, youtubes",
    "soundcloud": "soundcloud, sound cloud, sc",
    "tiktok": "tiktok, tik tok",
    "facebook": "facebook, fb",
    "apple_music": "apple music, apple",
    "amazon_music": "amazon music, amazon",
    "youtube_music": "youtube music, yt music, youtube musik",
}

Phrases = dict[tuple[str, ...], str]


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a question: as written, and its key without capitals and accents."""

    text: str
    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Language:
    """`phrases`: what words mean, such as metric.streams, word.rise, platform.spotify or stop."""

    code: LanguageCode
    phrases: Phrases
    days: dict[str, Any]
    answers: dict[str, Any]
    vocabulary: frozenset[str]
    longest: int

    def match(self, keys: Sequence[str], at: int) -> tuple[str, int] | None:
        """Return what the longest phrase that begins at `at` means, and how many words it has."""
        for length in range(min(self.longest, len(keys) - at), 0, -1):
            if (found := self.phrases.get(tuple(keys[at : at + length]))) is not None:
                return found, length
        return None


def fold(text: str) -> str:
    """Return text without capitals and accents, as it is compared."""
    lowered = text.casefold().translate(_CHARACTERS)
    return "".join(sign for sign in unicodedata.normalize("NFKD", lowered) if not unicodedata.combining(sign))


def tokenize(text: str) -> list[Token]:
    # Composed first, so that a character and its accent are one word.
    text = unicodedata.normalize("NFC", text)
    return [Token(found[0], fold(found[0]), *found.span()) for found in _TOKEN.finditer(text)]


def keys_of(text: str) -> tuple[str, ...]:
    return tuple(token.key for token in tokenize(text))


def split_list(text: str) -> list[tuple[str, ...]]:
    """Return the phrases of a list with commas between them, each as the keys of its words."""
    return [keys for part in text.split(",") if (keys := keys_of(part))]


@cache
def load_language(code: LanguageCode) -> Language:
    """Read a language's file."""
    table = tomllib.loads((_FOLDER / f"{code}.toml").read_text("utf-8"))
    phrases: Phrases = dict.fromkeys(split_list(table["stop"]["words"]), "stop")
    for section, prefix in (("words", "word"), ("metrics", "metric"), ("rates", "rate")):
        for name, words in table[section].items():
            phrases |= dict.fromkeys(split_list(words), f"{prefix}.{name}")
    for platform, words in _PLATFORMS.items():
        phrases |= dict.fromkeys(split_list(words), f"platform.{platform}")
    days = _read_days(table["period"])
    vocabulary = {key for keys in phrases for key in keys} | set(_keys_in(days))
    return Language(code, phrases, days, table["answers"], frozenset(vocabulary), max(map(len, phrases)))


def _read_days(table: dict[str, Any]) -> dict[str, Any]:
    days: dict[str, Any] = {}
    for name, entry in table.items():
        if name in ("numbers", "previous_units"):
            pairs = [part.split("=") for part in entry.split(",") if part.strip()]
            days[name] = {keys_of(word): value.strip() for word, value in pairs}
        elif isinstance(entry, list):
            days[name] = {keys: index for index, words in enumerate(entry) for keys in split_list(words)}
        else:
            days[name] = frozenset(split_list(entry)) if isinstance(entry, str) else entry
    return days


def _keys_in(days: dict[str, Any]) -> Iterator[str]:
    for entry in days.values():
        if not isinstance(entry, bool):
            for keys in entry:
                yield from keys


def distance(one: str, other: str, limit: int) -> int:
    """Return how many characters differ (one more, less, other or swapped with the next); above `limit`: limit + 1."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    older: list[int] = []
    old = list(range(len(other) + 1))
    for row, character in enumerate(one, 1):
        new = [row]
        for column, sign in enumerate(other, 1):
            least = min(old[column] + 1, new[-1] + 1, old[column - 1] + (character != sign))
            if row > 1 and column > 1 and character == other[column - 2] and one[row - 2] == sign:
                least = min(least, older[column - 2] + 1)
            new.append(least)
        if min(new) > limit:
            return limit + 1
        older, old = old, new
    return old[-1]


def is_misspelt(written: str, meant: str) -> bool:
    """Return whether a word is likely another one with a slip of the hand: long words only, and the same initial."""
    length = min(len(written), len(meant))
    if length >= 4 and written[0] == meant[0] and sorted(written) == sorted(meant):
        return distance(written, meant, 1) == 1
    if length < 6 or written[0] != meant[0] or written.isdigit():
        return False
    limit = 2 if length >= 9 else 1
    return distance(written, meant, limit) <= limit


def correct(key: str, language: Language) -> str:
    """Return the language's word that is meant by a misspelt one, or the word itself."""
    if key in language.vocabulary:
        return key
    near = [word for word in language.vocabulary if is_misspelt(key, word)]
    return min(near, key=lambda word: (distance(key, word, 2), word)) if near else key
