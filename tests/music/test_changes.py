"""Merging two songs, linking and splitting off an asset: undone to what was before, and in the audit log."""

from typing import Any
from uuid import UUID, uuid4

from arti.jobs import WorkerContext
from arti.providers.contract import ArtistCredit, AssetRecord
from arti.vocabulary import Provider, Role
from tests.conftest import World
from tests.factories.observations import make_artist
from tests.music.songs import ISRC, RELEASED, list_songs, platforms, sync, titles, track

_STATE = """select array_agg(row order by row) as rows from (
  select 'recording ' || r.id || to_jsonb(r) - 'updated_at' - 'created_at' as row from recordings r
  union all select 'asset ' || a.id || coalesce(a.recording_id::text, '') from assets a
  union all select 'credit ' || c.recording_id || c.name || c.role from credits c
  union all select 'track ' || t::text from release_tracks t
  union all select 'candidate ' || c.asset_id || c.recording_id || c.status from match_candidates c
) all_rows"""


async def state(world: World) -> Any:
    [row] = await world.database.as_owner(_STATE)
    return row["rows"]


async def audited(world: World) -> list[str]:
    rows = await world.database.as_owner(
        "select action from audit_log where action like 'recording.%' order by created_at, id"
    )
    return [row["action"] for row in rows]


async def two_songs(world: World, worker_context: WorkerContext, org_id: UUID) -> UUID:
    """Make an artist with one song under two ISRCs, each on an album."""
    moth = await make_artist(world.database, org_id, "Moth")
    albums = [AssetRecord(f"a{n}", "album", f"Album {n}", None, RELEASED) for n in (1, 2)]
    tracks = [
        track("s1", "Halo", isrc=ISRC, details={"album_id": "a1"}),
        track(
            "s2",
            "Halo",
            isrc="QZAR22600002",
            seconds=240,
            details={"album_id": "a2"},
            artists=(ArtistCredit("Moth"), ArtistCredit("Nilo", "producer")),
        ),
    ]
    await sync(worker_context, org_id, moth, Provider.SPOTIFY, [*albums, *tracks])
    await sync(worker_context, org_id, moth, Provider.YOUTUBE, [track("y1", "Halo", kind="video", seconds=None)])
    return moth


