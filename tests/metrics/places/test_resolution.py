"""Cities are places, not strings: which place a text means, in which metro area, and when that stays open."""

import pytest

from arti.dimensions.text import unknown_place
from arti.metrics.places import gazetteer
from arti.metrics.places.resolution import resolve_place

MUNICH, PARIS, PARIS_TEXAS = 2867714, 2988507, 4717560


def resolve(text: str, country: str | None = None) -> str | None:
    place = resolve_place(unknown_place(text, country))
    return f"{place.name} {place.country}-{place.region}" if place else None


@pytest.mark.parametrize("name", ["München", "Munich", "Monaco di Baviera", "MUENCHEN", "Мюнхен", "ミュンヘン"])
def test_names_in_several_languages_are_one_place(name: str) -> None:
    place = resolve_place(unknown_place(name, "DE"))
    assert place is not None
    assert place.id == MUNICH


def test_places_of_one_name_differ_by_region_and_country() -> None:
    assert resolve("Paris") == resolve("Paris", "FR") == resolve("Paris, France") == "Paris FR-11"
    assert resolve("Paris, TX") == resolve("Paris, TX, USA") == resolve("Paris", "US") == "Paris US-TX"
    assert resolve("London, England") == resolve("London, UK") == "London GB-ENG"
    assert resolve("London, Ontario") == resolve("London, ON, Canada") == "London CA-08"
    assert resolve("Birmingham, AL, USA") == "Birmingham US-AL"
    assert resolve("Atlanta, Georgia") == "Atlanta US-GA"
    assert resolve("Tbilisi, Georgia") == "Tbilisi GE-51"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Los Angeles, CA", "Los Angeles US-CA"),
        ("Sydney NSW, Australia", "Sydney AU-02"),
        ("Dubai - United Arab Emirates", "Dubai AE-03"),
        ("Riyadh Saudi Arabia", "Riyadh SA-10"),
        ("São Paulo, São Paulo (state)", "São Paulo BR-27"),
        ("St Paul, MN, USA", "Saint Paul US-MN"),
    ],
)
def test_places_are_read_as_the_platforms_write_them(text: str, place: str) -> None:
    assert resolve(text) == place


@pytest.mark.parametrize(
    ("text", "country"),
    [("Springfield", "US"), ("Springfield", None), ("Barcelona", None), ("Nowhere at all", "DE"), ("", None)],
)
def test_a_place_that_is_not_clear_stays_unknown(text: str, country: str | None) -> None:
    assert resolve(text, country) is None


def test_metro_area_is_that_of_the_largest_city_around() -> None:
    metros = {name: gazetteer.find_metro(gazetteer.list_named(name)[0]).name for name in ("Brooklyn", "Potsdam")}
    assert metros == {"Brooklyn": "New York City", "Potsdam": "Berlin"}
    for centre in ("Berlin", "Zapopan", "Santos"):
        place = gazetteer.list_named(centre)[0]
        assert gazetteer.find_metro(place) == place


def test_search_finds_other_names_and_beginnings() -> None:
    assert gazetteer.search("Monaco di Baviera", limit=3)[0].id == MUNICH
    assert "Münster" in {place.name for place in gazetteer.search("Müns", limit=10)}
    assert {PARIS, PARIS_TEXAS} <= {place.id for place in gazetteer.search("paris", limit=10)}
    assert gazetteer.search("  ", limit=3) == []
    assert gazetteer.find_by_id(1) is None
