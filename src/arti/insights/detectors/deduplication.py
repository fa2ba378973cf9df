"""Deduplication of correlated findings: when streams jump, saves and playlist adds jump too, and one is enough."""

from collections.abc import Sequence
from typing import Final

from arti.insights.detectors.finding import Finding

# The leading metrics of the families; the rest follow in the order of their score.
_LEADERS: Final = (
    "consumption.streams",
    "consumption.views",
    "consumption.plays",
    "audience.monthly_listeners",
    "audience.followers",
    "consumption.views_total",
)


def deduplicate_findings(findings: Sequence[Finding]) -> list[Finding]:
    """Drop a finding if a leading metric of its family has the same finding about the same subject at the same time.

    Milestones and staleness are never dropped. Families are kept apart, since followers and listeners need not move
    together; so are platforms, and works from their artist.
    """
    kept: list[Finding] = []
    for finding in sorted(findings, key=_rank):
        if not any(_is_duplicate(finding, leader) for leader in kept):
            kept.append(finding)
    return kept


def metric_rank(metric: str) -> int:
    """Return the place of a metric among those that lead; the main numbers of an artist come first."""
    return _LEADERS.index(metric) if metric in _LEADERS else len(_LEADERS)


def _rank(finding: Finding) -> tuple[int, float, str]:
    metric = finding.series.about.metric
    return metric_rank(metric), -finding.score, metric


def _family(metric: str) -> str:
    group = metric.partition(".")[0]
    if group == "audience":
        return "activity" if metric == "audience.listeners" else "audience"
    return "money" if group == "money" else "activity"


def _is_duplicate(finding: Finding, leader: Finding) -> bool:
    about, leading = finding.series.about, leader.series.about
    return (
        finding.is_same_as(leader.happened_on)
        and (finding.detector, finding.shape.partition("_")[0]) == (leader.detector, leader.shape.partition("_")[0])
        and (about.provider, about.asset_id) == (leading.provider, leading.asset_id)
        and about.series_id != leading.series_id
        and _family(about.metric) == _family(leading.metric)
    )
