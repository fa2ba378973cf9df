"""Answer from a document by quoting one sentence of it, marked, with its title. Pure.

A sentence is quoted only if it has what the question names; what a document says is never obeyed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from arti.insights.ask.reading.language import CODES, load_language, tokenize
from arti.insights.ask.reading.question_parser import ParsedQuestion
from arti.insights.ask.reading.topics import words_for
from arti.insights.knowledge.languages import find_language
from arti.insights.knowledge.service import RetrievedPassage

_SENTENCE: Final = re.compile(r"(?<=[^\d\s][.!?…])\s+|\n+")
_MARKS: Final = re.compile('[“”„«»"]')
_LONGEST: Final = 400
_SHORTEST_STEM: Final = 4
_SHORTEST_SENTENCE: Final = 4  # words; a shorter first line is a heading
_ASKING: Final = frozenset(
    f"word.{name}"
    for name in "when who why country cost budget begin end overview latest says bring".split()  # noqa: SIM905
)
_LANGUAGES: Final = {"en": "english", "de": "german", "es": "spanish", "fr": "french", "pt": "portuguese"}
_ENOUGH: Final = 0.5
_MOST: Final = 0.6


@dataclass(frozen=True, slots=True)
class Quotation:
    passage: RetrievedPassage
    sentence: str


def find_quotation(parsed: ParsedQuestion, passages: Sequence[RetrievedPassage]) -> Quotation | None:
    """Return the sentence that has the words of the question, and a day or a number where it asks for one."""
    phrases = parsed.language.phrases
    named = {token.key for hit in parsed.names for token in tokenize(hit.words)}
    content = [key for key in dict.fromkeys(parsed.content_keys) if len(key) > 2]
    needed = [key for key in content if key in parsed.unread_keys]
    usual = [key for key in content if key not in needed and phrases.get((key,)) not in _ASKING]
    if not needed and (not usual or (parsed.metrics and not parsed.has("says"))):
        return None  # a question for a number
    best: tuple[float, Quotation] | None = None
    for rank, passage in enumerate(passages):
        if not _is_about(parsed, passage):
            continue
        lines = [line.strip(" \t-*•|#") for line in _SENTENCE.split(passage.text)]
        head = f"{passage.title} {lines[0] if lines else ''}"
        is_foreign = find_language(passage.text) != _LANGUAGES[parsed.language.code]

        def stands_in(key: str, words: Sequence[str], is_foreign: bool = is_foreign) -> bool:
            return _stands_in(key, words) or (is_foreign and any(_stands_in(one, words) for one in words_for(key)))

        for line in lines:
            is_heading = line is lines[0] and len(lines) > 1 and len(line.split()) < _SHORTEST_SENTENCE
            if not line or is_heading or not _has_answer(parsed, line):
                continue
            own = [token.key for token in tokenize(line)]
            near = [*own, *(token.key for token in tokenize(head))]
            found = sum(stands_in(key, near) for key in needed)
            if found < len(needed) and (found < 2 or found / len(needed) < _MOST):
                continue
            if not parsed.has("says") and not any(stands_in(key, own) for key in [*content, *named]):
                continue
            by_meaning = parsed.has("says") or is_foreign
            known = sum(stands_in(key, near) or (by_meaning and _is_meant(phrases.get((key,)), near)) for key in usual)
            share = known / len(usual) if usual else 1.0
            score = share + sum(stands_in(key, own) for key in needed) / max(len(needed), 1) - rank / 100
            is_enough = share >= (_ENOUGH if needed else 1.0) or (
                parsed.has("says") and found == len(needed) > 0 and bool(parsed.names)
            )
            if is_enough and (best is None or score > best[0]):
                best = score, Quotation(passage, clean_quotation(line))
    return best[1] if best else None


def list_related(
    parsed: ParsedQuestion, passages: Sequence[RetrievedPassage], *, beside_numbers: bool
) -> list[RetrievedPassage]:
    """Return the passages that are about whom the question names: near in meaning alone is not enough.

    Beside numbers they must have what was counted as well, unless the question is why; a ranking names nobody.
    """
    about = [passage for passage in passages if _is_about(parsed, passage)]
    if not beside_numbers:
        return about
    if not any(hit.kind in ("artist", "work") for hit in parsed.names):
        return []
    counted = [
        token.key
        for kind in ("metric", "rate")
        for name in parsed.of(kind)
        for token in tokenize(parsed.words[f"{kind}.{name}"])
    ]
    return [
        passage
        for passage in about
        if parsed.has("why")
        or any(_stands_in(key, [token.key for token in tokenize(f"{passage.title} {passage.text}")]) for key in counted)
    ]


def _is_meant(meaning: str | None, words: Sequence[str]) -> bool:
    """Return whether a text has a word of this meaning in any language."""
    return meaning is not None and any(
        load_language(code).phrases.get((word,)) == meaning for code in CODES for word in words
    )


def _is_about(parsed: ParsedQuestion, passage: RetrievedPassage) -> bool:
    """Return whether a passage is about what the question names: the artist's own, or one that has the name."""
    named = [hit for hit in parsed.names if hit.kind in ("artist", "work")]
    words = {token.key for token in tokenize(f"{passage.title} {passage.text}")}
    return all(
        any(passage.artist_id is not None and passage.artist_id == known.artist_id for known in hit.known)
        or all(token.key in words for token in tokenize(hit.words))
        for hit in named
    )


def clean_quotation(text: str) -> str:
    """Return text as one line that cannot end its own quotation."""
    line = _MARKS.sub("'", " ".join(text.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _has_answer(parsed: ParsedQuestion, line: str) -> bool:
    tokens = tokenize(line)
    if parsed.has("when"):
        return any(_is_day(token.key) for token in tokens)
    if parsed.has("cost", "budget") and not parsed.has("says"):
        return any(token.key[0].isdigit() for token in tokens)
    return not line.endswith("?")


def _is_day(key: str) -> bool:
    if key[0].isdigit():
        return True
    return (
        any((key,) in load_language(code).days[name] for code in CODES for name in ("months", "weekdays"))
        and len(key) > 3
    )


def _stands_in(key: str, words: Sequence[str]) -> bool:
    """Return whether a word stands in a text, with another ending or as a part of a compound."""
    for word in words:
        if word == key:
            return True
        shorter, longer = sorted((word, key), key=len)
        if len(shorter) >= _SHORTEST_STEM and not shorter.isdigit():
            stem = shorter[: max(_SHORTEST_STEM, len(shorter) - 2)]
            if longer.startswith(stem) and len(longer) - len(shorter) <= 3:
                return True
            if shorter in longer:
                return True
    return False
