"""Answer from one series: a total, a level, a gain, a change, an average, or the best or worst day."""

from dataclasses import replace
from datetime import date
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.extremes import answer_best_span, answer_steepest_day, word_extreme_day
from arti.insights.ask.answers.series_figure import (
    Aim,
    SeriesFigure,
    computation_of,
    number_of,
    span_label,
    word_gain,
)
from arti.insights.ask.context import QuestionContext, Subject, compare_with
from arti.insights.ask.phrasing import AnswerPart, Refused
from arti.insights.ask.reading.periods import DAY, QuestionPeriod
from arti.insights.ask.reading.question_parser import ParsedQuestion
from arti.insights.computations import Aggregate, Computation, compute
from arti_core.database import Row

# What a running total of these counts is asked for by days: how many plays there were, not how many there are.
_COUNTED_BY_DAYS: Final = ("consumption.", "engagement.")


def aim_of(parsed: ParsedQuestion) -> Aim:
    lowest = parsed.has("least") and not parsed.has("most")
    if parsed.has("best_week", "best_month", "worst_week", "worst_month"):
        return "worst_span" if lowest or parsed.has("worst_week", "worst_month") else "best_span"
    if parsed.has("best_day", "when") and parsed.has("rise", "fall", "lose") and not parsed.has("least"):
        return "rise_day" if parsed.has("rise") else "fall_day"
    if (parsed.has("best_day") and not lowest) or (parsed.has("when") and parsed.has("most")):
        return "best_day"
    if parsed.has("worst_day", "best_day") or (parsed.has("when") and parsed.has("least")):
        return "worst_day"
    if parsed.has("average") or (parsed.has("per_day") and not parsed.has("gain")):
        return "average"
    if parsed.has("rise", "fall", "change", "before") or parsed.against is not None:
        return "change"
    return "gain" if parsed.has("gain", "lose") else "value"


async def answer_series(context: QuestionContext, row: Row, subject: Subject, aim: Aim) -> AnswerPart:
    """Return the sentence about one series with its numbers. Raises Refused."""
    phrasing = context.phrasing
    parsed = context.at(row["time_zone"])
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    figure = await _plan(context, parsed, row, subject, aim)
    if row["interval_days"] > 1:
        figure = _in_weeks(figure)
    if broken := await _find_break(figure):
        unbroken = await _continued(context, figure, broken)
        if unbroken is None:
            metric, platform = figure.words["metric"], figure.words["platform"]
            raise Refused(phrasing.say("break", platform=platform, metric=metric, day=phrasing.day(broken["since_on"])))
        return unbroken
    if aim in ("best_span", "worst_span"):
        return await answer_best_span(figure, parsed)
    if aim in ("rise_day", "fall_day"):
        return await answer_steepest_day(figure)
    return await _answer(figure)


def explain_no_days(context: QuestionContext, parsed: ParsedQuestion) -> str:
    first = min(found.period.from_on for found in parsed.periods) if parsed.periods else parsed.today
    return context.phrasing.say(parsed.refusal, from_=context.phrasing.day(first))


async def _since_break(context: QuestionContext, row: Row, period: QuestionPeriod) -> QuestionPeriod:
    """Return the days of a series since the platform last changed what it counts."""
    days = {"from_on": period.from_on, "to_on": period.to_on}
    found = await store.list_breaks(context.connection, context.org_id, [row["id"]], **days, known_on=context.known_on)
    return replace(period, from_on=found[0]["since_on"]) if found else period


