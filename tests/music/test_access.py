"""Who sees which songs: by the artists that they see, through the API and over REST alike."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx

from arti.jobs import WorkerContext
from arti.providers.contract import ArtistCredit, Observation
from arti.vocabulary import Provider, Role
from arti_core import clock
from tests.conftest import Database, Member, World
from tests.factories.observations import make_artist
from tests.music.songs import ISRC, RELEASED, list_songs, sync, titles, track
from tests.supabase_local.conftest import Gateway

STREAMS = "consumption.streams"
LAST = clock.today() - timedelta(days=2)
CREDITS = (ArtistCredit("Moth"), ArtistCredit("Ines Vale", "featured"))


def streams(asset: str) -> list[Observation]:
    return [Observation(STREAMS, LAST - timedelta(days=n), 10, asset_external_id=asset) for n in range(28)]


async def songs_of_two(world: World, worker_context: WorkerContext, org_id: UUID) -> tuple[UUID, UUID]:
    """Make Moth with two songs, Ines Vale featured on one of them, and a song of Ines' own."""
    moth = await make_artist(world.database, org_id, "Moth")
    ines = await make_artist(world.database, org_id, "Ines Vale")
    halo = track("t1", "Halo (feat. Ines Vale)", isrc=ISRC, on=RELEASED, artists=CREDITS)
    numbers = [*streams("t1"), *streams("t2")]
    await sync(worker_context, org_id, moth, Provider.SPOTIFY, [halo, track("t2", "Ember")], numbers)
    await sync(worker_context, org_id, ines, Provider.SPOTIFY, [track("t3", "Saltwater")], streams("t3"))
    return moth, ines


async def give(database: Database, org_id: UUID, user_id: object, *artists: UUID) -> None:
    for artist in artists:
        await database.as_owner("insert into member_artists values ($1, $2, $3)", org_id, user_id, artist)


async def scoped(world: World, org_id: UUID, role: Role, *artists: UUID) -> Member:
    """Return a member who sees these artists only."""
    member = await world.member(org_id, role)
    await world.database.as_owner(
        "update memberships set artist_access = 'list' where org_id = $1 and user_id = $2", org_id, member.user_id
    )
    await world.database.as_owner("delete from member_artists where user_id = $1", member.user_id)
    await give(world.database, org_id, member.user_id, *artists)
    return member


async def test_a_creator_sees_their_songs_and_those_they_are_featured_on(
    world: World, worker_context: WorkerContext
) -> None:
    admin = await world.member()
    moth, ines = await songs_of_two(world, worker_context, admin.org_id)
    creator = await scoped(world, admin.org_id, Role.CREATOR, ines)
    songs = await list_songs(creator, ines)
    assert titles(songs) == ["Halo", "Saltwater"]
    # Moth is named on the song, and cannot be opened. The song's numbers are there.
    assert songs[0]["credits"] == [
        {"artist_id": None, "name": "Moth", "role": "main"},
        {"artist_id": str(ines), "name": "Ines Vale", "role": "featured"},
    ]
    assert [(one["provider"], one["value"]) for one in songs[0]["figures"]] == [("spotify", 280.0)]
    assert (await creator.http.get(f"/api/artists/{moth}/recordings")).status_code == 404
    [ember] = [song for song in await list_songs(admin, moth) if song["title"] == "Ember"]
    assert (await creator.http.get(f"/api/recordings/{ember['id']}")).status_code == 404
    for scope, id, total in (
        ("catalogue", None, 560.0),
        ("artist", str(ines), 560.0),
        ("recording", ember["id"], None),
    ):
        query = {"scope": scope, "metric": STREAMS} | ({"id": id} if id else {})
        answer = await creator.http.get("/api/rollups", params=query)
        assert (answer.json().get("total"), answer.status_code) == (total, 404 if total is None else 200)
    listed = (await creator.http.get("/api/recordings")).json()["items"]
    assert sorted(titles(listed)) == ["Halo", "Saltwater"]
    assert (await admin.http.get("/api/rollups", params={"scope": "catalogue", "metric": STREAMS})).json()[
        "total"
    ] == 840.0
    # Without the artist nothing of their songs is left to see.
    assert (await admin.http.delete(f"/api/artists/{ines}")).status_code == 204
    assert (await creator.http.get("/api/recordings")).json()["items"] == []


