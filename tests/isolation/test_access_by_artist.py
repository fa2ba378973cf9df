"""What access by artist means for work, documents, consents, guests and platforms, over the API and over REST."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

import httpx2 as httpx
import pytest

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.observations import make_artist
from tests.isolation.seeding import SeededArtist, SeededOrg, TenantTables
from tests.supabase_local.conftest import Gateway

BACK = {"Prefer": "return=representation"}


@asynccontextmanager
async def rest_of(
    gateway: Gateway, org: UUID, role: Role, *artists: UUID
) -> AsyncIterator[tuple[str, httpx.AsyncClient]]:
    """Yield the id of a new member with a list, and their client of REST."""
    session = await gateway.sign_up(f"{uuid4().hex[:8]}@example.test")
    await gateway.join(session, org, role)
    user_id = session["user"]["id"]
    await gateway.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", user_id)
    for artist in artists:
        await gateway.database.as_owner("insert into member_artists values ($1, $2, $3)", org, user_id, artist)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as http:
        yield user_id, http


async def listed(world: World, org: UUID, role: Role, *artists: UUID) -> Member:
    member = await world.member(org, role)
    await world.database.as_owner("update memberships set artist_access = 'list' where user_id = $1", member.user_id)
    await world.database.as_owner("delete from member_artists where user_id = $1", member.user_id)
    for artist in artists:
        await world.database.as_owner("insert into member_artists values ($1, $2, $3)", org, member.user_id, artist)
    return member


async def make_account(world: World | Gateway, org: UUID, artist: UUID) -> UUID:
    rows = await world.database.as_owner(
        """insert into accounts (org_id, artist_id, provider, external_id, display_name)
           values ($1, $2, 'spotify', $3, 'x') returning id""",
        org,
        artist,
        uuid4().hex,
    )
    return UUID(str(rows[0]["id"]))


async def test_jobs_are_requested_for_visible_artists_only(gateway: Gateway) -> None:
    """Else its progress and its errors would tell of an account that one does not see."""
    org = await gateway.org("Night Owl")
    own, hidden = await gateway.artist(org, "Mira Sol"), await gateway.artist(org, "Vera Lumen")
    accounts = [str(await make_account(gateway, org, artist)) for artist in (own, hidden)]
    async with rest_of(gateway, org, Role.MANAGER, own) as (me, http):
        job = {"org_id": str(org), "requested_by": me}

        async def request(name: str, **args: str) -> int:
            return (await http.post("/jobs", json=job | {"name": name, "args": args})).status_code

        async def sync(account_id: str) -> int:
            return await request("connections.sync", account_id=account_id, kind="manual")

        assert await sync(accounts[0]) == 201
        assert await sync(accounts[1]) == await sync(str(uuid4())) == 409
        assert await request("music.match", artist_id=str(own)) == 201
        assert await request("music.match", artist_id=str(hidden)) == 409
        assert await request("music.match", artist_id=str(uuid4())) == 409
        assert await request("connections.sync", account_id=accounts[0], kind="manual", artist_id=str(own)) == 400
        assert await request("connections.sync") == 400  # of the whole org
        assert await request("automation.test_channel", channel_id=str(uuid4())) == 409
        channels = await gateway.database.as_owner(
            "insert into channels (org_id, kind, name, target) values ($1, 'email', 'Team', '{}') returning id", org
        )
        assert await request("automation.test_channel", channel_id=str(channels[0]["id"])) == 201
        seen = (await http.get("/jobs?select=artist_id&artist_id=not.is.null")).json()
        assert seen == [{"artist_id": str(own)}] * 2


async def test_a_closed_platform_is_closed_to_requested_work_too(gateway: Gateway) -> None:
    org = await gateway.org("Night Owl")
    account = str(await make_account(gateway, org, await gateway.artist(org, "Mira Sol")))
    session = await gateway.sign_up("max@example.test")
    await gateway.join(session, org, Role.MANAGER)
    headers = {"Authorization": f"Bearer {session['access_token']}"}
    job = {"org_id": str(org), "name": "connections.sync", "requested_by": session["user"]["id"]}
    args = {"account_id": account, "kind": "manual"}
    job |= {"args": args}
    assert (await gateway.http.post("/rest/v1/jobs", json=job, headers=headers)).status_code == 201
    await gateway.database.as_owner(
        "insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, 'spotify', false)",
        org,
        session["user"]["id"],
    )
    for more in ({}, {"provider": "youtube"}):
        refused = await gateway.http.post("/rest/v1/jobs", json=job | {"args": args | more}, headers=headers)
        assert refused.status_code == 409
    assert (await gateway.http.get("/rest/v1/jobs?select=id", headers=headers)).json() == []


async def test_documents_follow_their_artist(world: World) -> None:
    admin = await world.member()
    own, hidden = [await make_artist(world.database, admin.org_id, name) for name in ("Mira Sol", "Vera Lumen")]
    member = await listed(world, admin.org_id, Role.ANALYST, own)
    text = {"title": "Plan", "body": "The tour begins in May, in Lisbon."}
    for artist in (None, str(hidden)):
        assert (await admin.http.post("/api/documents", json=text | {"artist_id": artist})).status_code == 201
    assert (await member.http.get("/api/documents")).json()["items"] == []
    assert (await member.http.get("/api/documents/search?q=tour")).json()["results"] == []
    # The same text about another artist is not refused, which would tell of it.
    made = await member.http.post("/api/documents", json=text | {"artist_id": str(own)})
    assert made.status_code == 201, made.text
    unassigned = await member.http.post("/api/documents", json=text)
    assert (unassigned.status_code, unassigned.json()["field"]) == (422, "artist_id")
    assert (await member.http.post("/api/documents", json=text | {"artist_id": str(hidden)})).status_code == 404
    answer = (await member.http.post("/api/ask", json={"question": "When did Vera Lumen's tour begin?"})).json()
    assert all(passage["document_id"] == made.json()["id"] for passage in answer["passages"])


async def test_an_artist_off_the_list_is_not_connected(world: World) -> None:
    admin = await world.member()
    hidden = await make_artist(world.database, admin.org_id)
    member = await listed(world, admin.org_id, Role.MANAGER)
    body = {"artist_id": str(hidden), "provider": "spotify", "return_to": "/accounts/"}
    assert (await member.http.post("/api/accounts/connect", json=body)).status_code == 404
    account = await make_account(world, admin.org_id, hidden)
    for answer in (
        await member.http.get(f"/api/accounts/{account}"),
        await member.http.post(f"/api/accounts/{account}/sync"),
        await member.http.delete(f"/api/accounts/{account}"),
    ):
        assert answer.status_code == 404
    health = (await member.http.get("/providers/spotify/health")).json()
    assert health["accounts"] == {"active": 0, "needs_reauth": 0, "paused": 0}
    assert (await admin.http.get("/providers/spotify/health")).json()["accounts"]["active"] == 1
    # What is left of a quota cannot be told from some of its calls.
    assert (await member.http.get("/providers/youtube/health")).json()["quota"] is None
    assert (await admin.http.get("/providers/youtube/health")).json()["quota"] is not None


async def test_a_creator_sees_their_own_artists_only(world: World) -> None:
    admin = await world.member()
    own, hidden = [await make_artist(world.database, admin.org_id, name) for name in ("Mira Sol", "Vera Lumen")]
    creator = await listed(world, admin.org_id, Role.CREATOR, own)
    assert [artist["name"] for artist in (await creator.http.get("/api/artists")).json()["items"]] == ["Mira Sol"]
    for path in ("", "/summary", "/series?metric=audience.followers", "/assets", "/numbers.csv?provider=spotify"):
        assert (await creator.http.get(f"/api/artists/{own}{path}")).status_code == 200
        answer, unknown = [await creator.http.get(f"/api/artists/{id}{path}") for id in (hidden, uuid4())]
        assert (answer.status_code, answer.json()["message"]) == (404, unknown.json()["message"])


GUESTS_MAY_NOT = ("jobs", "events", "rules", "channels", "deliveries", "sync_runs", "accounts", "imports", "documents",
                  "audit_log", "webhook_events", "member_artists", "member_groups")  # fmt: skip


async def test_a_guest_sees_no_other_member_and_none_of_the_work(world: World, gateway: Gateway) -> None:
    async with TenantTables.of(world.database) as seeded_database:
        org, artist = SeededOrg(seeded_database), SeededArtist()
        org.artists = [artist]
        await org.seed()
        guest = await listed(world, org.id, Role.GUEST, artist.id)
        for path in ("/api/admin/users", "/api/audit", "/api/jobs", "/api/events", "/api/rules", "/api/deliveries",
                     "/api/mailbox", "/api/channels", "/api/accounts", "/api/imports", "/api/documents",
                     "/api/keys"):  # fmt: skip
            answer = await guest.http.get(path)
            assert answer.status_code == 403, path
        assert (await guest.http.get(f"/api/artists/{artist.id}")).status_code == 200
        assert len((await guest.http.get("/api/insights")).json()["items"]) == 1
        async with rest_of(gateway, org.id, Role.GUEST, artist.id) as (me, http):
            assert [row["id"] for row in (await http.get("/users?select=id")).json()] == [me]
            assert [row["user_id"] for row in (await http.get("/memberships?select=user_id")).json()] == [me]
            for table in GUESTS_MAY_NOT:
                answer = await http.get(f"/{table}?select=*")
                assert answer.status_code == 200, table
                assert answer.json() == [], table
            # What is about their artist they see, and of feedback their own alone.
            assert [row["id"] for row in (await http.get("/insights?select=id")).json()] == [str(artist.id)]
            assert (await http.get("/insight_feedback?select=*")).json() == []
            people = {str(artist.manager_id), artist.email, org.email}
            for found in await gateway.database.as_owner(
                """select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
                     and relkind in ('r', 'v') and has_any_column_privilege('authenticated', oid, 'select')"""
            ):
                text = (await http.get(f"/{found['name']}")).text
                assert not [word for word in people if word in text], found["name"]


@pytest.mark.parametrize("table", ["sync_runs", "events", "jobs", "deliveries"])
async def test_a_closed_platform_shows_neither_runs_nor_events_nor_jobs(
    world: World, gateway: Gateway, table: str
) -> None:
    """Also a source of the org's own."""
    async with TenantTables.of(world.database) as seeded_database:
        org = SeededOrg(seeded_database)
        await org.seed()
        session = await gateway.sign_up("max@example.test")
        await gateway.join(session, org.id, Role.MANAGER)
        headers = {"Authorization": f"Bearer {session['access_token']}"}
        for provider in ("spotify", "own.canary"):
            await seeded_database.connection.execute(
                f"update {table} set provider = $2 where org_id = $1", org.id, provider
            )
            api = {"events": "/api/events", "jobs": "/api/jobs", "deliveries": "/api/deliveries"}
            api |= {"sync_runs": f"/api/accounts/{org.id}/runs"}
            member = world.client(await world.token(session["user"]["id"], session["user"]["email"]), org.id)

            async def seen() -> tuple[int, int]:
                rest = await gateway.http.get(f"/rest/v1/{table}?select=id", headers=headers)
                listed = await member.get(api[table])  # noqa: B023  called at once
                return len(rest.json()), len(listed.json().get("items", []))

            assert await seen() == (1, 1)
            for can_read, expected in ((False, (0, 0)), (True, (1, 1))):
                await world.database.as_owner(
                    """insert into user_permissions (org_id, user_id, provider, can_read) values ($1, $2, $3, $4)
                       on conflict (org_id, user_id, provider) do update set can_read = excluded.can_read""",
                    org.id,
                    session["user"]["id"],
                    provider,
                    can_read,
                )
                assert await seen() == expected, provider
