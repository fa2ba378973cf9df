"""How much more than expected a unit had in a window, with an interval from placebo errors, or why nobody can tell.

The expectation is a synthetic control whose level the last week sets. The interval is made of the errors of the same
fit where nothing happened: for every donor in the window, and for all units at earlier starts. Residuals of the fit say
nothing of forecasts: textbook intervals of 90 % hold 24 to 56 % on music series. Pure.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arti.campaigns.lift.synthetic_control import ANCHOR_ROWS, Floats, fit_controls

COVERAGE: Final = 0.9
MIN_ROWS_BEFORE: Final = 24  # half a year of weeks
MIN_DONORS: Final = 5
MAX_MISSING_BEFORE: Final = 0.25
MAX_MISSING_DURING: Final = 0.5
MAX_MOVED: Final = 0.4  # of the donors
MAX_HALF_WIDTH: Final = 0.6  # in logarithms: an interval of -45 to +82 % around nothing
MIN_PLACEBOS: Final = 9  # of fewer errors none is the 90th of 100
POWER: Final = 0.8  # how often a lift of `detectable` would be seen
_PAST_STARTS: Final = 4
_SHORTEST_PAST: Final = 14
_SMALLEST_JUMP: Final = 0.05


class RefusalReason(StrEnum):
    """Why a series alone does not say what was added."""

    SHORT_HISTORY = "short_history"
    MISSING_BEFORE = "missing_before"
    MISSING_DURING = "missing_during"
    FEW_DONORS = "few_donors"
    DONORS_MOVED = "donors_moved"
    POOR_FIT = "poor_fit"


@dataclass(frozen=True, slots=True)
class EstimateRefusal:
    """A rule that forbids an answer: what was found, and what would be needed."""

    reason: RefusalReason
    found: float
    needed: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """The lift of a window relative to its expectation (0.1: a tenth more), with its 90 % interval low to high.

    `expected`: of each row, also of those before the window; `weights`: of each donor that was given; `placebos`: the
    errors where nothing happened, as they would be of this unit; `detectable`: the lift that would be seen in 8 of 10.
    """

    lift: float
    low: float
    high: float
    detectable: float
    expected: Floats
    weights: Floats
    placebos: Floats


def estimate(
    target: Floats, donors: Floats, start: int, groups: NDArray[np.int64] | None = None
) -> Estimate | EstimateRefusal:
    """Compare the rows from `start` on with what the donors and the rows before let expect.

    `target` (rows) and `donors` (rows, units): counts above 0, NaN where there is none; `groups`: the donors' artists.
    """
    length, seen, has_value = len(target) - start, np.isfinite(target), np.isfinite(donors)
    if refusal := _check_rows(seen, start):
        return refusal
    usable = (has_value[:start].mean(0) >= 1 - MAX_MISSING_BEFORE) & (has_value[start:].mean(0) >= MAX_MISSING_DURING)
    if usable.sum() < MIN_DONORS:
        return EstimateRefusal(RefusalReason.FEW_DONORS, float(usable.sum()), MIN_DONORS)
    logs = _fill(np.column_stack([target, donors[:, usable]]))
    moved = _share_that_moved(logs[:, 1:], start)
    if moved >= MAX_MOVED:
        return EstimateRefusal(RefusalReason.DONORS_MOVED, moved, MAX_MOVED)
    of_artists = np.arange(donors.shape[1]) if groups is None else groups
    all_groups = np.concatenate([[-1], of_artists[usable]])

    fit = fit_controls(logs, start, all_groups)
    errors, roughness = [fit.gaps[start:, 1:].mean(0)], [fit.roughness[1:]]
    step = max(length, 4)
    for earlier in range(start - step, max(_SHORTEST_PAST, 2 * ANCHOR_ROWS) - 1, -step)[:_PAST_STARTS]:
        past = fit_controls(logs[: earlier + length], earlier, all_groups)
        errors.append(past.gaps[earlier:].mean(0))
        roughness.append(past.roughness)
    placebos = _as_of(fit.roughness[0], np.concatenate(errors), np.concatenate(roughness))
    if len(placebos) < MIN_PLACEBOS:
        return EstimateRefusal(RefusalReason.SHORT_HISTORY, start, start + step)
    half = float(np.sort(np.abs(placebos))[int(np.ceil(COVERAGE * (len(placebos) + 1))) - 1])
    if half > MAX_HALF_WIDTH:
        return EstimateRefusal(RefusalReason.POOR_FIT, half, MAX_HALF_WIDTH)
    expected = np.exp(logs[:, 0] - fit.gaps[:, 0])
    during = np.arange(len(target)) >= start
    lift = float(np.log(target[seen & during].sum() / expected[seen & during].sum()))
    weights = np.zeros(donors.shape[1])
    weights[usable] = fit.weights[1:, 0]
    return Estimate(
        lift=float(np.expm1(lift)),
        low=float(np.expm1(lift - half)),
        high=float(np.expm1(lift + half)),
        detectable=float(np.expm1(max(half - np.quantile(placebos, 1 - POWER), half))),
        expected=expected,
        weights=weights,
        placebos=placebos,
    )


def _check_rows(seen: NDArray[np.bool_], start: int) -> EstimateRefusal | None:
    needed = max(MIN_ROWS_BEFORE, len(seen) - start)
    if start < needed:
        return EstimateRefusal(RefusalReason.SHORT_HISTORY, start, needed)
    if (missing := 1 - float(seen[:start].mean())) > MAX_MISSING_BEFORE:
        return EstimateRefusal(RefusalReason.MISSING_BEFORE, missing, MAX_MISSING_BEFORE)
    if (known := int(seen[:start].sum())) < needed:
        return EstimateRefusal(RefusalReason.SHORT_HISTORY, known, needed)
    if (missing := 1 - float(seen[start:].mean())) > MAX_MISSING_DURING:
        return EstimateRefusal(RefusalReason.MISSING_DURING, missing, MAX_MISSING_DURING)
    return None


def _fill(counts: Floats) -> Floats:
    """Return logarithms, with what is missing drawn straight between its neighbours."""
    logs, rows = np.log(counts), np.arange(len(counts))
    return np.column_stack([np.interp(rows, rows[ok], column[ok]) for column in logs.T for ok in [np.isfinite(column)]])


def _share_that_moved(donors: Floats, start: int) -> float:
    """Return the share of donors whose step at the start is larger than 95 % of their steps before.

    They were advertised too, or something common happened, and what is common is in no difference.
    """
    block = min(len(donors) - start, 7)
    at_start = _steps(donors, np.array([start]), block)[0]
    usual = np.quantile(_steps(donors, np.arange(7, max(8, start - block)), block), 0.95, axis=0)
    return float((at_start > np.maximum(usual, _SMALLEST_JUMP)).mean())


def _steps(donors: Floats, starts: NDArray[np.int64], block: int) -> Floats:
    sums = np.cumsum(np.vstack([np.zeros(donors.shape[1]), donors]), 0)
    steps: Floats = np.abs((sums[starts + block] - sums[starts]) / block - (sums[starts] - sums[starts - 7]) / 7)
    return steps


def _as_of(roughness: float, errors: Floats, of_units: Floats) -> Floats:
    """Return the errors of units of other roughness as they would be of one of this. A rough unit errs more, and not
    in proportion: half of it (in logarithms) was best on one half of the series, and held on the other."""
    scaled: Floats = errors * np.sqrt(roughness / of_units)
    return scaled
