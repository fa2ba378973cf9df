"""Answer from the parts of a number: by country, city, age and other dimensions, and how the parts grew."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from arti.dimensions.countries import country_name
from arti.insights.ask.answers.quotations import clean_quotation
from arti.insights.ask.answers.series_answers import explain_no_days
from arti.insights.ask.context import QuestionContext, compare_with
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.ask.reading.periods import DAY, QuestionPeriod
from arti.metrics.breakdown.schemas import AvailableBreakdown, BreakdownPart, BreakdownResponse
from arti.metrics.breakdown.service import BreakdownQuestion, list_available, read_breakdown
from arti.metrics.growth import growth_percent

DIMENSIONS: Final = {
    "country": "country", "city": "city", "age": "age", "gender": "gender", "source": "traffic_source",
    "device": "device",
}  # fmt: skip
_PARTS: Final = 8
_MOVES: Final = ("rise", "fall", "change", "gain", "lose", "before")
_NEAR: Final = timedelta(days=7)  # so much older than wanted a value may be that a level is compared with


async def answer_breakdown(context: QuestionContext, word: str) -> list[AnswerPart]:
    """Return the parts of a number by a dimension, of each artist; of named places only these. Raises Refused."""
    parsed, phrasing, dimension = context.parsed, context.phrasing, DIMENSIONS[word]
    if parsed.refusal:
        raise Refused(explain_no_days(context, parsed))
    shown_dimension = phrasing.language.answers["dimensions"][word]
    # Where somebody is listened to is where the people are.
    metrics = () if parsed.of("metric")[:1] == ["listened"] else parsed.metrics
    parts, others = [], []
    for artist_id in context.artist_ids:
        available = await list_available(context.connection, context.org_id, artist_id, known_on=context.known_on)
        fitting = [one for one in available if one.dimension == dimension and parsed.provider in (None, one.provider)]
        best = _choose(fitting, metrics)
        others += fitting if not best else []
        for one in best:
            if part := await _break_down(context, artist_id, one, shown_dimension):
                parts.append(part)
    if not parts:
        if others:
            known = list(dict.fromkeys(phrasing.metric(one.metric, one.name) for one in others))
            shown = {"subject": context.whom, "dimension": shown_dimension, "metrics": phrasing.join(known)}
            raise Refused(phrasing.say("only_breakdowns", **shown))
        when = phrasing.say("no_breakdown_when") if parsed.periods else ""
        if context.places:
            names = phrasing.join(list(dict.fromkeys(clean_quotation(place.words) for place in context.places)))
            raise Refused(phrasing.say("no_part", subject=context.whom, part=names, when=when))
        raise Refused(phrasing.say("no_breakdown", subject=context.whom, dimension=shown_dimension, when=when))
    return parts


def _choose(available: list[AvailableBreakdown], metrics: tuple[str, ...]) -> list[AvailableBreakdown]:
    """Return the breakdown that fits a question, one a platform: of its metric, else of people, else the newest."""
    related = {slug.split(".")[0] for slug in metrics}
    words = {slug.split(".")[1].rsplit("_", 1)[-1] for slug in metrics}
    chosen: dict[str, AvailableBreakdown] = {}
    for one in sorted(available, key=lambda each: (_fit(each, metrics), each.newest_on), reverse=True):
        fits = (
            not metrics
            or one.metric in metrics
            or (one.metric.split(".")[0] in related and any(word in one.metric for word in words))
        )
        if fits:
            chosen.setdefault(one.provider, one)
    return list(chosen.values())


def _fit(one: AvailableBreakdown, metrics: tuple[str, ...]) -> int:
    return 3 if one.metric in metrics else 2 if "listeners" in one.metric else 1 if "audience" in one.metric else 0


async def _read(
    context: QuestionContext, artist_id: object, one: AvailableBreakdown, from_on: date | None, to_on: date | None
) -> BreakdownResponse:
    return await read_breakdown(
        context.connection,
        context.org_id,
        BreakdownQuestion(
            artist_id=artist_id,  # type: ignore[arg-type]
            asset_id=None,
            recording_id=None,
            provider=one.provider,
            metric=one.metric,
            dimension=one.dimension,
            period=one.period or None,
            from_on=from_on,
            to_on=to_on,
            known_on=context.known_on,
            by_metro=False,
        ),
    )


async def _break_down(
    context: QuestionContext, artist_id: object, one: AvailableBreakdown, shown_dimension: str
) -> AnswerPart | None:
    parsed = context.parsed
    named = parsed.periods[0].period if parsed.periods else None
    to_on = min(named.to_on, parsed.period.to_on) if named else None
    response = await _read(context, artist_id, one, named.from_on if named else None, to_on)
    wanted = {place.value: clean_quotation(place.words) for place in context.places}
    known = [part for part in response.parts if part.amount is not None and (not wanted or part.value in wanted)]
    if not known or response.period is None:
        return None
    if named and one.period and response.period.from_ != named.from_on:
        return None  # a total of other days
    first = response.period.from_
    period = QuestionPeriod(first or response.period.to, response.period.to)
    shown = _ShownBreakdown(context, artist_id, one, shown_dimension, period, wanted)
    if parsed.has(*_MOVES) or parsed.against is not None:
        return await _word_growth(shown, known)
    known.sort(key=lambda part: part.amount or 0, reverse=not parsed.has("least"))
    return _word_parts(shown, known, context.phrasing.days(period) if first else response.period.label)


@dataclass(frozen=True, slots=True)
class _ShownBreakdown:
    """A breakdown of an artist over a period. `wanted`: the places that the question names, as it writes them."""

    context: QuestionContext
    artist_id: object
    one: AvailableBreakdown
    dimension: str
    period: QuestionPeriod
    wanted: dict[str, str]

    @property
    def words(self) -> dict[str, str]:
        phrasing, one = self.context.phrasing, self.one
        return {
            "metric": phrasing.metric(one.metric, one.name),
            "subject": phrasing.subject(self.context.artists[self.artist_id], None),  # type: ignore[index]
            "platform": one.provider_name,
            "dimension": self.dimension,
        }

    @property
    def part(self) -> AnswerPart:
        words = self.words
        return AnswerPart("", [], [words["metric"]], [words["platform"]], [words["subject"]], self.period)

    def name(self, part: BreakdownPart) -> str:
        is_country = self.one.dimension == "country"
        name = country_name(part.value, self.context.parsed.language.code) if is_country else part.name
        return self.wanted.get(part.value, name)

    def number(self, part: BreakdownPart, period: QuestionPeriod) -> AnswerNumber:
        unit, amount = self.one.unit, part.amount or 0
        shown = self.context.phrasing.number(amount, unit, 1 if unit == "percent" else 0)
        days = {"from": str(period.from_on), "to": str(period.to_on)}
        series_id = part.series_ids[0] if len(part.series_ids) == 1 else None
        return AnswerNumber(
            self.name(part), unit, amount, shown, {"op": "part", **days, "part": part.value}, series_id
        )  # fmt: skip


def _word_parts(shown: _ShownBreakdown, known: list[BreakdownPart], period: str) -> AnswerPart:
    phrasing, words, result = shown.context.phrasing, shown.words, shown.part
    lines = [] if shown.wanted else [phrasing.say("breakdown", **words, period=period)]
    for rank, part in enumerate(known[: shown.context.parsed.limit or _PARTS], 1):
        number = shown.number(part, shown.period)
        percent = part.share_percent if number.unit != "percent" else None
        share = (
            phrasing.say("breakdown_share", share=phrasing.number(percent, "percent", 1)) if percent is not None else ""
        )
        line = {"part": number.label, "value": number.shown, "share": share}
        if shown.wanted:
            lines.append(phrasing.say("part", **words, **line, period=period))
        else:
            lines.append(phrasing.say("breakdown_line", rank=rank, **line))
        result.numbers.append(number)
    result.text = "\n".join(lines)
    return result


async def _word_growth(shown: _ShownBreakdown, known: list[BreakdownPart]) -> AnswerPart | None:
    """Return how parts grew, the largest change first; None where the days before are not stored."""
    context, phrasing, one = shown.context, shown.context.phrasing, shown.one
    parsed, now = context.parsed, shown.period
    later, base = compare_with(parsed)
    is_level = not one.period and now.days == 1
    if not is_level and not parsed.periods:  # the newest days, and those before them
        base = QuestionPeriod(base.from_on, now.from_on - DAY) if one.period else now.before()
    first = base.from_on - _NEAR if is_level else base.from_on
    response = await _read(context, shown.artist_id, one, first, base.to_on)
    if response.period is None:
        return None
    before = QuestionPeriod(response.period.from_ or response.period.to, response.period.to)
    if is_level:
        is_fitting = before.to_on >= base.to_on - _NEAR and now.to_on >= later.to_on - _NEAR
    elif one.period:
        is_fitting = before.days == now.days and before.to_on < now.from_on
    else:
        wanted = [*((now, later),) * bool(parsed.periods), (before, base)]
        is_fitting = all((got.from_on, got.to_on) == (each.from_on, each.to_on) for got, each in wanted)
        is_fitting = is_fitting and response.period.days == before.days
    if not is_fitting or (one.period and parsed.against and before.to_on != base.to_on):
        return None
    previous = {part.value: part for part in response.parts if part.amount is not None}
    pairs = [(part, previous[part.value]) for part in known if part.value in previous]
    falls = parsed.has("fall", "lose") or (parsed.has("least") and not parsed.has("most"))
    moved = [(part, old, (part.amount or 0) - (old.amount or 0)) for part, old in pairs]
    if not shown.wanted and parsed.has("rise", "gain", "fall", "lose"):
        moved = [each for each in moved if (each[2] < 0 if falls else each[2] > 0)]
    moved.sort(key=lambda each: each[2], reverse=not falls)
    if not moved:
        return None
    result, words = shown.part, shown.words
    result.base = before
    days = {"period": phrasing.days(shown.period), "base": phrasing.days(before)}
    lines = [] if shown.wanted else [phrasing.say("breakdown_fall" if falls else "breakdown_rise", **words, **days)]
    for rank, (part, old, _) in enumerate(moved[: parsed.limit or _PARTS], 1):
        number, old_number = shown.number(part, shown.period), shown.number(old, before)
        percent = growth_percent(part.amount or 0, old.amount or 0) if one.unit != "percent" else None
        direction = phrasing.say("compared")
        if percent is not None:
            size = phrasing.number(abs(percent), "percent", 1)
            rounded = round(percent, 1)
            direction = phrasing.say("same" if not rounded else "up" if rounded > 0 else "down", change=size)
        line = {"value": number.shown, "direction": direction, "previous": old_number.shown}
        if shown.wanted:
            lines.append(phrasing.say("part_change", **words, **days, **line, part=number.label))
        else:
            lines.append(phrasing.say("breakdown_change_line", rank=rank, part=number.label, **line))
        result.numbers += [number, old_number]
    result.text = "\n".join(lines)
    return result
