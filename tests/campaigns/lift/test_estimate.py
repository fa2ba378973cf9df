"""The estimate on made series: what it sees, what its interval holds, and each rule by which it refuses."""

from typing import Any

import numpy as np
import pytest

from arti.campaigns.lift.estimate import Estimate, EstimateRefusal, RefusalReason, estimate
from arti.campaigns.lift.synthetic_control import Floats, fit_controls

BEFORE, DURING = 84, 14


def make_panel(seed: int, *, units: int = 12, noise: float = 0.03, rows: int = BEFORE + DURING) -> Floats:
    """Return counts (rows, units) that share a slow drift and a week."""
    random = np.random.default_rng([20_26, seed])
    days = np.arange(rows)
    common = np.cumsum(random.normal(0, 0.01, rows)) + 0.1 * np.sin(2 * np.pi * days / 7)
    logs = random.normal(8, 1, units) + np.outer(common, random.uniform(0.5, 1.2, units))
    logs += np.cumsum(random.normal(0, 0.006, (rows, units)), axis=0) + random.normal(0, noise, (rows, units))
    return np.exp(logs)


def lift(panel: Floats, added: float) -> Estimate | EstimateRefusal:
    target = panel[:, 0].copy()
    target[BEFORE:] *= 1 + added
    return estimate(target, panel[:, 1:], BEFORE)


def measure(panel: Floats, *, added: float = 0.0) -> Estimate:
    found = lift(panel, added)
    assert isinstance(found, Estimate)
    return found


def refusal(panel: Floats, start: int = BEFORE) -> EstimateRefusal:
    found = estimate(panel[:, 0], panel[:, 1:], start)
    assert isinstance(found, EstimateRefusal)
    return found


def test_the_interval_holds_what_was_added_and_nothing_where_nothing_was() -> None:
    held, false, seen = [], [], []
    for seed in range(60):
        panel = make_panel(seed)
        nothing, quarter = lift(panel, 0), lift(panel, 0.25)
        if isinstance(nothing, EstimateRefusal) or isinstance(quarter, EstimateRefusal):
            continue  # by chance many made an unusual step
        held.append(quarter.low <= 0.25 <= quarter.high)
        false.append(not nothing.low <= 0 <= nothing.high)
        seen.append(quarter.low > 0)
    assert len(held) >= 50
    assert np.mean(held) >= 0.82
    assert np.mean(false) <= 0.15
    assert np.mean(seen) >= 0.8


def test_what_is_added_moves_the_lift_and_not_the_width() -> None:
    nothing, half = measure(make_panel(1)), measure(make_panel(1), added=0.5)
    assert (1 + half.lift) / (1 + nothing.lift) == pytest.approx(1.5)
    assert np.log1p(half.high) - np.log1p(half.low) == pytest.approx(np.log1p(nothing.high) - np.log1p(nothing.low))
    half_width = (np.log1p(nothing.high) - np.log1p(nothing.low)) / 2
    assert np.expm1(half_width) <= nothing.detectable <= np.expm1(2 * half_width)


def test_weights_are_a_mix_of_the_donors_and_of_standing_still() -> None:
    found = measure(make_panel(2))
    assert (found.weights >= 0).all()
    assert 0.5 < found.weights.sum() <= 1 + 1e-9
    # Nobody moves as a series of mere noise does: it is expected to stay level.
    random = np.random.default_rng(3)
    alone = make_panel(3)
    alone[:, 0] = np.exp(8 + random.normal(0, 0.002, len(alone)))
    assert measure(alone).weights.sum() < 0.2


def test_an_artist_is_no_control_of_their_own_songs() -> None:
    """Otherwise the error of a donor whose sum stands beside its parts would be nothing."""
    panel = make_panel(4, units=8)
    panel[:, 2] = panel[:, 1] * 1.001
    groups = np.array([-1, 0, 0, *range(1, 6)])
    weights = fit_controls(np.log(panel), BEFORE, groups).weights
    assert (weights[1, 2], weights[2, 1]) == (0, 0)
    assert fit_controls(np.log(panel), BEFORE, np.arange(-1, 7)).weights[1, 2] > 0.5
    assert (weights[0] == 0).all()  # the treated one is in nobody's control


def test_gaps_are_drawn_straight_and_left_out_of_both_sums() -> None:
    panel = make_panel(5)
    whole = measure(panel, added=0.25)
    panel[[3, 40, BEFORE + 5], 0] = np.nan
    holed = measure(panel, added=0.25)
    assert holed.lift == pytest.approx(whole.lift, abs=0.05)


@pytest.mark.parametrize(
    ("change", "start", "reason"),
    [
        (lambda p: p[BEFORE - 7 :], 7, RefusalReason.SHORT_HISTORY),
        (lambda p: p[BEFORE - 24 :], 24, None),
        (lambda p: _blank(p, slice(0, BEFORE, 2)), BEFORE, RefusalReason.MISSING_BEFORE),
        (lambda p: _blank(p, slice(0, BEFORE - 10)), BEFORE, RefusalReason.MISSING_BEFORE),
        (lambda p: _blank(p, slice(BEFORE, BEFORE + 8)), BEFORE, RefusalReason.MISSING_DURING),
        (lambda p: p[:, :5], BEFORE, RefusalReason.FEW_DONORS),
        (lambda p: _raise_donors(p), BEFORE, RefusalReason.DONORS_MOVED),
    ],
)
def test_each_rule_refuses(change: Any, start: int, reason: RefusalReason | None) -> None:
    panel = change(make_panel(6))
    if reason is None:
        assert isinstance(estimate(panel[:, 0], panel[:, 1:], start), Estimate)
    else:
        assert refusal(panel, start).reason == reason


def test_a_window_longer_than_its_past_is_refused() -> None:
    panel = make_panel(7, rows=60)
    assert refusal(panel, 28) == EstimateRefusal(RefusalReason.SHORT_HISTORY, 28, 32)


def test_who_moves_wildly_is_refused() -> None:
    random = np.random.default_rng(8)
    panel = np.exp(8 + np.cumsum(random.normal(0, 0.25, (BEFORE + DURING, 12)), axis=0))
    assert refusal(panel).reason in (RefusalReason.POOR_FIT, RefusalReason.DONORS_MOVED)


def test_no_donors_at_all_is_a_refusal() -> None:
    found = estimate(make_panel(9)[:, 0], np.empty((BEFORE + DURING, 0)), BEFORE)
    assert found == EstimateRefusal(RefusalReason.FEW_DONORS, 0, 5)


def _blank(panel: Floats, rows: slice) -> Floats:
    panel[rows, 0] = np.nan
    return panel


def _raise_donors(panel: Floats) -> Floats:
    panel[BEFORE:, 1:8] *= 1.6
    return panel
