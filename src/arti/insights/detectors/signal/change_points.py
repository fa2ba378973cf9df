"""Where the level of a signal changes: what three of four methods agree on.

Binary segmentation and PELT with squared error, PELT with a Gaussian kernel (Killick, Fearnhead and Eckley, 2012;
Arlot, Celisse and Harchaoui, 2019) and Bayesian online change points (Adams and MacKay, 2007), each with the usual
penalty for its cost. One method alone sets points that people do not see; what most of them see within five values,
people see too (`bench/truth`).
"""

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from arti.insights.detectors.series import Floats

AGREE: Final = 3
WITHIN: Final = 5
_MIN_SIZE: Final = 2
_HAZARD: Final = 1 / 100
_LEAST_KERNEL, _MOST_KERNEL = 1e-2, 1e2


def find_agreed(signals: Sequence[Floats], *, is_wanted: Callable[[int, int], bool]) -> list[list[int]]:
    """Return for each signal the indexes at which most methods begin a new level, in order. No signal has a NaN.

    `is_wanted`: whether a point of a signal (by its place) matters. Unless a cheap method has one, the others are not
    asked. Signals of one length are examined together.
    """
    found: list[list[int]] = [[] for _ in signals]
    lengths: defaultdict[int, list[int]] = defaultdict(list)
    for place, signal in enumerate(signals):
        if len(signal) >= 2 * _MIN_SIZE and signal.std() > 0:
            lengths[len(signal)].append(place)
    for length, places in lengths.items():
        rows = np.stack([signals[place] for place in places])
        scaled = (rows - rows.mean(axis=1, keepdims=True)) / rows.std(axis=1, keepdims=True)
        penalty = 2 * math.log(length)
        costs = squared_error(scaled)
        sets = [
            [binary_segmentation(cost, penalty), points]
            for cost, points in zip(costs, pelt(costs, penalty), strict=True)
        ]
        open_rows = [
            row
            for row, place in enumerate(places)
            if any(is_wanted(place, point) for points in sets[row] for point in points)
        ]
        if not open_rows:
            continue
        by_kernel = pelt(np.stack([kernel_error(scaled[row]) for row in open_rows]), penalty / 2)
        for row, *slow in zip(open_rows, by_kernel, online_changes(scaled[open_rows]), strict=True):
            found[places[row]] = agree([*sets[row], *slow])
    return found


def agree(sets: Sequence[Sequence[int]], *, needed: int = AGREE, within: int = WITHIN) -> list[int]:
    """Return the points that at least `needed` sets have within so many values, nearest agreement first."""
    candidates = []
    for point in sorted({point for points in sets for point in points}):
        near = [min(abs(other - point) for other in points) for points in sets if points]
        near = [distance for distance in near if distance <= within]
        if len(near) >= needed:
            candidates.append((-len(near), sum(near), point))
    chosen: list[int] = []
    for _, _, point in sorted(candidates):
        if all(abs(point - other) > within for other in chosen):
            chosen.append(point)
    return sorted(chosen)


def squared_error(signals: Floats) -> Floats:
    """Return the squared error of each segment [from, to) of each row around its mean, as [row, from, to]."""
    start = np.zeros((len(signals), 1))
    sums = np.concatenate((start, np.cumsum(signals, axis=1)), axis=1)
    squares = np.concatenate((start, np.cumsum(signals**2, axis=1)), axis=1)
    inside = sums[:, None, :] - sums[:, :, None]
    inside *= inside
    inside /= _lengths(signals.shape[1])
    np.subtract(squares[:, None, :] - squares[:, :, None], inside, out=inside)
    return inside


def kernel_error(signal: Floats) -> Floats:
    """Return the error of each segment in the space of a Gaussian kernel as wide as the median distance."""
    count = len(signal)
    kernel = signal[:, None] - signal[None, :]
    kernel *= kernel
    middle = float(np.median(kernel[_above_diagonal(count)]))
    kernel /= -(middle if middle > 0 else 1.0)
    np.clip(kernel, -_MOST_KERNEL, -_LEAST_KERNEL, out=kernel)
    np.exp(kernel, out=kernel)
    np.fill_diagonal(kernel, 1.0)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = np.cumsum(np.cumsum(kernel, axis=0), axis=1)
    whole = np.diag(sums)
    inside = whole[None, :] - sums - sums.T + whole[:, None]
    ends = np.arange(count + 1.0)
    return (ends[None, :] - ends[:, None]) - inside / _lengths(count)


