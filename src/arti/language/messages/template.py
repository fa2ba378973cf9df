"""A sentence with holes: found in a text that was made from it, and filled anew. Pure."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

# `{name}`: kept as it stands; `{name:kind}`: see arti.language.messages.values.
HOLE: Final = re.compile(r"\{([a-z_]+)(?::([a-z]+))?\}")
_NUMBER: Final = r"[+−-]?\d[\d,]*(?:\.\d+)?"
_NAMED_DAY: Final = r"\d{1,2} [A-Z][a-z]{2,8} \d{4}"
# What stands in a hole of each kind; of the others, any text.
_FORMS: Final[Mapping[str, re.Pattern[str]]] = {
    "number": re.compile(_NUMBER),
    "percent": re.compile(f"{_NUMBER} ?%"),
    "range": re.compile(f"{_NUMBER} % to {_NUMBER} %"),
    "money": re.compile(rf"\${_NUMBER}|{_NUMBER} [A-Z]{{3}}"),
    "day": re.compile(rf"\d{{4}}-\d\d-\d\d|{_NAMED_DAY}"),
    "daymonth": re.compile(r"\d{1,2} [A-Z][a-z]{2,8}"),
    "days": re.compile(rf"on {_NAMED_DAY}|from \d{{1,2}}(?: [A-Z][a-z]{{2}})?(?: \d{{4}})? to {_NAMED_DAY}"),
    "month": re.compile(r"\d{4}-\d\d|[A-Z][a-z]{2,8} \d{4}"),
    "months": re.compile(r"\d{4}-\d\d(?: to \d{4}-\d\d)?"),
    "quoted": re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""),
    "moment": re.compile(rf"{_NAMED_DAY} \d\d:\d\d|\d{{4}}-\d\d-\d\d \d\d:\d\d"),
}


@dataclass(frozen=True, slots=True)
class TemplateHole:
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Template:
    """`texts` stand before, between and after the holes: one more than `holes`."""

    texts: tuple[str, ...]
    holes: tuple[TemplateHole, ...]

    @property
    def weight(self) -> int:
        """How many letters it gives itself: of several that fit a text, the one with most says what was meant."""
        return sum(map(len, self.texts))

    def find(self, text: str) -> dict[str, str] | None:
        """Return what stands in the holes of a text that was made from this, or None.

        The texts between holes are looked for from the left, then from the right, each once: what somebody chose as a
        name takes no more time than its length.
        """
        if not self.holes:
            return {} if text == self.texts[0] else None
        first, *between, last = self.texts
        if len(text) < self.weight or not (text.startswith(first) and text.endswith(last)):
            return None
        inner = text[len(first) : len(text) - len(last)]
        for values in (_split_left(inner, between), _split_right(inner, between)):
            if values is not None and self._fits(values):
                return {hole.name: value for hole, value in zip(self.holes, values, strict=True)}
        return None

    def fill(self, values: Mapping[str, str]) -> str:
        parts = [self.texts[0]]
        for hole, text in zip(self.holes, self.texts[1:], strict=True):
            parts += (values[hole.name], text)
        return "".join(parts)

    def _fits(self, values: list[str]) -> bool:
        seen: dict[str, str] = {}
        for hole, value in zip(self.holes, values, strict=True):
            form = _FORMS.get(hole.kind)
            if not value or (form and not form.fullmatch(value)) or seen.setdefault(hole.name, value) != value:
                return False
        return True


def parse_template(sentence: str) -> Template:
    """Return a sentence of the catalogue, whose holes are in braces."""
    texts, holes, at = [], [], 0
    for found in HOLE.finditer(sentence):
        texts.append(sentence[at : found.start()])
        holes.append(TemplateHole(found[1], found[2] or ""))
        at = found.end()
    return Template((*texts, sentence[at:]), tuple(holes))


def _split_left(text: str, between: list[str]) -> list[str] | None:
    values, at = [], 0
    for each in between:
        found = text.find(each, at + 1)
        if found < 0:
            return None
        values.append(text[at:found])
        at = found + len(each)
    return [*values, text[at:]]


def _split_right(text: str, between: list[str]) -> list[str] | None:
    values: list[str] = []
    for each in reversed(between):
        before, found, after = text.rpartition(each)
        if not found:
            return None
        values.insert(0, after)
        text = before
    return [text, *values]


def split_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text, each with the space after it."""
    at = 0
    for found in re.finditer(r"[.?!:] (?=[A-Z“\d])", text):
        yield text[at : found.end()]
        at = found.end()
    yield text[at:]
