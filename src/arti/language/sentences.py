"""Fill the slots of a catalogue's sentence. Pure.

A slot is filled once, with a number, a day, a name, a word of the catalogue, or another of its sentences: what stands
in a name is never read again.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from arti.language.agreement import is_one
from arti.language.catalogue import Catalogue, LanguageCode, load_catalogue
from arti.language.locale_formats import show_day, show_month, show_number
from arti.language.pieces import Piece, Pieces, clean_name, name_piece
from arti.language.reader_locale import ReaderLocale, as_locale
from arti.vocabulary import PLATFORM_NAMES

# `{slot}`, or `{slot:size}` for a number without its sign; `{slot?word|words}` is the word for one or for more of them,
# `{items=value}` the word of a metric beside the number in another slot.
SLOT: Final = re.compile(r"\{([a-z_]+)(?::(size)|\?([^|{}]+)\|([^|{}]+)|=([a-z_]+))?\}")


@dataclass(frozen=True, slots=True)
class SlotNumber:
    """A number for a slot. `signed`: a change whose direction the sentence states has no sign."""

    value: float
    unit: str = ""
    decimals: int = 0
    signed: bool = True


# What a slot holds, as it is stored: {"day": iso}, {"month": iso}, {"name": text}, {"metric": slug, "name": text,
# "gained": bool}, {"platform": slug, "name": text}, {"phrase": key}.
SlotWords = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Filling:
    """All that the sentences of one text may show, for one reader."""

    reader: ReaderLocale
    words: SlotWords
    numbers: Mapping[str, SlotNumber]

    @property
    def language(self) -> LanguageCode:
        return self.reader.language

    @property
    def catalogue(self) -> Catalogue:
        return load_catalogue(self.language)

    def sentence(self, key: str) -> Pieces:
        """Return a sentence with a capital letter, unless a name comes first. Raises KeyError for an unknown key."""
        pieces = list(self._fill(key))
        if pieces and pieces[0].kind == "words":
            text = pieces[0].text
            pieces[0] = Piece(text[:1].upper() + text[1:], "words", pieces[0].slot)
        return pieces

    def number(self, slot: str, *, size: bool = False) -> str:
        number = self.numbers[slot]
        value = number.value if number.signed and not size else abs(number.value)
        return show_number(value, self.reader, unit=number.unit, decimals=number.decimals)

    def _fill(self, key: str) -> Iterator[Piece]:
        sentence, at = self.catalogue.sentences[key], 0
        for found in SLOT.finditer(sentence):
            if found.start() > at:
                yield Piece(sentence[at : found.start()])
            if found[3]:
                yield Piece(found[3] if self._is_one(found[1]) else found[4])
            elif found[5] and self._is_one(found[5]):
                for piece in self._slot(found[1], size=False):
                    one = self.catalogue.singulars.get(piece.text) if piece.kind == "words" else None
                    yield replace(piece, text=one or piece.text)
            else:
                yield from self._slot(found[1], size=found[2] is not None)
            at = found.end()
        if at < len(sentence):
            yield Piece(sentence[at:])

    def _is_one(self, slot: str) -> bool:
        number = self.numbers[slot]
        return is_one(number.value, self.language, decimals=number.decimals)

    def _slot(self, slot: str, *, size: bool) -> Iterator[Piece]:
        if slot in self.numbers:
            yield Piece(self.number(slot, size=size), "number", slot)
            return
        held = self.words[slot]
        if "phrase" in held:
            yield from self._fill(held["phrase"])
        elif "day" in held:
            yield Piece(show_day(date.fromisoformat(held["day"]), self.language))
        elif "month" in held:
            yield Piece(show_month(date.fromisoformat(held["month"]), self.language))
        elif "metric" in held:
            word = self.catalogue.metric(held["metric"], held["name"], gained=held.get("gained", False))
            yield Piece(word) if word else name_piece(held["name"])
        elif "platform" in held:
            known = PLATFORM_NAMES.get(held["platform"])
            yield Piece(known) if known else name_piece(held["name"] or held["platform"])
        else:
            yield Piece(clean_name(held["name"]), "name")


def say(key: str, reader: ReaderLocale | LanguageCode, words: SlotWords | None = None, **numbers: SlotNumber) -> Pieces:
    """Return one sentence of the catalogue."""
    return Filling(as_locale(reader), words or {}, numbers).sentence(key)
