"""How often such intervals would have been right in an org's own past, on days on which nothing happened. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final

from arti.campaigns.lift.measurement import CampaignPanel, Disturbance, Donor, Measurement, measure
from arti.campaigns.lift.panel import find_rows

WINDOW_DAYS: Final = 14
ADDED: Final = 0.25
MAX_WINDOWS: Final = 40  # of a metric on a platform
PAST_DAYS: Final = 364
_EVERY_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class CalibrationCounts:
    """Windows in which nothing happened: how many were answered, of how many the interval held 0, and in how many a
    quarter more would have been seen; `detectable` is the median of what could be seen in each."""

    windows: int
    answered: int
    held: int
    seen: int
    detectable: float | None


def calibrate(
    targets: Sequence[Donor], others: Sequence[Donor], disturbances: Sequence[Disturbance], *, last_day: date
) -> CalibrationCounts | None:
    """Measure undisturbed windows of the artists' own series as if each were a campaign's; None without any."""
    backs = range(0, PAST_DAYS, _EVERY_DAYS)
    windows = [(target, last_day - timedelta(days=back)) for back in backs for target in targets]
    measured: list[Measurement] = []
    for target, ends_on in windows:
        if len(measured) == MAX_WINDOWS:
            break
        comparison = _as_campaign(target, [*targets, *others], disturbances, ends_on)
        if comparison is not None:
            measured.append(measure(comparison))
    if not measured:
        return None
    answered = [(each.low, each.high) for each in measured if each.low is not None and each.high is not None]
    detectable = [float(each.detail["detectable"]) for each in measured if each.result == "measured"]
    return CalibrationCounts(
        windows=len(measured),
        answered=len(answered),
        held=sum(low <= 0 <= high for low, high in answered),
        seen=sum((1 + low) * (1 + ADDED) > 1 for low, _ in answered),
        detectable=median(detectable) if detectable else None,
    )


def _as_campaign(
    target: Donor, donors: Sequence[Donor], disturbances: Sequence[Disturbance], ends_on: date
) -> CampaignPanel | None:
    """Return the comparison of a window; None if something happened in it, or the artist has no numbers there."""
    rows = find_rows(ends_on - timedelta(days=WINDOW_DAYS - 1), ends_on, interval_days=1, a_row_end=ends_on)
    if rows is None or not all(day in target.column.values for day in (rows.history[-1], rows.window[-1])):
        return None
    blank = CampaignPanel(rows, target.artist_id, target.column, ())
    within = [each for each in disturbances if each.starts_on <= ends_on and each.ends_on >= blank.from_on]
    if any(each.artist_id == target.artist_id for each in within):
        return None
    of_others = [donor for donor in donors if donor.artist_id != target.artist_id]
    return CampaignPanel(rows, target.artist_id, target.column, of_others, within)
