"""The small set of bench/lift: made series whose truth is known, and what an estimator says of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

ADDED = (0.0, 0.1, 0.25, 0.5)


def make_panel(random: np.random.Generator, *, rows: int, units: int) -> np.ndarray[Any, Any]:
    """Return counts (rows, units): a common drift and week, drifts and noise of their own, some with a release."""
    days = np.arange(rows)
    week = 0.08 * np.sin(2 * np.pi * days / 7)
    common = np.cumsum(random.normal(0, 0.01, rows))
    logs = random.normal(9, 1, units) + np.outer(week, random.uniform(0.5, 1.5, units))
    logs += np.outer(common, random.uniform(0.3, 1.2, units))
    logs += np.cumsum(random.standard_t(4, (rows, units)) * random.uniform(0.004, 0.015, units), axis=0)
    logs += random.normal(0, 1, (rows, units)) * random.uniform(0.02, 0.06, units)
    for unit in random.choice(units, units // 8, replace=False):
        at = int(random.integers(10, rows - 5))
        logs[at:, unit] += random.uniform(0.1, 0.8) * 0.93 ** np.arange(rows - at)
    return np.round(np.exp(logs))


def run(estimator: Callable[..., tuple[float, float, float, str]], *, windows: int, seed: int) -> int:
    """Print coverage, false positives, power and refusals; return 1 if the intervals do not hold."""
    held: list[bool] = []
    false: list[bool] = []
    above: dict[float, list[bool]] = {size: [] for size in ADDED}
    cases = 0
    for window in range(5 * windows):
        random = np.random.default_rng([seed, window])
        length, before = int(random.choice([7, 14, 28])), int(random.choice([56, 84, 112]))
        panel = make_panel(random, rows=before + length, units=int(random.integers(8, 30)))
        for size in ADDED:
            target = panel[:, 0].copy()
            target[before:] *= 1 + size
            _, low, high, said = estimator(target, panel[:, 1:], before, before + length)
            cases += 1
            answered_now = said != "cannot tell"
            above[size].append(answered_now and low > 0)
            if answered_now:
                held.append(low <= size <= high)
                if not size:
                    false.append(low > 0 or high < 0)
    refused = [
        estimator(panel[:, 0], panel[:, 1:2], before, before + length)[3],
        estimator(panel[before - 7 :, 0], panel[before - 7 :, 1:], 7, 7 + length)[3],
    ]
    coverage, alarms, answered = float(np.mean(held)), float(np.mean(false)), len(held) / cases
    print(f"coverage {coverage:.3f} (.85 to .95), false positives {alarms:.3f} (at most .10)")
    print("seen " + ", ".join(f"+{100 * size:.0f} % {np.mean(above[size]):.2f}" for size in ADDED[1:]))
    print(f"cannot tell {1 - answered:.3f} (at most .25), must refuse {refused.count('cannot tell') / 2:.2f} (1)")
    met = 0.85 <= coverage <= 0.95 and alarms <= 0.1 and answered >= 0.75 and refused == ["cannot tell"] * 2
    print("every goal is met" if met else "a goal is missed")
    return int(not met)
