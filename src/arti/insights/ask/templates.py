"""Which numbers answer a question, and the sentence about them, with slots. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.insights.ask.question_parser import ParsedQuestion, QuestionIntent, QuestionPeriod
from arti.insights.computations import Aggregate, Computation, Fact, Window
from arti.insights.detectors.series import Kind

_OF: Final[dict[Kind, Aggregate]] = {"flow": "sum", "counter": "last", "rolling": "last", "ratio": "mean"}
# How a change is told: a running total is judged by what it gained, not by its level.
_CHANGE_OF: Final[dict[Kind, Aggregate]] = {**_OF, "counter": "gain"}


@dataclass(frozen=True, slots=True)
class SeriesSource:
    """A series that may answer, with its first and last day of data."""

    series_id: UUID
    unit: str
    kind: Kind
    first_on: date
    last_on: date
    interval_days: int = 1  # how many days a value covers, up to its own


@dataclass(frozen=True, slots=True)
class ComputationPlan:
    """What to compute for one sentence. `needs_from`: the first day whose value goes into it."""

    source: SeriesSource
    period: QuestionPeriod
    aim: QuestionIntent
    facts: tuple[Fact, ...]

    @property
    def needs_from(self) -> date:
        first = self.period.before().from_on if self.aim == "change" else self.period.from_on
        # A gain begins with the level of the day before.
        is_gain = self.source.kind == "counter" and self.aim in ("change", "gain")
        return first - timedelta(days=1) if is_gain else first


def plan_computation(parsed_question: ParsedQuestion, source: SeriesSource, *, suffix: str) -> ComputationPlan:
    """Return the numbers that answer the question from this series; their values are still 0."""
    period, aim = parsed_question.period, parsed_question.aim
    if (aim == "best" and source.kind != "flow") or (aim == "gain" and source.kind != "counter"):
        aim = "value"
    if aim == "value" and source.kind != "flow" and not period.named:
        # "How many followers does she have": the latest that is known, however old.
        period = QuestionPeriod(source.last_on, source.last_on, named=False)
    plan = ComputationPlan(source, period, aim, ())
    unit = "weeks" if source.interval_days > 1 else "days"
    facts = (*_facts(plan), _fact(plan, "days", f"{unit.capitalize()} with data", "count", unit=unit))
    return replace(plan, facts=tuple(replace(fact, slot=f"{fact.slot}_{suffix}") for fact in facts))


def _facts(plan: ComputationPlan) -> Sequence[Fact]:
    of, before = _OF[plan.source.kind], plan.period.before()
    if plan.aim == "change":
        of = _CHANGE_OF[plan.source.kind]
        return (
            _fact(plan, "change", "Change from the previous period", of, against=before),
            _fact(plan, "value", "In the period", of),
            _fact(plan, "previous", "In the previous period", of, within=before),
        )
    if plan.aim == "gain":
        return (_fact(plan, "gain", "From the first to the last known day", "gain"),)
    if plan.aim == "best":
        highest = "week" if plan.source.interval_days > 1 else "day"
        return (_fact(plan, "value", f"Highest {highest} of the period", "max"),)
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
    gained = of == "gain"
    if against is None:
        computation = Computation(plan.source.series_id, window, differenced=gained)
        return Fact(slot, label, unit or plan.source.unit, computation, 0.0)
    base = Window(of, against.from_on, against.to_on)
    compared = Computation(plan.source.series_id, window, base, "percent_change", gained)
    return Fact(slot, label, "percent", compared, 0.0, 1)


def render_answer(plan: ComputationPlan, facts: Sequence[Fact], *, suffix: str) -> str:
    """Return the sentence about computed facts, with slots such as {{value_a}}."""
    direction = next((fact.direction for fact in facts if fact.is_comparison), 0)
    span, what = "From {{from}} to {{to}}", "{{metric}} of {{subject}} on {{provider}}"
    if plan.aim == "change":
        word = {1: "up {{change}} from", -1: "down {{change}} from", 0: "level with"}[direction]
        if not any(fact.is_comparison for fact in facts):  # the previous number is too small for a percentage
            word = "compared with"
        came_to = "came to {{value}}"
        if plan.source.kind == "counter":
            came_to = _describe_gain(next(fact for fact in facts if fact.slot.startswith("value")), "value")
        text = f"{span}, {what} {came_to}, {word} {{{{previous}}}} in the previous period of the same length."
    elif plan.aim == "gain":
        text = f"{span}, {what} {_describe_gain(facts[0], 'gain')}."
    elif plan.aim == "best":
        highest = "day for {0} was" if plan.source.interval_days == 1 else "week for {0} was that which ended on"
        text = f"{span}, the highest {highest.format(what)} {{{{day}}}}, with {{{{value}}}}."
    elif plan.source.kind == "flow":
        text = f"{span}, {what} came to {{{{value}}}}."
    else:
        text = f"On {{{{to}}}}, {what} stood at {{{{value}}}}."
    if plan.source.kind == "flow" and facts[-1].value * plan.source.interval_days < plan.period.days:
        unit = "weeks" if plan.source.interval_days > 1 else "days"
        text += f" There is data for {{{{days}}}} {unit} of that period."
    return text.replace("}}", f"_{suffix}}}}}")


def _describe_gain(fact: Fact, slot: str) -> str:
    verb = {1: "grew by", -1: "fell by", 0: "stayed level, with a change of"}[fact.direction]
    return f"{verb} {{{{{slot}}}}}"
