"""Groups of royalty lines and known streams, as the rules over them need them. Pure."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from statistics import median, median_low
from typing import Any
from uuid import UUID

from arti.dimensions.catalogue import BY_SLUG
from arti.dimensions.words import read_value

_NOTHING = Decimal(0)


def canonical_store(store: str) -> str:
    """Return the slug of a store that statements name in several ways, or its text."""
    try:
        return read_value("store", store)
    except ValueError:
        return store


def store_name(store: str) -> str:
    """Return how a canonical store is called."""
    return BY_SLUG["store"].values.get(store, store)


def month_after(month: date, number: int = 1) -> date:
    """Return the first day of the month that is `number` months later."""
    index = month.year * 12 + month.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    count = (last.year - first.year) * 12 + last.month - first.month
    return [month_after(first, number) for number in range(count + 1)]


def count_days(month: date) -> int:
    return monthrange(month.year, month.month)[1]


@dataclass(slots=True)
class LineSums:
    """What lines add up to; amounts by currency."""

    lines: int = 0
    units: Decimal | None = None
    amounts: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))

    def add(self, lines: int, units: Decimal | None, amount: Decimal | None, currency: str) -> None:
        self.lines += lines
        if units is not None:
            self.units = (self.units or _NOTHING) + units
        self.amounts[currency] += amount or _NOTHING


@dataclass(frozen=True, slots=True)
class StreamCount:
    """Known streams of a month; `days`: of how many of its days."""

    streams: float
    days: int


def sum_lines(rows: Iterable[Mapping[str, Any]], *names: str) -> dict[tuple[Any, ...], LineSums]:
    """Return the sums of groups of lines by `names`, with canonical stores."""
    sums: dict[tuple[Any, ...], LineSums] = defaultdict(LineSums)
    for row in rows:
        key = tuple(canonical_store(row[name]) if name == "store" else row[name] for name in names)
        sums[key].add(row["lines"], row["units"], row["amount"], row["currency"])
    return dict(sums)


def choose_streams(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[Any, ...], StreamCount]:
    """Return streams by (store, artist, recording, country, month): of several origins that which knows most days."""
    best: dict[tuple[Any, ...], tuple[int, bool, float]] = {}
    for row in rows:
        key = (row["provider"], row["artist_id"], row["recording_id"], row["country"], row["month"])
        best[key] = max(best.get(key, (-1, False, 0.0)), (row["days"], row["terms"] == "own", row["streams"]))
    return {key: StreamCount(streams, days) for key, (days, _, streams) in best.items()}


def streams_by_month(chosen: Mapping[tuple[Any, ...], StreamCount]) -> dict[tuple[str, date], StreamCount]:
    """Return streams by store and month: of artists as a whole, and of their recordings where that is not known."""
    whole: dict[tuple[str, UUID, date], StreamCount] = {}
    parts: dict[tuple[str, UUID, date], list[StreamCount]] = defaultdict(list)
    for (store, artist, recording, country, month), count in chosen.items():
        if country is None and recording is None:
            whole[store, artist, month] = count
        elif recording is not None:
            parts[store, artist, month].append(count)
    found: dict[tuple[str, date], list[StreamCount]] = defaultdict(list)
    for key in whole.keys() | parts.keys():
        store, _, month = key
        found[store, month].extend([whole[key]] if key in whole else parts[key])
    return {key: StreamCount(sum(c.streams for c in each), min(c.days for c in each)) for key, each in found.items()}


def statement_lags(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], int]:
    """Return by source and store by how many months its newest lines usually precede its statement's newest."""
    statements: dict[UUID, dict[str, date]] = defaultdict(dict)
    sources: dict[UUID, str] = {}
    for row in rows:
        sources[row["statement_id"]] = row["source"]
        newest, store = statements[row["statement_id"]], canonical_store(row["store"])
        newest[store] = max(newest.get(store, row["newest"]), row["newest"])
    lags: dict[tuple[str, str], list[int]] = defaultdict(list)
    for id, newest in statements.items():
        last = max(newest.values())
        for store, month in newest.items():
            lags[sources[id], store].append((last.year - month.year) * 12 + last.month - month.month)
    return {key: median_low(each) for key, each in lags.items()}


_MOST_LAG = 3
_MONTHS_FOR_LAG = 6


def units_lag(units: Mapping[date, float], streams: Mapping[date, float]) -> int:
    """Return how many months later a store's units follow its streams: the lag under which the part varies least.

    With fewer than six months in common, or little to gain, 0.
    """
    spreads = {}
    for lag in range(_MOST_LAG + 1):
        parts = [
            units[month_after(month, lag)] / count
            for month, count in streams.items()
            if count > 0 and units.get(month_after(month, lag), 0) > 0
        ]
        if len(parts) < _MONTHS_FOR_LAG:
            continue
        usual = median(parts)
        spreads[lag] = median(abs(part / usual - 1) for part in parts)
    if 0 not in spreads:
        return 0
    best = min(spreads, key=lambda lag: spreads[lag])
    return best if spreads[best] < spreads[0] * 0.5 else 0
