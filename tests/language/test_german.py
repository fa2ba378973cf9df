"""German texts everywhere: one word for one thing, quotation marks, spaces before units, the polite form."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
# The word that is used, and others for the same thing (the table in web/README.md).
_TERMS: Final = {
    "Admin": r"\bAdministrator",
    "Abgleich, abgleichen": r"[Ss]ynchronisier",
    "berichtigt (restated)": r"dann korrigiert",
    "Gesamtzahl": r"\blaufende[rn]? Stand|diesen Stand",
    "indexiert": r"[Ii]ndizier",
    "Kennzahl": r"\bMetrik",
    "Konzert": r"\bAuftritte?\b",
    "Künstler, Künstlerliste": r"\bRoster\b",
    "Limit": r"\b(SMS-)?Grenzen?\b",
    "Metropolregion": r"Großraum|Großräume",
    "Post": r"\b(ein|der|des|einem|den) Beitrag|\bBeiträge",
    "Store": r"\bShops?\b",
    "Titel": r"\bSongs?\b",
    "Zusammenfassung": r"\b(Tages|Wochen)überblick|Ihr Überblick",
}
# Wrong in any German text.
_FORM: Final = {
    "quotation marks are „ and “": r"”|\"[^\"]+\"|“[^„]*„[^“]*$|‚|‘",
    "a space before a unit does not break": r"(?:\d|\}) (?:%|s|ms|h|KB|MB|MiB)(?![\w-])",
    "a form of address is Sie": r"\b([Dd]ein|[Dd]u|[Dd]ich|[Dd]ir|[Ee]uch)\b",
    "a space before an ellipsis of a sentence": r"\w…$",
}


def _flatten(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flatten(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield prefix + key, value


def _texts() -> dict[str, str]:
    """Return every German text that people read, by its place."""
    texts: dict[str, str] = {}
    for path in sorted((_ROOT / "web").glob("[acfl]*/**/messages/de.json")):
        texts |= {f"{path.parent.parent.name}: {key}": text for key, text in _flatten(json.loads(path.read_text()))}
    for path in sorted((_ROOT / "src/arti/language/messages").glob("*.toml")):
        table = tomllib.loads(path.read_text())
        texts |= {f"{path.stem}: {entry['en']}": entry["de"] for entry in table["message"]}
    catalogue = tomllib.loads((_ROOT / "src/arti/language/catalogues/de.toml").read_text())
    answers = tomllib.loads((_ROOT / "src/arti/insights/ask/reading/languages/de.toml").read_text())["answers"]
    return texts | {f"catalogue: {key}": text for key, text in _flatten({**catalogue, "answers": answers})}


@pytest.mark.parametrize("rule", _TERMS | _FORM)
def test_each_german_text_has_the_terms_and_the_form(rule: str) -> None:
    wrong = re.compile((_TERMS | _FORM)[rule])
    texts = _texts()
    assert len(texts) > 4000
    assert {place: text for place, text in texts.items() if wrong.search(text)} == {}
