"""One column: an artist's number on one platform by city, now, 28 days and a year before."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from arti.dimensions.rules import find_rule
from arti.metrics.breakdown import store as breakdown_store
from arti.metrics.breakdown.parts import (
    DEFAULT_DAYS,
    Breakdown,
    DayValue,
    SplitSeries,
    break_down,
    period_days,
    select_series,
)
from arti.metrics.catalogue import Metric
from arti.providers.terms import source_of
from arti_core.database import Connection

CITY: Final = ("city",)
# Of each platform the first of these that is split by city; then any other.
PREFERRED: Final = (
    "audience.listeners",
    "audience.monthly_listeners",
    "audience.followers",
    "consumption.streams",
    "consumption.views",
    "consumption.plays",
)
SPANS: Final[tuple[Literal[28, 365], ...]] = (28, 365)
_NEAR: Final = timedelta(days=3)  # exports are not made on the day


@dataclass(frozen=True, slots=True)
class CityColumn:
    """The newest breakdown by city, and those of the days before by span, where there are any near the day."""

    artist_id: UUID
    provider: str
    metric: Metric
    now: Breakdown
    before: dict[int, Breakdown | None]


async def read_column(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    provider: str,
    metric: Metric,
    series: Sequence[SplitSeries],
    known_on: date | None,
) -> CityColumn | None:
    """Return a column of the series of an artist on a platform; None where none of the metric is by city."""
    selection = select_series(series, metric=metric.slug, names=CITY, period=None, prefer_days=False, may_add=False)
    if selection is None:
        return None
    last = selection.newest_on
    covered = timedelta(days=max(period_days(selection.period) or 0, DEFAULT_DAYS))
    first = last - timedelta(days=SPANS[-1]) - _NEAR - covered
    ids = [*selection.parts, *(whole.id for whole in selection.wholes)]
    values: defaultdict[UUID, list[DayValue]] = defaultdict(list)
    for row in await breakdown_store.list_values(
        connection, org_id, ids, first_on=first, last_on=last, known_on=known_on
    ):
        source = source_of(selection.terms) if row["source"] == "import" else row["source"]
        values[row["series_id"]].append(DayValue(row["observed_on"], row["value"], row["null_reason"], source))
    rule = find_rule("city", provider=provider, metric=metric.slug, unit=metric.unit, kind=metric.kind)

    def read(day: date) -> Breakdown:
        return break_down(
            selection, values, metric=metric.slug, aggregation=metric.aggregation, rule=rule, first_on=None, last_on=day
        )

    now = read(last)
    before: dict[int, Breakdown | None] = {span: _near(read, now, last - timedelta(days=span)) for span in SPANS}
    return CityColumn(artist_id, provider, metric, now, before)


def _near(read: Callable[[date], Breakdown], now: Breakdown, day: date) -> Breakdown | None:
    """Return the breakdown of the days up to `day`, or up to one close to it; None if it covers other days."""
    for away in sorted(range(-_NEAR.days, _NEAR.days + 1), key=lambda away: (abs(away), away)):
        wanted = day + timedelta(days=away)
        found = read(wanted)
        if found.parts and found.as_of == wanted and found.days == now.days:
            return found
    return None
