"""What a period says of one series: its value, the one before, and the change where there is an honest one.

The same rule as private.series_figures in SQL, for the route that has the days at hand; a test holds the two equal.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from math import fsum

from arti.metrics.growth import SMALLEST_BASE, is_coarse_gain, rounding_step
from arti.metrics.series.days import Days
from arti.metrics.staleness import stale_after_days


@dataclass(slots=True)
class PeriodFigures:
    """`basis`: sum, mean, last or day. Without any value all is None, and the series is stale."""

    as_of: date | None = None
    basis: str | None = None
    total: float | None = None
    previous_total: float | None = None
    change_percent: float | None = None
    change_note: str | None = None
    stale: bool = True


def compute_period(
    days: Days,
    *,
    kind: str,
    aggregation: str,
    can_fall: bool,
    terms: str,
    from_on: date,
    to_on: date,
    finished_on: date,
    breaks: Sequence[date],
    interval_days: int = 1,
) -> PeriodFigures:
    """Return what the days from `from_on` to `to_on` say.

    A day after `finished_on` is not a value; of a counter without any other it is the level, and nothing more. Flows
    are summed, averages averaged, totals and rolling numbers read on the last day. The period before has as many days
    as this one has had so far. A counter is judged by its gains. No change across a `breaks` day of the definition, and
    none between sums over different numbers of days. `interval_days`: how many days a value covers, up to its own; the
    period is of the whole weeks that lie in it.
    """
    is_counter, is_summed = kind == "counter", aggregation in ("sum", "mean")
    # From here on days are places in the list.
    begin, end, finished = days.place(from_on), days.place(to_on), days.place(finished_on)
    as_of = days.newest(0, min(end, finished))
    if as_of is None:
        as_of = days.newest(0, end) if is_counter else None
        if as_of is None:
            return PeriodFigures()
    if interval_days > 1:
        weeks = max(0, (as_of - begin + 1) // interval_days)
        begin = as_of + 1 - weeks * interval_days
    begin_before = begin - (as_of - begin) - 1
    now: float | None
    before: float | None = None
    days_now = days_before = 0
    if is_summed:
        now, days_now = _total(days.between(begin, as_of), aggregation)
        before, days_before = _total(days.between(begin_before, begin - 1), aggregation)
    else:
        now = days.value(as_of)
        if is_counter:
            before = days.value(begin - 1)
        elif aggregation == "last" and (place := days.newest(begin_before, begin - 1)) is not None:
            before = days.value(place)
    value = now if as_of >= begin else None
    note: str | None = None
    percent: float | None = None
    crossed = [place for day in breaks if begin_before - is_counter < (place := days.place(day)) <= as_of]
    if aggregation != "none":
        if value is None or before is None:
            note = "no_previous"
        elif any(place >= begin or not is_counter for place in crossed):
            note = "definition_break"
        elif is_summed and days_now != days_before:
            note = "days_missing"
        elif is_counter:
            earlier = days.value(begin_before - 1)
            gain, gain_before = _gain(value, before, can_fall), _gain(before, earlier, can_fall)
            if gain is None:
                note = "fell"
            elif earlier is None:
                note = "no_previous"
            elif any(place < begin for place in crossed):
                note = "definition_break"
            elif gain_before is None:
                note = "fell"
            else:
                percent, note = _percent(gain, gain_before)
                if days.is_rounded(as_of) and is_coarse_gain(gain_before, rounding_step(value)):
                    percent, note = None, "rounded"
        else:
            percent, note = _percent(value, before)
    stale = finished + 1 - as_of > stale_after_days(terms)
    basis = "day" if aggregation == "none" else aggregation
    return PeriodFigures(days.day(as_of), basis, value, before, percent, note, stale)


def _total(values: Sequence[float | None], aggregation: str) -> tuple[float | None, int]:
    """Return the sum or mean of the days with a value, and their number."""
    try:
        total, count = fsum(values), len(values)  # type: ignore[arg-type]
    except TypeError:  # a day has no value
        present = [value for value in values if value is not None]
        total, count = fsum(present), len(present)
    if not count:
        return None, 0
    return total / (count if aggregation == "mean" else 1), count


def _gain(value: float, before: float | None, can_fall: bool) -> float | None:
    if before is None or (value < before and not can_fall):
        return None
    return value - before


def _percent(value: float, base: float) -> tuple[float | None, str | None]:
    if base < SMALLEST_BASE:
        return None, "small_base"
    # As PostgreSQL rounds a float8: by its 15 significant digits, halves away from zero.
    exact = Decimal(f"{(value - base) / base * 100:.15g}")
    return float(exact.quantize(Decimal("0.1"), ROUND_HALF_UP)), None
