"""Two releases that are one: the accepted match is undone to what was before, as is a rejected one."""

from typing import Any
from uuid import UUID

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider, Role
from tests.conftest import Member, World
from tests.factories.observations import make_artist
from tests.music.songs import RELEASED, sync, track, waiting
from tests.music.test_access import scoped

UPC = "036000291452"
_STATE = """select array_agg(row order by row) as rows from (
  select 'release ' || r.id || to_jsonb(r) - 'updated_at' - 'created_at' as row from releases r
  union all select 'asset ' || a.id || coalesce(a.release_id::text, '') from assets a
  union all select 'credit ' || c.release_id || c.name || c.role from credits c where c.release_id is not null
  union all select 'track ' || t::text from release_tracks t
  union all select 'candidate ' || c.asset_id || coalesce(c.recording_id, c.release_id) || c.status
    from match_candidates c
) all_rows"""


async def state(world: World) -> Any:
    [row] = await world.database.as_owner(_STATE)
    return row["rows"]


async def list_releases(member: Member, artist_id: UUID) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await member.http.get("/api/releases", params={"artist_id": str(artist_id)})).json()[
        "items"
    ]
    return items


async def two_albums(world: World, worker_context: WorkerContext, org_id: UUID) -> UUID:
    """Make an artist with one album on two platforms, which only a person can tell; the second has a track more."""
    moth = await make_artist(world.database, org_id, "Moth")
    album = AssetRecord("a1", "album", "Night Shift", None, RELEASED)
    tracks = [track("s1", "Halo", details={"album_id": "a1"}), track("s2", "Ember", details={"album_id": "a1"})]
    await sync(worker_context, org_id, moth, Provider.SPOTIFY, [album, *tracks])
    other = AssetRecord("b1", "album", "Night Shift", None, None, upc=UPC, details={"label": "Owl"})
    more = [track("c1", "Halo", details={"album_id": "b1"}), track("c2", "Saltwater", details={"album_id": "b1"})]
    await sync(worker_context, org_id, moth, Provider.SOUNDCLOUD, [other, *more])
    return moth


async def test_an_accepted_match_of_releases_is_undone(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_albums(world, worker_context, member.org_id)
    assert sorted(each["track_count"] for each in await list_releases(member, moth)) == [2, 2]
    [match] = [each for each in await waiting(member) if each["release"]]
    before = await state(world)
    accepted = await member.http.post(f"/api/match-candidates/{match['id']}/accept")
    assert accepted.status_code == 200, accepted.text
    [release] = await list_releases(member, moth)
    assert (release["track_count"], release["upc"], release["label"]) == (3, UPC, "Owl")
    calendar = await member.http.get("/api/calendar", params={"from": str(RELEASED), "to": str(RELEASED)})
    assert [item["title"] for item in calendar.json()["items"] if item["kind"] == "release"] == ["Night Shift"]
    # Neither a sync nor the old address knows the other one any more.
    again = AssetRecord("b1", "album", "Night Shift", None, None, upc=UPC, details={"label": "Owl"})
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [again])
    [same] = await list_releases(member, moth)
    assert same == release
    [change] = (await member.http.get("/api/song-changes", params={"artist_id": str(moth)})).json()["items"]
    assert (change["kind"], change["title"], change["other_title"]) == ("merge", "Night Shift", "Night Shift")
    merged = (await member.http.get(f"/api/releases/{change['other_release_id']}")).json()
    assert merged["id"] == release["id"]
    refused = await member.http.patch(f"/api/releases/{change['other_release_id']}", json={"title": "Day Shift"})
    assert refused.status_code == 422
    assert accepted.json()["change_id"] == change["id"]
    for _ in range(2):
        undone = await member.http.post(f"/api/song-changes/{change['id']}/undo")
        assert undone.status_code == 204, undone.text
    assert await state(world) == before
    rows = await world.database.as_owner(
        "select action from audit_log where action like 'release.%' order by created_at, id"
    )
    assert [row["action"] for row in rows] == ["release.merged", "release.change_undone"]


async def test_a_rejected_match_is_undone(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_albums(world, worker_context, member.org_id)
    before = await state(world)
    for match in await waiting(member):
        assert (await member.http.post(f"/api/match-candidates/{match['id']}/reject")).status_code == 204
    assert await waiting(member) == []
    changes = (await member.http.get("/api/song-changes", params={"artist_id": str(moth)})).json()["items"]
    assert changes
    assert {change["kind"] for change in changes} == {"reject"}
    for change in changes:
        assert (await member.http.post(f"/api/song-changes/{change['id']}/undo")).status_code == 204
    assert await state(world) == before


async def test_other_matches_of_an_asset_come_back_with_it(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    songs = [track("s1", "Halo", seconds=180), track("s2", "Halo (Live)", seconds=200)]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, songs)
    clip = track("y1", "Moth – Halo (Live at Home)", kind="video", seconds=None, on=None)
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [clip])
    await world.database.as_owner(
        """insert into match_candidates (org_id, artist_id, asset_id, recording_id, score, reasons)
           select a.org_id, a.artist_id, a.id, r.id, 0.6, '[]' from assets a join recordings r on r.org_id = a.org_id
           where a.external_id = 'y1' on conflict do nothing"""
    )
    before = await state(world)
    open_matches = await waiting(member)
    assert len(open_matches) >= 2
    accepted = await member.http.post(f"/api/match-candidates/{open_matches[0]['id']}/accept")
    assert await waiting(member) == []
    undone = await member.http.post(f"/api/song-changes/{accepted.json()['change_id']}/undo")
    assert undone.status_code == 204
    assert await state(world) == before


async def test_a_release_with_an_unseen_artist_is_not_merged(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_albums(world, worker_context, member.org_id)
    ines = await make_artist(world.database, member.org_id, "Ines Vale")
    await world.database.as_owner(
        """insert into credits (org_id, recording_id, artist_id, name, role)
           select t.org_id, t.recording_id, $1, 'Ines Vale', 'featured' from release_tracks t
           join recordings r on r.org_id = t.org_id and r.id = t.recording_id and r.title = 'Saltwater'""",
        ines,
    )
    [match] = [each for each in await waiting(member) if each["release"]]
    manager = await scoped(world, member.org_id, Role.MANAGER, moth)
    refused = await manager.http.post(f"/api/match-candidates/{match['id']}/accept")
    assert refused.status_code == 403
    assert "do not see" in refused.json()["message"]
    assert (await member.http.post(f"/api/match-candidates/{match['id']}/accept")).status_code == 200
