"""Where to play: the cities of one or several artists, each platform beside the others and never added."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from statistics import fmean
from typing import Final
from uuid import UUID

from arti.dimensions.countries import country_name
from arti.dimensions.text import UNKNOWN_PLACE, split_unknown_place
from arti.metrics.audience_places import store
from arti.metrics.audience_places.columns import PREFERRED, CityColumn, read_column
from arti.metrics.audience_places.schemas import (
    AudienceCell,
    AudienceColumn,
    AudiencePlace,
    AudiencePlaces,
    LastShow,
    PlaceGrowth,
)
from arti.metrics.audience_places.shows import find_last_shows
from arti.metrics.breakdown import store as breakdown_store
from arti.metrics.breakdown.parts import Breakdown, PartAmount, SplitSeries, read_series
from arti.metrics.catalogue import Metric
from arti.metrics.comparison.store import list_breaks
from arti.metrics.growth import growth_percent
from arti.metrics.places import gazetteer
from arti.metrics.places.service import describe_place
from arti.metrics.sources.known import KnownProvider, list_metrics, list_providers
from arti.music.schemas import ArtistName
from arti.music.store import find_artist_names
from arti.vocabulary import provider_order
from arti_core import clock
from arti_core.database import Connection
from arti_core.errors import Invalid, NotFound

_MOST_PLACES: Final = 200
_BROKEN: Final = "The platform changed in between how it counts."
_NO_BASE: Final = "There is no number near that day."
_SMALL_BASE: Final = "A base below 100 is too small for a percentage."


async def read_audience_places(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], *, known_on: date | None
) -> AudiencePlaces:
    """Return the cities of artists, as known at the end of `known_on`. Raises NotFound, Invalid."""
    ids = list(dict.fromkeys(artist_ids))
    if not ids:
        raise Invalid("Name whose audience by artist_id.", field="artist_id")
    names = await find_artist_names(connection, org_id, ids)
    if len(names) < len(ids):
        raise NotFound("artist")
    metrics, providers = await list_metrics(connection, org_id), await list_providers(connection, org_id)
    columns = [column for id in ids for column in await _read_columns(connection, org_id, id, metrics, known_on)]
    broken = await _list_broken(connection, columns, known_on)
    cells: defaultdict[str, list[AudienceCell]] = defaultdict(list)
    for index, column in enumerate(columns):
        for rank, part in enumerate(column.now.parts, start=1):
            cells[part.value].append(_cell(index, column, part, rank, broken))
    values = sorted(cells, key=lambda value: (-len(cells[value]), min(cell.rank for cell in cells[value]), value))
    shown = values[:_MOST_PLACES]
    shows = await store.list_shows(connection, org_id, ids, min(known_on or date.max, clock.today()))
    known = {int(value): value for value in shown if not value.startswith(UNKNOWN_PLACE)}
    last_shows = await asyncio.to_thread(find_last_shows, shows, known)
    return AudiencePlaces(
        artists=[ArtistName(id=id, name=names[id]) for id in ids],
        columns=[_describe(column, providers) for column in columns],
        places=[_place(value, cells[value], last_shows.get(value, [])) for value in shown],
        total=len(values),
    )


async def _read_columns(
    connection: Connection, org_id: UUID, artist_id: UUID, metrics: Mapping[str, Metric], known_on: date | None
) -> list[CityColumn]:
    """Return one column for each platform that splits a number of the artist by city."""
    rows = await breakdown_store.list_series(
        connection,
        org_id,
        artist_id,
        assets=[],
        provider=None,
        metrics=None,
        last_on=min(known_on or date.max, clock.today()),
        known_on=known_on,
    )
    by_provider: defaultdict[str, list[SplitSeries]] = defaultdict(list)
    for row in rows:
        series = read_series(row["id"], row["metric"], row["terms"], row["dimension"], row["newest_on"])
        if series is not None:
            by_provider[row["provider"]].append(series)
    columns: list[CityColumn] = []
    for provider in sorted(by_provider, key=provider_order):
        by_city = {series.metric for series in by_provider[provider] if series.split.keys() == {"city"}}
        order = [*(slug for slug in PREFERRED if slug in by_city), *sorted(by_city - set(PREFERRED))]
        if order:
            metric = metrics[order[0]]
            column = await read_column(connection, org_id, artist_id, provider, metric, by_provider[provider], known_on)
            columns += [column] if column is not None else []
    return columns


async def _list_broken(
    connection: Connection, columns: Sequence[CityColumn], known_on: date | None
) -> dict[tuple[str, str], list[date]]:
    """Return the changes of definition by platform and metric in the days that are compared."""
    bases = [[before.as_of for before in column.before.values() if before is not None] for column in columns]
    compared = [(column, min(days)) for column, days in zip(columns, bases, strict=True) if days]
    found: defaultdict[tuple[str, str], list[date]] = defaultdict(list)
    if not compared:
        return found
    rows = await list_breaks(
        connection,
        [column.metric.slug for column, _ in compared],
        [column.provider for column, _ in compared],
        [day for _, day in compared],
        max(column.now.as_of for column, _ in compared),
        known_on=known_on,
    )
    for row in rows:
        found[row["provider"], row["metric"]].append(row["on"])
    return found


def _cell(
    index: int, column: CityColumn, part: PartAmount, rank: int, broken: Mapping[tuple[str, str], Sequence[date]]
) -> AudienceCell:
    average = _average(column.now)
    changes = broken.get((column.provider, column.metric.slug), ())
    return AudienceCell(
        column=index,
        amount=part.amount,
        null_reason=part.null_reason,
        share_percent=None if part.share_percent is None else round(part.share_percent, 1),
        of_average=round(part.amount / average, 1) if part.amount is not None and average else None,
        rank=rank,
        growth=[_growth(span, column.now, before, part, changes) for span, before in column.before.items()],
    )


def _average(breakdown: Breakdown) -> float | None:
    known = [part.amount for part in breakdown.parts if part.amount is not None]
    return fmean(known) if known else None


def _growth(
    span: int, now: Breakdown, before: Breakdown | None, part: PartAmount, changes: Sequence[date]
) -> PlaceGrowth:
    same = next((each for each in before.parts if each.value == part.value), None) if before else None
    base = same.amount if same else None
    percent: float | None = None
    note: str | None = None
    if before is None or base is None or part.amount is None:
        note = _NO_BASE
    elif any(before.as_of < day <= now.as_of for day in changes):
        note = _BROKEN
    else:
        percent = growth_percent(part.amount, base)
        note = _SMALL_BASE if percent is None else None
    return PlaceGrowth.model_validate(
        {
            "days": span,
            "base": base,
            "base_on": before.as_of if before and base is not None else None,
            "percent": None if percent is None else round(percent, 1),
            "note": note,
        }
    )


def _describe(column: CityColumn, providers: Mapping[str, KnownProvider]) -> AudienceColumn:
    now = column.now
    days = "all time" if now.period == "lifetime" else "one day" if now.days == 1 else f"{now.days} days"
    return AudienceColumn(
        artist_id=column.artist_id,
        provider=column.provider,
        provider_name=providers[column.provider].name,
        metric=column.metric.slug,
        name=column.metric.name,
        unit=column.metric.unit,
        period=f"{days} up to {now.as_of.isoformat()}",
        as_of=now.as_of,
        source=sorted({part.source for part in now.parts}),
        cities=len(now.parts),
        average=_average(now),
        whole=now.whole,
        absent=now.rule.absent,
    )


def _place(value: str, cells: list[AudienceCell], shows: list[LastShow]) -> AudiencePlace:
    if value.startswith(UNKNOWN_PLACE):
        text, country = split_unknown_place(value)
        name = f"{text}, {country_name(country)}" if country else text
        return AudiencePlace(value=value, name=name, place=None, cells=cells, last_shows=[])
    place = gazetteer.find_by_id(int(value))
    return AudiencePlace(
        value=value,
        name=place.name if place else value,
        place=describe_place(place) if place else None,
        cells=cells,
        last_shows=shows,
    )
