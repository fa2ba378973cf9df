"""Where an artist's numbers stand in the roster. Pure, but for the terms of the providers."""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from arti.metrics.comparison.schemas import RosterRank

_FEWEST: Final = 3  # below it a rank says nothing that the table does not
_FEWEST_FOR_PERCENTILE: Final = 20


def rank_all(values: Mapping[UUID, float]) -> dict[UUID, RosterRank]:
    """Return the rank of each artist, the highest first; equal numbers have the same. Empty for fewer than three."""
    count = len(values)
    if count < _FEWEST:
        return {}
    ranks = {}
    for id, value in values.items():
        higher = sum(other > value for other in values.values())
        lower = sum(other < value for other in values.values())
        percentile = round(100 * lower / (count - 1)) if count >= _FEWEST_FOR_PERCENTILE else None
        ranks[id] = RosterRank(rank=higher + 1, of=count, percentile=percentile)
    return ranks
