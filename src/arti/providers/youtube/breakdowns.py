"""YouTube Analytics by traffic source, content type, device, subscription, country, age and gender.

The first four come day by day, from the day on which the channel's own days begin to be read. Country cannot be joined
with day, and ages are a percentage of the viewers who were signed in: both are read over the last 28 reported days, in
one call each. Fields read: columnHeaders[].name, rows.

Rows with no views are left out by YouTube; of countries and ages, also those with too few.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from arti.dimensions.text import write_dimension
from arti.dimensions.words import read_value
from arti.providers.client import ProviderClient
from arti.providers.contract import Observation
from arti.providers.errors import NoData, ProviderContractBroken, UnsupportedMetric
from arti.providers.response_fields import parse_count, require_field

# The first sync reads so many days of breakdowns; of the channel's totals it reads a year.
BACKFILL_DAYS: Final = 91
PERIOD_DAYS: Final = 28
_PERIOD: Final = {"period": f"{PERIOD_DAYS}day"}
_VIEWS: Final = {"views": ("consumption.views", 1.0), "estimatedMinutesWatched": ("consumption.watch_hours", 1 / 60)}


@dataclass(frozen=True, slots=True)
class Report:
    """One query: YouTube's dimensions and ours, its metrics as (our slug, factor); daily, or over PERIOD_DAYS."""

    dimensions: dict[str, str]
    metrics: dict[str, tuple[str, float]]
    daily: bool = True


BREAKDOWNS: Final = (
    Report({"insightTrafficSourceType": "traffic_source"}, _VIEWS),
    Report({"creatorContentType": "content_type"}, _VIEWS),
    Report({"deviceType": "device"}, _VIEWS),
    Report({"subscribedStatus": "subscription"}, _VIEWS),
    Report({"country": "country"}, _VIEWS, daily=False),
    Report({"ageGroup": "age", "gender": "gender"}, {"viewerPercentage": ("audience.viewer_share", 1.0)}, daily=False),
)
METRICS: Final = frozenset(slug for report in BREAKDOWNS for slug, _ in report.metrics.values())


async def read_breakdowns(
    client: ProviderClient, url: str, channel_id: str, *, since: str, through: str
) -> list[Observation]:
    """Return the parts of every report from the day `since` on, BACKFILL_DAYS at most, up to `through`."""
    last = date.fromisoformat(through)
    first = max(date.fromisoformat(since), last - timedelta(days=BACKFILL_DAYS))
    observations: list[Observation] = []
    for report in BREAKDOWNS:
        observations += await _read(client, url, channel_id, report, first=first, through=last)
    return observations


async def _read(
    client: ProviderClient, url: str, channel_id: str, report: Report, *, first: date, through: date
) -> list[Observation]:
    """Return the parts that one report gives up to `through`, from `first` where it is daily.

    Empty where YouTube has none: for a channel with too few viewers, or one that it does not split like this.
    """
    first = first if report.daily else through - timedelta(days=PERIOD_DAYS - 1)
    names = [*(["day"] if report.daily else []), *report.dimensions]
    query = {
        "ids": f"channel=={channel_id}",
        "startDate": first.isoformat(),
        "endDate": through.isoformat(),
        "metrics": ",".join(report.metrics),
        "dimensions": ",".join(names),
        "sort": "day" if report.daily else f"-{next(iter(report.metrics))}",
    }
    try:
        body = await client.get(url, query)
    except (NoData, UnsupportedMetric):
        return []
    return parse_breakdown(body, report, through)


def parse_breakdown(body: dict[str, Any], report: Report, through: date) -> list[Observation]:
    """Return a report's rows. A part under a name that ARTi does not know is left out, so it shows as unknown."""
    names = [require_field(column, "name", str) for column in require_field(body, "columnHeaders", list)]
    wanted = [*report.dimensions, *report.metrics, *(["day"] if report.daily else [])]
    if missing := [name for name in wanted if name not in names]:
        raise ProviderContractBroken(f"YouTube's report has no column {missing[0]}: its API changed. Update ARTi.")
    # Two of YouTube's names may be one of ours: linked from outside, and embedded without a link.
    sums: defaultdict[tuple[str, date, str], float] = defaultdict(float)
    for row in body.get("rows") or ():
        cells = dict(zip(names, row, strict=True))
        try:
            parts = {ours: read_value(ours, str(cells[name])) for name, ours in report.dimensions.items()}
        except ValueError:
            continue
        dimension = write_dimension(parts | ({} if report.daily else _PERIOD))
        day = date.fromisoformat(cells["day"]) if report.daily else through
        for name, (slug, factor) in report.metrics.items():
            value = parse_count(cells[name])
            if value is not None:
                sums[slug, day, dimension] += value * factor
    return [Observation(slug, day, value, dimension=dimension) for (slug, day, dimension), value in sums.items()]
