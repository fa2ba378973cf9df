"""One story told once: when streams jump, saves and playlist adds jump along, and one of them is enough to read."""

from collections.abc import Sequence
from typing import Final

from arti.insights.detectors.finding import Finding

# The metrics that people ask for first lead their family; the rest follow in the order of their score.
_LEADERS: Final = (
    "consumption.streams",
    "consumption.views",
    "consumption.plays",
    "audience.monthly_listeners",
    "audience.followers",
    "consumption.views_total",
)


def deduplicate_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Drop a finding when a leading metric of its family tells the same of the same thing at the same time.

    A milestone is a story of its own, and so is staleness. Families are told apart, since people who follow and
    people who listen need not move together; so are platforms, and works from their artist.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=_rank):
        if not any(_is_duplicate(finding, leader) for leader in kept):
            kept.append(finding)
    return kept


def _rank(finding: Finding) -> tuple[int, float, str]:
    metric = finding.series.about.metric
    place = _LEADERS.index(metric) if metric in _LEADERS else len(_LEADERS)
    return place, -finding.score, metric


def _family(metric: str) -> str:
    room = metric.partition(".")[0]
    if room == "audience":
        return "activity" if metric == "audience.listeners" else "audience"
    return "money" if room == "money" else "activity"


def _is_duplicate(finding: Finding, leader: Finding) -> bool:
    mine, theirs = finding.series.about, leader.series.about
    return (
        finding.is_same_as(leader.happened_on)
        and (finding.detector, finding.shape.partition("_")[0]) == (leader.detector, leader.shape.partition("_")[0])
        and (mine.provider, mine.asset_id) == (theirs.provider, theirs.asset_id)
        and mine.series_id != theirs.series_id
        and _family(mine.metric) == _family(theirs.metric)
    )
