"""Read a stored narration in a language: its clauses, with the present numbers. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from arti.insights.computations import Computation, Fact
from arti.insights.narration.clauses import CLAUSES, pace_sign
from arti.insights.narration.offers import Narration
from arti.language.catalogue import LanguageCode
from arti.language.pieces import Piece, Pieces, join_pieces
from arti.language.reader_locale import ReaderLocale, as_locale
from arti.language.sentences import Filling, SlotNumber, SlotWords

FORM: Final = "clauses"  # of a stored template; those of version 0.1 held sentences in English


@dataclass(frozen=True, slots=True)
class ReadableText:
    """An insight's text in one language. `summary`: the body for who shows the cause beside it, and so not twice."""

    title: Pieces
    body: Pieces
    summary: Pieces
    cause: Pieces = ()
    next_step: Pieces = ()


def as_template(
    narration: Narration, slots: SlotWords, facts: Sequence[Fact], *, next_step: str = ""
) -> dict[str, Any]:
    """Return the form in which a narration is stored: clauses by key, what their slots hold, which numbers."""
    return {
        "form": FORM,
        "title": narration.title,
        "body": list(narration.body),
        "next": next_step,
        "words": slots,
        "slots": [fact.slot for fact in facts],
    }


def is_readable(template: Mapping[str, Any], facts: Sequence[Fact]) -> bool:
    """Return whether the numbers still bear the title and the first clause."""
    numbers = {fact.slot: fact for fact in facts}
    keys = (template["title"], template["body"][0])
    return all(CLAUSES[key].true_key(numbers) is not None for key in keys)


def read_narration(
    template: Mapping[str, Any],
    facts: Sequence[Fact],
    reader: ReaderLocale | LanguageCode,
    *,
    skip_unknown: bool = False,
) -> ReadableText:
    """Return the text of a stored template of clauses.

    `skip_unknown`: leave out what only a newer program knows, as a worker may be; otherwise that is a KeyError.
    """
    numbers = {fact.slot: fact for fact in facts}
    held = dict(template["words"])
    for pace, slot in (("pace_now", "pace_after"), ("pace_was", "pace_before")):
        if slot in numbers:
            held[pace] = {"phrase": f"trend_change.{pace}.{pace_sign(numbers[slot])}"}
    filling = Filling(
        as_locale(reader),
        held,
        {
            slot: SlotNumber(fact.value, fact.unit, fact.rounding, signed=fact.direction == 0)
            for slot, fact in numbers.items()
        },
    )

    def sentence(key: str, *, is_clause: bool = False) -> Pieces:
        try:
            variant = CLAUSES[key].true_key(numbers) if is_clause else key
            return filling.sentence(variant) if variant else ()
        except KeyError:
            if skip_unknown:
                return ()
            raise

    clauses = [(key, sentence(key, is_clause=True)) for key in template["body"]]
    return ReadableText(
        title=sentence(template["title"], is_clause=True),
        body=join_pieces((text for _, text in clauses), " "),
        summary=join_pieces((text for key, text in clauses if not key.startswith("cause.")), " "),
        cause=sentence(held["cause"]["phrase"]) if "cause" in held else (),
        next_step=sentence(f"next.{template['next']}") if template.get("next") else (),
    )


def read_row(row: Mapping[str, Any], reader: ReaderLocale | LanguageCode) -> ReadableText:
    """Return the text of an insight or of a part; one that was stored as text is returned as it is.

    `row` has title, body, template, numbers (see `fact_of`), and of an insight cause and next_step.
    """
    template = row["template"]
    if template and template.get("form") == FORM:
        facts = [fact_of(number) for number in row["numbers"] or ()]
        text = read_narration(template, facts, reader, skip_unknown=True)
        # A title that is not known here is shown as it was written. Names stand somewhere in it, so all of it is data.
        return text if text.title else replace(text, title=(Piece(row["title"], "name"),))
    cause = row.get("cause") or {}
    body = row.get("body", "")
    texts = (row["title"], body, body, cause.get("text", ""), row.get("next_step", ""))
    # Names stand somewhere in these texts, so all of it is data.
    return ReadableText(*((Piece(text, "name"),) if text else () for text in texts))


def fact_of(number: Mapping[str, Any]) -> Fact:
    """Return a number as it was stored: {slot, label, unit, value, computation}."""
    computation = number["computation"]
    return Fact(
        number["slot"],
        number["label"],
        number["unit"],
        Computation.from_json(computation),
        number["value"],
        computation.get("rounding", 0),
    )
