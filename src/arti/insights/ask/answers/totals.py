"""Add what several artists had in the same days, each platform by itself, where that may be added."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from arti.insights.ask import store
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.answers.series_figure import computation_of, word_gain
from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.computations import compute
from arti.language.pieces import clean_name, platform_name
from arti_core.database import Row

_NAMED: Final = 5  # artists without numbers


async def answer_total(context: QuestionContext) -> list[AnswerPart]:
    """Return one sentence a platform. Raises Refused: people of several artists, and levels, are not added."""
    parsed, phrasing = context.parsed, context.phrasing
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    ids = [subject.artist_id for subject in context.subjects] if parsed.named("artist") else list(context.artists)
    slugs = next(iter(context.metric_choices()))
    rows = await store.list_series(
        context.connection, context.org_id, ids, metrics=slugs, provider=parsed.provider, known_on=context.known_on
    )
    parts = []
    for provider, chosen in context.choose(rows, slugs).items():
        series = [row for row in rows if (row["provider"], row["metric"]) == (provider, chosen["metric"])]
        if part := await _add(context, ids, series):
            parts.append(part)
    if not parts:
        what = phrasing.metric(slugs[0], next((row["metric_name"] for row in rows), slugs[0].split(".")[-1]))
        raise Refused(phrasing.say("no_data" if rows else "no_such_data", what=what))
    return parts


async def _add(context: QuestionContext, ids: Sequence[UUID], rows: Sequence[Row]) -> AnswerPart | None:
    phrasing, period, row = context.phrasing, context.parsed.period, rows[0]
    metric, platform = (
        phrasing.metric(row["metric"], row["metric_name"]), platform_name(row["provider"], row["provider_name"]),
    )  # fmt: skip
    is_gain = row["kind"] == "counter"
    is_level = is_gain and row["metric"].startswith("audience.") and not period.named
    if row["kind"] not in ("flow", "counter") or row["aggregation"] == "none" or is_level:
        raise Refused(phrasing.say("not_added", metric=metric))
    broken = await store.list_breaks(
        context.connection,
        context.org_id,
        [one["id"] for one in rows],
        from_on=period.from_on,
        to_on=period.to_on,
        known_on=context.known_on,
    )
    if broken:
        day = phrasing.day(broken[0]["since_on"])
        raise Refused(phrasing.say("break", platform=platform, metric=metric, day=day))
    daily = [one for one in rows if one["interval_days"] == 1]
    sums = [computation_of(one, period) for one in daily]
    counts = [computation_of(one, period, of="count") for one in daily]
    values = await compute(context.connection, context.org_id, [*sums, *counts], known_on=context.known_on)
    found = [
        (one, value, days or 0)
        for one, value, days in zip(daily, values[: len(daily)], values[len(daily) :], strict=True)
        if value is not None
    ]
    if not found:
        return None
    total = sum(value for _, value, _ in found)
    shown = phrasing.number(total, row["unit"])
    named = bool(context.parsed.named("artist"))
    subject = context.whom if named else phrasing.say("all_artists", count=len(context.artists))
    words = {"span": phrasing.span(period), "metric": metric, "platform": platform, "subject": subject}
    words["gained" if is_gain else "value"] = word_gain(context, total, row["unit"]) if is_gain else shown
    text = phrasing.say("total_gain" if is_gain else "total", **words)
    missing = [context.artists[id] for id in ids if id not in {one["artist_id"] for one, _, _ in found}]
    gaps = [context.artists[one["artist_id"]] for one, _, days in found if days < period.days]
    for sentence, artists in (("total_without", missing), ("total_gaps", gaps)):
        if artists:
            listed = [clean_name(name) for name in artists[:_NAMED]]
            more = [phrasing.say("and_more", count=len(artists) - _NAMED)] if len(artists) > _NAMED else []
            text += f" {phrasing.say(sentence, artists=phrasing.join([*listed, *more]))}"
    computation: dict[str, object] = {
        "op": "sum", "from": str(period.from_on), "to": str(period.to_on),
        "of": [item.as_json() for item, value in zip(sums, values, strict=False) if value is not None],
    }  # fmt: skip
    number = AnswerNumber(f"{metric}, {subject}, {platform}", row["unit"], total, shown, computation)
    return AnswerPart(text, [number], [metric], [platform], [subject], period)
