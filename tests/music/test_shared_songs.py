"""A song that two artists share, and a member who sees one of them: what they may not change for the other."""

from uuid import UUID, uuid4

import httpx2 as httpx

from arti.jobs import WorkerContext
from arti.vocabulary import Provider, Role
from tests.conftest import World
from tests.factories.observations import make_artist
from tests.music.songs import ISRC, list_songs, sync, titles, track
from tests.music.test_access import give, scoped, songs_of_two
from tests.supabase_local.conftest import Gateway


async def rest_of(gateway: Gateway, org_id: UUID, role: Role, artist: UUID) -> httpx.AsyncClient:
    """Return a REST client of a new member who sees one artist."""
    session = await gateway.sign_up(f"{artist}@example.test")
    await gateway.join(session, org_id, role)
    user = session["user"]["id"]
    await gateway.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", user)
    await gateway.database.as_owner("delete from member_artists where user_id = $1", user)
    await give(gateway.database, org_id, user, artist)
    headers = {
        "apikey": gateway.keys.publishable_key,
        "Authorization": f"Bearer {session['access_token']}",
        "Prefer": "return=representation",
    }
    return httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20)


async def test_who_sees_a_guest_alone_does_not_rename_the_song(
    world: World, worker_context: WorkerContext, gateway: Gateway
) -> None:
    admin = await world.member()
    moth, ines = await songs_of_two(world, worker_context, admin.org_id)
    guest = await scoped(world, admin.org_id, Role.MANAGER, ines)
    main = await scoped(world, admin.org_id, Role.MANAGER, moth)
    shared, own = await list_songs(guest, ines)
    assert (shared["title"], own["title"]) == ("Halo", "Saltwater")
    path = f"/api/recordings/{shared['id']}"
    for change in ({"title": "Stolen"}, {"isrc": "QZAR22699999"}, {"duration_ms": 1000}):
        refused = await guest.http.patch(path, json=change)
        assert (refused.status_code, "main artists" in refused.json()["message"]) == (403, True)
    rest = await rest_of(gateway, admin.org_id, Role.MANAGER, ines)
    for change in ({"title": "Stolen"}, {"isrc": "QZAR22699999"}, {"version_title": "Live"}):
        refused = await rest.patch(f"/recordings?id=eq.{shared['id']}", json=change)
        assert (refused.status_code, "main artists" in refused.text) == (403, True), refused.text
        renamed = await rest.patch(f"/recordings?id=eq.{own['id']}", json={"title": "Saltwater"})
        assert (renamed.status_code, len(renamed.json())) == (200, 1)
    assert titles(await list_songs(admin, moth)) == ["Ember", "Halo"]
    assert (await main.http.patch(path, json={"title": "Halo Again"})).status_code == 200
    assert (await guest.http.patch(f"/api/recordings/{own['id']}", json={"title": "Salt"})).status_code == 200
    assert (await admin.http.patch(path, json={"title": "Halo"})).status_code == 200


async def test_a_shared_release_keeps_its_name_too(world: World, gateway: Gateway) -> None:
    admin = await world.member()
    moth = await make_artist(world.database, admin.org_id, "Moth")
    ines = await make_artist(world.database, admin.org_id, "Ines Vale")
    credits = [{"artist_id": str(moth), "role": "main"}, {"artist_id": str(ines), "role": "featured"}]
    made = await admin.http.post("/api/releases", json={"title": "Nocturnes", "credits": credits})
    assert made.status_code == 201, made.text
    path = f"/api/releases/{made.json()['id']}"
    guest = await scoped(world, admin.org_id, Role.MANAGER, ines)
    assert (await guest.http.patch(path, json={"title": "Stolen"})).status_code == 403
    rest = await rest_of(gateway, admin.org_id, Role.MANAGER, ines)
    refused = await rest.patch(f"/releases?id=eq.{made.json()['id']}", json={"title": "Stolen"})
    assert refused.status_code == 403
    assert (await admin.http.patch(path, json={"title": "Nocturnes II"})).status_code == 200


async def test_releases_are_not_found_by_an_artist_whom_the_caller_does_not_see(world: World) -> None:
    admin = await world.member()
    moth = await make_artist(world.database, admin.org_id, "Moth")
    ines = await make_artist(world.database, admin.org_id, "Ines Vale")
    credits = [{"artist_id": str(moth), "role": "main"}, {"artist_id": str(ines), "role": "featured"}]
    made = await admin.http.post("/api/releases", json={"title": "Nocturnes", "credits": credits})
    assert made.status_code == 201, made.text
    guest = await scoped(world, admin.org_id, Role.MANAGER, ines)
    found = {}
    for artist in (ines, moth, uuid4()):
        answer = await guest.http.get("/api/releases", params={"artist_id": str(artist)})
        found[artist] = [item["title"] for item in answer.json()["items"]]
    assert list(found.values()) == [["Nocturnes"], [], []]


async def test_an_isrc_that_was_claimed_for_another_artist_is_a_doubtful_match(
    world: World, worker_context: WorkerContext, gateway: Gateway
) -> None:
    admin = await world.member()
    moth = await make_artist(world.database, admin.org_id, "Moth")
    ines = await make_artist(world.database, admin.org_id, "Ines Vale")
    claims = await scoped(world, admin.org_id, Role.MANAGER, ines)
    credits = [{"artist_id": str(ines), "role": "main"}]
    claim = {"title": "Mine", "isrc": ISRC, "credits": credits}
    assert (await claims.http.post("/api/recordings", json=claim)).status_code == 201
    rest = await rest_of(gateway, admin.org_id, Role.MANAGER, ines)
    row = {"org_id": str(admin.org_id), "title": "Mine too", "title_key": "mine too", "isrc": ISRC}
    me = (await rest.get("/memberships?select=user_id")).json()
    await rest.post("/recordings", json=row | {"created_by": me[0]["user_id"]})
    await sync(worker_context, admin.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC)])
    [halo] = await list_songs(admin, moth)
    assert (halo["title"], halo["isrc"]) == ("Halo", ISRC)
    waiting = (await admin.http.get("/api/match-candidates")).json()["items"]
    assert "other_artist" in {reason["code"] for one in waiting for reason in one["reasons"]}
    # What a platform says later of the same song goes to the song itself, no longer to a claim.
    await sync(worker_context, admin.org_id, moth, Provider.YOUTUBE, [track("v1", "Halo", isrc=ISRC)])
    assert titles(await list_songs(admin, moth)) == ["Halo"]
    assert titles(await list_songs(claims, ines)) == ["Mine"]


async def test_a_song_that_was_written_down_for_its_own_artist_is_linked(
    world: World, worker_context: WorkerContext
) -> None:
    admin = await world.member()
    moth = await make_artist(world.database, admin.org_id, "Moth")
    planned = {"title": "Halo", "isrc": ISRC, "credits": [{"artist_id": str(moth), "role": "main"}]}
    made = (await admin.http.post("/api/recordings", json=planned)).json()
    await sync(worker_context, admin.org_id, moth, Provider.SPOTIFY, [track("t1", "Halo", isrc=ISRC)])
    assert [song["id"] for song in await list_songs(admin, moth)] == [made["id"]]
