"""The main numbers of a story as messages show them: what, how much, of which days. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from arti.insights.computations import Fact
from arti.insights.narration.reading import FORM, fact_of
from arti.language.catalogue import load_catalogue
from arti.language.locale_formats import show_number, show_period
from arti.language.pieces import Pieces, clean_name, words
from arti.language.reader_locale import ReaderLocale
from arti_core.database import Row

MAX_FIGURES: Final = 4
# What a text says in words, and no number of the artist.
_LEFT_OUT: Final = frozenset(("rank", "count", "days_since", "days_at_least", "slope", "pace"))


@dataclass(frozen=True, slots=True)
class MessageFigure:
    """One number: its label, the number with its unit, and the days it is of."""

    label: Pieces
    shown: Pieces
    period: Pieces


def read_figures(insight: Row | Mapping[str, Any], reader: ReaderLocale) -> tuple[MessageFigure, ...]:
    """Return the main numbers of an insight that was stored as clauses, in the order of its text.

    `insight` has template, numbers, metric, metric_name and unit.
    """
    template = insight["template"]
    if not template or template.get("form") != FORM:
        return ()
    order = list(template["slots"])
    facts = [fact_of(number) for number in insight["numbers"] or ()]
    facts = [fact for fact in facts if fact.slot in order and fact.computation.window.of not in _LEFT_OUT]
    facts.sort(key=lambda fact: order.index(fact.slot))
    return tuple(_figure(fact, insight, reader) for fact in facts[:MAX_FIGURES])


def _figure(fact: Fact, insight: Row | Mapping[str, Any], reader: ReaderLocale) -> MessageFigure:
    catalogue = load_catalogue(reader.language)
    value = fact.value if fact.direction == 0 else abs(fact.value)
    shown = show_number(value, reader, unit=fact.unit, decimals=fact.rounding)
    if fact.direction:
        shown = f"{'+' if fact.direction > 0 else '−'}{shown}"
    if not fact.is_comparison and fact.unit == insight["unit"] and shown.replace("−", "-")[-1:].isdigit():
        word = catalogue.metric(insight["metric"], insight["metric_name"], gained=fact.computation.differenced)
        shown = f"{shown} {word or clean_name(insight['metric_name'])}"
    window = fact.computation.window
    days = show_period(window.from_on, window.to_on, reader.language)
    return MessageFigure(words(catalogue.label(fact.label)), words(shown), words(days))
