"""Make a breakdown of a metric's series: parts, whole, shares and what is unknown. Pure.

What may not be added up is not: the rule of the dimension decides (arti.dimensions.rules).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.dimensions.rules import DimensionRule
from arti.dimensions.text import escape_value, parse_dimension

DEFAULT_DAYS: Final = 28
ADDED: Final = ("partition", "shares")  # the rules under which parts are added up
# The people of 28 days are the same people whichever of the two an export calls them.
WHOLE_METRICS: Final = {("audience.listeners", "28day"): "audience.monthly_listeners"}


@dataclass(frozen=True, slots=True)
class SplitSeries:
    """One series of a metric: `split` is its dimension without the period, '' the whole; `newest_on` has a value."""

    id: UUID
    metric: str
    terms: str
    period: str
    split: Mapping[str, str]
    newest_on: date


@dataclass(frozen=True, slots=True)
class DayValue:
    """A value of a series on a day, as it was known. `source`: sync, import or typed."""

    on: date
    value: float | None
    null_reason: str | None
    source: str


@dataclass(slots=True)
class PartAmount:
    """One part. `share_percent` of the whole, where it is honest."""

    value: str
    amount: float | None
    null_reason: str | None
    source: str
    series_ids: list[UUID]
    share_percent: float | None = None


@dataclass(slots=True)
class Breakdown:
    """Parts of one metric over `first_on` to `as_of`. A missing whole, total or remainder has its note in words."""

    rule: DimensionRule
    period: str
    first_on: date | None
    as_of: date
    days: int
    parts: list[PartAmount] = field(default_factory=list)
    whole: float | None = None
    whole_metric: str | None = None
    whole_source: str | None = None
    whole_series_id: UUID | None = None
    whole_note: str | None = None
    total: float | None = None
    total_note: str | None = None
    remainder: float | None = None
    remainder_percent: float | None = None
    remainder_note: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """The series of one origin and period that answer a question: the parts, and those that can be the whole."""

    terms: str
    period: str
    parts: dict[UUID, str]
    wholes: list[SplitSeries]
    newest_on: date
    is_finer: bool


def read_series(id: UUID, metric: str, terms: str, dimension: str, newest_on: date) -> SplitSeries | None:
    """Return a series with its dimension parsed; None where it is not in the canonical form."""
    try:
        split = parse_dimension(dimension)
    except ValueError:
        return None
    period = split.pop("period", "")
    return SplitSeries(id, metric, terms, period, split, newest_on)


def select_series(
    series: Sequence[SplitSeries],
    *,
    metric: str,
    names: tuple[str, ...],
    period: str | None,
    prefer_days: bool,
    may_add: bool,
) -> Selection | None:
    """Return the newest origin and period with parts by `names`; daily values first if `prefer_days` or as new.

    Parts that are split further (age and gender for a question about age) are used where they `may_add`.
    """
    found: list[Selection] = []
    for terms, each in sorted({(one.terms, one.period) for one in series}):
        group = [one for one in series if (one.terms, one.period) == (terms, each) and one.metric == metric]
        exact = {one.id: split_value(one.split, names) for one in group if set(one.split) == set(names)}
        finer = (
            {one.id: split_value(one.split, names) for one in group if set(one.split) > set(names)} if may_add else {}
        )
        parts = exact or finer
        if parts and period in (None, each):
            newest = max(one.newest_on for one in group if one.id in parts)
            wholes = [one for one in series if not one.split and one.terms == terms]
            found.append(Selection(terms, each, parts, wholes, newest, not exact))
    return max(found, key=lambda one: (prefer_days and not one.period, one.newest_on, not one.period), default=None)


def split_value(split: Mapping[str, str], names: tuple[str, ...]) -> str:
    """Return the value of a part by `names`; of several names their values, escaped, with commas between them."""
    return split[names[0]] if len(names) == 1 else ",".join(escape_value(split[name]) for name in names)


def period_days(period: str) -> int | None:
    """Return the days of a period of an export; None for its lifetime."""
    return int(period.removesuffix("day")) if period.endswith("day") else None


def break_down(
    selection: Selection,
    values: Mapping[UUID, Sequence[DayValue]],
    *,
    metric: str,
    aggregation: str,
    rule: DimensionRule,
    first_on: date | None,
    last_on: date,
) -> Breakdown:
    """Return the breakdown over the days up to `last_on`. `values` of every series, in the order of days."""
    if selection.period or aggregation != "sum":
        result = _on_one_day(selection, values, rule, last_on)
    else:
        result = _over_days(selection, values, rule, first_on or last_on - timedelta(days=DEFAULT_DAYS - 1), last_on)
    _add_whole(result, selection, values, metric, aggregation)
    _add_shares(result)
    result.parts.sort(key=lambda part: (part.amount is None, -(part.amount or 0), part.value))
    return result


def _on_one_day(
    selection: Selection, values: Mapping[UUID, Sequence[DayValue]], rule: DimensionRule, last_on: date
) -> Breakdown:
    """Return the parts of the newest day that any of them has. One that is not in that day's list is not known."""
    newest = {
        id: max((v for v in values.get(id, ()) if v.on <= last_on), key=_day, default=None) for id in selection.parts
    }
    as_of = max((value.on for value in newest.values() if value), default=last_on)
    days = period_days(selection.period) or 1
    first = None if selection.period == "lifetime" else as_of - timedelta(days=days - 1)
    result = Breakdown(rule, selection.period, first, as_of, days)
    for id, value in newest.items():
        if value and value.on == as_of:
            _add_part(result, selection.parts[id], id, value.value, value.null_reason, value.source)
    return result


