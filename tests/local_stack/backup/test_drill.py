"""The restore drill: write, back up, destroy the files, restore to a moment, and compare every table."""

from datetime import datetime, timedelta
from uuid import UUID

import httpx2 as httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from starlette.datastructures import State

from arti_core import clock
from arti_core.database import Connection
from arti_core.errors import Conflict, Unavailable
from local_stack import postgres
from local_stack.backup.recovery.after_restore import Cleared
from local_stack.backup.recovery.cluster import restore_cluster
from local_stack.backup.verify import verify_backup
from local_stack.binaries import postgres_bin
from tests.conftest import MASTER_KEY, Database, World, settings_for
from tests.local_stack.backup.conftest import Installation, add_people, hash_tables, wait_until_archived


async def server_time(connection: Connection) -> datetime:
    """Return a moment between the commits before and after, by the server's clock."""
    moment: datetime = await connection.fetchval("select clock.wall_now() + interval '1 ms'")
    await connection.execute("select pg_sleep(0.002)")
    return moment


async def mark(connection: Connection, name: str) -> UUID:
    return UUID(str(await connection.fetchval("insert into orgs (name) values ($1) returning id", name)))


async def test_what_was_destroyed_comes_back_as_it_was_at_a_moment(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with installation.archiving() as archive, installation.connect() as connection:
        people = await add_people(connection, "Night Owl")
        manifest = await installation.back_up(archive)
        await mark(connection, "before")
        await connection.execute("update artists set name = 'Night Owl II' where id = $1", people.artist_id)
        expected = await hash_tables(connection)
        moment = await server_time(connection)
        await mark(connection, "after")
        await connection.execute("truncate public.metrics cascade")
        await connection.execute("delete from artists where id = $1", people.artist_id)
        await wait_until_archived(archive, clock.now())
    assert "whole" in await verify_backup(installation.repository, manifest, postgres_bin())
    installation.destroy()
    seen: dict[str, str] = {}
    names: set[str] = set()

    async def compare(restored: Connection, *_: object, **__: object) -> Cleared:
        seen.update(await hash_tables(restored))
        names.update(row["name"] for row in await restored.fetch("select name from orgs"))
        return Cleared()

    monkeypatch.setattr("local_stack.backup.recovery.cluster.clear_restored", compare)
    await restore_cluster(installation.repository, installation.cluster, installation.spool, to=moment)
    assert "before" in names
    assert "after" not in names
    assert seen == expected
    assert len(expected) > 80
    assert installation.errors == []


async def test_nothing_that_ended_comes_back_to_life(
    installation: Installation, redis_url: str, signing_key: ec.EllipticCurvePrivateKey, api: FastAPI
) -> None:
    async with installation.archiving() as archive, installation.connect() as connection:
        people, other = await add_people(connection, "Night Owl"), await add_people(connection, "Day Lark")
        await installation.back_up(archive)
        await connection.execute("delete from orgs where id = $1", await mark(connection, "gone before the moment"))
        await installation.ship_ledger()
        moment = await server_time(connection)
        await mark(connection, "after")
        await connection.execute("delete from orgs where id = $1", other.org_id)
        await connection.execute("delete from auth.users where id = $1", other.admin_id)
        await connection.execute("update private.org_keys set revoked_at = clock.now() where id = $1", people.key_id)
        # After the moment there was another admin, so this one could be removed.
        await connection.execute("update memberships set role = 'admin' where user_id = $1", people.member_id)
        await connection.execute("delete from memberships where user_id = $1", people.admin_id)
        await connection.execute("delete from accounts where id = $1", people.account_id)
        await connection.execute("delete from private.vault where org_id = $1", people.org_id)
        assert await installation.ship_ledger() >= 7
        assert await installation.ship_ledger() == 0
        await wait_until_archived(archive, clock.now())
    installation.destroy()

    restored = await restore_cluster(
        installation.repository, installation.cluster, installation.spool, to=moment, master_keys=MASTER_KEY
    )
    assert restored.cleared.problems == []
    assert {entry.relation for entry in restored.cleared.deletions} == {
        "public.orgs",
        "public.users",
        "private.org_keys",
        "public.memberships",
        "public.accounts",
        "private.vault",
    }
    assert restored.cleared.counts["sessions ended"] == 4
    assert restored.cleared.counts["one-time codes and links ended"] == 4
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        for table in ("auth.sessions", "auth.one_time_tokens", "auth.refresh_tokens", "accounts", "private.vault"):
            canary = " where org_id <> private.canary_org_id()" if table in ("accounts", "private.vault") else ""
            assert await connection.fetchval(f"select count(*) from {table}{canary}") == 0, table
        invited = await connection.fetchrow("select * from invitations where org_id = $1", people.org_id)
        assert invited is not None
        assert invited["token_hash"] is None
        assert invited["expires_at"] < clock.now()
        names = {row["name"] for row in await connection.fetch("select name from orgs")}
        assert "Night Owl" in names
        assert not names & {"after", "Day Lark", "gone before the moment"}
        assert await connection.fetchval("select count(*) from auth.users where id = $1", other.admin_id) == 0
        assert await connection.fetchval("select revoked_at from private.org_keys where id = $1", people.key_id)
        members = await connection.fetch("select user_id from memberships where org_id = $1", people.org_id)
        assert [row["user_id"] for row in members] == [people.member_id]

    # The API boots on it, is ready, and the isolation proof passes for a person who signs in anew.
    database = Database(installation.cluster, postgres.DATABASE)
    settings = settings_for(database, redis_url, signing_key)
    api.state = State({"settings": settings})
    async with api.router.lifespan_context(api):
        transport = httpx.ASGITransport(app=api, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as anonymous:
            world = World(database, settings, signing_key, anonymous, transport, api)
            ready = (await anonymous.get("/readyz")).json()
            assert "isolation" not in ready["failing"], ready
            assert "database" not in ready["failing"], ready
            assert "migrations" not in ready["failing"], ready
            member = await world.member(people.org_id)
            proof = (await member.http.get("/auth/test-isolation")).json()
            assert proof["passed"] is True
            assert proof["foreign_rows_visible"] == 0
            assert proof["tables_checked"] > 40


async def test_a_deletion_that_was_a_mistake_is_not_applied_again(installation: Installation) -> None:
    async with installation.archiving() as archive, installation.connect() as connection:
        people = await add_people(connection, "Night Owl")
        await installation.back_up(archive)
        moment = await server_time(connection)
        await connection.execute("delete from artists where id = $1", people.artist_id)
        await installation.ship_ledger()
        deletion = await connection.fetchval("select id from private.deletions where relation = 'public.artists'")
        await wait_until_archived(archive, clock.now())
    installation.stop()
    restored = await restore_cluster(
        installation.repository, installation.cluster, installation.spool, to=moment, undelete=[deletion]
    )
    assert restored.replaced is not None
    assert (restored.replaced / "PG_VERSION").exists()
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select name from artists where id = $1", people.artist_id) == "Night Owl"
        assert (
            await connection.fetchval("select tokens_restored_at from accounts where org_id = $1", people.org_id)
            is None
        )


async def test_a_restored_database_begins_a_stream_of_its_own(installation: Installation) -> None:
    async with installation.archiving() as archive, installation.connect() as connection:
        first = await installation.back_up(archive)
        moment = await server_time(connection)
        await mark(connection, "of the branch that is left")
        await wait_until_archived(archive, clock.now())
    installation.stop()
    await restore_cluster(installation.repository, installation.cluster, installation.spool, to=moment)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.archiving() as archive, installation.connect() as connection:
        second = await installation.back_up(archive)
        await mark(connection, "of the new branch")
        await wait_until_archived(archive, clock.now())
    assert second.stream != first.stream
    installation.destroy()
    await restore_cluster(installation.repository, installation.cluster, installation.spool, to=None)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        names = {row["name"] for row in await connection.fetch("select name from orgs")}
    assert "of the new branch" in names
    assert "of the branch that is left" not in names


async def test_a_moment_that_is_not_in_the_archive_is_refused_and_nothing_is_lost(installation: Installation) -> None:
    async with installation.archiving() as archive:
        manifest = await installation.back_up(archive)
        await wait_until_archived(archive, clock.now())
    with pytest.raises(Conflict, match=r"Stop it with \./arti down"):
        await restore_cluster(installation.repository, installation.cluster, installation.spool, to=None)
    installation.stop()
    later = manifest.ended_at + timedelta(days=1)
    with pytest.raises(Conflict, match="The archived log ends"):
        await restore_cluster(installation.repository, installation.cluster, installation.spool, to=later)
    earlier = manifest.ended_at - timedelta(days=1)
    with pytest.raises(Unavailable, match="The first moment that can be restored is"):
        await restore_cluster(installation.repository, installation.cluster, installation.spool, to=earlier)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