async def test_a_manager_with_a_list_keeps_the_songs_of_that_list(world: World, worker_context: WorkerContext) -> None:
    admin = await world.member()
    moth, ines = await songs_of_two(world, worker_context, admin.org_id)
    manager = await scoped(world, admin.org_id, Role.MANAGER, ines)
    halo, saltwater = await list_songs(manager, ines)
    # Nobody merges or credits what is also somebody else's.
    merge = await manager.http.post(f"/api/recordings/{saltwater['id']}/merge", json={"recording_id": halo["id"]})
    assert merge.status_code == 403
    assert "an artist whom you do not see" in merge.json()["message"]
    body = {"credits": [{"artist_id": str(moth)}]}
    assert (await manager.http.put(f"/api/recordings/{saltwater['id']}/credits", json=body)).status_code == 404
    # Their own songs they may add, credit and change. Credits of artists whom they do not see stay.
    new = {"title": "Undertow", "isrc": "qz-ar2-26-00077", "credits": [{"artist_id": str(ines)}, {"name": "Nilo"}]}
    made = await manager.http.post("/api/recordings", json=new)
    assert (made.status_code, made.json()["isrc"]) == (201, "QZAR22600077")
    renamed = await manager.http.patch(f"/api/recordings/{made.json()['id']}", json={"version_title": "Demo"})
    assert (renamed.json()["title"], renamed.json()["version_title"]) == ("Undertow", "Demo")
    only_ines = {"credits": [{"artist_id": str(ines), "role": "main"}]}
    assert (await manager.http.put(f"/api/recordings/{halo['id']}/credits", json=only_ines)).status_code == 204
    [halo] = [song for song in await list_songs(admin, moth) if song["title"] == "Halo"]
    assert {(credit["name"], credit["role"]) for credit in halo["credits"]} == {("Moth", "main"), ("Ines Vale", "main")}
    # A page sends back what it read, the unseen artist by the name alone: that adds no second credit.
    [read] = [song for song in await list_songs(manager, ines) if song["title"] == "Halo"]
    assert {credit["name"]: credit["artist_id"] for credit in read["credits"]} == {"Moth": None, "Ines Vale": str(ines)}
    body = {"credits": read["credits"]}
    assert (await manager.http.put(f"/api/recordings/{halo['id']}/credits", json=body)).status_code == 204
    [halo] = [song for song in await list_songs(admin, moth) if song["title"] == "Halo"]
    assert sorted(credit["name"] for credit in halo["credits"]) == ["Ines Vale", "Moth"]
    release = {"title": "Undertow", "kind": "single", "upc": "0036000291452", "credits": [{"artist_id": str(ines)}]}
    planned = await manager.http.post("/api/releases", json=release)
    assert (planned.status_code, planned.json()["upc"]) == (201, "036000291452")
    tracks = {"tracks": [{"position": 1, "recording_id": made.json()["id"]}]}
    put = await manager.http.put(f"/api/releases/{planned.json()['id']}/tracks", json=tracks)
    assert [one["title"] for one in put.json()["tracks"]] == ["Undertow"]


