"""Breakdowns of YouTube and Instagram, read: known parts by our names, unknown ones left out, never 0."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from arti.providers.errors import ProviderContractBroken
from arti.providers.instagram.demographics import parse_demographics
from arti.providers.youtube.breakdowns import BREAKDOWNS, parse_breakdown
from tests.providers.recordings import answers

DAY = date(2026, 5, 5)
SOURCES, AGES = BREAKDOWNS[0], BREAKDOWNS[-1]


def table(names: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    return {"columnHeaders": [{"name": name} for name in names], "rows": rows}


def test_traffic_sources_by_day() -> None:
    body = table(
        ["day", "insightTrafficSourceType", "views", "estimatedMinutesWatched"],
        [
            ["2026-05-01", "YT_SEARCH", 100, 90],
            ["2026-05-01", "NO_LINK_OTHER", 4, 6],
            ["2026-05-01", "NO_LINK_EMBEDDED", 3, 0],
            ["2026-05-01", "SOMETHING_NEW", 50, 50],
        ],
    )
    found = {(o.metric, o.observed_on, o.dimension): o.value for o in parse_breakdown(body, SOURCES, DAY)}
    first = date(2026, 5, 1)
    assert found == {
        ("consumption.views", first, "traffic_source=search"): 100,
        ("consumption.watch_hours", first, "traffic_source=search"): 1.5,
        ("consumption.views", first, "traffic_source=direct"): 7,
        ("consumption.watch_hours", first, "traffic_source=direct"): 0.1,
    }


def test_ages_and_genders_are_shares_of_a_period() -> None:
    body = table(["ageGroup", "gender", "viewerPercentage"], [["age18-24", "female", 20.5], ["age65-", "male", 1]])
    assert [(o.metric, o.value, o.observed_on, o.dimension) for o in parse_breakdown(body, AGES, DAY)] == [
        ("audience.viewer_share", 20.5, DAY, "age=18-24,gender=female,period=28day"),
        ("audience.viewer_share", 1, DAY, "age=65+,gender=male,period=28day"),
    ]


def test_a_channel_without_enough_viewers_has_no_rows() -> None:
    names = ["ageGroup", "gender", "viewerPercentage"]
    assert parse_breakdown({"columnHeaders": [{"name": name} for name in names]}, AGES, DAY) == []


def test_a_missing_column_breaks_the_contract() -> None:
    with pytest.raises(ProviderContractBroken, match="insightTrafficSourceType"):
        parse_breakdown(table(["day", "views"], []), SOURCES, DAY)


def test_a_recorded_report_by_age_and_gender_is_read(shared: Path) -> None:
    found = 0
    for _, uri, body in answers(shared / "data/responses-youtube/analytics", "Yt_*.json"):
        if "viewerPercentage" in uri and "dimensions=gender,ageGroup" in uri:
            found += 1
            assert parse_breakdown(body, AGES, DAY) == []
    assert found


def demographics(breakdown: str, results: dict[str, int]) -> dict[str, Any]:
    rows = [{"dimension_values": [value], "value": number} for value, number in results.items()]
    return {
        "data": [
            {
                "name": "follower_demographics",
                "period": "lifetime",
                "total_value": {"breakdowns": [{"dimension_keys": [breakdown], "results": rows}]},
            }
        ]
    }


def test_followers_by_country_city_age_and_gender() -> None:
    def read(breakdown: str, results: dict[str, int]) -> list[tuple[str, float | None]]:
        found = parse_demographics(demographics(breakdown, results), breakdown, DAY)
        assert {(o.metric, o.observed_on) for o in found} <= {("audience.followers", DAY)}
        return [(o.dimension, o.value) for o in found]

    assert read("country", {"US": 10, "XX": 2}) == [("country=US", 10)]
    assert read("city", {"Los Angeles, California": 7}) == [("city=~Los Angeles%2C California", 7)]
    assert read("age", {"18-24": 3, "65+": 1}) == [("age=18-24", 3), ("age=65+", 1)]
    assert read("gender", {"F": 3, "M": 2, "U": 1}) == [("gender=female", 3), ("gender=male", 2), ("gender=unknown", 1)]
    assert parse_demographics({"data": []}, "age", DAY) == []
