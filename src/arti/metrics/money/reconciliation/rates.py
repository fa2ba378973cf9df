"""Months whose rate or units are far from what is usual. Pure; from when on is in `thresholds`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from arti.dimensions.countries import country_name
from arti.metrics.money.reconciliation.groups import (
    LineSums,
    StreamCount,
    canonical_store,
    count_days,
    month_after,
    store_name,
    sum_lines,
)
from arti.metrics.money.reconciliation.keys import make_gap
from arti.metrics.money.reconciliation.schemas import GapKey, RoyaltyGap
from arti.metrics.money.reconciliation.thresholds import (
    RATE_FACTOR,
    RATE_UNITS,
    UNITS_FACTOR,
    UNITS_STREAMS,
    USUAL_MONTHS,
)

_USUAL = int(USUAL_MONTHS.value)


def find_far_rates(rows: Sequence[Mapping[str, Any]]) -> list[RoyaltyGap]:
    """Return months in which a store pays far more or less for a stream than usual, by country and currency."""
    paid: dict[tuple[str, str, str | None, str], dict[date, tuple[Decimal, Decimal, int]]] = defaultdict(dict)
    for row in rows:
        if row["type"] != "stream" or not row["paid_units"]:
            continue
        key = (row["source"], canonical_store(row["store"]), row["country"], row["currency"])
        units, amount, lines = paid[key].get(row["month"], (Decimal(0), Decimal(0), 0))
        paid[key][row["month"]] = (units + row["paid_units"], amount + row["paid_amount"], lines + row["lines"])
    gaps = []
    for (source, store, country, currency), by_month in sorted(paid.items(), key=str):
        rates = {month: each[1] / each[0] for month, each in by_month.items() if each[0] >= RATE_UNITS.value}
        for month, rate in sorted(rates.items()):
            others = [other for other_month, other in rates.items() if other_month != month]
            if len(others) < _USUAL or not (usual := median(others)):
                continue
            factor = rate / usual
            if Decimal(1) / Decimal(RATE_FACTOR.value) <= factor <= Decimal(RATE_FACTOR.value):
                continue
            units, amount, lines = by_month[month]
            where = f"{store_name(store)}{f' in {country_name(country)}' if country else ''}"
            gaps.append(
                make_gap(
                    GapKey(
                        kind="rate_far",
                        source=source,
                        store=store,
                        country=country,
                        month=month,
                        to_month=month,
                        currency=currency,
                    ),
                    f"{source}: {where} paid {_show_rate(rate)} {currency} for 1,000 streams in {month:%Y-%m}, and "
                    f"{_show_rate(usual)} in the median of {len(others)} other months ({units:,.0f} streams).",
                    "Ask the distributor which kind of use or which correction this is.",
                    lines=lines,
                    amounts={currency: amount},
                )
            )
    return gaps


def _show_rate(rate: Decimal) -> str:
    """Return what 1,000 streams bring, with two decimals or three digits of a smaller amount."""
    amount = rate * 1000
    return f"{amount:.2f}" if amount >= 1 else f"{float(amount):.3g}"


def find_far_units(
    rows: Sequence[Mapping[str, Any]], streams: Mapping[tuple[str, date], StreamCount], lags: Mapping[str, int]
) -> list[RoyaltyGap]:
    """Return months of a store whose units are far from the usual part of the known streams."""
    sums = sum_lines([row for row in rows if row["type"] == "stream"], "store", "month")
    parts: dict[str, dict[date, tuple[float, LineSums, float]]] = defaultdict(dict)
    for (store, month), count in streams.items():
        paid = sums.get((store, month_after(month, lags.get(store, 0))))
        if paid and paid.units and count.streams >= UNITS_STREAMS.value and count.days == count_days(month):
            parts[store][month] = (float(paid.units) / count.streams, paid, count.streams)
    gaps = []
    for store, by_month in sorted(parts.items()):
        for month, (part, paid, known) in sorted(by_month.items()):
            others = [other[0] for other_month, other in by_month.items() if other_month != month]
            if len(others) < _USUAL or not (usual := median(others)):
                continue
            if 1 / UNITS_FACTOR.value <= part / usual <= UNITS_FACTOR.value:
                continue
            paid_month = month_after(month, lags.get(store, 0))
            gaps.append(
                make_gap(
                    GapKey(kind="units_far", store=store, month=paid_month, to_month=paid_month),
                    f"{store_name(store)}: {paid.units:,.0f} paid units in {paid_month:%Y-%m} beside {known:,.0f} "
                    f"known streams of {month:%Y-%m} ({part:.0%}; usually {usual:.0%}).",
                    "Ask for the lines that lack, or which are of other months.",
                    lines=paid.lines,
                    amounts=paid.amounts,
                )
            )
    return gaps
