"""Calendar and placements over REST, for members who see some artists and for those of a featured artist."""

from uuid import UUID

import httpx2 as httpx

from arti.jobs import WorkerContext
from arti.vocabulary import Role
from arti_core.clock import today
from tests.conftest import Member, World
from tests.factories.imports import commit_import, upload_file
from tests.factories.observations import daily_observations, make_artist, store_observations
from tests.supabase_local.conftest import Gateway

HEADER = "song,title,author,listeners,streams,date_added\n"


async def open_rest(world: World, gateway: Gateway, org: UUID, artist: UUID | None) -> tuple[httpx.AsyncClient, Member]:
    """Return REST and API clients of an analyst; with `artist`, of one who sees that artist only."""
    session = await gateway.sign_up(f"{artist}@example.test")
    await gateway.join(session, org, Role.ANALYST)
    user_id = UUID(session["user"]["id"])
    if artist:
        await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", user_id)
        await world.database.as_owner(
            "insert into member_artists (org_id, user_id, artist_id) values ($1, $2, $3)", org, user_id, artist
        )
    token = await world.token(user_id, session["user"]["email"])
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    rest = httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20)
    member = Member(user_id, org, session["user"]["email"], Role.ANALYST, token, world.client(token, org))
    return rest, member


async def import_songs(manager: Member, artist: UUID, rows: str, to: str) -> None:
    [preview] = await upload_file(manager, artist, "playlists.csv", (HEADER + rows).encode())
    await commit_import(manager, preview, {"period": "28day", "period_to": to})


async def test_a_featured_artist_sees_the_placements_of_the_song_and_their_end(world: World, gateway: Gateway) -> None:
    manager = await world.member(role=Role.MANAGER)
    org = manager.org_id
    main, guest, other = [await make_artist(world.database, org, name) for name in ("Main", "Featured", "Other")]
    both = '"Duet","Radio","Spotify",8,50,n/a\n"Solo","Secret","Spotify",1,2,n/a\n'
    await import_songs(manager, main, both, "2026-01-31")
    await import_songs(manager, main, '"Solo","Secret","Spotify",1,2,n/a\n', "2026-02-28")
    await world.database.run_script(
        f"""insert into recordings (org_id, id, title) values ('{org}', '00000000-0000-4000-8000-000000000009', 'Duet');
            insert into credits (org_id, recording_id, artist_id, name, role) values
              ('{org}', '00000000-0000-4000-8000-000000000009', '{main}', 'Main', 'main'),
              ('{org}', '00000000-0000-4000-8000-000000000009', '{guest}', 'Featured', 'featured');
            update assets set recording_id = '00000000-0000-4000-8000-000000000009'
              where org_id = '{org}' and kind = 'track' and title = 'Duet'"""
    )
    for artist, seen in ((None, {"Radio", "Secret"}), (guest, {"Radio"}), (other, set[str]())):
        rest, member = await open_rest(world, gateway, org, artist)
        playlists = (await rest.get("/playlists?select=title")).json()
        assert {row["title"] for row in playlists} == seen
        placements = (
            await rest.get("/playlist_placements?select=ended,ended_not_after,streams&order=streams.desc")
        ).json()
        assert len(placements) == len(seen)
        if seen:
            assert placements[0] == {"ended": True, "ended_not_after": "2026-01-31", "streams": 50}
        if artist == guest:
            listed = (await member.http.get(f"/api/artists/{guest}/playlists")).json()["items"]
            assert [(item["song"], item["ended"]) for item in listed] == [("Duet", True)]
    # What is known from a file is not written past the API.
    rest, _ = await open_rest(world, gateway, org, main)
    row = {"org_id": str(org), "provider": "spotify", "external_id": "x", "title": "x"}
    assert (await rest.post("/playlists", json=row)).status_code == 403


async def test_the_calendar_over_rest(world: World, gateway: Gateway, worker_context: WorkerContext) -> None:
    manager = await world.member(role=Role.MANAGER)
    own, other = [await make_artist(world.database, manager.org_id, name) for name in ("Own", "Other")]
    for artist in (own, other):
        body = {"artist_id": str(artist), "kind": "show", "title": f"of {artist}", "starts_on": "2026-03-05"}
        assert (await manager.http.post("/api/calendar", json=body)).status_code == 201
    seen = daily_observations("consumption.streams", today(), [1.0, 1.0])
    await store_observations(worker_context, manager.org_id, other, seen)
    campaign = {
        "goal_metric": "consumption.streams",
        "goal_provider": "spotify",
        "name": "Ads",
        "artist_id": str(other),
    }
    days = {"starts_on": "2026-03-01", "ends_on": "2026-03-10"}
    assert (await manager.http.post("/api/campaigns", json=campaign | days)).status_code == 201
    query = "/calendar?select=source,title&starts_on=lte.2026-03-31&ends_on=gte.2026-03-01&order=starts_on,title"
    rest, _ = await open_rest(world, gateway, manager.org_id, own)
    assert (await rest.get(query)).json() == [{"source": "calendar_entries", "title": f"of {own}"}]
    rest, _ = await open_rest(world, gateway, manager.org_id, None)
    assert {row["title"] for row in (await rest.get(query)).json()} == {"Ads", f"of {own}", f"of {other}"}
