"""Rank works by a rate, each platform by itself; works with few of what a rate divides by have none."""

from collections import defaultdict
from typing import Final

from arti.insights.ask import store
from arti.insights.ask.answers.rates import RATES
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.answers.series_figure import computation_of
from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.computations import compute
from arti.language.pieces import platform_name
from arti_core.database import Row

_SHOWN: Final = 5
_MOST_RANKED: Final = 400
_FEWEST: Final = 100  # of two saves of three streams nobody learns anything


async def rank_works_by_rate(context: QuestionContext, name: str) -> list[AnswerPart]:
    """Return one list a platform, of works that have both numbers on the same days. Raises Refused."""
    rate, parsed, phrasing = RATES[name], context.parsed, context.phrasing
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    rows = await store.list_series(
        context.connection,
        context.org_id,
        context.artist_ids,
        metrics=[*rate.upper, *rate.lower],
        provider=parsed.provider,
        kinds=context.work_kinds(),
        known_on=context.known_on,
    )
    by_work: defaultdict[tuple[str, object, str], dict[str, Row]] = defaultdict(dict)
    for row in rows:
        if row["kind"] == "flow" and row["interval_days"] == 1:
            by_work[row["provider"], row["artist_id"], row["asset_title"]][row["metric"]] = row
    pairs: defaultdict[str, list[tuple[Row, Row]]] = defaultdict(list)
    for (provider, _, _), known in by_work.items():
        upper = next((known[slug] for slug in rate.upper if slug in known), None)
        lower = next((known[slug] for slug in rate.lower if slug in known), None)
        if upper and lower:
            pairs[provider].append((upper, lower))
    ranked = [await _rank_platform(context, name, found[:_MOST_RANKED]) for _, found in sorted(pairs.items())]
    parts = [part for part in ranked if part is not None]
    if not parts:
        what = f"{phrasing.language.answers['rates'][name]} ({context.whom})"
        raise Refused(phrasing.say("no_data" if pairs else "no_such_data", what=what))
    return parts


async def _rank_platform(context: QuestionContext, name: str, pairs: list[tuple[Row, Row]]) -> AnswerPart | None:
    phrasing, parsed, period = context.phrasing, context.parsed, context.parsed.period
    ids = [row["id"] for pair in pairs for row in pair]
    breaks = await store.list_breaks(
        context.connection, context.org_id, ids, from_on=period.from_on, to_on=period.to_on, known_on=context.known_on
    )
    broken = {row["id"] for row in breaks}
    pairs = [pair for pair in pairs if not {row["id"] for row in pair} & broken]
    items = [
        item
        for pair in pairs
        for row in pair
        for item in (computation_of(row, period), computation_of(row, period, of="count"))
    ]
    values = await compute(context.connection, context.org_id, items, known_on=context.known_on)
    is_percent = RATES[name].is_percent
    found = []
    for place, (upper, lower) in enumerate(pairs):
        above, days, below, days_below = values[4 * place : 4 * place + 4]
        if above is not None and below is not None and below >= _FEWEST and days == days_below:
            value = (100 if is_percent else 1) * above / below
            found.append((value, above, below, upper, lower, items[4 * place], items[4 * place + 2]))
    if not found:
        return None
    lowest = parsed.has("least")
    found.sort(key=lambda each: each[0], reverse=not lowest)
    first = found[0][3]
    rate, platform = phrasing.language.answers["rates"][name], platform_name(first["provider"], first["provider_name"])
    heading = {"span": phrasing.span(period), "metric": rate, "platform": platform}
    part = AnswerPart("", [], [rate], [platform], [context.whom], period)
    lines = [phrasing.say("rank_low" if lowest else "rank_high", **heading)]
    for rank, (value, above, below, upper, lower, of_upper, of_lower) in enumerate(found[: parsed.limit or _SHOWN], 1):
        shown = phrasing.number(value, "percent" if is_percent else "", 2)
        subject = phrasing.subject(context.artists.get(upper["artist_id"], ""), upper["asset_title"])
        computation: dict[str, object] = {
            "op": "ratio", "from": str(period.from_on), "to": str(period.to_on), "percent": is_percent,
            "upper": of_upper.as_json(), "lower": of_lower.as_json(),
        }  # fmt: skip
        label = f"{rate}, {subject}, {platform}"
        part.numbers.append(AnswerNumber(label, "percent" if is_percent else "", value, shown, computation))
        of = {
            "upper": phrasing.number(above),
            "upper_metric": phrasing.metric(upper["metric"], upper["metric_name"]),
            "lower": phrasing.number(below),
            "lower_metric": phrasing.metric(lower["metric"], lower["metric_name"]),
        }
        lines.append(phrasing.say("rank_rate_line", rank=rank, subject=subject, value=shown, **of))
    if len(found) < len(pairs):
        metric = phrasing.metric(first["metric"], first["metric_name"])
        lower_metric = phrasing.metric(found[0][4]["metric"], found[0][4]["metric_name"])
        lines.append(phrasing.say("rank_rate_few", metric=metric, lower_metric=lower_metric, least=_FEWEST))
    part.text = "\n".join(lines)
    return part
