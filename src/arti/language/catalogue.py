"""The sentences and words of each language that people read: one file a language, read once.

A key leads to one sentence. Where it leads to several sentences, the numbers decide which of them is true.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

LanguageCode = Literal["en", "de", "es", "fr", "pt"]
LANGUAGES: Final[tuple[LanguageCode, ...]] = get_args(LanguageCode)
DEFAULT_LANGUAGE: Final[LanguageCode] = "en"
_FOLDER: Final = Path(__file__).parent / "catalogues"
# Of all currencies the metric is the same; its unit names the currency.
_REVENUE: Final = "money.estimated_revenue"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """`sentences`: by dotted key. `reviewed`: whether a person who speaks the language has read them."""

    code: LanguageCode
    reviewed: bool
    sentences: dict[str, str]
    metrics: dict[str, str]
    gained: dict[str, str]
    labels: dict[str, str]
    singulars: dict[str, str]

    def metric(self, slug: str, name: str, *, gained: bool = False) -> str | None:
        """Return the word of a metric inside a sentence, or None for one of the org's own.

        `gained`: of a running total, what comes in ("views" of "Lifetime views").
        """
        key = _REVENUE if slug.startswith(_REVENUE) else slug
        word = (self.gained.get(key) if gained else None) or self.metrics.get(key)
        if word is None and self.code == "en" and not slug.startswith("own."):
            word = name[:1].lower() + name[1:]
        return word

    def label(self, english: str) -> str:
        """Return what a number is called beside a text; detectors name it in English."""
        return self.labels.get(english, english)


@cache
def load_catalogue(code: LanguageCode) -> Catalogue:
    table = tomllib.loads((_FOLDER / f"{code}.toml").read_text("utf-8"))
    return Catalogue(
        code,
        table["reviewed"],
        dict(_flatten(table["sentences"])),
        table.get("metrics", {}),
        table.get("gained", {}),
        table.get("labels", {}),
        table["one"],
    )


def _flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, entry in table.items():
        if isinstance(entry, dict):
            yield from _flatten(entry, f"{prefix}{name}.")
        else:
            yield prefix + name, entry
