"""Measure a campaign: from stored days to a lift with its interval, or to the reasons why there is none. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

import numpy as np

from arti.campaigns.lift.estimate import Estimate, EstimateRefusal, estimate
from arti.campaigns.lift.panel import (
    MAX_NOT_POSITIVE,
    PanelColumn,
    Rows,
    count_not_positive,
    cut_history,
    find_break,
    is_comparable,
    shorten_history,
    to_counts,
)
from arti.campaigns.lift.synthetic_control import ANCHOR_ROWS

SHOWN_WEIGHT: Final = 0.01
_SHOWN_HISTORY: Final = 56
_WANTED_DONORS: Final = 10  # for so many a shorter past is taken


@dataclass(frozen=True, slots=True)
class Disturbance:
    """A release or another campaign in the days of a comparison."""

    kind: str
    artist_id: UUID
    title: str
    starts_on: date
    ends_on: date

    def reason(self) -> dict[str, Any]:
        return {"code": self.kind, "title": self.title, "from": str(self.starts_on), "to": str(self.ends_on)}


@dataclass(frozen=True, slots=True)
class Donor:
    """A series of another artist, or of one of their songs, that may stand in the comparison."""

    series_id: UUID
    artist_id: UUID
    column: PanelColumn
    is_song: bool = False


@dataclass(frozen=True, slots=True)
class Measurement:
    """What is stored of a campaign's lift. `detail` is JSON."""

    result: str
    detail: dict[str, Any]
    lift: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class CampaignPanel:
    """The rows, the target and who it may be compared with, of a campaign's artist."""

    rows: Rows
    artist_id: UUID
    target: PanelColumn
    donors: Sequence[Donor]
    disturbances: Sequence[Disturbance] = field(default_factory=tuple)
    recent: Sequence[Disturbance] = ()  # releases of the artist in the weeks before the days that a release disturbs

    @property
    def from_on(self) -> date:
        """The first day on which a release disturbs: the level of before is set by the last days before."""
        return self.rows.first_on - timedelta(days=ANCHOR_ROWS * self.rows.interval_days)

    def of_artist(self) -> list[Disturbance]:
        return [each for each in self.disturbances if each.artist_id == self.artist_id]

    def undisturbed(self, rows: Rows) -> tuple[list[Donor], dict[str, int]]:
        """Return the donors that nothing of their own moved in the rows, and how many were left out why."""
        left_out: dict[str, int] = {}
        kept = []
        advertised = {each.artist_id for each in self.disturbances if each.kind == "campaign"}
        released = {each.artist_id for each in self.disturbances if each.kind == "release"}
        for donor in self.donors:
            why = None
            if donor.artist_id in advertised:
                why = "campaign"
            elif donor.artist_id in released and not donor.is_song:  # their older songs go on as before, nearly
                why = "release"
            elif not is_comparable(rows, donor.column):
                why = "definition_break"
            if why:
                left_out[why] = left_out.get(why, 0) + 1
            else:
                kept.append(donor)
        return kept, left_out


def measure(comparison: CampaignPanel) -> Measurement:
    """Measure a campaign that is over, from complete days."""
    rows = cut_history(comparison.rows, comparison.target)
    reasons: list[dict[str, Any]] = []
    if changed := find_break(rows, comparison.target):
        reasons.append({"code": "definition_break", "from": str(changed)})
    reasons += [each.reason() for each in comparison.of_artist()]
    reasons += _too_small(rows, comparison.target)
    donors, left_out = comparison.undisturbed(rows)
    rows = shorten_history(rows, [donor.column for donor in donors], wanted=_WANTED_DONORS)
    counts = to_counts(rows, comparison.target)
    columns = [to_counts(rows, donor.column) for donor in donors]
    groups = {artist: number for number, artist in enumerate({donor.artist_id for donor in donors})}
    found = estimate(
        counts,
        np.column_stack(columns) if columns else np.empty((len(counts), 0)),
        len(rows.history),
        np.array([groups[donor.artist_id] for donor in donors], dtype=np.int64),
    )
    # Where the count itself changed, the donors' did too, and what the estimate misses is no further reason.
    if isinstance(found, EstimateRefusal) and not changed:
        reasons.append({"code": found.reason.value, "found": found.found, "needed": found.needed})
    detail = {
        "from": str(rows.first_on),
        "to": str(rows.window[-1]),
        "interval_days": rows.interval_days,
        "rows_before": len(rows.history),
        "rows": len(rows.window),
        "rows_with_data": int(np.isfinite(counts[len(rows.history) :]).sum()),
        "candidates": len(comparison.donors),
        "left_out": left_out,
        "reasons": reasons,
        "recent": [each.reason() for each in comparison.recent],
    }
    if isinstance(found, Estimate):
        detail["detectable"] = found.detectable
    if reasons or not isinstance(found, Estimate):
        return Measurement("inconclusive", detail)
    return Measurement("measured", detail | _show(rows, counts, donors, found), found.lift, found.low, found.high)


def foresee(comparison: CampaignPanel, reason: Mapping[str, Any], ahead: Sequence[Disturbance]) -> Measurement:
    """Say why a campaign is not measured yet, what will forbid it, and what lift could be seen.

    `comparison` is of as many days that are over; `ahead` is what disturbs the campaign's own.
    """
    past = measure(comparison)
    detail = {"reasons": [dict(reason), *(each.reason() for each in ahead)]}
    return Measurement(
        "inconclusive", detail | {key: past.detail[key] for key in ("detectable",) if key in past.detail}
    )


def refuse(reason: Mapping[str, Any]) -> Measurement:
    """Say why a goal is never measured, whatever its days."""
    return Measurement("inconclusive", {"reasons": [dict(reason)]})


def _too_small(rows: Rows, target: PanelColumn) -> list[dict[str, Any]]:
    before, within = count_not_positive(rows, target)
    if within or before > MAX_NOT_POSITIVE * len(rows.history):
        return [{"code": "too_small", "found": before + within, "needed": len(rows.days)}]
    return []


def _show(rows: Rows, counts: np.ndarray[Any, Any], donors: Sequence[Donor], found: Estimate) -> dict[str, Any]:
    """Return what the page shows: days, sums, donors by weight, and the errors where nothing happened."""
    start = len(rows.history)
    during = np.isfinite(counts) & (np.arange(len(counts)) >= start)
    first = max(0, start - _SHOWN_HISTORY)
    listed = [
        {"series_id": str(donor.series_id), "weight": round(float(weight), 4)}
        for donor, weight in zip(donors, found.weights, strict=True)
        if weight >= SHOWN_WEIGHT
    ]
    return {
        "actual": float(counts[during].sum()),
        "expected": float(found.expected[during].sum()),
        "days": [
            {
                "on": str(day),
                "actual": None if np.isnan(value) else float(value),
                "expected": round(float(expected), 3),
            }
            for day, value, expected in zip(rows.days[first:], counts[first:], found.expected[first:], strict=True)
        ],
        "donors": sorted(listed, key=lambda each: -float(str(each["weight"]))),
        "compared": len(donors),
        "placebos": [round(float(error), 4) for error in np.expm1(np.sort(found.placebos))],
    }
