"""Answer what stores paid: totals of royalty lines, by month of sale, each currency by itself."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from arti.insights.ask.context import QuestionContext
from arti.insights.ask.phrasing import AnswerNumber, AnswerPart, Refused
from arti.insights.ask.reading.periods import DAY, QuestionPeriod
from arti.language.pieces import clean_name, platform_name
from arti.metrics.money.schemas import Grouping
from arti.metrics.money.store import LineFilter
from arti.metrics.money.totals_store import list_totals
from arti.vocabulary import Permission
from arti_core.database import Row

_LISTED: Final = 20
_READ: Final = 1000  # a total of more groups than these would not be whole
_GROUPS: Final[tuple[tuple[str, Grouping], ...]] = (
    ("country", "country"), ("song", "recording"), ("album", "release"), ("platform", "store"),
    ("by_time", "month"), ("best_month", "month"), ("worst_month", "month"),
)  # fmt: skip


async def answer_royalties(context: QuestionContext) -> list[AnswerPart]:
    """Return the total of each artist, song and period that the question names, or a list by what it names.

    Raises Refused: without the right to see money, for days that are no whole months, and where nothing is stated.
    """
    if Permission.MONEY_READ not in context.access.permissions:
        raise Refused(context.phrasing.say("no_money"))
    parsed = context.parsed
    named = [one.period for one in (*parsed.periods, parsed.against) if one is not None]
    for period in named:
        if period.from_on.day != 1 or (period.to_on + DAY).day != 1:
            raise Refused(context.phrasing.say("royalties_by_month"))
    periods: list[QuestionPeriod | None] = [*named] or [None]
    if group := _group_of(context):
        return [await _list_groups(context, group, period) for period in periods]
    named_ones: list[tuple[UUID | None, str | None]] = [(one.artist_id, one.title) for one in context.subjects]
    ids = list(dict.fromkeys(named_ones)) or [(None, None)]
    return [await _total(context, artist_id, title, period) for period in periods for artist_id, title in ids]


async def has_royalties(context: QuestionContext) -> bool:
    """Return whether the reader sees royalties of those whom the question is about."""
    if Permission.MONEY_READ not in context.access.permissions:
        return False
    return any([await _total_by(context, "month", LineFilter(artist_id=one)) for one in context.artist_ids])


def _group_of(context: QuestionContext) -> Grouping | None:
    parsed = context.parsed
    if any(one.title for one in context.subjects):
        return None
    is_list = parsed.has("most", "least", "ranking") or not parsed.named("artist")
    if parsed.has("artist", "who") and is_list and not parsed.has("total", "roster"):
        return "artist"
    return next((group for word, group in _GROUPS if parsed.has(word)), None)


async def _read(
    context: QuestionContext, group: Grouping, artist_id: UUID | None, period: QuestionPeriod | None
) -> list[Row]:
    """Return the totals of each group and currency, of the store that the question names. Raises Refused."""
    wanted = LineFilter(
        artist_id=artist_id,
        from_month=period.from_on if period else None,
        to_month=period.to_on if period else None,
        type="stream" if "streams" in context.parsed.of("metric") else None,
        known_on=context.known_on,
    )
    if provider := context.parsed.provider:
        stores = await _total_by(context, "store", wanted)
        name = platform_name(provider).casefold()
        wanted = replace(wanted, store=next((row["key"] for row in stores if row["key"].casefold() == name), name))
    rows = await _total_by(context, group, wanted)
    if not rows or len(rows) >= _READ:
        artist = clean_name(context.artists[artist_id]) if artist_id else context.phrasing.say("artists")
        raise _nothing(context, artist, period)
    return rows


async def _total_by(context: QuestionContext, group: Grouping, wanted: LineFilter) -> list[Row]:
    return await list_totals(context.connection, context.org_id, wanted, group_by=group, currency=None, limit=_READ)


def _nothing(context: QuestionContext, subject: str, period: QuestionPeriod | None) -> Refused:
    when = context.phrasing.say("no_breakdown_when") if period else ""
    return Refused(context.phrasing.say("royalties_none", subject=subject, when=when))


async def _total(
    context: QuestionContext, artist_id: UUID | None, title: str | None, period: QuestionPeriod | None
) -> AnswerPart:
    phrasing = context.phrasing
    rows = await _read(context, "recording" if title else "month", artist_id, period)
    if title:
        rows = [row for row in rows if (row["name"] or "").casefold() == title.casefold()]
    subject = phrasing.subject(context.artists[artist_id], title) if artist_id else phrasing.say("artists")
    if not rows:
        raise _nothing(context, subject, period)
    if context.parsed.provider:
        subject += f" ({platform_name(context.parsed.provider)})"
    part = AnswerPart("", subjects=[subject], period=period)
    sums = _by_currency(rows)
    for currency, amount in sums.items():
        shown = f"{phrasing.number(float(amount), decimals=2)} {currency}"
        part.numbers.append(AnswerNumber(subject, currency, float(amount), shown, _computation(rows, artist_id)))
    value = phrasing.join([number.shown for number in part.numbers])
    part.text = phrasing.say("royalties", subject=subject, months=_months(context, rows, period), value=value)
    return part


async def _list_groups(context: QuestionContext, group: Grouping, period: QuestionPeriod | None) -> AnswerPart:
    phrasing, parsed = context.phrasing, context.parsed
    artists = list(dict.fromkeys(one.artist_id for one in context.subjects)) if group != "artist" else []
    if len(artists) > 1:
        raise Refused(phrasing.say("not_combined", words=context.whom))
    rows = await _read(context, group, artists[0] if artists else None, period)
    if not any(row["key"] for row in rows):
        raise _nothing(context, context.whom, period)
    is_ranked = parsed.has("most", "least", "ranking", "best_month", "worst_month")
    if is_ranked and len(_by_currency(rows)) > 1:
        raise Refused(phrasing.say("royalties_currencies"))
    lowest = parsed.has("least", "worst_month")
    if is_ranked or group != "month":
        rows = sorted(
            rows, key=lambda row: (row["key"] is None, row["currency"], row["amount"] if lowest else -row["amount"])
        )
    dimension = phrasing.language.answers["dimensions"][group]
    months = _months(context, rows, period)
    part = AnswerPart("", subjects=[context.whom], period=period)
    whom = context.whom + (f" ({platform_name(parsed.provider)})" if parsed.provider else "")
    lines = [phrasing.say("royalties_list", subject=whom, dimension=dimension, months=months)]
    for place, row in enumerate(rows[: parsed.limit or _LISTED], 1):
        name = clean_name(row["name"] or row["key"] or phrasing.say("royalties_unstated"))
        if group == "month":
            name = _month(context, row["first_month"])
        shown = f"{phrasing.number(float(row['amount']), decimals=2)} {row['currency']}"
        lines.append(phrasing.say("rank_line", rank=place, subject=name, value=shown))
        computation = _computation([row], artists[0] if artists else None, {group: row["key"]})
        part.numbers.append(AnswerNumber(name, row["currency"], float(row["amount"]), shown, computation))
    part.text = "\n".join(lines)
    return part


def _by_currency(rows: Sequence[Row]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + row["amount"]
    return sums


def _computation(
    rows: Sequence[Row], artist_id: UUID | None, group: dict[Grouping, str] | None = None
) -> dict[str, object]:
    first, last = min(row["first_month"] for row in rows), max(row["last_month"] for row in rows)
    of: dict[str, str | None] = {
        "artist_id": str(artist_id) if artist_id else None,
        "from_month": str(first),
        "to_month": str(last),
    }
    for name, key in (group or {}).items():
        of[name] = key
    return {"op": "sum", "royalty_lines": of}


def _months(context: QuestionContext, rows: Sequence[Row], period: QuestionPeriod | None) -> str:
    """Return the months that are named; else those of the lines."""
    first = period.from_on if period else min(row["first_month"] for row in rows)
    last = period.to_on.replace(day=1) if period else max(row["last_month"] for row in rows)
    if first == last:
        return _month(context, first)
    return context.phrasing.say("last_days", from_=_month(context, first), to=_month(context, last))


def _month(context: QuestionContext, day: date) -> str:
    months = [name.strip() for name in context.phrasing.language.answers["months"].split(",")]
    return context.phrasing.say("month_of_year", month=months[day.month - 1], year=day.year)
