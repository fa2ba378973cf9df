"""What parts are to the whole: whether they add up, are shares or overlap, and what a missing part means.

Migration 20261129000700_dimensions.sql seeds the same rows; a test compares them. Pure.
"""

from dataclasses import dataclass
from typing import Final, Literal

Parts = Literal["partition", "shares", "overlap", "separate"]


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """The rule for a dimension. An empty `provider`, `metric` or `unit` stands for all; the narrowest rule holds.

    `parts`: partition (they add up to the whole), shares (each is a percentage of the whole), overlap (one person can
    be in several, so they are not added up), separate (averages and ratios: neither added up nor shares).
    `cut`: a part that is missing is unknown, not 0. `listed`: how many parts the source lists at most.
    """

    dimension: str
    parts: Parts
    cut: bool
    absent: str
    provider: str = ""
    metric: str = ""
    unit: str = ""
    listed: int | None = None


_TOO_FEW: Final = "A part that is missing has too few people to be shown. How many is unknown, not 0."
_NONE: Final = "A part that is missing had none."
_PEOPLE: Final = "One person can be in several parts. A part that is missing had nobody."
_OPEN_LIST: Final = "The source lists the largest parts only. A part that is missing is unknown, not 0."
_OF_FILE: Final = "A part that is missing was in no file. How many is unknown, not 0."
_SHARES: Final = (
    *("consumption.views_share", "consumption.watch_share"),
    *("audience.viewer_share", "audience.followers_share", "audience.listeners_share"),
)
_SHARED: Final = ("age", "city", "content_type", "country", "device", "gender", "subscription", "traffic_source")

RULES: Final[tuple[DimensionRule, ...]] = (
    DimensionRule("age", "partition", True, _TOO_FEW),
    DimensionRule("audience", "overlap", True, "Segments are not added up. One that is missing is unknown, not 0."),
    DimensionRule(
        "city", "partition", True, "Only the largest cities are listed. One that is missing is unknown, not 0."
    ),
    DimensionRule(
        "city",
        "partition",
        True,
        "Spotify lists the 50 largest cities. One that is missing is unknown, not 0.",
        provider="spotify",
        listed=50,
    ),
    DimensionRule(
        "city",
        "partition",
        True,
        "Instagram lists the 45 largest cities. One that is missing is unknown, not 0.",
        provider="instagram",
        listed=45,
    ),
    DimensionRule("content_type", "partition", False, _NONE),
    DimensionRule("content_type", "overlap", False, _PEOPLE, unit="people"),
    DimensionRule("country", "partition", True, _TOO_FEW),
    DimensionRule(
        "country",
        "partition",
        True,
        "Instagram lists the 45 largest countries. One that is missing is unknown, not 0.",
        provider="instagram",
        listed=45,
    ),
    DimensionRule("device", "partition", False, _NONE),
    DimensionRule("device", "overlap", False, _PEOPLE, unit="people"),
    DimensionRule("gender", "partition", True, _TOO_FEW),
    DimensionRule("operating_system", "partition", True, _OPEN_LIST),
    DimensionRule("operating_system", "overlap", True, _OPEN_LIST, unit="people"),
    DimensionRule("playback_location", "partition", True, _OPEN_LIST),
    DimensionRule("playback_location", "overlap", True, _OPEN_LIST, unit="people"),
    DimensionRule("product", "partition", False, _NONE),
    DimensionRule("product", "overlap", False, _PEOPLE, unit="people"),
    DimensionRule("sharing_service", "partition", True, _OPEN_LIST),
    DimensionRule("store", "partition", True, "A store that is missing did not report. How many is unknown, not 0."),
    DimensionRule(
        "store", "overlap", True, "One person can use several stores; one that is missing is unknown.", unit="people"
    ),
    DimensionRule("subscription", "partition", False, _NONE),
    DimensionRule("subscription_source", "partition", True, _OPEN_LIST),
    DimensionRule("traffic_source", "partition", False, _NONE),
    DimensionRule("traffic_source", "overlap", False, _PEOPLE, unit="people"),
    *(DimensionRule(dimension, "partition", True, _OF_FILE) for dimension in ("campaign", "channel", "event", "link")),
    *(DimensionRule(dimension, "overlap", True, _OF_FILE, unit="people") for dimension in ("campaign", "channel")),
    *(DimensionRule(dimension, "shares", True, _TOO_FEW, metric=metric) for dimension in _SHARED for metric in _SHARES),
)
SPLITS: Final = frozenset(rule.dimension for rule in RULES)


def find_rule(dimension: str, *, provider: str, metric: str, unit: str, kind: str) -> DimensionRule:
    """Return the rule for a metric's parts by a dimension. Raises KeyError for a dimension that splits nothing."""
    matching = [
        rule
        for rule in RULES
        if rule.dimension == dimension
        and rule.provider in ("", provider)
        and rule.metric in ("", metric)
        and rule.unit in ("", unit)
    ]
    if not matching:
        raise KeyError(dimension)
    rule = max(matching, key=lambda each: (bool(each.metric), bool(each.unit), bool(each.provider)))
    if kind == "ratio" and rule.parts != "shares":
        return DimensionRule(dimension, "separate", rule.cut, rule.absent, provider, metric, unit, rule.listed)
    return rule