async def test_a_merge_is_undone_to_what_was_before(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_songs(world, worker_context, member.org_id)
    first, second = sorted(await list_songs(member, moth), key=lambda song: song["isrc"])
    before = await state(world)
    merged = await member.http.post(f"/api/recordings/{first['id']}/merge", json={"recording_id": second["id"]})
    assert merged.status_code == 200, merged.text
    [song] = await list_songs(member, moth)
    assert (song["id"], song["isrc"], len(song["assets"])) == (first["id"], ISRC, 2)
    assert {credit["name"] for credit in song["credits"]} == {"Moth", "Nilo"}
    # The merged id leads to the song that stayed.
    assert (await member.http.get(f"/api/recordings/{second['id']}")).json()["id"] == first["id"]
    releases = (await member.http.get("/api/releases", params={"artist_id": str(moth)})).json()["items"]
    assert [release["track_count"] for release in releases] == [1, 1]
    again = await member.http.post(f"/api/recordings/{first['id']}/merge", json={"recording_id": second["id"]})
    assert again.status_code == 409
    changes = (await member.http.get(f"/api/recordings/{first['id']}/changes")).json()["items"]
    assert [(change["kind"], change["other_id"], change["undone_at"]) for change in changes] == [
        ("merge", second["id"], None)
    ]
    for _ in range(2):  # undoing twice is undoing once
        assert (await member.http.post(f"/api/song-changes/{changes[0]['id']}/undo")).status_code == 204
    assert await state(world) == before
    assert await audited(world) == ["recording.merged", "recording.change_undone"]


async def test_later_changes_are_undone_first(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_songs(world, worker_context, member.org_id)
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [track("c1", "Ember")])
    ember, *halos = await list_songs(member, moth)
    before = await state(world)
    made = []
    for target, source in ((halos[0], halos[1]), (ember, halos[0])):
        answer = await member.http.post(f"/api/recordings/{target['id']}/merge", json={"recording_id": source["id"]})
        made.append(answer.json()["change_id"])
    # Both old ids lead to the song that stayed.
    for song in halos:
        assert (await member.http.get(f"/api/recordings/{song['id']}")).json()["id"] == ember["id"]
    assert (await member.http.post(f"/api/song-changes/{made[0]}/undo")).status_code == 409
    for change in reversed(made):
        assert (await member.http.post(f"/api/song-changes/{change}/undo")).status_code == 204
    assert await state(world) == before


async def test_an_asset_is_split_off_and_put_back(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
    clips = [track("y1", "Moth – Halo (Official Video)", kind="video")]
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [track("c1", "Halo (Explicit)", isrc=ISRC)])
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, clips)
    [halo] = await list_songs(member, moth)
    before = await state(world)
    assets = {asset["provider"]: asset["id"] for asset in halo["assets"]}
    split = await member.http.post(f"/api/recordings/{halo['id']}/split", json={"asset_id": assets["soundcloud"]})
    new = split.json()["recording_id"]
    no_song = {"asset_id": assets["youtube"], "as_song": False}
    assert (await member.http.post(f"/api/recordings/{halo['id']}/split", json=no_song)).status_code == 200
    songs = {song["id"]: platforms(song) for song in await list_songs(member, moth)}
    assert songs == {halo["id"]: ["spotify"], new: ["soundcloud"]}
    # Matching leaves it so, although the ISRC is the same.
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, clips)
    assert {song["id"]: platforms(song) for song in await list_songs(member, moth)} == songs
    refused = await member.http.post(f"/api/recordings/{halo['id']}/split", json={"asset_id": assets["soundcloud"]})
    assert refused.status_code == 409
    changes = (await member.http.get(f"/api/recordings/{halo['id']}/changes")).json()["items"]
    for change in changes:
        assert (await member.http.post(f"/api/song-changes/{change['id']}/undo")).status_code == 204
    after = [row for row in await state(world) if new not in row]
    assert after == before
    assert titles(await list_songs(member, moth)) == ["Halo"]
    assert await audited(world) == ["recording.split"] * 2 + ["recording.change_undone"] * 2


async def test_an_asset_is_linked_by_hand(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [track("y1", "at the studio", kind="video")])
    [halo] = await list_songs(member, moth)
    listed = (await member.http.get(f"/api/artists/{moth}/assets", params={"provider": "youtube"})).json()
    video = listed["items"][0]["id"]
    before = await state(world)
    linked = await member.http.post(f"/api/recordings/{halo['id']}/assets", json={"asset_id": video})
    assert platforms((await list_songs(member, moth))[0]) == ["spotify", "youtube"]
    repeated = await member.http.post(f"/api/recordings/{halo['id']}/assets", json={"asset_id": video})
    assert repeated.json()["change_id"] is None
    assert (await member.http.post(f"/api/song-changes/{linked.json()['change_id']}/undo")).status_code == 204
    assert await state(world) == before


async def test_songs_of_another_org_or_without_the_right_stay(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await two_songs(world, worker_context, member.org_id)
    first, second = await list_songs(member, moth)
    other_user = await world.member()
    analyst = await world.member(member.org_id, Role.ANALYST)
    for person, status in ((other_user, 404), (analyst, 403)):
        merge = f"/api/recordings/{first['id']}/merge"
        assert (await person.http.post(merge, json={"recording_id": second["id"]})).status_code == status
        split = f"/api/recordings/{first['id']}/split"
        body = {"asset_id": first["assets"][0]["id"]}
        assert (await person.http.post(split, json=body)).status_code == status
        undo = f"/api/song-changes/{uuid4()}/undo"
        assert (await person.http.post(undo)).status_code == status
    assert len(await list_songs(member, moth)) == 2
