"""Instagram's followers by country, city, age and gender: the 45 largest of each, as of today.

One call each (`follower_demographics`, lifetime), refused below 100 followers. Fields read: data[].{name,
total_value.breakdowns[].{dimension_keys, results[].{dimension_values, value}}}.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from arti.dimensions.text import write_dimension
from arti.dimensions.words import read_value
from arti.providers.client import ProviderClient
from arti.providers.contract import Observation
from arti.providers.errors import NoData, UnsupportedMetric
from arti.providers.response_fields import parse_count, require_field

METRIC: Final = "follower_demographics"
BREAKDOWNS: Final = ("country", "city", "age", "gender")
_SLUG: Final = "audience.followers"


async def read_demographics(client: ProviderClient, insights_url: str, today: date) -> list[Observation]:
    """Return the followers of an account by each breakdown. Empty for an account with too few."""
    observations: list[Observation] = []
    for breakdown in BREAKDOWNS:
        query = {
            "metric": METRIC,
            "period": "lifetime",
            "metric_type": "total_value",
            "timeframe": "this_month",
            "breakdown": breakdown,
        }
        try:
            observations += parse_demographics(await client.get(insights_url, query), breakdown, today)
        except (NoData, UnsupportedMetric):
            continue
    return observations


def parse_demographics(body: Mapping[str, Any], breakdown: str, today: date) -> list[Observation]:
    """Return the parts of one breakdown. A value that ARTi does not know is left out, so it shows as unknown."""
    observations = []
    for metric in require_field(body, "data", list):
        for found in (metric.get("total_value") or {}).get("breakdowns") or ():
            for result in found.get("results") or ():
                value = parse_count(result.get("value"))
                text = str((result.get("dimension_values") or [""])[0])
                try:
                    dimension = write_dimension({breakdown: read_value(breakdown, text)})
                except ValueError:
                    continue
                if value is not None:
                    observations.append(Observation(_SLUG, today, value, dimension=dimension))
    return observations
