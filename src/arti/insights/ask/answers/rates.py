"""Answer rates: one metric in proportion to another of the same platform and days."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.answers.series_figure import computation_of, number_of
from arti.insights.ask.context import QuestionContext, Subject
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.ask.reading.periods import QuestionPeriod
from arti.insights.computations import compute
from arti.language.pieces import platform_name
from arti_core.database import Row

_LISTENER_DAYS: Final = 28  # a monthly listener is one of 28 days
_RANKED: Final = 5
_MONTH_DAYS: Final = range(28, 32)


@dataclass(frozen=True, slots=True)
class _Rate:
    upper: tuple[str, ...]
    lower: tuple[str, ...]
    is_percent: bool = True


RATES: Final = {
    "save_rate": _Rate(("engagement.saves",), ("consumption.streams",)),
    "streams_per_listener": _Rate(("consumption.streams",), ("audience.monthly_listeners",), is_percent=False),
    "like_rate": _Rate(("engagement.likes",), ("consumption.views",)),
    "comment_rate": _Rate(("engagement.comments",), ("consumption.views",)),
    "share_rate": _Rate(("engagement.shares",), ("consumption.views",)),
}


async def answer_rate(context: QuestionContext, name: str) -> list[AnswerPart]:
    """Return a sentence for each subject and platform that has both numbers, or a ranking. Raises Refused."""
    rate, parsed, phrasing = RATES[name], context.parsed, context.phrasing
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    is_of_month = parsed.period.days in _MONTH_DAYS or parsed.periods[0].unit == "month"
    if "audience.monthly_listeners" in rate.lower and parsed.period.named and not is_of_month:
        raise Refused(phrasing.say("rate_of_month", rate=phrasing.language.answers["rates"][name]))
    parts = []
    is_ranked = parsed.has("most", "least", "ranking")
    every = [Subject(id, artist) for id, artist in context.artists.items()]
    for subject in context.subjects or every:
        rows = await store.list_series(
            context.connection,
            context.org_id,
            [subject.artist_id],
            metrics=[*rate.upper, *rate.lower],
            provider=parsed.provider,
            titles=[subject.title] if subject.title else None,
            known_on=context.known_on,
        )
        for provider in dict.fromkeys(row["provider"] for row in rows):
            by_metric = {row["metric"]: row for row in rows if row["provider"] == provider}
            upper = next((by_metric[slug] for slug in rate.upper if slug in by_metric), None)
            lower = next((by_metric[slug] for slug in rate.lower if slug in by_metric), None)
            if upper and lower and (part := await _answer(context, name, subject, upper, lower)):
                parts.append(part)
    if not parts:
        what = f"{phrasing.language.answers['rates'][name]} ({context.whom})"
        raise Refused(phrasing.say("no_data", what=what))
    return _rank(parts, lowest=parsed.has("least"), most=parsed.limit or _RANKED) if is_ranked else parts


def _rank(parts: list[AnswerPart], *, lowest: bool, most: int) -> list[AnswerPart]:
    """Return one list a platform, highest rate first."""
    ranked = []
    for platform in dict.fromkeys(part.platforms[0] for part in parts):
        of_platform = [part for part in parts if part.platforms[0] == platform]
        of_platform = sorted(of_platform, key=lambda part: part.numbers[0].value, reverse=not lowest)[:most]
        whole = of_platform[0]
        whole.text = "\n".join(f"{place}. {part.text}" for place, part in enumerate(of_platform, 1))
        whole.numbers = [number for part in of_platform for number in part.numbers]
        whole.subjects = [subject for part in of_platform for subject in part.subjects]
        ranked.append(whole)
    return ranked


async def _answer(context: QuestionContext, name: str, subject: Subject, upper: Row, lower: Row) -> AnswerPart | None:
    phrasing, period = context.phrasing, context.parsed.period
    is_level = lower["kind"] != "flow"
    if is_level:
        if not period.named:
            period = QuestionPeriod(period.from_on, min(upper["last_on"], lower["last_on"]), named=False)
        # A listener of 28 days can be set against the streams of the same 28 days only.
        period = QuestionPeriod(period.to_on - timedelta(days=_LISTENER_DAYS - 1), period.to_on, period.named)
        of_lower = computation_of(lower, QuestionPeriod(period.to_on, period.to_on))
    else:
        of_lower = computation_of(lower, period)
    of_upper = computation_of(upper, period)
    counts = [computation_of(row, period, of="count") for row in (upper, lower)]
    above, below, days, days_below = await compute(
        context.connection, context.org_id, [of_upper, of_lower, *counts], known_on=context.known_on
    )
    if above is None or not below or (days != days_below and not is_level):
        return None
    broken = await store.list_breaks(
        context.connection,
        context.org_id,
        [upper["id"], lower["id"]],
        from_on=period.from_on,
        to_on=period.to_on,
        known_on=context.known_on,
    )
    if broken:
        return None
    is_percent = RATES[name].is_percent
    value = 100 * above / below if is_percent else above / below
    shown = phrasing.number(value, "percent" if is_percent else "", 2)
    platform = platform_name(upper["provider"], upper["provider_name"])
    whom, rate = phrasing.subject(subject.artist, subject.title), phrasing.language.answers["rates"][name]
    numbers = [
        number_of(
            context, row, item, number, f"{phrasing.metric(row['metric'], row['metric_name'])}, {whom}, {platform}"
        )
        for row, item, number in ((upper, of_upper, above), (lower, of_lower, below))
    ]
    computation: dict[str, object] = {
        "op": "ratio",
        "from": str(period.from_on),
        "to": str(period.to_on),
        "upper": of_upper.as_json(),
        "lower": of_lower.as_json(),
        "percent": is_percent,
    }
    ratio = AnswerNumber(f"{rate}, {whom}, {platform}", "percent" if is_percent else "", value, shown, computation)
    text = phrasing.say(
        "rate_level" if is_level else "rate",
        span=phrasing.span(period),
        rate=rate,
        subject=whom,
        platform=platform,
        value=shown,
        upper=numbers[0].shown,
        upper_metric=phrasing.metric(upper["metric"], upper["metric_name"]),
        lower=numbers[1].shown,
        lower_metric=phrasing.metric(lower["metric"], lower["metric_name"]),
        to=phrasing.day(period.to_on),
    )
    if days and days < period.days:
        text += f" {phrasing.say('missing_days', days=phrasing.number(days))}"
    return AnswerPart(text, [ratio, *numbers], [rate], [platform], [whom], period)
