"""Headlines, summary tiles and asset values of artists, in public form."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arti.metrics import schemas, summary_store
from arti.metrics.catalogue import CATALOGUE, DEFINITIONS, METRICS
from arti.music.schemas import ArtistName
from arti.music.service import get_artist
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.paging import Page, make_page, write_text_cursor

HEADLINE_DAYS = 28
_SPARKLINE_DAYS = 30
_ORDER = {metric.slug: index for index, metric in enumerate(CATALOGUE)}
_PERIOD_LABELS = {"sum:": "28 days", "mean:": "28 days, mean", "last:": "total", "day:": "one day"}


async def list_headlines(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID]
) -> dict[UUID, list[schemas.Headline]]:
    """Return one number of each platform for each artist; an empty list for an artist without numbers."""
    headlines: dict[UUID, list[schemas.Headline]] = {id: [] for id in artist_ids}
    if not headlines:
        return headlines
    for row in await summary_store.list_headlines(connection, org_id, list(headlines), days=HEADLINE_DAYS):
        metric = METRICS[row["metric"]]
        headlines[row["artist_id"]].append(
            schemas.Headline(
                provider=row["provider"],
                metric=metric.slug,
                name=metric.name,
                unit=metric.unit,
                basis=row["basis"] or "day",
                value=row["value"],
                change_percent=row["change_percent"],
                change_note=row["change_note"],
                period_days=HEADLINE_DAYS,
                as_of=row["as_of"],
                stale=row["stale"],
            )
        )
    return headlines


async def read_summary(connection: Connection, org_id: UUID, artist_id: UUID, *, days: int) -> schemas.Summary:
    """Return the numbers of the last `days` of an artist's series, without those of assets. Raises NotFound."""
    artist = await get_artist(connection, org_id, artist_id)
    rows = await summary_store.list_tiles(connection, org_id, artist_id, days=days, spark=min(days, _SPARKLINE_DAYS))
    tiles = sorted((_tile(row, days) for row in rows), key=lambda tile: (tile.provider, _ORDER[tile.metric]))
    last = max((tile.as_of for tile in tiles if tile.as_of), default=clock.today())
    return schemas.Summary(
        artist=ArtistName(id=artist["id"], name=artist["name"]),
        period=_period(last, days),
        previous=_period(last - timedelta(days=days), days),
        tiles=tiles,
        providers=sorted({tile.provider for tile in tiles}, key=list(Provider).index),
        updated_at=max((row["known_at"] for row in rows), default=None),
    )


def _period(last: date, days: int) -> schemas.Period:
    return schemas.Period(**{"from": last - timedelta(days=days - 1)}, to=last, days=days)


def _tile(row: Row, days: int) -> schemas.Tile:
    metric = METRICS[row["metric"]]
    definition_break = row["break_on"] and schemas.DefinitionBreak(on=row["break_on"], note=row["break_note"])
    return schemas.Tile(
        series_id=row["series_id"],
        provider=row["provider"],
        metric=metric.slug,
        name=metric.name,
        unit=metric.unit,
        kind=metric.kind,
        higher_is_better=metric.higher_is_better,
        basis=row["basis"] or "day",
        period=_period(row["as_of"], days) if row["as_of"] else None,
        value=row["value"],
        previous=row["previous"],
        change=row["change"],
        change_percent=row["change_percent"],
        change_note=row["change_note"],
        as_of=row["as_of"],
        age_days=row["age_days"],
        stale=row["stale"],
        source="import" if row["terms"] == "own" else "sync",
        definition_break=definition_break or None,
        null_reason=row["null_reason"] if row["value"] is None else None,
        spark=row["spark"],
    )


async def list_assets(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    provider: Provider | None,
    kind: str | None,
    sort: str,
    after: tuple[str, UUID] | None,
    limit: int,
) -> Page[schemas.Asset]:
    """Return a page of assets with their numbers. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    rows = await summary_store.list_assets(
        connection, org_id, artist_id, provider=provider, kind=kind, sort=sort, after=after, limit=limit + 1
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    assets = [
        schemas.Asset.model_validate({**row, "values": [_asset_value(value) for value in row["values"]]})
        for row in page.items
    ]
    return Page(items=assets, next_cursor=page.next_cursor)


def _asset_value(value: Mapping[str, Any]) -> dict[str, Any]:
    metric = METRICS[value["metric"]]
    period = _PERIOD_LABELS.get(value["period"], value["period"])
    return {**value, "name": metric.name, "unit": metric.unit, "period": period}


def read_catalogue() -> schemas.MetricCatalogue:
    """Return every metric with the changes of its definition."""
    entries = []
    for metric in CATALOGUE:
        changes = [
            {"provider": d.provider, "version": d.version, "since_on": d.since_on, "note": d.note}
            for d in DEFINITIONS
            if d.metric == metric.slug
        ]
        names = ("slug", "name", "unit", "kind", "aggregation", "description", "higher_is_better")
        entries.append({name: getattr(metric, name) for name in names} | {"definitions": changes})
    return schemas.MetricCatalogue.model_validate({"items": entries})
