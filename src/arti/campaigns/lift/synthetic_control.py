"""A synthetic control: for each unit the mix of others that moved as it did. Pure, numpy only.

Abadie, Diamond and Hainmueller, JASA 105 (2010). Rows are days or weeks, columns units; all values are logarithms.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FIT_ROWS: Final = 42  # older rows say little about how a song moves now
ANCHOR_ROWS: Final = 7  # songs drift: the level is set by the last week
_BLOCK: Final = 7
_LEVEL_WEIGHT: Final = 0.5  # of fitting levels, beside fitting the changes from week to week
_RIDGE: Final = 0.1
_STEPS: Final = 80


@dataclass(frozen=True, slots=True)
class Fit:
    """Each unit less its synthetic control, from the first row to the last; what it was made of; its usual size.

    `gaps` is (rows, units) and 0 on average over the anchor; `weights` is (units, units), a column for each unit.
    """

    gaps: Floats
    weights: Floats
    roughness: Floats


def fit_controls(logs: Floats, start: int, groups: NDArray[np.int64]) -> Fit:
    """Fit a synthetic control of every unit to the rows before `start`.

    `groups`: units of one group (an artist and their songs) are never in each other's control. Unit 0 is in none.
    """
    first = max(0, start - FIT_ROWS)
    centred = logs - logs[first:start].mean(0)
    weights = _weights(_with_changes(centred[first:start]), groups)
    gaps = centred - centred @ weights
    gaps -= gaps[max(0, start - ANCHOR_ROWS) : start].mean(0)
    return Fit(gaps, weights, _roughness(gaps[first:start], min(len(logs) - start, _BLOCK)))


def _with_changes(rows: Floats) -> Floats:
    if len(rows) <= _BLOCK + 2:
        return rows
    return np.vstack([_LEVEL_WEIGHT * rows, rows[_BLOCK:] - rows[:-_BLOCK]])


def _weights(rows: Floats, groups: NDArray[np.int64]) -> Floats:
    """Return weights of 0 or more that sum to 1 or less, with a small ridge, by accelerated projected gradient descent.

    What is missing to 1 is the weight of a unit that never moves: who moves like nobody is expected to stay level.
    """
    units = rows.shape[1]
    products = np.zeros((units + 1, units + 1))
    products[:units, :units] = rows.T @ rows / len(rows)
    ridge = np.append(np.full(units, _RIDGE * np.trace(products) / units), 0)[:, None]
    step = 1 / (np.linalg.eigvalsh(products)[-1] + ridge[0, 0] + 1e-12)
    barred = np.vstack([groups[:, None] == groups[None, :], np.zeros((1, units), dtype=bool)])
    barred[0] = True
    weights = momentum = _onto_simplex(np.where(barred, -np.inf, 0.0))
    speed = 1.0
    for _ in range(_STEPS):
        downhill = momentum - step * (products @ momentum - products[:, :units] + ridge * momentum)
        moved = _onto_simplex(np.where(barred, -np.inf, downhill))
        faster = (1 + np.sqrt(1 + 4 * speed * speed)) / 2
        weights, momentum, speed = moved, moved + (speed - 1) / faster * (moved - weights), faster
    return weights[:units]


def _onto_simplex(columns: Floats) -> Floats:
    """Project each column onto the simplex; what is -inf becomes 0, and a column without anything else stays 0."""
    ordered = -np.sort(-columns, axis=0)
    with np.errstate(invalid="ignore"):
        level = (np.cumsum(ordered, 0) - 1) / np.arange(1, len(columns) + 1)[:, None]
        last = np.maximum((ordered > level).sum(0), 1) - 1
        projected = columns - level[last, np.arange(columns.shape[1])]
    return np.where(np.isfinite(projected), np.maximum(projected, 0), 0.0)


def _roughness(gaps: Floats, block: int) -> Floats:
    """Return how much each unit's gap usually moves: from block to block, and a quarter of that from row to row."""
    sums = np.cumsum(np.vstack([np.zeros(gaps.shape[1]), gaps]), 0)
    means = (sums[block:] - sums[:-block]) / block
    from_block_to_block = np.median(np.abs(means[block:] - means[:-block]), 0)
    usual: Floats = from_block_to_block + 0.25 * np.abs(np.diff(gaps, axis=0)).mean(0) + 1e-4
    return usual
