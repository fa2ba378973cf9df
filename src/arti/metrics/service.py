"""What the product does with numbers: record them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from arti.base.database import Connection
from arti.metrics import observations as store
from arti.metrics.catalogue import definition_on
from arti.metrics.observations import SeriesKey
from arti.providers.contract import AssetSeen, Observation
from arti.vocabulary import Provider


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
    assets: Sequence[AssetSeen] = (),
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
    latest: dict[tuple[SeriesKey, int], Observation] = {}
    keys: dict[SeriesKey, int] = {}
    for seen in observations:
        if seen.value is not None and not math.isfinite(seen.value):
            raise ValueError(f"{seen.metric} on {seen.observed_on} is not a finite number")
        key = SeriesKey(seen.metric, seen.asset_external_id, seen.dimension)
        keys.setdefault(key, len(keys))
        latest[key, seen.observed_on.toordinal()] = seen
    if assets:
        by_id = {asset.external_id: asset for asset in assets}
        await store.upsert_assets(
            connection, org_id, artist_id=artist_id, provider=provider, assets=list(by_id.values())
        )
    if not latest:
        return Recorded(0, 0, 0)
    await store.insert_series(
        connection,
        org_id,
        artist_id=artist_id,
        provider=provider,
        keys=list(keys),
        terms=terms,
        time_zone=time_zone,
    )
    new, restated, found = await store.upsert_observations(
        connection,
        org_id,
        artist_id=artist_id,
        provider=provider,
        keys=list(keys),
        terms=terms,
        key_of=[keys[key] for key, _ in latest],
        observations=list(latest.values()),
        definitions=[
            max(seen.definition, definition_on(seen.metric, provider, seen.observed_on)) for seen in latest.values()
        ],
        sync_run_id=sync_run_id,
        import_id=import_id,
    )
    if found < len(keys):
        raise ValueError("an observation names an asset that is neither given nor known")
    return Recorded(new, restated, len(latest) - new - restated)
