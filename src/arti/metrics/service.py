"""Record observations."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arti.metrics import observation_store as store
from arti.metrics.catalogue import SIGNED
from arti.metrics.observation_store import Batch, SeriesKey
from arti.metrics.places.service import resolve_dimensions
from arti.music.store import find_asset_ids, upsert_assets
from arti.providers.contract import AssetRecord, Observation
from arti.providers.states import NEGATIVE, NOT_REPORTED
from arti_core import clock
from arti_core.database import Connection


@dataclass(frozen=True, slots=True)
class ObservationCounts:
    """The numbers of observations of a write: with a new day, with a changed value, unchanged, of an unfinished day."""

    new: int
    restated: int
    unchanged: int
    unfinished: int = 0


async def record_observations(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    observations: Sequence[Observation],
    assets: Sequence[AssetRecord] = (),
    terms: str,
    time_zone: str,
    sync_run_id: UUID | None = None,
    import_id: UUID | None = None,
    entered_by: UUID | None = None,
    known_assets: Mapping[str, UUID] | None = None,
) -> ObservationCounts:
    """Store the observations of a sync run, an import or a person. Idempotent.

    Creates missing assets and series. `known_assets`: ids of assets by what observations call them, where those are
    not the provider's own. A restated day keeps its old value as a revision. Of two observations of one day
    and series the later one is stored. A day that is not over in `time_zone` has no value yet, whoever writes it: its
    observations are left out and counted. Raises ValueError for a value that is not finite, and for an unknown asset.
    """
    for observation in observations:
        if observation.value is not None and not math.isfinite(observation.value):
            raise ValueError(f"{observation.metric} on {observation.observed_on} is not a finite number")
    if assets:
        by_id = {asset.external_id: asset for asset in assets}
        await upsert_assets(connection, org_id, artist_id=artist_id, provider=provider, assets=list(by_id.values()))
    today = clock.today_in(time_zone)
    given, observations = len(observations), [each for each in observations if each.observed_on < today]
    unfinished = given - len(observations)
    if not observations:
        return ObservationCounts(0, 0, 0, unfinished)
    observations = await resolve_places_of(connection, org_id, observations)
    series = await _find_or_create_series(
        connection,
        org_id,
        artist_id,
        provider,
        observations,
        terms=terms,
        time_zone=time_zone,
        known_assets=known_assets or {},
    )
    series_ids = list(dict.fromkeys(series.values()))
    indexes = {id: index for index, id in enumerate(series_ids)}
    latest = {
        (indexes[series[_external_key(observation)]], observation.observed_on.toordinal()): observation
        for observation in observations
    }
    new, restated = await store.write_observations(
        connection,
        org_id,
        Batch(artist_id, provider, sync_run_id, import_id, entered_by),
        series_ids=series_ids,
        observations=list(latest.values()),
        series_indexes=[index for index, _ in latest],
        codes=[_code(observation) for observation in latest.values()],
    )
    return ObservationCounts(new, restated, len(latest) - new - restated, unfinished)


def find_remark(observation: Observation) -> str | None:
    """Return the state of a number that says itself what is wrong with it: below zero where nothing can be."""
    below = observation.value is not None and observation.value < 0
    return NEGATIVE if below and observation.metric not in SIGNED else None


def _code(observation: Observation) -> str | None:
    """Return what is stored beside a value, or instead of one; None for a day that was not reported."""
    if observation.value is not None:
        return observation.state or find_remark(observation)
    return None if observation.null_reason == NOT_REPORTED else observation.null_reason


async def resolve_places_of(
    connection: Connection, org_id: UUID, observations: Sequence[Observation]
) -> list[Observation]:
    """Return the observations with canonical dimensions: known places by number. Raises ValueError for another form.

    Of two texts of one place on one day the first gets the number, and the other stays a text: they are not mixed.
    """
    dimensions = dict.fromkeys(observation.dimension for observation in observations)
    better = await resolve_dimensions(connection, org_id, dimensions)
    if all(better[dimension] == dimension for dimension in dimensions):
        return list(observations)
    texts: dict[tuple[str, str | None, str, date], str] = {}
    resolved = []
    for observation in observations:
        dimension = better[observation.dimension]
        key = (observation.metric, observation.asset_external_id, dimension, observation.observed_on)
        if texts.setdefault(key, observation.dimension) != observation.dimension:
            dimension = observation.dimension
        resolved.append(observation._replace(dimension=dimension))
    return resolved


def _external_key(observation: Observation) -> tuple[str, str | None, str]:
    return observation.metric, observation.asset_external_id, observation.dimension


async def _find_or_create_series(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    provider: str,
    observations: Sequence[Observation],
    *,
    terms: str,
    time_zone: str,
    known_assets: Mapping[str, UUID],
) -> dict[tuple[str, str | None, str], UUID]:
    """Return series ids by (metric, asset's external id, dimension). Raises ValueError for an unknown asset."""
    external_keys = list(dict.fromkeys(_external_key(observation) for observation in observations))
    external_ids = list({asset for _, asset, _ in external_keys if asset is not None and asset not in known_assets})
    assets: dict[str, UUID] = {}
    if external_ids:
        assets = await find_asset_ids(
            connection, org_id, artist_id=artist_id, provider=provider, external_ids=external_ids
        )
    if len(assets) < len(external_ids):
        raise ValueError("an observation refers to an unknown asset")
    assets |= known_assets
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
