"""Values that people type in, or that programs push: checked, then recorded like any other."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from arti.dimensions.text import write_dimension
from arti.dimensions.words import read_value
from arti.metrics.catalogue import Metric
from arti.metrics.service import record_observations
from arti.metrics.sources import schemas, store
from arti.metrics.sources.known import KnownProvider, find_provider, list_metrics
from arti.metrics.sources.subjects import find_assets, subject_key
from arti.music.service import get_artist
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.providers.contract import Observation
from arti.providers.states import NULL_REASONS
from arti.providers.terms import OWN
from arti.vocabulary import EventType
from arti_core import clock
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.outbox import record_event

_WEEK: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class _Entered:
    """A value with its number in the batch, and what is recorded of it."""

    index: int
    value: schemas.EnteredValue
    observation: Observation


async def enter_values(access: Access, slug: str, values: Sequence[schemas.EnteredValue]) -> schemas.EnteredCounts:
    """Store a batch of values of an own source. Idempotent: the same values change nothing.

    A day or week that is not over where the source counts is left out and counted: it has no value yet.

    Raises NotFound for a source, artist or asset that the caller does not see, Invalid, by the number of the value in
    the batch, for a metric, day, value or dimension that makes no sense.
    """
    connection, org_id = access.connection, access.org_id
    source = await find_provider(connection, org_id, slug)
    if source is None or not source.is_own:
        raise NotFound("source")
    metrics = await list_metrics(connection, org_id)
    by_artist: defaultdict[UUID, list[_Entered]] = defaultdict(list)
    for index, value in enumerate(values):
        by_artist[value.artist_id].append(_Entered(index, value, _read(index, value, source, metrics)))
    new = restated = unchanged = unfinished = 0
    for artist_id, entered in by_artist.items():
        await get_artist(connection, org_id, artist_id)
        assets = await find_assets(access, source.slug, artist_id, [each.value for each in entered])
        if source.cadence == "week":
            await _refuse_overlapping_weeks(access, source, artist_id, entered, assets)
        counts = await record_observations(
            connection,
            org_id,
            artist_id=artist_id,
            provider=source.slug,
            observations=[each.observation for each in entered],
            terms=OWN,
            time_zone=source.time_zone,
            entered_by=access.principal.user_id,
            known_assets=assets,
        )
        new, restated, unchanged = new + counts.new, restated + counts.restated, unchanged + counts.unchanged
        unfinished += counts.unfinished
        if counts.new or counts.restated:
            payload = {"artist_id": str(artist_id), "provider": source.slug}
            await record_event(connection, org_id, EventType.OBSERVATIONS_ENTERED, payload)
    if new or restated:
        await audit(access, "source.values_entered", source.slug, {"new": new, "restated": restated})
    return schemas.EnteredCounts(new=new, restated=restated, unchanged=unchanged, unfinished=unfinished)


def _read(index: int, value: schemas.EnteredValue, source: KnownProvider, metrics: dict[str, Metric]) -> Observation:
    field = f"observations.{index}"
    metric = metrics.get(value.metric)
    if metric is None:
        raise Invalid(
            f"There is no metric {value.metric!r}. GET /api/metrics lists them; POST /api/metrics defines one.",
            field=f"{field}.metric",
        )
    today = clock.today_in(source.time_zone)
    if value.on > today or value.on.year < 1990:
        raise Invalid(f"{value.on} is in the future or too long ago.", field=f"{field}.on")
    if value.value is None and value.null_reason not in NULL_REASONS:
        reasons = ", ".join(sorted(NULL_REASONS))
        raise Invalid(f"Without a value, say why in null_reason: {reasons}.", field=f"{field}.null_reason")
    if value.value is not None and value.null_reason is not None:
        raise Invalid("A value has no reason for being missing. Leave null_reason out.", field=f"{field}.null_reason")
    if value.value is not None and value.value < 0 and metric.kind != "flow":
        raise Invalid(f"{metric.name} cannot be below zero.", field=f"{field}.value")
    try:
        parts = {name: read_value(name, text) for name, text in value.dimension.items()}
        dimension = write_dimension(parts)
    except (ValueError, KeyError) as error:
        raise Invalid(f"{error}.", field=f"{field}.dimension") from None
    return Observation(
        metric.slug,
        value.on,
        value.value,
        null_reason=value.null_reason,
        asset_external_id=subject_key(index, value),
        dimension=dimension,
    )


async def _refuse_overlapping_weeks(
    access: Access,
    source: KnownProvider,
    artist_id: UUID,
    entered: Sequence[_Entered],
    assets: Mapping[str, UUID],
) -> None:
    """Raise Invalid for a week that shares days with another one: the days would count twice."""
    days = [each.value.on for each in entered]
    rows = await store.list_days_around(
        access.connection,
        access.org_id,
        artist_id=artist_id,
        provider=source.slug,
        first_on=min(days) - _WEEK,
        last_on=max(days) + _WEEK,
    )
    known = {(row["metric"], row["asset_id"], row["dimension"], row["observed_on"]) for row in rows}
    keys = [(o.metric, assets.get(o.asset_external_id or ""), o.dimension) for o in (e.observation for e in entered)]
    known |= {(*key, each.value.on) for key, each in zip(keys, entered, strict=True)}
    for key, each in zip(keys, entered, strict=True):
        for *other, day in known:
            if tuple(other) == key and timedelta(0) < abs(day - each.value.on) < _WEEK:
                raise Invalid(
                    f"{source.name} counts weeks, and the week up to {each.value.on} shares days with the one up to "
                    f"{day}. Give the last day of each week, seven days apart.",
                    field=f"observations.{each.index}.on",
                )


async def delete_values(access: Access, slug: str) -> int:
    """Remove every number of an own source, and return how many series that were. Raises NotFound, Conflict."""
    source = await find_provider(access.connection, access.org_id, slug)
    if source is None or not source.is_own:
        raise NotFound("source")
    if await store.has_imported_values(access.connection, access.org_id, slug):
        raise Conflict(f"{source.name} has numbers from files. Undo those imports first; then remove the rest.")
    series = await store.delete_series(access.connection, access.org_id, slug)
    await audit(access, "source.values_deleted", slug, {"series": series})
    return series
