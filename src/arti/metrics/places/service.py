"""Cities as places: resolve the texts of sources, list those that are not clear, keep what a person decides."""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Final
from uuid import UUID

from arti.dimensions.countries import country_name
from arti.dimensions.text import UNKNOWN_PLACE, parse_dimension, split_unknown_place, unknown_place, write_dimension
from arti.metrics.places import gazetteer, schemas, store
from arti.metrics.places.gazetteer import Place
from arti.metrics.places.resolution import resolve_place
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti_core.database import Connection
from arti_core.errors import Invalid

_CANDIDATES: Final = 8


def place_name(place: Place) -> schemas.PlaceName:
    """Return a place with its country and metro area by name."""
    metro = gazetteer.find_metro(place)
    return schemas.PlaceName(
        id=place.id,
        name=place.name,
        country=place.country,
        country_name=country_name(place.country),
        metro_id=metro.id,
        metro_name=metro.name,
    )


def describe_place(place: Place) -> schemas.PlaceEntry:
    """Return everything about a place."""
    return schemas.PlaceEntry(
        **place_name(place).model_dump(),
        region=place.region,
        latitude=place.latitude,
        longitude=place.longitude,
        population=place.population,
    )


async def resolve_dimensions(connection: Connection, org_id: UUID, dimensions: Collection[str]) -> dict[str, str]:
    """Return the canonical form of each dimension, with the number of a place where its text is clear.

    What a person of the org decided comes first. Raises ValueError for a dimension in another form.
    """
    parsed = {dimension: parse_dimension(dimension) for dimension in dict.fromkeys(dimensions)}
    texts = {parts["city"] for parts in parsed.values() if parts.get("city", "").startswith(UNKNOWN_PLACE)}
    if not texts:
        return {dimension: dimension for dimension in parsed}
    decided = await store.list_names(connection, org_id)
    places = await asyncio.to_thread(_resolve, texts, decided)
    return {
        dimension: write_dimension(parts | {"city": str(places[parts["city"]])})
        if parts.get("city") in places
        else dimension
        for dimension, parts in parsed.items()
    }


def _resolve(texts: Collection[str], decided: dict[str, int]) -> dict[str, int]:
    found = {}
    for text in texts:
        if (known := decided.get(text.removeprefix(UNKNOWN_PLACE))) is not None:
            found[text] = known
        elif (place := resolve_place(text)) is not None:
            found[text] = place.id
    return found


async def resolve_stored(connection: Connection, org_id: UUID) -> int:
    """Give the series that are under a clear text of a place its number. Returns how many. Safe to repeat."""
    rows = await store.list_unknown(connection, org_id)
    resolved = await resolve_dimensions(connection, org_id, [row["dimension"] for row in rows])
    renamed = 0
    for old, new in resolved.items():
        if old != new:
            count, _ = await store.rename_dimension(connection, org_id, old, new)
            renamed += count
    return renamed


async def list_unknown(connection: Connection, org_id: UUID) -> list[schemas.UnknownPlace]:
    """Return the texts of places that are not clear, those of the most series first."""
    series: defaultdict[str, int] = defaultdict(int)
    artists: defaultdict[str, set[UUID]] = defaultdict(set)
    for row in await store.list_unknown(connection, org_id):
        city = parse_dimension(row["dimension"])["city"]
        series[city] += row["series"]
        artists[city] |= set(row["artist_ids"])
    return await asyncio.to_thread(_describe_unknown, series, artists)


def _describe_unknown(series: dict[str, int], artists: dict[str, set[UUID]]) -> list[schemas.UnknownPlace]:
    found = []
    for city in sorted(series, key=lambda each: (-series[each], each)):
        text, country = split_unknown_place(city)
        candidates = gazetteer.list_named(text.partition(",")[0])
        found.append(
            schemas.UnknownPlace(
                text=text,
                country=country,
                series=series[city],
                artist_ids=sorted(artists[city]),
                candidates=[describe_place(place) for place in candidates if country in (None, place.country)][
                    :_CANDIDATES
                ],
            )
        )
    return found


async def decide_place(actor: Actor, decision: schemas.PlaceDecision) -> schemas.DecidedPlace:
    """Keep which place a text means, and move the stored series there. Raises Invalid for an unknown place."""
    assert actor.principal is not None
    connection, org_id = actor.connection, actor.org_id
    place = await asyncio.to_thread(gazetteer.find_by_id, decision.place_id)
    if place is None:
        raise Invalid("There is no place with this number. GET /api/places finds one by its name.", field="place_id")
    value = unknown_place(decision.text, decision.country)
    await store.upsert_name(
        connection, org_id, value.removeprefix(UNKNOWN_PLACE), place.id, decided_by=actor.principal.user_id
    )
    renamed = kept = 0
    for row in await store.list_unknown(connection, org_id):
        parts = parse_dimension(row["dimension"])
        if parts["city"] == value:
            new = write_dimension(parts | {"city": str(place.id)})
            moved, stayed = await store.rename_dimension(connection, org_id, row["dimension"], new)
            renamed, kept = renamed + moved, kept + stayed
    await audit(actor, "place.decided", str(place.id), {"text": decision.text, "place": place.name})
    return schemas.DecidedPlace(place=describe_place(place), renamed=renamed, kept=kept)
