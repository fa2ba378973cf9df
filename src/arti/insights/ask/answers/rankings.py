"""Rank artists or works by a metric, each platform by itself: numbers of different platforms are never added."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.answers.series_figure import computation_of, number_of
from arti.insights.ask.context import QuestionContext, Subject, compare_with
from arti.insights.ask.phrasing import AnswerPart, Refused
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.insights.ask.reading.question_parser import METRICS
from arti.insights.computations import Computation, compute
from arti.language.pieces import platform_name
from arti_core.database import Row

_SHOWN: Final = 5
_MOST_RANKED: Final = 400
_WORK_METRICS: Final = ("consumption.streams", "consumption.views", "consumption.plays", "consumption.views_total")


@dataclass(frozen=True, slots=True)
class _Ranked:
    row: Row
    item: Computation
    value: float
    previous: float | None = None
    change: float | None = None


async def rank(context: QuestionContext, *, works: bool) -> list[AnswerPart]:
    """Return one list a platform. Raises Refused."""
    parsed = context.parsed
    slugs = parsed.metrics or (_WORK_METRICS if works else METRICS["streams"])
    kinds = context.work_kinds() if works else None
    rows = await store.list_series(
        context.connection,
        context.org_id,
        context.artist_ids if works else list(context.artists),
        metrics=slugs,
        provider=parsed.provider,
        kinds=kinds or None,
        known_on=context.known_on,
    )
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    parts = []
    for provider, chosen in context.choose(rows, slugs).items():
        series = [row for row in rows if (row["provider"], row["metric"]) == (provider, chosen["metric"])]
        parts += await _rank_platform(context, series[:_MOST_RANKED])
    if not parts:
        what = context.phrasing.metric(slugs[0], next((row["metric_name"] for row in rows), slugs[0].split(".")[-1]))
        raise Refused(context.phrasing.say("no_data" if rows else "no_such_data", what=what))
    return parts


async def _rank_platform(context: QuestionContext, rows: Sequence[Row]) -> list[AnswerPart]:
    parsed, row = context.parsed, rows[0]
    if row["aggregation"] == "none":
        raise Refused(
            context.phrasing.say("one_day_only", metric=context.phrasing.metric(row["metric"], row["metric_name"]))
        )
    is_change = parsed.has("rise", "fall", "change", "gain", "lose") or parsed.against is not None
    period, base = compare_with(parsed) if is_change else (parsed.period, None)
    is_level = not is_change and not parsed.periods and row["kind"] != "flow"
    if is_change and row["kind"] == "counter":
        base = None  # a running total grows by what it gains
    broken = await _broken(context, rows, period, base) if not is_level else set()
    rows = [one for one in rows if one["id"] not in broken and (is_level or one["interval_days"] == 1)]
    ranked = await _compute(context, rows, period, base, is_level=is_level)
    if not ranked:
        return []
    falls = parsed.has("fall", "lose")
    lowest = falls or parsed.has("least")
    if base is not None:
        grown = [one for one in ranked if one.change is not None and (one.change < 0) == falls]
        ranked = sorted(grown, key=lambda one: one.change or 0, reverse=not lowest)
    else:
        ranked = sorted(ranked, key=lambda one: one.value, reverse=not lowest)
        if is_change and falls:
            fell = [one for one in ranked if one.value < 0]
            if not fell:
                return [_none_fell(context, row, period)]
            ranked = fell
    return [_word(context, ranked, period, base, is_level=is_level)] if ranked else []


def _none_fell(context: QuestionContext, row: Row, period: QuestionPeriod) -> AnswerPart:
    phrasing = context.phrasing
    metric = phrasing.metric(row["metric"], row["metric_name"])
    platform = platform_name(row["provider"], row["provider_name"])
    text = phrasing.say("rank_none_fell", span=phrasing.span(period), metric=metric, platform=platform)
    return AnswerPart(text, [], [metric], [platform], [], period)


async def _broken(
    context: QuestionContext, rows: Sequence[Row], period: QuestionPeriod, base: QuestionPeriod | None
) -> set[object]:
    first = min(period.from_on, base.from_on if base else period.from_on)
    ids = [row["id"] for row in rows]
    found = await store.list_breaks(
        context.connection, context.org_id, ids, from_on=first, to_on=period.to_on, known_on=context.known_on
    )
    return {row["id"] for row in found}


async def _compute(
    context: QuestionContext,
    rows: Sequence[Row],
    period: QuestionPeriod,
    base: QuestionPeriod | None,
    *,
    is_level: bool,
) -> list[_Ranked]:
    items = []
    for row in rows:
        of_row = QuestionPeriod(row["last_on"], row["last_on"]) if is_level else period
        now = computation_of(row, of_row, of="last" if is_level else None)
        items.append(now)
        if base is not None:
            before = computation_of(row, base)
            items += [before, Computation(row["id"], now.window, before.window, "percent_change", now.differenced)]
    values = await compute(context.connection, context.org_id, items, known_on=context.known_on)
    step = 1 if base is None else 3
    ranked = []
    for place, row in enumerate(rows):
        value, *more = values[place * step : (place + 1) * step]
        if value is not None:
            previous, change = more or (None, None)
            ranked.append(_Ranked(row, items[place * step], value, previous, change))
    return ranked


def _word(
    context: QuestionContext,
    ranked: Sequence[_Ranked],
    period: QuestionPeriod,
    base: QuestionPeriod | None,
    *,
    is_level: bool,
) -> AnswerPart:
    phrasing, parsed, row = context.phrasing, context.parsed, ranked[0].row
    words = {
        "metric": phrasing.metric(row["metric"], row["metric_name"]),
        "platform": platform_name(row["provider"], row["provider_name"]),
        "span": phrasing.span(period),
    }
    part = AnswerPart("", [], [words["metric"]], [words["platform"]], [], None if is_level else period, base)
    if base is not None:
        days = {"base_from": phrasing.day(base.from_on), "base_to": phrasing.day(base.to_on)}
        against = phrasing.say("rank_named" if parsed.against else "rank_previous", **days)
        head = phrasing.say("rank_fall" if parsed.has("fall", "lose") else "rank_change", **words, base=against)
    else:
        lowest = parsed.has("fall", "lose", "least")
        order = ("rank_level_low" if lowest else "rank_level") if is_level else "rank_low" if lowest else "rank_high"
        head = phrasing.say(order, **words)
    lines = [head]
    for place, one in enumerate(ranked[: parsed.limit or _SHOWN], 1):
        subject = _subject(context, one.row)
        number = number_of(context, one.row, one.item, one.value, f"{words['metric']}, {subject}, {words['platform']}")
        part.numbers.append(number)
        line = {"rank": place, "subject": subject, "value": number.shown}
        if one.previous is None or one.change is None:
            lines.append(phrasing.say("rank_line", **line))
            continue
        direction = phrasing.say(
            "up" if one.change > 0 else "down", change=phrasing.number(abs(one.change), "percent", 1)
        )
        previous = phrasing.number(one.previous, row["unit"])
        lines.append(phrasing.say("rank_change_line", **line, direction=direction, previous=previous))
    absolute = max(ranked, key=lambda one: abs(one.value - (one.previous or 0)))
    if base is not None and absolute is not ranked[0] and absolute.previous is not None:
        shown = [phrasing.number(value, row["unit"]) for value in (absolute.previous, absolute.value)]
        subject = _subject(context, absolute.row)
        lines.append(phrasing.say("rank_absolute", subject=subject, previous=shown[0], value=shown[1]))
    part.text = "\n".join(lines)
    return part


def _subject(context: QuestionContext, row: Row) -> str:
    subject = Subject(row["artist_id"], context.artists.get(row["artist_id"], ""), row["asset_title"])
    return context.phrasing.subject(subject.artist, subject.title)
