"""What is computed from one series for an answer, and the words of its sentence."""

from dataclasses import dataclass
from typing import Any, Final, Literal

from arti.insights.ask.context import QuestionContext, Subject
from arti.insights.ask.phrasing import AnswerNumber
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.insights.computations import Aggregate, Computation, Window
from arti.language.pieces import platform_name
from arti_core.database import Row

Aim = Literal[
    "value", "gain", "change", "average", "best_day", "worst_day", "best_span", "worst_span", "rise_day", "fall_day"
]
_OF: Final[dict[str, Aggregate]] = {"flow": "sum", "counter": "gain", "rolling": "last", "ratio": "last"}


@dataclass(frozen=True, slots=True)
class SeriesFigure:
    """What is computed from one series, and its sentence."""

    context: QuestionContext
    row: Row
    subject: Subject
    aim: Aim
    period: QuestionPeriod
    base: QuestionPeriod | None = None

    @property
    def words(self) -> dict[str, Any]:
        phrasing, row = self.context.phrasing, self.row
        return {
            "metric": phrasing.metric(row["metric"], row["metric_name"]),
            "platform": platform_name(row["provider"], row["provider_name"]),
            "subject": phrasing.subject(self.subject.artist, self.subject.title),
            "span": phrasing.span(self.period),
            "to": phrasing.day(self.period.to_on),
        }


def computation_of(row: Row, period: QuestionPeriod, *, of: Aggregate | None = None) -> Computation:
    """Return how a series is told over a period: a flow summed, a running total by what it gained, else its last."""
    aggregate = of or _OF[row["kind"]]
    window = Window(aggregate, period.from_on, period.to_on)
    return Computation(row["id"], window, differenced=row["kind"] == "counter" and aggregate != "last")


def number_of(
    context: QuestionContext, row: Row, item: Computation, value: float, label: str, *, unit: str = ""
) -> AnswerNumber:
    unit = unit or row["unit"]
    is_percent = unit == "percent" or item.window.of == "mean"
    shown = context.phrasing.number(value if unit != "percent" else abs(value), unit, 1 if is_percent else 0)
    return AnswerNumber(label, unit, value, shown, item.as_json() | {"rounding": int(is_percent)}, row["id"])


def span_label(context: QuestionContext, period: QuestionPeriod) -> str:
    days = [context.phrasing.day(day) for day in dict.fromkeys((period.from_on, period.to_on))]
    return " – ".join(days)


def word_gain(context: QuestionContext, value: float, unit: str) -> str:
    sentence = "gained_up" if value > 0 else "gained_down" if value < 0 else "gained_same"
    return context.phrasing.say(sentence, value=context.phrasing.number(abs(value), unit))
