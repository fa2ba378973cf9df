"""What syncs bring becomes songs: certain matches are linked, doubtful ones wait for a person."""

from dataclasses import replace
from datetime import date

from arti.jobs import WorkerContext
from arti.providers.contract import ArtistCredit, AssetRecord
from arti.vocabulary import Provider
from tests.conftest import World
from tests.factories.observations import make_artist
from tests.job_runner import run_due_jobs
from tests.music.songs import ISRC, RELEASED, list_songs, platforms, sync, titles, track, waiting


async def test_one_song_on_four_platforms_is_one_recording(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    for provider, assets in (
        (Provider.SPOTIFY, [track("s1", "Halo", isrc="qz-ar2-26-00001")]),
        (Provider.SOUNDCLOUD, [track("c1", "halo (explicit)", isrc=ISRC)]),
        (Provider.YOUTUBE, [track("y1", "Moth – Halo (Official Video)", kind="video", seconds=214)]),
        (Provider.INSTAGRAM, [track("i0", "Halo", kind="sound", isrc=ISRC, seconds=30)]),
        (Provider.INSTAGRAM, [track("i1", "out now!", kind="reel", seconds=15, details={"sound_id": "i0"})]),
        (Provider.INSTAGRAM, [track("i2", "a day at the sea", kind="post", seconds=None)]),
    ):
        await sync(worker_context, member.org_id, moth, provider, assets)
    [halo] = await list_songs(member, moth)
    assert (halo["title"], halo["isrc"], halo["duration_ms"]) == ("Halo", ISRC, 180_000)
    assert sorted((asset["provider"], asset["kind"]) for asset in halo["assets"]) == [
        ("instagram", "reel"),
        ("instagram", "sound"),
        ("soundcloud", "track"),
        ("spotify", "track"),
        ("youtube", "video"),
    ]
    assert halo["credits"] == [{"artist_id": str(moth), "name": "Moth", "role": "main"}]
    assert await waiting(member) == []
    # Why each was linked is kept.
    linked = (await member.http.get("/api/match-candidates", params={"status": "linked"})).json()["items"]
    codes = {item["asset"]["external_id"]: item["reasons"][0]["code"] for item in linked}
    assert codes == {"c1": "isrc", "y1": "title", "i0": "isrc", "i1": "platform_id"}


async def test_versions_are_songs_of_their_own(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    assets = [
        track("5", "Halo (Sped Up)", seconds=150),
        track("4", "Halo - Live at Wembley", seconds=201),
        track("3", "Halo (Nilo Remix)"),
        track("2", "Halo (Instrumental)"),
        track("1", "Halo"),
    ]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, assets)
    songs = await list_songs(member, moth)
    assert sorted(titles(songs)) == [
        "Halo",
        "Halo (Instrumental)",
        "Halo (Live at Wembley)",
        "Halo (Nilo Remix)",
        "Halo (Sped Up)",
    ]
    [original] = [song for song in songs if song["version_title"] is None]
    assert {song["version_of"] for song in songs} == {None, original["id"]}
    [remix] = [song for song in songs if song["version_title"] == "Nilo Remix"]
    assert {"artist_id": None, "name": "Nilo", "role": "remixer"} in remix["credits"]
    assert await waiting(member) == []


async def test_a_doubtful_match_waits_and_is_decided_once(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo"), track("s2", "Ember")])
    doubtful = [track("c1", "Halo", seconds=None, on=None), track("c2", "Ember", seconds=None, on=None)]
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, doubtful)
    # Until then each is a song of its own.
    assert titles(await list_songs(member, moth)) == ["Ember", "Ember", "Halo", "Halo"]
    by_title = {item["asset"]["title"]: item for item in await waiting(member)}
    assert {item["score"] for item in by_title.values()} == {0.75}
    assert [reason["code"] for reason in by_title["Halo"]["reasons"]] == ["title", "artist"]
    accepted = await member.http.post(f"/api/match-candidates/{by_title['Halo']['id']}/accept")
    assert accepted.status_code == 200
    rejected = await member.http.post(f"/api/match-candidates/{by_title['Ember']['id']}/reject")
    assert rejected.status_code == 204
    again = await member.http.post(f"/api/match-candidates/{by_title['Halo']['id']}/reject")
    assert again.status_code == 409
    songs = await list_songs(member, moth)
    assert titles(songs) == ["Ember", "Ember", "Halo"]
    assert platforms(songs[2]) == ["soundcloud", "spotify"]
    # What a person rejected is never proposed again, also not with better evidence.
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, [replace(doubtful[1], released_on=RELEASED)])
    assert await waiting(member) == []
    # An accepted match can be undone, and then waits again.
    undone = await member.http.post(f"/api/song-changes/{accepted.json()['change_id']}/undo")
    assert undone.status_code == 204
    assert [item["asset"]["title"] for item in await waiting(member)] == ["Halo"]