async def _plan(context: QuestionContext, parsed: ParsedQuestion, row: Row, subject: Subject, aim: Aim) -> SeriesFigure:
    period, base = parsed.period, None
    kind = row["kind"]
    if aim == "change":
        period, base = compare_with(parsed)
    elif aim == "gain" and kind in ("rolling", "ratio"):
        aim, base = "change", period.before()
    elif aim == "gain" and kind == "flow":
        aim = "value"
    if aim == "value" and kind == "counter" and period.named and row["metric"].startswith(_COUNTED_BY_DAYS):
        aim = "gain"
    if aim == "value" and kind != "flow" and not period.named:
        # "How many followers does she have": the latest that is known, however old.
        period = QuestionPeriod(row["last_on"], row["last_on"], named=False)
    if kind == "flow" and aim == "value" and not period.named and parsed.has("total"):
        period = QuestionPeriod(row["first_on"], min(row["last_on"], period.to_on))
    if aim in ("best_span", "worst_span") and not period.named:
        period = await _since_break(context, row, QuestionPeriod(row["first_on"], min(row["last_on"], period.to_on)))
    if row["aggregation"] == "none" and period.days > 1:
        metric = context.phrasing.metric(row["metric"], row["metric_name"])
        raise Refused(context.phrasing.say("one_day_only", metric=metric))
    return SeriesFigure(context, row, subject, aim, period, base)


def _in_weeks(figure: SeriesFigure) -> SeriesFigure:
    if figure.aim == "value" and not figure.period.named and figure.row["kind"] != "flow":
        return figure
    weeks = figure.period.whole_weeks(figure.row["last_on"])
    base = figure.base.whole_weeks(figure.row["last_on"]) if figure.base else None
    if weeks is None or (figure.base and base is None):
        raise Refused(figure.context.phrasing.say("weeks", platform=figure.words["platform"]))
    return replace(figure, period=weeks, base=weeks.before() if figure.base and base == weeks else base)


async def _find_break(figure: SeriesFigure) -> Row | None:
    first = min(figure.period.from_on, figure.base.from_on if figure.base else date.max)
    last = max(figure.period.to_on, figure.base.to_on if figure.base else date.min)
    if figure.row["kind"] == "counter" and figure.aim != "value":
        first -= DAY  # a gain begins with the level of the day before
    context = figure.context
    found = await store.list_breaks(
        context.connection,
        context.org_id,
        [figure.row["id"]],
        from_on=first,
        to_on=last,
        known_on=context.known_on,
    )
    return found[0] if found else None


async def _continued(context: QuestionContext, figure: SeriesFigure, broken: Row) -> AnswerPart | None:
    """Answer from the series that goes on with the old meaning, and say so; None without one."""
    if broken["continued_as"] is None:
        return None
    rows = await store.list_series(
        context.connection,
        context.org_id,
        [figure.subject.artist_id],
        metrics=[broken["continued_as"]],
        provider=figure.row["provider"],
        titles=[figure.subject.title] if figure.subject.title else None,
        known_on=context.known_on,
    )
    if not rows:
        return None
    part = await _answer(replace(figure, row=rows[0]))
    words = {name: figure.words[name] for name in ("metric", "platform")}
    words["day"] = context.phrasing.day(broken["since_on"])
    words["continued"] = context.phrasing.metric(rows[0]["metric"], rows[0]["metric_name"])
    part.text = f"{context.phrasing.say('continued', **words)} {part.text}"
    return part


async def _answer(figure: SeriesFigure) -> AnswerPart:
    context, row, period, words = figure.context, figure.row, figure.period, figure.words
    counted = computation_of(row, period, of="count")
    of: Aggregate | None = {"average": "mean", "best_day": "max", "worst_day": "min"}.get(figure.aim)  # type: ignore[assignment]
    if figure.aim == "value" and row["kind"] != "flow":
        of = "last"
    items = [computation_of(row, period, of=of), counted]
    if figure.base is not None:
        items += _compared(row, period, figure.base)
    values = await compute(context.connection, context.org_id, items, known_on=context.known_on)
    if values[0] is None or (figure.base is not None and values[2] is None):
        raise Refused(
            context.phrasing.say("no_data", what=f"{words['metric']} ({words['subject']}, {words['platform']})")
        )
    part = AnswerPart("", [], [words["metric"]], [words["platform"]], [words["subject"]], period, figure.base)
    label = f"{words['metric']}, {words['subject']}, {words['platform']}"
    part.numbers.append(number_of(context, row, items[0], values[0], label))
    if figure.base is not None:
        part.text = _word_change(figure, part, items, values)
    else:
        part.text = await _word_value(figure, values[0], part.numbers[0].shown)
    part.text = part.text[:1].upper() + part.text[1:]  # some languages begin with the metric
    days = values[1] or 0
    if row["kind"] == "flow":
        unit = "weeks" if row["interval_days"] > 1 else "days"
        named = context.phrasing.language.answers["days_with_data"]
        part.numbers.append(number_of(context, row, counted, days, named, unit=unit))
        if days * row["interval_days"] < period.days:
            part.text += f" {context.phrasing.say(f'missing_{unit}', days=context.phrasing.number(days))}"
    return part


