"""What a detector found: when, how certain, and the numbers that show it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, Literal

from arti.insights.computations import Fact
from arti.insights.detectors.series import DailySeries, SeriesSubject
from arti.vocabulary import Severity

DetectorName = Literal[
    "spike",
    "unusual_streams",
    "playlist_move",
    "correction",
    "level_shift",
    "trend_change",
    "milestone",
    "growth",
    "stale_data",
    "past_numbers",
    "release_age",
]
SPANS: Final = frozenset(("spike", "unusual_streams", "growth"))  # about all days of their period

# Findings of the same kind on the same series within so many days are the same finding. Milestones and
# staleness have no entry: their key alone says which they are.
SAME_WITHIN_DAYS: Final[dict[str, int]] = {
    "spike": 3,
    "unusual_streams": 7,
    "level_shift": 10,
    "trend_change": 35,
    "growth": 27,
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing worth reporting.

    `key`: what distinguishes it from other findings of its detector: the day, or the level of a milestone. `shape`
    selects the template, e.g. "up". `facts`: the first one with a direction is the main number. `score` orders the
    findings of one run, highest first.
    """

    detector: DetectorName
    series: DailySeries
    shape: str
    key: str
    happened_on: date
    period_from: date
    period_to: date
    severity: Severity
    confidence: float
    score: float
    facts: tuple[Fact, ...]
    beside: SeriesSubject | None = None  # another series that the text compares with
    is_minor: bool = False  # worth a line in a story, and none of its own
    is_repeat: bool = False  # as far as weeks ago already: a story of its own only where something else caused it
    # Other names and days that the text says, by slot.
    names: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Return the same text for the same finding, also after its series was deleted and imported again."""
        about = self.series.about
        direction = self.shape.partition("_")[
            0
        ]  # what follows is how the text compares, which may change from day to day
        parts = (about.artist_id, about.provider, about.metric, about.asset_key, self.detector, direction, self.key)
        return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()

    def is_same_as(self, happened_on: date) -> bool:
        """Return whether a finding of the same kind on the same series, reported for `happened_on`, was this one."""
        within = SAME_WITHIN_DAYS.get(self.detector)
        if within is None:
            return False
        within += self.series.about.interval_days - 1
        first, last = self.happened_on, self.happened_on
        if self.detector in (
            "spike",
            "unusual_streams",
        ):  # several days that stand out are one spike, whichever is the highest by now
            first, last = self.period_from, self.period_to
        return first - timedelta(days=within) <= happened_on <= last + timedelta(days=within)


def grade(points: float, *, about_asset: bool) -> Severity:
    """Return the severity of an effect: notice from 2 points, important from 4. An effect on a work counts half."""
    if about_asset:
        points /= 2
    if points >= 4:
        return Severity.IMPORTANT
    return Severity.NOTICE if points >= 2 else Severity.INFO


def confidence_from_z(z: float, threshold: float) -> float:
    """Return a confidence between 0.5, at the threshold, and 0.99."""
    return round(min(0.99, 1 - 0.5 * threshold / max(z, threshold)), 2)
