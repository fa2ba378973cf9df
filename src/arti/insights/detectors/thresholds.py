"""The smallest change that is worth anybody's time, by what is counted. Keeps small artists free of noise."""

from typing import Final

from arti.insights.detectors.series import SeriesSubject

_FLOORS: Final = {"streams": 200.0, "views": 200.0, "plays": 200.0, "people": 40.0, "count": 30.0, "hours": 20.0}
_ASSET_SHARE: Final = 0.5


def minimum_effect(about: SeriesSubject) -> float:
    """Return how many units a day must differ by."""
    floor = _FLOORS.get(about.unit, 20.0)
    return floor * _ASSET_SHARE if about.asset_id else floor
