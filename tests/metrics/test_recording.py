"""Recording of observations: idempotent, with revisions, under the caller's policies."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti.metrics.catalogue import CATALOGUE
from arti.metrics.service import ObservationCounts, record_observations
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider
from arti_core.database import Principal, member_transaction, open_pool
from tests.conftest import Member, World
from tests.factories.observations import make_artist, store_observations

DAY = date(2026, 3, 1)


async def read_number(world: World, org_id: UUID, sql: str) -> float:
    [row] = await world.database.as_owner(f"{sql} where org_id = $1", org_id)
    return float(row[0])


async def test_recording_is_idempotent(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    track = AssetRecord("track-1", "track", "Night Drive", isrc="NLA202600001")
    observations = [
        Observation("consumption.streams", DAY, 10),
        Observation("consumption.streams", DAY.replace(day=2), None, null_reason="not reported"),
        Observation("consumption.streams", DAY, 7, asset_external_id="track-1"),
        Observation("consumption.streams", DAY, 3, dimension="country=NL"),
    ]
    first = await store_observations(worker_context, member.org_id, artist, observations, [track])
    second = await store_observations(worker_context, member.org_id, artist, observations, [track])
    assert (first, second) == (ObservationCounts(4, 0, 0), ObservationCounts(0, 0, 4))
    assert await read_number(world, member.org_id, "select count(*) from observation_revisions") == 0
    assert await read_number(world, member.org_id, "select count(*) from series") == 3


async def test_restated_day_keeps_a_revision(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await store_observations(worker_context, member.org_id, artist, [Observation("consumption.streams", DAY, 10)])
    changed = [Observation("consumption.streams", DAY, 12), Observation("consumption.streams", DAY.replace(day=2), 5)]
    assert await store_observations(worker_context, member.org_id, artist, changed) == ObservationCounts(1, 1, 0)
    rows = await world.database.as_owner(
        """select o.value, r.value as before
           from observations o join observation_revisions r using (series_id, observed_on) where o.org_id = $1""",
        member.org_id,
    )
    assert [(row["value"], row["before"]) for row in rows] == [(12, 10)]


async def test_last_of_two_values_for_one_day_is_stored(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    observations = [Observation("consumption.streams", DAY, 10), Observation("consumption.streams", DAY, 11)]
    assert await store_observations(worker_context, member.org_id, artist, observations) == ObservationCounts(1, 0, 0)
    assert await read_number(world, member.org_id, "select value from observations") == 11


async def test_value_that_is_not_finite_is_refused(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    with pytest.raises(ValueError, match="finite"):
        await store_observations(
            worker_context, member.org_id, artist, [Observation("consumption.streams", DAY, float("nan"))]
        )


async def test_unknown_asset_is_refused(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    observations = [Observation("consumption.streams", DAY, 1, asset_external_id="unknown")]
    with pytest.raises(ValueError, match="unknown asset"):
        await store_observations(worker_context, member.org_id, artist, observations)


async def record_as_member(world: World, member: Member, org_id: UUID, artist_id: UUID) -> ObservationCounts:
    pool = await open_pool(
        world.settings.database_url.get_secret_value(), size=1, claims_key=world.settings.claims_signing_key
    )
    try:
        async with member_transaction(pool, Principal(member.user_id, None)) as connection:
            return await record_observations(
                connection,
                org_id,
                artist_id=artist_id,
                provider=Provider.YOUTUBE,
                observations=[Observation("consumption.views", date(2025, 4, 1), 5)],
                terms="own",
                time_zone="America/Los_Angeles",
                import_id=uuid4(),
            )
    finally:
        await pool.close()


async def test_member_records_only_in_their_own_org(world: World) -> None:
    member, foreign_member = await world.member(), await world.member()
    artist = await make_artist(world.database, member.org_id)
    assert await record_as_member(world, member, member.org_id, artist) == ObservationCounts(1, 0, 0)
    with pytest.raises(Exception, match="row-level security"):
        await record_as_member(world, foreign_member, member.org_id, artist)


async def test_day_after_a_change_of_definition_has_the_new_version(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await record_as_member(world, member, member.org_id, artist)
    assert await read_number(world, member.org_id, "select definition from observations") == 2


async def test_catalogue_is_equal_in_code_and_database(world: World) -> None:
    rows = await world.database.as_owner(
        """select slug, name, unit, kind, aggregation, description, higher_is_better, can_fall
           from metrics order by slug"""
    )
    assert [tuple(row) for row in rows] == sorted(
        (m.slug, m.name, m.unit, m.kind, m.aggregation, m.description, m.higher_is_better, m.can_fall)
        for m in CATALOGUE
    )