def _over_days(
    selection: Selection, values: Mapping[UUID, Sequence[DayValue]], rule: DimensionRule, first: date, last: date
) -> Breakdown:
    inside = {id: [v for v in values.get(id, ()) if first <= v.on <= last] for id in selection.parts}
    days = _known_days(v for found in inside.values() for v in found)
    as_of = max(days, default=last)
    result = Breakdown(rule, "", min(days, default=first), as_of, len(days))
    for id, found in inside.items():
        known = [v.value for v in found if v.value is not None]
        if found:
            reason = None if known else found[-1].null_reason
            _add_part(result, selection.parts[id], id, sum(known) if known else None, reason, found[-1].source)
    return result


def _day(value: DayValue) -> date:
    return value.on


def _known_days(values: Iterable[DayValue]) -> set[date]:
    return {value.on for value in values if value.value is not None}


def _add_part(result: Breakdown, value: str, id: UUID, amount: float | None, reason: str | None, source: str) -> None:
    same = next((part for part in result.parts if part.value == value), None)
    if same is None:
        result.parts.append(PartAmount(value, amount, reason, source, [id]))
        return
    # Several series of one part: it was split further, and the rule allows to add.
    same.series_ids.append(id)
    if amount is not None:
        same.amount, same.null_reason = (same.amount or 0) + amount, None


def _add_whole(
    result: Breakdown,
    selection: Selection,
    values: Mapping[UUID, Sequence[DayValue]],
    metric: str,
    aggregation: str,
) -> None:
    if result.rule.parts == "shares":
        result.whole_note = "Each part is a percentage of the whole."
        return
    other = WHOLE_METRICS.get((metric, selection.period))
    candidates = [
        *((one, False) for one in selection.wholes if (one.metric, one.period) == (metric, selection.period)),
        *((one, False) for one in selection.wholes if (one.metric, one.period) == (other, "")),
        *((one, True) for one in selection.wholes if (one.metric, one.period) == (metric, "") and aggregation == "sum"),
    ]
    for series, over_days in candidates:
        known = {v.on: v for v in values.get(series.id, ()) if v.value is not None}
        over_days = over_days or (selection.period == "" and aggregation == "sum")
        wanted = _days_of(result, selection, values) if over_days else [result.as_of]
        if wanted and all(day in known for day in wanted):
            result.whole = sum(known[day].value or 0 for day in wanted)
            result.whole_metric, result.whole_series_id = series.metric, series.id
            result.whole_source = known[max(wanted)].source
            return
    result.whole_note = "The whole of the same days is not known, so there are no shares."


def _days_of(result: Breakdown, selection: Selection, values: Mapping[UUID, Sequence[DayValue]]) -> list[date]:
    """Return the days that the whole has to cover: those on which a part is known, or all of an export's period."""
    if selection.period:
        days = period_days(selection.period) or 0
        return [result.as_of - timedelta(days=n) for n in range(days)]
    parts = (v for id in selection.parts for v in values.get(id, ()))
    first = result.first_on or result.as_of
    return sorted(day for day in _known_days(parts) if first <= day <= result.as_of)


def _add_shares(result: Breakdown) -> None:
    rule, known = result.rule, [part.amount for part in result.parts if part.amount is not None]
    if rule.parts == "separate":
        result.total_note = "Averages and ratios of parts are neither added up nor shares of the whole."
        return
    if rule.parts == "overlap":
        result.total_note = f"The parts are not added up: one person can be in several. {rule.absent}"
    whole = 100.0 if rule.parts == "shares" else result.whole
    if whole:
        for part in result.parts:
            part.share_percent = None if part.amount is None else 100 * part.amount / whole
    if rule.parts == "overlap" or not known:
        return
    result.total = sum(known)
    if whole is None:
        return
    rest = whole - result.total
    # Shares are rounded to hundredths, part by part.
    if abs(rest) <= (0.01 * len(known) if rule.parts == "shares" else 0.5):
        rest = 0.0
    if rest < 0:
        result.remainder_note = "The parts add up to more than the whole, so what is unknown is not shown."
        return
    result.remainder = rest
    result.remainder_percent = 100 * rest / whole if whole else None
    result.remainder_note = rule.absent if rest else None
