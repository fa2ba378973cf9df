"""Record what was observed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arti.metrics import observation_store as store
from arti.metrics.catalogue import definition_on
from arti.metrics.observation_store import SeriesKey
from arti.music.store import find_asset_ids, upsert_assets
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core.database import Connection


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a write changed: days that were unknown, days whose value is now another, days that were known already."""

    new: int
    restated: int
    unchanged: int


async def record_observations(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: Provider,
    observations: Sequence[Observation],
    assets: Sequence[AssetRecord] = (),
    terms: str,
    time_zone: str,
    sync_run_id: UUID | None = None,
    import_id: UUID | None = None,
) -> Recorded:
    """Store what a sync or an import saw. The same input twice changes nothing.

    Makes the assets and series that are new. A restated day keeps its old value as a revision. When one day of one
    series comes twice, the later one counts. Raises ValueError for a value that is no finite number, and for an
    asset that is neither given nor known.
    """
    for seen in observations:
        if seen.value is not None and not math.isfinite(seen.value):
            raise ValueError(f"{seen.metric} on {seen.observed_on} is not a finite number")
    if assets:
        by_id = {asset.external_id: asset for asset in assets}
        await upsert_assets(connection, org_id, artist_id=artist_id, provider=provider, assets=list(by_id.values()))
    if not observations:
        return Recorded(0, 0, 0)
    series = await _find_or_create_series(
        connection, org_id, artist_id, provider, observations, terms=terms, time_zone=time_zone
    )
    series_ids = list(dict.fromkeys(series.values()))
    place_of = {id: place for place, id in enumerate(series_ids)}
    latest = {(place_of[series[_named(seen)]], seen.observed_on.toordinal()): seen for seen in observations}
    new, restated = await store.upsert_observations(
        connection,
        org_id,
        provider=provider,
        series_ids=series_ids,
        observations=list(latest.values()),
        series_of=[place for place, _ in latest],
        definitions=[
            max(seen.definition, definition_on(seen.metric, provider, seen.observed_on)) for seen in latest.values()
        ],
        sync_run_id=sync_run_id,
        import_id=import_id,
    )
    return Recorded(new, restated, len(latest) - new - restated)


def _named(seen: Observation) -> tuple[str, str | None, str]:
    return seen.metric, seen.asset_external_id, seen.dimension


async def _find_or_create_series(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    provider: Provider,
    observations: Sequence[Observation],
    *,
    terms: str,
    time_zone: str,
) -> dict[tuple[str, str | None, str], UUID]:
    """Return the series of each (metric, asset's external id, dimension). Raises ValueError for an unknown asset."""
    named = list(dict.fromkeys(_named(seen) for seen in observations))
    external_ids = list({asset for _, asset, _ in named if asset is not None})
    assets: dict[str, UUID] = {}
    if external_ids:
        assets = await find_asset_ids(
            connection, org_id, artist_id=artist_id, provider=provider, external_ids=external_ids
        )
    if len(assets) < len(external_ids):
        raise ValueError("an observation names an asset that is neither given nor known")
    keys = {name: SeriesKey(name[0], assets[name[1]] if name[1] is not None else None, name[2]) for name in named}
    metrics = list({metric for metric, _, _ in named})
    known = await store.find_series_ids(
        connection, org_id, artist_id=artist_id, provider=provider, terms=terms, metrics=metrics
    )
    missing = [key for key in keys.values() if key not in known]
    if missing:
        await store.insert_series(
            connection,
            org_id,
            artist_id=artist_id,
            provider=provider,
            keys=missing,
            terms=terms,
            time_zone=time_zone,
        )
        known = await store.find_series_ids(
            connection, org_id, artist_id=artist_id, provider=provider, terms=terms, metrics=metrics
        )
    return {name: known[key] for name, key in keys.items()}
