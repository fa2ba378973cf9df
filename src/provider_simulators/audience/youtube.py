"""YouTube Analytics of the simulator by traffic source, content type, device, subscription, country, age and gender."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, Final

from provider_simulators.audience import shares as audience

_BY_DAY: Final = {
    "insightTrafficSourceType": audience.TRAFFIC_SOURCES,
    "creatorContentType": audience.CONTENT_TYPES,
    "deviceType": audience.DEVICES,
    "subscribedStatus": audience.SUBSCRIPTION,
}
_GENDERS: Final = {"female": 0.5, "male": 0.48, "user_specified": 0.02}


def is_supported(dimensions: Sequence[str], metrics: Sequence[str]) -> bool:
    """Return whether Analytics splits these metrics by these dimensions. Country and age cannot be joined with day."""
    match dimensions:
        case ["ageGroup", "gender"]:
            return list(metrics) == ["viewerPercentage"]
        case ["country"]:
            return set(metrics) <= {"views", "estimatedMinutesWatched"}
        case ["day", name]:
            return name in _BY_DAY and set(metrics) <= {"views", "estimatedMinutesWatched"}
    return False


def list_rows(
    account: str,
    dimensions: Sequence[str],
    metrics: Sequence[str],
    days: Sequence[date],
    value_of: Callable[[str, date], int],
) -> list[list[Any]]:
    """Return the rows of a report over the reported `days`, without the parts that had no views.

    `value_of`: the whole of a metric on a day.
    """
    if dimensions[0] == "ageGroup":
        ages = audience.weigh(audience.AGES, account, "ages")
        shares = [(age, gender, share * part) for age, share in ages.items() for gender, part in _GENDERS.items()]
        return [[f"age{age.replace('+', '-')}", gender, round(100 * part, 2)] for age, gender, part in shares if days]
    if dimensions[0] == "country":
        weighed = audience.weigh(audience.COUNTRIES, account, "country")
        totals = [audience.cut(sum(value_of(name, day) for day in days), weighed) for name in metrics]
        rows = [[country, *(parts[country] for parts in totals)] for country in weighed if totals[0][country]]
        return sorted(rows, key=lambda row: -row[1])
    weighed = audience.weigh(_BY_DAY[dimensions[1]], account, dimensions[1])
    rows = []
    for day in days:
        parts = [audience.cut(value_of(name, day), weighed) for name in metrics]
        rows += [[day.isoformat(), value, *(part[value] for part in parts)] for value in weighed if parts[0][value]]
    return rows