def _compared(row: Row, period: QuestionPeriod, base: QuestionPeriod) -> list[Computation]:
    now, before = computation_of(row, period), computation_of(row, base)
    change = Computation(row["id"], now.window, before.window, "percent_change", now.differenced)
    return [before, change, computation_of(row, base, of="count")]


def _word_change(figure: SeriesFigure, part: AnswerPart, items: list[Computation], values: list[float | None]) -> str:
    context, row, base, words = figure.context, figure.row, figure.base, figure.words
    assert base is not None
    phrasing, label = context.phrasing, f"{words['metric']}, {words['subject']}, {words['platform']}"
    value, days, previous, change, days_before = values
    assert value is not None
    assert previous is not None
    before = number_of(context, row, items[2], previous, f"{label}, {span_label(context, base)}")
    part.numbers.append(before)
    # Where days are missing the two sums are of different days, and a percentage would not be one of growth.
    is_whole = row["kind"] == "rolling" or (days or 0) - (days_before or 0) == period_difference(row, figure)
    direction = phrasing.say("compared")
    if change is not None and is_whole:
        percent = number_of(context, row, items[3], change, f"{label}, %", unit="percent")
        part.numbers.insert(0, percent)
        rounded = round(change, 1)
        direction = phrasing.say("same" if not rounded else "up" if rounded > 0 else "down", change=percent.shown)
    named = "base_day" if base.days == 1 else "base_named"
    base_words = phrasing.say(
        named if figure.context.parsed.against is not None else "base_previous",
        base_from=phrasing.day(base.from_on),
        base_to=phrasing.day(base.to_on),
    )
    values_in_words = words | {
        "value": phrasing.number(value, row["unit"]),
        "direction": direction,
        "previous": before.shown,
        "base": base_words,
        "base_to": phrasing.day(base.to_on),
        "gained": word_gain(context, value, row["unit"]),
    }
    sentence = {"counter": "change_of_gain", "flow": "change"}.get(row["kind"], "change_of_level")
    return phrasing.say(sentence, **values_in_words)


def period_difference(row: Row, figure: SeriesFigure) -> float:
    """Return how many more values the period has than its base where none is missing."""
    assert figure.base is not None
    return float((figure.period.days - figure.base.days) / row["interval_days"])


async def _word_value(figure: SeriesFigure, value: float, shown: str) -> str:
    context, row, period, words = figure.context, figure.row, figure.period, figure.words
    phrasing = context.phrasing
    if figure.aim == "average":
        return phrasing.say("average", **words, value=shown)
    if figure.aim in ("best_day", "worst_day"):
        return await word_extreme_day(figure, shown)
    if row["kind"] == "flow":
        return phrasing.say("value", **words, value=shown)
    if figure.aim == "gain":
        return phrasing.say("gain", **words, gained=word_gain(context, value, row["unit"]))
    last = await store.find_last_day(
        context.connection,
        context.org_id,
        row["id"],
        from_on=period.from_on,
        to_on=period.to_on,
        known_on=context.known_on,
    )
    return phrasing.say("level", **(words | {"to": phrasing.day(last or period.to_on)}), value=shown)