async def test_wrong_identifiers_are_refused_with_the_way_out(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    for body, field in (
        ({"title": "Halo", "isrc": "QZAR2260000", "credits": [{"name": "Moth"}]}, "isrc"),
        ({"title": "Halo", "credits": [{"role": "main"}]}, "credits"),
        ({"title": "Halo", "credits": []}, "credits"),
    ):
        refused = await member.http.post("/api/recordings", json=body)
        assert (refused.status_code, refused.json()["field"]) == (422, field)
    bad = {"title": "Halo", "upc": "036000291453", "credits": [{"artist_id": str(artist)}]}
    assert "check" in (await member.http.post("/api/releases", json=bad)).json()["message"]
    for change, words in (
        ({"country": "XX"}, "ISO 3166-1"),
        ({"genres": ["indy pop"]}, "Did you mean indie pop"),
        ({"external_ids": [{"provider": "Spotify!", "external_id": "1"}]}, "provider"),
    ):
        refused = await member.http.patch(f"/api/artists/{artist}", json=change)
        assert refused.status_code == 422
        assert words in refused.text


async def test_no_song_is_a_version_of_its_own_version(world: World) -> None:
    member = await world.member()
    moth = await make_artist(world.database, member.org_id, "Moth")
    songs: list[str] = []
    for version in (None, "Live", "Live, Remastered"):
        new = {"title": "Halo", "version_title": version, "credits": [{"artist_id": str(moth)}]}
        made = await member.http.post("/api/recordings", json=new | {"version_of": songs[-1] if songs else None})
        assert made.status_code == 201, made.text
        songs.append(made.json()["id"])
    for song in songs:
        refused = await member.http.patch(f"/api/recordings/{songs[0]}", json={"version_of": song})
        assert (refused.status_code, refused.json()["field"]) == (422, "version_of")
    moved = await member.http.patch(f"/api/recordings/{songs[2]}", json={"version_of": songs[0]})
    assert moved.json()["version_of"] == songs[0]


async def test_aliases_ids_tags_and_groups_of_an_artist(world: World) -> None:
    admin = await world.member()
    moth = await make_artist(world.database, admin.org_id, "Moth")
    facts = {
        "genres": ["Indie Pop", "indie  pop"],
        "aliases": ["Nachtfalter"],
        "external_ids": [{"provider": "isni", "external_id": "0000000121032683", "url": None}],
        "tags": ["priority", "Berlin"],
    }
    changed = (await admin.http.patch(f"/api/artists/{moth}", json=facts)).json()
    assert changed["genres"] == ["indie pop"]
    assert (changed["aliases"], changed["tags"]) == (["Nachtfalter"], ["Berlin", "priority"])
    assert changed["external_ids"] == facts["external_ids"]
    again = (await admin.http.patch(f"/api/artists/{moth}", json={"tags": ["PRIORITY"]})).json()
    assert again["tags"] == ["priority"]
    tags = (await admin.http.get("/api/tags")).json()["items"]
    assert [(tag["name"], tag["artists"]) for tag in tags] == [("Berlin", 0), ("priority", 1)]
    assert (await admin.http.delete(f"/api/tags/{tags[1]['id']}")).status_code == 204
    assert (await admin.http.get(f"/api/artists/{moth}")).json()["tags"] == []
    assert "dream pop" in (await admin.http.get("/api/genres")).json()["items"]
    # A group gives access to its artists.
    group = (await admin.http.post("/api/artist-groups", json={"name": "Berlin"})).json()
    assert (await admin.http.post("/api/artist-groups", json={"name": "berlin"})).status_code == 409
    path = f"/api/artist-groups/{group['id']}"
    filled = await admin.http.put(f"{path}/artists", json={"artist_ids": [str(moth)]})
    assert filled.json()["artists"] == [{"id": str(moth), "name": "Moth"}]
    assert (await admin.http.put(f"{path}/artists", json={"artist_ids": [str(uuid4())]})).status_code == 404
    guest = await scoped(world, admin.org_id, Role.GUEST)
    assert (await guest.http.get(f"/api/artists/{moth}")).status_code == 404
    await world.database.as_owner(
        "insert into member_groups values ($1, $2, $3)", admin.org_id, guest.user_id, UUID(group["id"])
    )
    assert (await guest.http.get(f"/api/artists/{moth}")).json()["group_ids"] == [group["id"]]
    assert (await admin.http.patch(path, json={"name": "Hamburg"})).json()["name"] == "Hamburg"
    assert (await admin.http.delete(path)).status_code == 204
    assert (await guest.http.get(f"/api/artists/{moth}")).status_code == 404


async def test_rest_shows_the_same_songs(gateway: Gateway, world: World, worker_context: WorkerContext) -> None:
    org = await gateway.org("Night Owl")
    moth, ines = await songs_of_two(world, worker_context, org)
    session = await gateway.sign_up("ines@example.test")
    await gateway.join(session, org, Role.CREATOR)
    await give(gateway.database, org, session["user"]["id"], ines)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:

        async def read(path: str) -> list[dict[str, Any]]:
            answer = await http.get(path)
            assert answer.status_code == 200, answer.text
            rows: list[dict[str, Any]] = answer.json()
            return rows

        assert [row["title"] for row in await read("/recordings?order=title")] == ["Halo", "Saltwater"]
        assert {row["name"] for row in await read("/credits")} == {"Moth", "Ines Vale"}
        assert {row["external_id"] for row in await read("/assets")} == {"t1", "t3"}
        assert len(await read("/series?select=id")) == 2
        assert len(await read("/observations?select=value")) == 56
        assert await read("/artists?select=name") == [{"name": "Ines Vale"}]
        assert await read(f"/credits?artist_id=eq.{moth}&select=name") == [{"name": "Moth"}]
        # Creators read; what matching decided is written by the API alone.
        refused = await http.patch("/recordings?title=eq.Halo", json={"title": "Mine"})
        assert refused.status_code in (200, 204, 401, 403)
        for table in ("match_candidates", "recording_changes"):
            assert (await http.delete(f"/{table}?org_id=eq.{org}")).status_code == 403
        assert [row["title"] for row in await read("/recordings?order=title")] == ["Halo", "Saltwater"]


async def test_songs_are_merged_and_linked_by_the_api_alone(
    gateway: Gateway, world: World, worker_context: WorkerContext
) -> None:
    org = await gateway.org("Night Owl")
    await songs_of_two(world, worker_context, org)
    session = await gateway.sign_up("manager@example.test")
    await gateway.join(session, org, Role.MANAGER)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:
        for path, body in (
            ("/recordings?title=eq.Halo", {"merged_into": None}),
            ("/assets?external_id=eq.t1", {"recording_id": None}),
        ):
            assert (await http.patch(path, json=body)).status_code == 403
        renamed = await http.patch("/recordings?title=eq.Halo", json={"version_title": "Demo"})
        assert renamed.status_code == 204


async def test_a_song_of_somebody_else_is_read_and_not_changed(
    gateway: Gateway, world: World, worker_context: WorkerContext
) -> None:
    org = await gateway.org("Night Owl")
    _, ines = await songs_of_two(world, worker_context, org)
    session = await gateway.sign_up("manager@example.test")
    await gateway.join(session, org, Role.MANAGER)
    await gateway.database.as_owner("update memberships set artist_access = 'list' where org_id = $1", org)
    await give(gateway.database, org, session["user"]["id"], ines)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    headers["Prefer"] = "return=representation"
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:
        assert len((await http.get("/assets?external_id=in.(t1,t3)")).json()) == 2
        changed = (await http.patch("/assets?external_id=in.(t1,t3)", json={"title": "Renamed"})).json()
        assert [asset["external_id"] for asset in changed] == ["t3"]
        series = (await http.get("/series?select=id,assets(external_id)")).json()
        assert sorted(one["assets"]["external_id"] for one in series) == ["t1", "t3"]
        [deleted] = (await http.delete("/series?id=not.is.null")).json()
        assert deleted["artist_id"] == str(ines)
