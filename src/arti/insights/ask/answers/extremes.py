"""Answer from one series which day, week or month was the highest or lowest, and on which day it moved most."""

from datetime import date, timedelta

from arti.insights.ask import store
from arti.insights.ask.answers.series_figure import SeriesFigure, computation_of, number_of
from arti.insights.ask.phrasing import AnswerPart, Refused
from arti.insights.ask.reading.periods import DAY, QuestionPeriod, calendar_period
from arti.insights.ask.reading.question_parser import ParsedQuestion
from arti.insights.computations import Computation, Window, compute


async def answer_best_span(figure: SeriesFigure, parsed: ParsedQuestion) -> AnswerPart:
    """Return the calendar week or month, of those wholly in the period, with the highest or lowest total.

    Of a running total the gains are compared. A week or month of which a day is missing is left out.
    Raises Refused.
    """
    context, row, words = figure.context, figure.row, figure.words
    unit = "month" if parsed.has("best_month", "worst_month") else "week"
    if row["kind"] not in ("flow", "counter"):
        others = [named for name, named in parsed.words.items() if name.endswith(("_week", "_month"))]
        raise Refused(context.phrasing.say("not_combined", words=context.phrasing.join([words["metric"], *others])))
    if row["interval_days"] > 1:
        return await _best_of_weeks(figure, unit)
    spans = _whole_spans(figure.period, unit, parsed)
    items = [item for span in spans for item in (computation_of(row, span), computation_of(row, span, of="count"))]
    values = await compute(context.connection, context.org_id, items, known_on=context.known_on)
    whole = [
        (value, span, item)
        for span, item, value, days in zip(spans, items[::2], values[::2], values[1::2], strict=True)
        if value is not None and days == span.days
    ]
    if not whole:
        raise Refused(context.phrasing.say(f"no_whole_{unit}", what=f"{words['metric']} ({words['subject']})"))
    highest = figure.aim == "best_span"
    value, best, item = max(whole, key=lambda each: (each[0] if highest else -each[0], -each[1].from_on.toordinal()))
    part = _part(figure)
    part.numbers.append(number_of(context, row, item, value, f"{words['metric']}, {context.phrasing.days(best)}"))
    is_gain = row["kind"] == "counter" and not row["metric"].startswith(("consumption.", "engagement."))
    name = f"{'best' if highest else 'worst'}_whole_{unit}{'_gain' if is_gain else ''}"
    shown = {"best": context.phrasing.days(best), "value": part.numbers[0].shown}
    part.text = context.phrasing.say(name, **words, **shown)
    return part


def _whole_spans(period: QuestionPeriod, unit: str, parsed: ParsedQuestion) -> list[QuestionPeriod]:
    spans: list[QuestionPeriod] = []
    after = period.to_on + DAY
    while True:
        span = calendar_period(unit, after, last=True, week_start=parsed.week_start)
        if span.from_on < period.from_on:
            return spans
        spans.append(span)
        after = span.from_on


async def _best_of_weeks(figure: SeriesFigure, unit: str) -> AnswerPart:
    """Return the best value of a series that has one a week."""
    context, row, words = figure.context, figure.row, figure.words
    if unit == "month":
        raise Refused(context.phrasing.say("weeks", platform=words["platform"]))
    of = "max" if figure.aim == "best_span" else "min"
    item = computation_of(row, figure.period, of=of)  # type: ignore[arg-type]
    [value] = await compute(context.connection, context.org_id, [item], known_on=context.known_on)
    if value is None:
        raise Refused(context.phrasing.say("no_data", what=f"{words['metric']} ({words['subject']})"))
    part = _part(figure)
    part.numbers.append(number_of(context, row, item, value, words["metric"]))
    part.text = await word_extreme_day(figure, part.numbers[0].shown)
    return part


async def word_extreme_day(figure: SeriesFigure, shown: str) -> str:
    context, row = figure.context, figure.row
    highest = figure.aim.startswith("best")
    day = await store.find_extreme_day(
        context.connection,
        context.org_id,
        row["id"],
        from_on=figure.period.from_on,
        to_on=figure.period.to_on,
        gains=row["kind"] == "counter",
        highest=highest,
        known_on=context.known_on,
    )
    name = f"{'best' if highest else 'worst'}_{'week' if row['interval_days'] > 1 else 'day'}"
    if row["kind"] == "counter" and row["interval_days"] == 1:
        name += "_gain"  # of a running total the gains of days are compared
    return context.phrasing.say(name, **figure.words, day=context.phrasing.day(day) if day else "", value=shown)


async def answer_steepest_day(figure: SeriesFigure) -> AnswerPart:
    """Return the day of the largest rise or fall against the day before, in absolute numbers. Raises Refused.

    Of a running total: the day of the largest gain, or of the largest loss.
    """
    context, row, words, rises = figure.context, figure.row, figure.words, figure.aim == "rise_day"
    phrasing, period = context.phrasing, figure.period
    if row["interval_days"] > 1:
        raise Refused(phrasing.say("not_combined", words=words["metric"]))
    found = await store.find_steepest_day(
        context.connection,
        context.org_id,
        row["id"],
        from_on=period.from_on,
        to_on=period.to_on,
        gains=row["kind"] == "counter",
        rises=rises,
        known_on=context.known_on,
    )
    part = _part(figure)
    if found is None:
        part.text = phrasing.say("rose_on_no_day" if rises else "fell_on_no_day", **words)
        return part
    day: date = found["observed_on"]
    label = f"{words['metric']}, {words['subject']}, {words['platform']}"
    on_day = computation_of(row, QuestionPeriod(day, day), of="gain" if row["kind"] == "counter" else "last")
    items = [on_day]
    if row["kind"] != "counter":
        before = Window("last", day - timedelta(days=1), day - timedelta(days=1))
        items += [
            Computation(row["id"], before),
            Computation(row["id"], on_day.window, before, "percent_change"),
        ]
    values = await compute(context.connection, context.org_id, items, known_on=context.known_on)
    assert values[0] is not None
    part.numbers.append(number_of(context, row, on_day, values[0], f"{label}, {phrasing.day(day)}"))
    if row["kind"] == "counter":
        moved = phrasing.number(abs(values[0]), row["unit"])
        part.text = phrasing.say(f"{figure.aim}_gain", **words, day=phrasing.day(day), value=moved)
        return part
    assert values[1] is not None
    previous = number_of(context, row, items[1], values[1], f"{label}, {phrasing.day(day - DAY)}")
    part.numbers.append(previous)
    direction = phrasing.say("compared")
    if values[2] is not None:
        percent = number_of(context, row, items[2], values[2], f"{label}, %", unit="percent")
        part.numbers.append(percent)
        direction = phrasing.say("up" if rises else "down", change=percent.shown)
    part.text = phrasing.say(
        figure.aim, **words, day=phrasing.day(day), value=part.numbers[0].shown, direction=direction,
        previous=previous.shown,
    )  # fmt: skip
    return part


def _part(figure: SeriesFigure) -> AnswerPart:
    words = figure.words
    return AnswerPart("", [], [words["metric"]], [words["platform"]], [words["subject"]], figure.period)
