"""Which numbers answer a question, and the sentence about them, with slots. Pure."""

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


def plan_computation(parsed_question: ParsedQuestion, source: SeriesSource, *, suffix: str) -> ComputationPlan:
    """Return the numbers that answer the question from this series; their values are still 0."""
    period, aim = parsed_question.period, parsed_question.aim
    if (aim == "best" and source.kind != "flow") or (aim == "gain" and source.kind != "counter"):
        aim = "value"
    if aim == "value" and source.kind != "flow" and not period.named:
        # "How many followers does she have": the latest that is known, however old.
        period = QuestionPeriod(source.last_on, source.last_on, named=False)
    plan = ComputationPlan(source, period, aim, ())
    facts = (*_facts(plan), _fact(plan, "days", "Days with data", "count", unit="days"))
    return replace(plan, facts=tuple(replace(fact, slot=f"{fact.slot}_{suffix}") for fact in facts))


def _facts(plan: ComputationPlan) -> Sequence[Fact]:
    of, before = _OF[plan.source.kind], plan.period.before()
    if plan.aim == "change":
        return (
            _fact(plan, "change", "Change from the previous period", of, against=before),
            _fact(plan, "value", "In the period", of),
            _fact(plan, "previous", "In the previous period", of, within=before),
        )
    if plan.aim == "gain":
        first = Window("first", plan.period.from_on, plan.period.to_on)
        last = replace(first, of="last")
        gained = Computation(plan.source.series_id, last, first, "change")
        return (Fact("gain", "From the first to the last known day", plan.source.unit, gained, 0.0),)
    if plan.aim == "best":
        return (_fact(plan, "value", "Highest day of the period", "max"),)
    return (_fact(plan, "value", "In the period" if of == "sum" else "Last value of the period", of),)


def _fact(
    plan: ComputationPlan,
    slot: str,
    label: str,
    of: Aggregate,
    *,
    unit: str | None = None,
    within: QuestionPeriod | None = None,
    against: QuestionPeriod | None = None,
) -> Fact:
    period = within or plan.period
    window = Window(of, period.from_on, period.to_on)
    if against is None:
        computation = Computation(plan.source.series_id, window)
        return Fact(slot, label, unit or plan.source.unit, computation, 0.0)
    base = Window(of, against.from_on, against.to_on)
    return Fact(slot, label, "percent", Computation(plan.source.series_id, window, base, "percent_change"), 0.0, 1)


def render_answer(plan: ComputationPlan, facts: Sequence[Fact], *, suffix: str) -> str:
    """Return the sentence about computed facts, with slots such as {{value_a}}."""
    direction = next((fact.direction for fact in facts if fact.direction), 0)
    span, what = "From {{from}} to {{to}}", "{{metric}} of {{subject}} on {{provider}}"
    if plan.aim == "change":
        word = {1: "up {{change}} from", -1: "down {{change}} from", 0: "level with"}[direction]
        if not any(fact.is_comparison for fact in facts):  # the previous number is too small for a percentage
            word = "compared with"
        text = (
            f"{span}, {what} came to {{{{value}}}}, {word} {{{{previous}}}} in the previous period of the same length."
        )
    elif plan.aim == "gain":
        word = {1: "grew by {{gain}}", -1: "fell by {{gain}}", 0: "stayed level, with a change of {{gain}}"}[direction]
        text = f"{span}, {what} {word}."
    elif plan.aim == "best":
        text = f"{span}, the highest day for {what} was {{{{day}}}}, with {{{{value}}}}."
    elif plan.source.kind == "flow":
        text = f"{span}, {what} came to {{{{value}}}}."
    else:
        text = f"On {{{{to}}}}, {what} stood at {{{{value}}}}."
    if plan.source.kind == "flow" and facts[-1].value < plan.period.days:
        text += " There is data for {{days}} days of that period."
    return text.replace("}}", f"_{suffix}}}}}")
