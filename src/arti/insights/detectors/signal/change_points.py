"""Where the level of a signal changes: what three of four methods agree on.

Binary segmentation and PELT with squared error, PELT with a Gaussian kernel (Killick, Fearnhead and Eckley, 2012;
Arlot, Celisse and Harchaoui, 2019) and Bayesian online change points (Adams and MacKay, 2007), each with the usual
penalty for its cost. One method alone sets points that people do not see; what most of them see within five values,
people see too (`bench/truth`).
"""

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from arti.insights.detectors.series import Floats

AGREE: Final = 3
WITHIN: Final = 5
_MIN_SIZE: Final = 2
_HAZARD: Final = 1 / 100
_LEAST_KERNEL, _MOST_KERNEL = 1e-2, 1e2


def find_agreed(signal: Floats, *, is_wanted: Callable[[int], bool]) -> list[int]:
    """Return the indexes at which most methods begin a new level, in order. `signal` has no NaN.

    `is_wanted`: whether a point matters. Unless a cheap method has one, the others are not asked.
    """
    if len(signal) < 2 * _MIN_SIZE or signal.std() == 0:
        return []
    scaled = (signal - signal.mean()) / signal.std()
    penalty = 2 * math.log(len(scaled))
    costs = squared_error(scaled)
    sets = [binary_segmentation(costs, penalty), pelt(costs, penalty)]
    if not any(is_wanted(point) for points in sets for point in points):
        return []
    sets += [pelt(kernel_error(scaled), penalty / 2), online_changes(scaled)]
    return agree(sets)


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


def squared_error(signal: Floats) -> Floats:
    """Return the squared error of each segment [from, to) around its mean, as [from, to]."""
    sums = np.concatenate(([0.0], np.cumsum(signal)))
    squares = np.concatenate(([0.0], np.cumsum(signal**2)))
    return (squares[None, :] - squares[:, None]) - (sums[None, :] - sums[:, None]) ** 2 / _lengths(len(signal))


def kernel_error(signal: Floats) -> Floats:
    """Return the error of each segment in the space of a Gaussian kernel as wide as the median distance."""
    count = len(signal)
    distances = (signal[:, None] - signal[None, :]) ** 2
    middle = float(np.median(distances[np.triu_indices(count, 1)]))
    kernel = np.exp(-np.clip(distances / (middle if middle > 0 else 1.0), _LEAST_KERNEL, _MOST_KERNEL))
    np.fill_diagonal(kernel, 1.0)
    sums = np.zeros((count + 1, count + 1))
    sums[1:, 1:] = np.cumsum(np.cumsum(kernel, axis=0), axis=1)
    whole = np.diag(sums)
    inside = whole[None, :] - sums - sums.T + whole[:, None]
    ends = np.arange(count + 1.0)
    return (ends[None, :] - ends[:, None]) - inside / _lengths(count)


def _lengths(count: int) -> Floats:
    ends = np.arange(count + 1.0)
    return np.maximum(ends[None, :] - ends[:, None], 1.0)


def pelt(costs: Floats, penalty: float) -> list[int]:
    """Return the points of the segmentation of least cost and penalty a segment; exact."""
    count = len(costs) - 1
    best, came_from = np.full(count + 1, np.inf), np.zeros(count + 1, np.int64)
    best[0] = -penalty
    by_end = np.ascontiguousarray(costs.T)
    for end in range(_MIN_SIZE, count + 1):
        total = best[: end - _MIN_SIZE + 1] + by_end[end, : end - _MIN_SIZE + 1]
        came_from[end] = chosen = int(total.argmin())
        best[end] = total[chosen] + penalty
    points: list[int] = []
    at = int(came_from[count])
    while at > 0:
        points.append(at)
        at = int(came_from[at])
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


def online_changes(signal: Floats) -> list[int]:
    """Return the points of the most likely path of run lengths, for a mean and a variance that are not known."""
    count = len(signal)
    steps = np.arange(count + 1.0)
    shapes = 1 + steps / 2
    counted = np.array([math.lgamma(shape + 0.5) - math.lgamma(shape) for shape in shapes])
    starts, goes_on = math.log(_HAZARD), math.log(1 - _HAZARD)
    means, weights, rates, best = np.zeros(1), 1 + steps, np.ones(1), np.zeros(1)
    came_from = []
    for at, value in enumerate(map(float, signal)):
        weight, shape = weights[: at + 1], shapes[: at + 1]
        away = (value - means) ** 2
        scale = rates * (weight + 1) / (shape * weight)
        likely = (
            counted[: at + 1] - 0.5 * np.log(2 * np.pi * shape * scale)
            - (shape + 0.5) * np.log1p(away / scale / (2 * shape))
        )  # fmt: skip
        grown = best + likely
        chosen = int(grown.argmax())
        best = np.concatenate(([grown[chosen] + starts], grown + goes_on))
        came_from.append(chosen)
        rates = np.concatenate(([1.0], rates + weight * away / (2 * (weight + 1))))
        means = np.concatenate(([0.0], (weight * means + value) / (weight + 1)))
    points, run, at = [], int(best.argmax()), count
    while at > 0:
        at -= run
        if at <= 0:
            break
        points.append(at)
        run, at = came_from[at - 1], at - 1
    return sorted(point for point in points if point < count)