async def test_a_feature_is_credited_to_each_of_its_artists(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    ines = await make_artist(world.database, member.org_id, "Ines Vale")
    credits = (ArtistCredit("Moth", external_id="sp-moth"), ArtistCredit("Ines Vale"), ArtistCredit("Somebody"))
    song = track("s1", "Halo (feat. Ines Vale)", isrc=ISRC, artists=credits)
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [song])
    # The same track, read under the other artist: one song, not two.
    await sync(worker_context, member.org_id, ines, Provider.SPOTIFY, [song])
    await sync(worker_context, member.org_id, ines, Provider.SOUNDCLOUD, [track("c1", "Moth - Halo", isrc=ISRC)])
    assert await list_songs(member, moth) == await list_songs(member, ines)
    [halo] = await list_songs(member, ines)
    assert [(credit["name"], credit["role"], credit["artist_id"]) for credit in halo["credits"]] == [
        ("Moth", "main", str(moth)),
        ("Ines Vale", "featured", str(ines)),
        ("Somebody", "main", None),
    ]
    artist = (await member.http.get(f"/api/artists/{moth}")).json()
    assert artist["external_ids"] == [{"provider": "spotify", "external_id": "sp-moth", "url": None}]


async def test_an_alias_is_the_artists_name_too(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    credited = track("s1", "Halo", isrc=ISRC, artists=(ArtistCredit("DJ Nachtfalter"),))
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [credited])
    video = track("y1", "Nachtfalter – Halo (Official Video)", kind="video")
    changed = await member.http.patch(f"/api/artists/{moth}", json={"aliases": ["DJ Nachtfalter", "Nachtfalter"]})
    assert changed.json()["aliases"] == ["DJ Nachtfalter", "Nachtfalter"]
    await sync(worker_context, member.org_id, moth, Provider.YOUTUBE, [video])
    rows = await world.database.as_owner("select count(distinct recording_id) as many from assets")
    assert rows[0]["many"] == 1


