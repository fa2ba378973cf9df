"""Record observations."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arti.metrics import observation_store as store
from arti.metrics.catalogue import definition_version
from arti.metrics.observation_store import SeriesKey
from arti.music.store import find_asset_ids, upsert_assets
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core.database import Connection


@dataclass(frozen=True, slots=True)
class ObservationCounts:
    """The numbers of observations of a write: with a new day, with a changed value, unchanged."""

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
) -> ObservationCounts:
    """Store the observations of a sync run or an import. Idempotent.

    Creates missing assets and series. A restated day keeps its old value as a revision. Of two observations of one day
    and series the later one is stored. Raises ValueError for a value that is not finite, and for an unknown asset.
    """
    for observation in observations:
        if observation.value is not None and not math.isfinite(observation.value):
            raise ValueError(f"{observation.metric} on {observation.observed_on} is not a finite number")
    if assets:
        by_id = {asset.external_id: asset for asset in assets}
        await upsert_assets(connection, org_id, artist_id=artist_id, provider=provider, assets=list(by_id.values()))
    if not observations:
        return ObservationCounts(0, 0, 0)
    series = await _find_or_create_series(
        connection, org_id, artist_id, provider, observations, terms=terms, time_zone=time_zone
    )
    series_ids = list(dict.fromkeys(series.values()))
    indexes = {id: index for index, id in enumerate(series_ids)}
    latest = {
        (indexes[series[_external_key(observation)]], observation.observed_on.toordinal()): observation
        for observation in observations
    }
    new, restated = await store.upsert_observations(
        connection,
        org_id,
        provider=provider,
        series_ids=series_ids,
        observations=list(latest.values()),
        series_indexes=[index for index, _ in latest],
        definitions=[
            max(observation.definition, definition_version(observation.metric, provider, observation.observed_on))
            for observation in latest.values()
        ],
        sync_run_id=sync_run_id,
        import_id=import_id,
    )
    return ObservationCounts(new, restated, len(latest) - new - restated)


def _external_key(observation: Observation) -> tuple[str, str | None, str]:
    return observation.metric, observation.asset_external_id, observation.dimension


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
    """Return series ids by (metric, asset's external id, dimension). Raises ValueError for an unknown asset."""
    external_keys = list(dict.fromkeys(_external_key(observation) for observation in observations))
    external_ids = list({asset for _, asset, _ in external_keys if asset is not None})
    assets: dict[str, UUID] = {}
    if external_ids:
        assets = await find_asset_ids(
            connection, org_id, artist_id=artist_id, provider=provider, external_ids=external_ids
        )
    if len(assets) < len(external_ids):
        raise ValueError("an observation refers to an unknown asset")
    keys = {
        (metric, asset, dimension): SeriesKey(metric, assets[asset] if asset is not None else None, dimension)
        for metric, asset, dimension in external_keys
    }
    metrics = list({metric for metric, _, _ in external_keys})
    ids = await store.find_series_ids(
        connection, org_id, artist_id=artist_id, provider=provider, terms=terms, metrics=metrics
    )
    missing = [key for key in keys.values() if key not in ids]
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
        ids = await store.find_series_ids(
            connection, org_id, artist_id=artist_id, provider=provider, terms=terms, metrics=metrics
        )
    return {external_key: ids[key] for external_key, key in keys.items()}
