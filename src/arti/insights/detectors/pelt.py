"""Where the mean of a signal changes: PELT (Killick, Fearnhead and Eckley, 2012) with squared error."""

import numpy as np

from arti.insights.detectors.series import Floats


def change_points(signal: Floats, *, penalty: float, min_size: int) -> list[int]:
    """Return the indexes at which a new mean begins, in order: the segmentation of least squared error + penalty each.

    Exact; `signal` has no NaN. Every segment has at least `min_size` values.
    """
    n = len(signal)
    if n < 2 * min_size:
        return []
    sums = np.concatenate(([0.0], np.cumsum(signal)))
    squares = np.concatenate(([0.0], np.cumsum(signal**2)))
    if not _may_change(sums, penalty=penalty, min_size=min_size):
        return []
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    came_from = np.zeros(n + 1, np.int64)
    starts = np.zeros(0, np.int64)
    for end in range(min_size, n + 1):
        newest = end - min_size
        if newest == 0 or newest >= min_size:
            starts = np.append(starts, newest)
        total = sums[end] - sums[starts]
        costs = best[starts] + squares[end] - squares[starts] - total**2 / (end - starts) + penalty
        chosen = int(np.argmin(costs))
        best[end], came_from[end] = costs[chosen], starts[chosen]
        # A start that is worse by more than the penalty can never win again.
        starts = starts[costs <= best[end] + penalty]
    found: list[int] = []
    at = n
    while at > 0:
        at = int(came_from[at])
        if at > 0:
            found.append(at)
    return found[::-1]


def _may_change(sums: Floats, *, penalty: float, min_size: int) -> bool:
    """Return whether any segmentation can be worth its penalties; for most signals none is, and no search is needed.

    k changes must save k penalties, and they save the sum over k + 1 segments of length x (mean - whole mean)^2. So at
    least one of the segments saves half a penalty.
    """
    n = len(sums) - 1
    whole = sums[n] / n
    lengths = np.arange(n + 1)[None, :] - np.arange(n + 1)[:, None]
    wide = lengths >= min_size
    saved = (sums[None, :] - sums[:, None] - whole * lengths)[wide] ** 2 / lengths[wide]
    return bool(saved.max() >= penalty / 2)
