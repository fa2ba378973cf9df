"""Say the numbers of an answer in a sentence, with slots. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from arti.insights.ask.question_parser import ParsedQuestion, QuestionIntent, QuestionPeriod
from arti.insights.computations import Aggregate, Computation, Fact, Window
from arti.insights.detectors.series import Kind

_OF: Final[dict[Kind, Aggregate]] = {"flow": "sum", "counter": "last", "rolling": "last", "ratio": "mean"}


@dataclass(frozen=True, slots=True)
class SeriesSource:
    """A series that may answer, with its first and last day of data."""

    series_id: UUID
    unit: str
    kind: Kind
    first_on: date
    last_on: date


@dataclass(frozen=True, slots=True)
class ComputationPlan:
    """What to compute for one sentence. `needs_from`: the first day that goes into it."""

    source: SeriesSource
    period: QuestionPeriod
    aim: QuestionIntent
    facts: tuple[Fact, ...]

    @property
    def needs_from(self) -> date:
        return self.period.before().from_on if self.aim == "change" else self.period.from_on


def plan(parsed_question: ParsedQuestion, source: SeriesSource, *, letter: str) -> ComputationPlan:
    """Return which numbers answer the question from this series; their values are still 0."""
    period, aim = parsed_question.period, parsed_question.aim
    if (aim == "best" and source.kind != "flow") or (aim == "gain" and source.kind != "counter"):
        aim = "value"
    if aim == "value" and source.kind != "flow" and not period.named:
        # "How many followers does she have": the latest that is known, however old.
        period = QuestionPeriod(source.last_on, source.last_on, named=False)
    made = ComputationPlan(source, period, aim, ())
    facts = (*_facts(made), _fact(made, "days", "Days with data", "count", unit="days"))
    return replace(made, facts=tuple(replace(fact, slot=f"{fact.slot}_{letter}") for fact in facts))


def _facts(made: ComputationPlan) -> Sequence[Fact]:
    of, before = _OF[made.source.kind], made.period.before()
    if made.aim == "change":
        return (
            _fact(made, "change", "Against the equally long period before", of, against=before),
            _fact(made, "value", "In the period", of),
            _fact(made, "previous", "In the period before", of, within=before),
        )
    if made.aim == "gain":
        first = Window("first", made.period.from_on, made.period.to_on)
        last = replace(first, of="last")
        gained = Computation(made.source.series_id, last, first, "change")
        return (Fact("gain", "From the first to the last known day", made.source.unit, gained, 0.0),)
    if made.aim == "best":
        return (_fact(made, "value", "Highest day of the period", "max"),)
    return (_fact(made, "value", "In the period" if of == "sum" else "Last value of the period", of),)


def _fact(
    made: ComputationPlan,
    slot: str,
    label: str,
    of: Aggregate,
    *,
    unit: str | None = None,
    within: QuestionPeriod | None = None,
    against: QuestionPeriod | None = None,
) -> Fact:
    period = within or made.period
    window = Window(of, period.from_on, period.to_on)
    if against is None:
        computation = Computation(made.source.series_id, window)
        return Fact(slot, label, unit or made.source.unit, computation, 0.0)
    base = Window(of, against.from_on, against.to_on)
    return Fact(slot, label, "percent", Computation(made.source.series_id, window, base, "percent_change"), 0.0, 1)


def render_answer(made: ComputationPlan, facts: Sequence[Fact], *, letter: str) -> str:
    """Return the sentence about computed facts, with slots such as {{value_a}}."""
    direction = next((fact.direction for fact in facts if fact.direction), 0)
    span, what = "From {{from}} to {{to}}", "{{metric}} of {{subject}} on {{provider}}"
    if made.aim == "change":
        word = {1: "up {{change}} from", -1: "down {{change}} from", 0: "level with"}[direction]
        text = f"{span}, {what} came to {{{{value}}}}, {word} {{{{previous}}}} in the equally long period before."
    elif made.aim == "gain":
        word = {1: "grew by {{gain}}", -1: "fell by {{gain}}", 0: "stayed level, at a change of {{gain}}"}[direction]
        text = f"{span}, {what} {word}."
    elif made.aim == "best":
        text = f"{span}, the highest day for {what} was {{{{day}}}}, with {{{{value}}}}."
    elif made.source.kind == "flow":
        text = f"{span}, {what} came to {{{{value}}}}."
    else:
        text = f"On {{{{to}}}}, {what} stood at {{{{value}}}}."
    if made.source.kind == "flow" and facts[-1].value < made.period.days:
        text += " Data exists for {{days}} days of that period."
    return text.replace("}}", f"_{letter}}}}}")
