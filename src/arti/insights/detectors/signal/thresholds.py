"""The smallest change worth reporting, by unit, so that small artists get no noise."""

from typing import Final

from arti.insights.detectors.series import SeriesSubject

_MINIMUM_BY_UNIT: Final = {
    "streams": 200.0,
    "views": 200.0,
    "plays": 200.0,
    "people": 40.0,
    "count": 30.0,
    "hours": 20.0,
}
_ASSET_SHARE: Final = 0.5
_VISIBLE: Final = 0.2  # of the least change that lasts, when a single day shows it far beyond its usual spread


def minimum_effect(about: SeriesSubject) -> float:
    """Return by how many units a day must differ; a week by as much as its days together."""
    minimum = _MINIMUM_BY_UNIT.get(about.unit, 20.0) * (about.interval_days if about.kind in ("flow", "counter") else 1)
    return minimum * _ASSET_SHARE if about.asset_id else minimum


def visible_effect(about: SeriesSubject) -> float:
    """Return by how many units a value must differ from the expected one, of a work as of an artist."""
    minimum = _MINIMUM_BY_UNIT.get(about.unit, 20.0) * about.interval_days
    return max(_VISIBLE * minimum, 20.0)