async def test_songs_are_never_matched_across_orgs_or_artists(world: World, worker_context: WorkerContext) -> None:
    for name in ("Moth", "Moth", "Ines Vale"):
        member = await world.member()
        artist = await make_artist(world.database, member.org_id, name)
        await sync(worker_context, member.org_id, artist, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
        [halo] = await list_songs(member, artist)
        assert platforms(halo) == ["spotify"]
    other = await make_artist(world.database, member.org_id, "Nilo")
    await sync(worker_context, member.org_id, other, Provider.SPOTIFY, [track("s2", "Halo")])
    assert titles(await list_songs(member, other)) == ["Halo"]
    assert await waiting(member) == []
    rows = await world.database.as_owner("select count(*) as many from recordings where title = 'Halo'")
    assert rows[0]["many"] == 4


async def test_albums_become_releases_with_tracks(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    single = AssetRecord("a1", "album", "Halo", None, RELEASED, upc="0036000291452", details={"album_type": "single"})
    later = date(2026, 9, 4)
    album = AssetRecord("a2", "album", "Night Rooms", None, later, upc="4006381333931", details={"album_type": "album"})
    rerelease = AssetRecord("a4", "album", "Night Rooms", None, later, upc="196922000010", details={})
    compilation = AssetRecord("a3", "album", "Summer Hits", None, later, details={"album_type": "compilation"})
    tracks = [
        track(f"t{place}", "Halo", isrc=ISRC, on=on, details={"album_id": id, "track_number": place, "disc_number": 1})
        for place, (id, on) in enumerate((("a1", RELEASED), ("a2", later), ("a3", later)), start=1)
    ]
    assets = [single, album, compilation, rerelease, *tracks]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, assets)
    releases = (await member.http.get("/api/releases", params={"artist_id": str(moth)})).json()["items"]
    assert sorted((one["title"], one["kind"] or "", one["upc"] or "", one["track_count"]) for one in releases) == [
        ("Halo", "single", "036000291452", 1),
        ("Night Rooms", "", "196922000010", 0),
        ("Night Rooms", "album", "4006381333931", 1),
        ("Summer Hits", "compilation", "", 1),
    ]
    [halo] = await list_songs(member, moth)
    assert (len(halo["assets"]), halo["released_on"]) == (3, str(RELEASED))
    full = (await member.http.get(f"/api/releases/{releases[0]['id']}")).json()
    assert {track["recording_id"] for track in full["tracks"]} <= {halo["id"]}


async def test_matching_twice_changes_nothing(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
    before = await world.database.as_owner("select * from recordings order by id")
    assert (await member.http.post(f"/api/artists/{moth}/match")).status_code == 202
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, [track("s1", "Halo", isrc=ISRC)])
    assert await world.database.as_owner("select * from recordings order by id") == before


async def test_a_file_that_names_songs_by_title_finds_them(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    known = [
        track("s1", "Halo", isrc=ISRC),
        track("s2", "Ember"),
        track("s3", "Ember", isrc="QZAR22600002", seconds=99),
    ]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, known)
    by_title = [track(f"{title}|", title, seconds=None, on=None) for title in ("halo", "Ember")]
    await sync(worker_context, member.org_id, moth, Provider.SPOTIFY, by_title)
    [halo] = [song for song in await list_songs(member, moth) if song["title"] == "Halo"]
    assert sorted(asset["external_id"] for asset in halo["assets"]) == ["halo|", "s1"]
    # Two songs are called Ember: a person says which.
    assert [item["asset"]["title"] for item in await waiting(member)] == ["Ember", "Ember"]


async def test_one_name_for_several_artists_is_taken_apart(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    pair = await make_artist(world.database, member.org_id, "Salt & Ash")
    assets = [
        track("c1", "Halo", artists=(ArtistCredit("Moth feat. Salt & Ash"),)),
        track("c4", "Flint (feat. Salt & Ash)"),
        track("c2", "Ember", artists=(ArtistCredit("Salt & Ash"),)),
        track("c3", "Dune", artists=(ArtistCredit("Somebody & Else"),)),
    ]
    await sync(worker_context, member.org_id, moth, Provider.SOUNDCLOUD, assets)
    rows = await world.database.as_owner(
        """select r.title, array_agg(c.name || ' ' || c.role order by c.position) as names
           from recordings r join credits c on c.recording_id = r.id where r.org_id = $1 group by r.title""",
        member.org_id,
    )
    assert {row["title"]: row["names"] for row in rows} == {
        "Halo": ["Moth main", "Salt & Ash featured"],
        "Flint": ["Moth main", "Salt & Ash featured"],
        "Ember": ["Salt & Ash main"],
        "Dune": ["Somebody & Else main"],
    }
    assert titles(await list_songs(member, pair)) == ["Ember", "Flint", "Halo"]


async def test_a_song_of_an_undone_import_goes_with_it(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    file = {"file": ("Halo-timeline.csv", b"date,streams\n2026-05-01,10\n2026-05-02,11\n", "text/csv")}
    preview = await member.http.post("/api/imports", data={"artist_id": str(moth)}, files=file)
    path = f"/api/imports/{preview.json()['imports'][0]['id']}"
    assert (await member.http.post(f"{path}/commit", json={"options": {"song": "Halo"}})).status_code == 200
    await run_due_jobs(worker_context)
    assert titles(await list_songs(member, moth)) == ["Halo"]
    assert (await member.http.post(f"{path}/undo")).status_code in (200, 204)
    await run_due_jobs(worker_context)
    assert await list_songs(member, moth) == []
