"""The things that documents of music people are about, by their words in all languages. Pure."""

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from arti.insights.ask.reading.language import CODES, fold, load_language

_FILE: Final = Path(__file__).parent / "topics.toml"


def words_for(key: str) -> Sequence[str]:
    """Return the words of all languages that mean the same as this one, as keys; nothing for one that is not known."""
    return _by_word().get(key, ())


@cache
def _by_word() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    lines = [
        [fold(word.strip()) for word in line.split(",")] for line in tomllib.loads(_FILE.read_text("utf-8"))["words"]
    ]
    for name, count in (("months", 12), ("weekdays", 7)):
        days = [load_language(code).days[name] for code in CODES]
        lines += [[keys[0] for named in days for keys, at in named.items() if at == place] for place in range(count)]
    for words in lines:
        keys = tuple(dict.fromkeys(words))
        for key in keys:
            table[key] = tuple(dict.fromkeys((*table.get(key, ()), *keys)))
    return table
