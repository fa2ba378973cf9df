"""Daily values follow the artist, the feature and the money of their series, with the lineage of each value."""

from datetime import date
from uuid import UUID

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.observations import make_artist, store_observations

DAY = date(2026, 3, 1)
STREAMS, REVENUE = "consumption.streams", "money.estimated_revenue"


async def series_ids(world: World, org_id: UUID) -> dict[tuple[str, str | None], UUID]:
    rows = await world.database.as_owner(
        """select s.id, s.metric, r.name || coalesce(' ' || a.title, '') as thing
           from series s join artists r on r.org_id = s.org_id and r.id = s.artist_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id where s.org_id = $1""",
        org_id,
    )
    return {(row["thing"], row["metric"]): row["id"] for row in rows}


async def read(member: Member, series_id: UUID) -> list[tuple[float, str]] | int:
    """Return (value, kind of source) of each day, or the status of a refusal."""
    answer = await member.http.get("/api/observations", params={"series_id": str(series_id)})
    if answer.status_code != 200:
        return answer.status_code
    return [(row["value"], row["source"]["kind"]) for row in answer.json()["items"]]


async def test_values_are_those_of_visible_artists_and_features(world: World, worker_context: WorkerContext) -> None:
    org = await world.org()
    mira = await make_artist(world.database, org, "Mira")
    guest, analyst, manager = [await world.member(org, role) for role in (Role.GUEST, Role.ANALYST, Role.MANAGER)]
    other = await make_artist(world.database, org, "Other")
    for artist in (mira, other):
        track = [AssetRecord("t1", "track", "Song")]
        page = [
            Observation(STREAMS, DAY, 5),
            Observation(STREAMS, DAY, 6, asset_external_id="t1"),
            Observation(REVENUE, DAY, 7),
        ]
        await store_observations(worker_context, org, artist, page, track)
    ids = await series_ids(world, org)
    assert await read(guest, ids["Mira", STREAMS]) == [(5, "sync")]
    assert await read(guest, ids["Other", STREAMS]) == 404
    assert await read(guest, ids["Other Song", STREAMS]) == 404
    assert await read(analyst, ids["Other Song", STREAMS]) == [(6, "sync")]
    for member in (guest, analyst):
        assert await read(member, ids["Mira", REVENUE]) == 404
    assert await read(manager, ids["Mira", REVENUE]) == [(7, "sync")]

    # Mira is featured on the other's song: its values are hers too, and where they come from.
    await world.database.as_owner(
        """with song as (insert into recordings (org_id, title) values ($1, 'Song') returning id),
             credited as (insert into credits (org_id, recording_id, artist_id, name, role)
                          select $1, id, $2, 'Mira', 'featured' from song)
           update assets set recording_id = (select id from song) where org_id = $1 and artist_id = $3""",
        org,
        mira,
        other,
    )
    assert await read(guest, ids["Other Song", STREAMS]) == [(6, "sync")]
    assert await read(guest, ids["Other", STREAMS]) == 404
    await world.database.as_owner(
        """insert into user_permissions (org_id, user_id, provider, can_read)
           select $1, u, 'spotify', false from unnest($2::uuid[]) u""",
        org,
        [guest.user_id, manager.user_id],
    )
    for member in (guest, manager):
        assert await read(member, ids["Mira", STREAMS]) == 404
