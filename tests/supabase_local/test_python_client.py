"""The official Python client, unmodified, against the gateway."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, cast

import httpx
import pytest
from postgrest import APIResponse
from postgrest.types import CountMethod
from realtime.types import PostgresChangesPayload
from realtime.types import RealtimePostgresChangesListenEvent as Event
from supabase_auth.errors import AuthApiError

from arti.vocabulary import Role
from supabase import AsyncClient, AsyncClientOptions, create_async_client
from tests.supabase_local.conftest import Gateway

PASSWORD = "correct horse battery"


Connect = Callable[..., Awaitable[AsyncClient]]


@pytest.fixture
async def connect(gateway: Gateway) -> AsyncIterator[Connect]:
    """Return a maker of clients, with the publishable key or the one given."""
    async with AsyncExitStack() as opened:

        async def make(key: str | None = None) -> AsyncClient:
            http = await opened.enter_async_context(httpx.AsyncClient(timeout=20))
            options = AsyncClientOptions(auto_refresh_token=False, httpx_client=http)
            client = await create_async_client(gateway.url, key or gateway.keys.publishable_key, options)
            opened.push_async_callback(client.realtime.close)
            return client

        yield make


@pytest.fixture
async def ada(connect: Connect) -> AsyncClient:
    client = await connect()
    await client.auth.sign_up({"email": "ada@example.test", "password": PASSWORD})
    return client


async def test_signs_up_in_and_out(connect: Connect, ada: AsyncClient) -> None:
    with pytest.raises(AuthApiError) as taken:
        await ada.auth.sign_up({"email": "ADA@example.test", "password": PASSWORD})
    assert (taken.value.code, taken.value.status) == ("user_already_exists", 422)

    other = await connect()
    signed_in = await other.auth.sign_in_with_password({"email": "Ada@Example.test", "password": PASSWORD})
    assert signed_in.user is not None
    assert signed_in.user.email == "ada@example.test"
    claims = await other.auth.get_claims()
    assert claims is not None
    assert claims["claims"]["sub"] == signed_in.user.id

    refreshed = await other.auth.refresh_session()
    assert refreshed.session is not None
    assert signed_in.session is not None
    assert refreshed.session.refresh_token != signed_in.session.refresh_token

    changed = await other.auth.update_user({"data": {"display_name": "Ada"}, "password": "another long password"})
    assert changed.user.user_metadata["display_name"] == "Ada"
    with pytest.raises(AuthApiError) as ended:  # a new password ends the other sessions
        await ada.auth.get_user()
    assert ended.value.code == "session_not_found"

    token = refreshed.session.access_token
    await other.auth.sign_out()
    with pytest.raises(AuthApiError) as gone:
        await other.auth.get_user(token)
    assert gone.value.code == "session_not_found"
    with pytest.raises(AuthApiError) as wrong:
        await other.auth.sign_in_with_password({"email": "ada@example.test", "password": PASSWORD})
    assert wrong.value.code == "invalid_credentials"


async def test_the_secret_key_manages_users(gateway: Gateway, connect: Connect) -> None:
    admin = (await connect(gateway.keys.secret_key)).auth.admin
    created = await admin.create_user(
        {"email": "bea@example.test", "password": PASSWORD, "email_confirm": True, "user_metadata": {"team": "a&r"}}
    )
    assert created.user.user_metadata == {"team": "a&r", "email_verified": True}
    assert created.user.identities is not None
    assert created.user.identities[0].provider == "email"
    await admin.create_user({"email": "cleo@example.test"})
    users = await admin.list_users(page=1, per_page=1)
    assert [listed_user.email for listed_user in users] == ["cleo@example.test"]

    updated = await admin.update_user_by_id(created.user.id, {"app_metadata": {"plan": "pro"}, "ban_duration": "24h"})
    assert updated.user.app_metadata["plan"] == "pro"
    with pytest.raises(AuthApiError) as banned:
        await (await connect()).auth.sign_in_with_password({"email": "bea@example.test", "password": PASSWORD})
    assert banned.value.code == "user_banned"

    invited = await admin.invite_user_by_email("dora@example.test")
    assert invited.user.invited_at is not None
    await admin.delete_user(created.user.id)
    with pytest.raises(AuthApiError) as unknown:
        await admin.get_user_by_id(created.user.id)
    assert unknown.value.status == 404

    with pytest.raises(AuthApiError) as refused:
        await (await connect()).auth.admin.list_users()
    assert refused.value.code == "not_admin"


def rows(response: APIResponse) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], response.data)


async def test_reads_and_writes_rows_under_its_policies(gateway: Gateway, ada: AsyncClient) -> None:
    session = await ada.auth.get_session()
    assert session is not None
    own, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    await gateway.join({"user": session.user.model_dump(mode="json")}, own, Role.MANAGER)
    kept = await gateway.artist(foreign, "Stranger")
    created = await ada.table("artists").insert({"org_id": str(own), "name": "Lumen", "genres": ["dub"]}).execute()
    lumen = rows(created)[0]
    assert lumen["name"] == "Lumen"
    await (
        ada.table("artists")
        .insert([{"org_id": str(own), "name": "Moth, the"}, {"org_id": str(own), "name": "Nacre"}])
        .execute()
    )

    selected = await (
        ada.table("artists")
        .select("name, id", count=CountMethod.exact)
        .in_("name", ["Moth, the", "Nacre", "Stranger"])
        .order("name", desc=True)
        .limit(1)
        .execute()
    )
    assert [row["name"] for row in rows(selected)] == ["Nacre"]
    assert selected.count == 2
    single = await ada.table("artists").select("*").eq("id", lumen["id"]).single().execute()
    assert cast(dict[str, Any], single.data)["genres"] == ["dub"]
    changed = await ada.table("artists").update({"country": "FR"}).eq("id", lumen["id"]).execute()
    assert rows(changed)[0]["country"] == "FR"
    assert (await ada.table("artists").update({"country": "FR"}).eq("id", str(kept)).execute()).data == []
    deleted = await ada.table("artists").delete().neq("name", "nobody").execute()
    assert {row["org_id"] for row in rows(deleted)} == {str(own)}
    left = await gateway.database.as_owner("select name from artists where org_id = any ($1)", [own, foreign])
    assert [row["name"] for row in left] == ["Stranger"]


async def test_receives_new_rows_of_its_own_org_only(gateway: Gateway, connect: Connect, ada: AsyncClient) -> None:
    session = await ada.auth.get_session()
    assert session is not None
    own, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    await gateway.join({"user": session.user.model_dump(mode="json")}, own, Role.ANALYST)
    other_user = await connect()
    await other_user.auth.sign_up({"email": "eve@example.test", "password": PASSWORD})
    received: asyncio.Queue[PostgresChangesPayload] = asyncio.Queue()
    received_by_other: asyncio.Queue[PostgresChangesPayload] = asyncio.Queue()
    run_server: asyncio.Queue[object] = asyncio.Queue()
    for client, into in ((ada, received), (other_user, received_by_other)):
        channel = client.channel("jobs").on_system(run_server.put_nowait)
        channel.on_postgres_changes(Event.Insert, into.put_nowait, table="jobs")
        await channel.subscribe()  # the client does not wait for the answer
        await asyncio.wait_for(run_server.get(), 30)
    for org in (foreign, own):
        await gateway.database.as_owner("insert into jobs (org_id, name) values ($1, 'connections.sync')", org)

    event = await asyncio.wait_for(received.get(), 30)
    assert event["data"]["record"] is not None
    assert event["data"]["record"]["org_id"] == str(own)
    assert event["data"]["type"] == "INSERT"
    assert {"name": "org_id", "type": "uuid"} in event["data"]["columns"]
    assert received.empty()
    assert received_by_other.empty()
