"""Headlines, summary tiles and asset values of artists, in public form."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from arti.language.messages.reader import for_reader
from arti.metrics import schemas, summary_store
from arti.metrics.catalogue import Metric
from arti.metrics.definitions.store import list_definitions
from arti.metrics.sources.known import list_metrics
from arti.music.schemas import ArtistName
from arti.music.service import get_artist
from arti.music.store import find_artist_names
from arti.providers.terms import source_of
from arti.vocabulary import is_own, provider_order
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import NotFound
from arti_core.paging import Page, make_page, write_text_cursor

HEADLINE_DAYS = 28
_SPARKLINE_DAYS = 30
_PERIOD_LABELS = {"sum:": "28 days", "mean:": "28 days, mean", "last:": "total", "day:": "one day"}


async def list_headlines(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], *, known_on: date | None = None
) -> dict[UUID, list[schemas.Headline]]:
    """Return one number of each platform for each artist; an empty list for an artist without numbers."""
    headlines: dict[UUID, list[schemas.Headline]] = {id: [] for id in artist_ids}
    if not headlines:
        return headlines
    rows = await summary_store.list_headlines(
        connection, org_id, list(headlines), days=HEADLINE_DAYS, known_on=known_on
    )
    metrics = await list_metrics(connection, org_id)
    for row in sorted(rows, key=lambda row: provider_order(row["provider"])):
        metric = metrics[row["metric"]]
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


async def read_summary(
    connection: Connection, org_id: UUID, artist_id: UUID, *, days: int, known_on: date | None = None
) -> schemas.Summary:
    """Return the numbers of the last `days` of an artist's series, without those of assets. Raises NotFound."""
    names = await find_artist_names(connection, org_id, [artist_id])
    if artist_id not in names:
        raise NotFound("artist")
    rows = await summary_store.list_tiles(
        connection, org_id, artist_id, days=days, spark=min(days, _SPARKLINE_DAYS), known_on=known_on
    )
    changes: dict[tuple[str, str, date], Row] = {}
    if any(row["break_on"] for row in rows):
        entries = await list_definitions(connection, known_on=known_on)
        changes = {(entry["metric"], entry["provider"], entry["since_on"]): entry for entry in entries}
    metrics = await list_metrics(connection, org_id)
    order = list(metrics)
    tiles = sorted(
        (_tile(row, metrics[row["metric"]], changes) for row in rows),
        key=lambda tile: (tile.provider, order.index(tile.metric)),
    )
    last = max((tile.as_of for tile in tiles if tile.as_of), default=clock.today())
    return schemas.Summary(
        artist=ArtistName(id=artist_id, name=names[artist_id]),
        period=_period(last, days),
        previous=_period(last - timedelta(days=days), days),
        tiles=tiles,
        providers=sorted({tile.provider for tile in tiles}, key=provider_order),
        updated_at=max((row["known_at"] for row in rows if row["known_at"]), default=None),
    )


def _period(last: date, days: int) -> schemas.Period:
    return schemas.Period(**{"from": last - timedelta(days=days - 1)}, to=last, days=days)


def _tile(row: Row, metric: Metric, changes: Mapping[tuple[str, str, date], Row]) -> schemas.Tile:
    change = changes.get((row["metric"], row["provider"], row["break_on"]))
    definition_break = change and schemas.DefinitionBreak.model_validate({**change, "on": row["break_on"]})
    return schemas.Tile(
        series_id=row["series_id"],
        provider=row["provider"],
        metric=metric.slug,
        name=metric.name,
        unit=metric.unit,
        kind=metric.kind,
        higher_is_better=metric.higher_is_better,
        basis=row["basis"] or "day",
        period=_period(row["as_of"], (row["as_of"] - row["from_on"]).days + 1) if row["as_of"] else None,
        value=row["value"],
        previous=row["previous"],
        change=row["change"],
        change_percent=row["change_percent"],
        change_note=row["change_note"],
        as_of=row["as_of"],
        age_days=row["age_days"],
        stale=row["stale"],
        source=source_of(row["terms"]),
        definition_break=definition_break or None,
        null_reason=row["null_reason"] if row["value"] is None else None,
        spark=row["spark"],
    )


async def list_assets(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    provider: str | None,
    kind: str | None,
    is_song: bool | None = None,
    sort: str,
    after: tuple[str, UUID] | None,
    limit: int,
    known_on: date | None = None,
) -> Page[schemas.Asset]:
    """Return a page of assets with their numbers. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    rows = await summary_store.list_assets(
        connection,
        org_id,
        artist_id,
        provider=provider,
        kind=kind,
        is_song=is_song,
        sort=sort,
        after=after,
        limit=limit + 1,
        known_on=known_on,
    )
    page = make_page(rows, limit, cursor_of=lambda row: write_text_cursor(row["sort_key"], row["id"]))
    metrics = await list_metrics(connection, org_id)
    assets = [
        schemas.Asset.model_validate({**row, "values": [_asset_value(value, metrics) for value in row["values"]]})
        for row in page.items
    ]
    return Page(items=assets, next_cursor=page.next_cursor)


def _asset_value(value: Mapping[str, Any], metrics: Mapping[str, Metric]) -> dict[str, Any]:
    metric = metrics[value["metric"]]
    period = _PERIOD_LABELS.get(value["period"], value["period"])
    return {**value, "name": metric.name, "unit": metric.unit, "period": period}


async def read_catalogue(
    connection: Connection, org_id: UUID, *, known_on: date | None = None
) -> schemas.MetricCatalogue:
    """Return every metric, the org's own last, with the changes of its definition, as known now or on a day."""
    changes: dict[str, list[dict[str, Any]]] = {}
    for row in await list_definitions(connection, known_on=known_on):
        if not row["withdrawn"]:
            changes.setdefault(row["metric"], []).append(dict(row))
    names = ("slug", "name", "unit", "kind", "aggregation", "description", "higher_is_better", "can_fall")
    entries = [
        {name: getattr(metric, name) for name in names}
        | {"definitions": changes.get(metric.slug, [])}
        | ({} if is_own(metric.slug) else {"description": for_reader(metric.description)})
        for metric in (await list_metrics(connection, org_id)).values()
    ]
    return schemas.MetricCatalogue.model_validate({"items": entries})