@cache
def _above_diagonal(count: int) -> NDArray[np.bool_]:
    return np.triu(np.ones((count, count), bool), 1)


@cache
def _lengths(count: int) -> Floats:
    ends = np.arange(count + 1.0)
    return np.maximum(ends[None, :] - ends[:, None], 1.0)


def pelt(costs: Floats, penalty: float) -> list[list[int]]:
    """Return for each row the points of the segmentation of least cost and penalty a segment; exact."""
    rows, count = len(costs), costs.shape[1] - 1
    best, came_from = np.full((rows, count + 1), np.inf), np.zeros((rows, count + 1), np.int64)
    best[:, 0] = -penalty
    by_end = np.ascontiguousarray(costs.transpose(2, 0, 1))
    each = np.arange(rows)
    for end in range(_MIN_SIZE, count + 1):
        total = best[:, : end - _MIN_SIZE + 1] + by_end[end, :, : end - _MIN_SIZE + 1]
        came_from[:, end] = chosen = total.argmin(axis=1)
        best[:, end] = total[each, chosen] + penalty
    return [_path_back(came, count) for came in came_from.tolist()]


def _path_back(came_from: Sequence[int], end: int) -> list[int]:
    points: list[int] = []
    while (end := came_from[end]) > 0:
        points.append(end)
    return points[::-1]


def binary_segmentation(costs: Floats, penalty: float) -> list[int]:
    """Return the points of the best splits, one after the other, as long as each saves the penalty."""

    def best_split(first: int, last: int) -> tuple[float, int]:
        if last - first < 2 * _MIN_SIZE:
            return -math.inf, first
        places = slice(first + _MIN_SIZE, last - _MIN_SIZE + 1)
        saved = costs[first, last] - costs[first, places] - costs[places, last]
        at = int(saved.argmax())
        return float(saved[at]), first + _MIN_SIZE + at

    points: list[int] = []
    segments = {(0, len(costs) - 1): best_split(0, len(costs) - 1)}
    while segments:
        (first, last), (saved, at) = max(segments.items(), key=lambda each: each[1][0])
        if saved <= penalty:
            break
        del segments[first, last]
        points.append(at)
        segments[first, at], segments[at, last] = best_split(first, at), best_split(at, last)
    return sorted(points)


def online_changes(signals: Floats) -> list[list[int]]:
    """Return for each row the points of the most likely path of runs, for a mean and a variance that are not known.

    Column `start` holds what is known of the run that began there; each value lengthens all runs and begins one.
    """
    rows, count = signals.shape
    shapes = 1 + np.arange(count) / 2
    weights = 1.0 + np.arange(count)
    share = weights / (weights + 1)
    # What of the likelihood of a value does not depend on it, by the length of the run; longest first, as columns are.
    fixed = np.array([math.lgamma(shape + 0.5) - math.lgamma(shape) for shape in shapes])
    fixed = (fixed - 0.5 * np.log(2 * np.pi / share))[::-1]
    power, half_share, gain = shapes[::-1] + 0.5, share[::-1] / 2, 1 / (weights[::-1] + 1)
    begins, goes_on = math.log(_HAZARD), math.log(1 - _HAZARD)
    means, log_rates = np.zeros((rows, count + 1)), np.zeros((rows, count + 1))
    rates, best = np.ones((rows, count + 1)), np.zeros((rows, count + 1))
    came_from = np.zeros((rows, count + 1), np.int64)
    each = np.arange(rows)
    for at in range(count):
        known, ages = slice(0, at + 1), slice(count - 1 - at, count)
        away = signals[:, at, None] - means[:, known]
        growth = away * away
        growth *= half_share[ages]
        growth /= rates[:, known]
        rates[:, known] *= 1 + growth
        log_growth = np.log1p(growth)
        grown = best[:, known]
        grown += fixed[ages]
        grown -= 0.5 * log_rates[:, known]
        grown -= power[ages] * log_growth
        log_rates[:, known] += log_growth
        away *= gain[ages]
        means[:, known] += away
        came_from[:, at + 1] = chosen = at - grown[:, ::-1].argmax(axis=1)
        best[:, at + 1] = grown[each, chosen] + begins
        grown += goes_on
    last = count - best[:, ::-1].argmax(axis=1)
    found = []
    for came, start in zip(came_from.tolist(), last.tolist(), strict=True):
        points = [start, *_path_back(came, start)[::-1]]
        found.append(sorted(point for point in points if 0 < point < count))
    return found
