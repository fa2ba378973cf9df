"""Holes of every kind, opened one by one in a running database: each takes it out of service, and closed it is back."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
import pytest

from arti.api import create_app
from arti.ops import health
from arti.orgs.isolation import catalogue
from arti.orgs.isolation.catalogue import digest_catalogue, list_holes
from arti.settings import Settings
from arti_core.database import anonymous_transaction, open_pool
from tests.arti_command import run_command
from tests.conftest import Database, World


@dataclass(frozen=True)
class Opened:
    """A hole: what opens it, what closes it again, and what the operator reads of it."""

    kind: str
    opens: str
    closes: str
    shown: str


LOGINS = {
    "DATABASE_URL": "arti_api",
    "WORKER_DATABASE_URL": "arti_worker",
    "AUTH_DATABASE_URL": "supabase_auth_admin",
    "REST_DATABASE_URL": "arti_rest",
    "SERVICE_DATABASE_URL": "authenticator",
    "REALTIME_DATABASE_URL": "supabase_replication_admin",
}

HOLES = [
    Opened(
        "view_of_owner",
        "create view public.leak as select * from public.artists; grant select on public.leak to authenticated",
        "drop view public.leak",
        "public.leak (authenticated)",
    ),
    Opened(
        "view_of_owner",
        "create view public.leak as select id as one, name from public.artists;"
        " grant select (one) on public.leak to authenticated",
        "drop view public.leak",
        "public.leak (authenticated)",
    ),
    Opened(
        "without_policies",
        "create materialized view public.leak as select * from public.artists;"
        " grant select on public.leak to authenticated",
        "drop materialized view public.leak",
        "public.leak (authenticated)",
    ),
    Opened(
        "without_policies",
        """create extension file_fdw; create server leak foreign data wrapper file_fdw;
           create foreign table public.leak (line text) server leak options (filename '/etc/hostname');
           grant select on public.leak to authenticated""",
        "drop extension file_fdw cascade",
        "public.leak (authenticated)",
    ),
    Opened(
        "row_security_off",
        "create table public.leak as select * from public.artists",
        "drop table public.leak",
        "public.leak",
    ),
    Opened(
        "row_security_off",
        """create schema elsewhere; create table elsewhere.leak as select id, name from public.artists;
           grant usage on schema elsewhere to authenticated; grant select on elsewhere.leak to authenticated""",
        "drop schema elsewhere cascade",
        "elsewhere.leak",
    ),
    Opened(
        "row_security_off",
        """create table public.leak (org_id uuid) partition by list (org_id);
           create table public.leak_rest partition of public.leak default;
           alter table public.leak enable row level security; alter table public.leak force row level security""",
        "drop table public.leak",
        "public.leak_rest",
    ),
    Opened(
        "row_security_off",
        "alter table public.artists no force row level security",
        "alter table public.artists force row level security",
        "public.artists",
    ),
    Opened(
        "platform_table",
        "grant select (email) on auth.users to authenticated",
        "revoke select (email) on auth.users from authenticated",
        "auth.users authenticated",
    ),
    Opened(
        "granted_to_public",
        "grant select (display_name) on public.users to public",
        "revoke select (display_name) on public.users from public",
        "public.users",
    ),
    Opened(
        "granted_to_anon",
        "grant select on public.artists to anon",
        "revoke select on public.artists from anon",
        "public.artists",
    ),
    Opened(
        "closed_column",
        "grant select (sealed) on private.vault to arti_api",
        "revoke select (sealed) on private.vault from arti_api",
        "private.vault.sealed arti_api",
    ),
    Opened(
        "excess_privilege",
        "grant truncate on public.artists to authenticated",
        "revoke truncate on public.artists from authenticated",
        "public.artists authenticated TRUNCATE",
    ),
    Opened(
        "excess_privilege",
        "grant select on public.artists to authenticated with grant option",
        "revoke grant option for select on public.artists from authenticated",
        "public.artists authenticated SELECT",
    ),
    Opened(
        "shared_table_writable",
        "grant update (slug) on public.providers to authenticated",
        "revoke update (slug) on public.providers from authenticated",
        "public.providers authenticated",
    ),
    Opened(
        "open_policy",
        """create table public.leak (name text); alter table public.leak enable row level security;
           create policy everybody on public.leak for select to authenticated using (true);
           grant select on public.leak to authenticated""",
        "drop table public.leak",
        "public.leak everybody",
    ),
    Opened(
        "open_policy",
        "create policy everybody on realtime.messages for select to authenticated using (true)",
        "drop policy everybody on realtime.messages",
        "realtime.messages everybody",
    ),
    Opened(
        "policy_missing",
        "alter policy members_only on public.artists rename to other; create policy members_only on public.artists"
        " as restrictive for select to authenticated using (org_id = any ((select private.member_org_ids())::uuid[]));"
        " drop policy other on public.artists",
        "drop policy members_only on public.artists; create policy members_only on public.artists as restrictive"
        " for all to authenticated using (org_id = any ((select private.member_org_ids())::uuid[]))"
        " with check (org_id = any ((select private.member_org_ids())::uuid[]))",
        "public.artists members_only",
    ),
    Opened(
        "unlisted_definer",
        """create function public.leak() returns setof public.artists language sql stable security definer
             set search_path = '' as 'select * from public.artists';
           grant execute on function public.leak() to authenticated""",
        "drop function public.leak()",
        "public.leak",
    ),
    Opened(
        "unlisted_definer",
        """create function private.member_org_ids(person uuid) returns uuid[] language sql security definer
             set search_path = '' as 'select null::uuid[]'""",
        "drop function private.member_org_ids(uuid)",
        "private.member_org_ids (more than one)",
    ),
    Opened(
        "unsafe_definer",
        "alter function private.all_org_ids() set search_path = public",
        "alter function private.all_org_ids() set search_path = ''",
        "private.all_org_ids",
    ),
    Opened(
        "definer_granted",
        "grant execute on function private.all_org_ids() to public",
        "revoke execute on function private.all_org_ids() from public",
        "private.all_org_ids authenticated",
    ),
    Opened(
        "server_function_granted",
        "grant execute on function pg_read_file(text) to authenticated",
        "revoke execute on function pg_read_file(text) from authenticated",
        "pg_read_file(text) authenticated",
    ),
    Opened(
        "published",
        "alter publication supabase_realtime add table private.vault",
        "alter publication supabase_realtime drop table private.vault",
        "private.vault",
    ),
    Opened(
        "trigger_off",
        "alter table public.memberships disable trigger require_api_login",
        "alter table public.memberships enable trigger require_api_login",
        "public.memberships require_api_login",
    ),
    Opened(
        "event_trigger",
        """create function public.leak() returns event_trigger language plpgsql set search_path = '' as 'begin end';
           create event trigger leak on ddl_command_end execute function public.leak()""",
        "drop event trigger leak; drop function public.leak()",
        "leak",
    ),
    Opened(
        "role_attribute", "alter role authenticated bypassrls", "alter role authenticated nobypassrls", "authenticated"
    ),
    Opened(
        "reader_open", "grant arti_reader to authenticator", "revoke arti_reader from authenticator", "authenticator"
    ),
    Opened(
        "reader_open",
        "grant update (name) on public.artists to arti_reader",
        "revoke update (name) on public.artists from arti_reader",
        "public.artists writable",
    ),
    Opened(
        "reader_open",
        "create function public.leak() returns integer language sql set search_path = '' as 'select 1';"
        " alter function public.leak() owner to arti_reader",
        "drop function public.leak()",
        "leak()",
    ),
    Opened("role_attribute", "alter role arti_reader login", "alter role arti_reader nologin", "arti_reader"),
    Opened(
        "role_membership",
        "grant pg_read_all_data to authenticated",
        "revoke pg_read_all_data from authenticated",
        "authenticated in pg_read_all_data",
    ),
    Opened(
        "role_membership",
        "grant postgres to authenticator",
        "revoke postgres from authenticator",
        "authenticator in postgres",
    ),
    Opened(
        "role_setting",
        "alter role arti_rest set search_path = elsewhere",
        "alter role arti_rest reset search_path",
        "arti_rest search_path",
    ),
    Opened(
        "parameter_granted",
        "grant set on parameter session_replication_role to arti_api",
        "revoke set on parameter session_replication_role from arti_api",
        "session_replication_role arti_api",
    ),
    Opened(
        "may_create",
        "grant create on schema public to authenticated",
        "revoke create on schema public from authenticated",
        "public authenticated",
    ),
    Opened(
        "owned_by_caller",
        "create function public.leak() returns integer language sql set search_path = '' as 'select 1';"
        " alter function public.leak() owner to arti_api",
        "drop function public.leak()",
        "leak() arti_api",
    ),
    Opened(
        "default_privilege",
        "alter default privileges for role postgres in schema public grant select on tables to authenticated",
        "alter default privileges for role postgres in schema public revoke select on tables from authenticated",
        "postgres r authenticated",
    ),
]


@asynccontextmanager
async def serving(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """An API whose health checks are never older than the request."""
    database = next(part for part in health.PARTS if part.name == "database")
    isolation = next(part for part in health.PARTS if part.name == "isolation")
    monkeypatch.setattr(health, "PARTS", (database, replace(isolation, fresh_seconds=0.0)))
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as client:
            yield client


async def test_each_hole_takes_it_out_of_service_until_it_is_closed(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One API process through all of them: nothing that it keeps hides the next one."""
    member = await world.member()
    before = (await member.http.get("/auth/test-isolation")).json()
    assert (before["passed"], before["holes"]) == (True, 0)
    pool = await open_pool(settings.database_url.get_secret_value(), size=1, claims_key=settings.claims_signing_key)
    missed = []
    async with serving(settings, monkeypatch) as client:
        for hole in HOLES:
            assert (await client.get("/readyz")).json()["failing"] == [], f"before {hole.opens}"
            await world.database.run_script(hole.opens)
            try:
                answer = await client.get("/readyz")
                async with anonymous_transaction(pool) as connection:
                    found = await list_holes(connection)
                if (hole.kind, hole.shown) not in {(item.kind, item.name) for item in found}:
                    missed.append(f"{hole.opens}: {found}")
                if (answer.status_code, answer.json()["failing"]) != (503, ["isolation"]):
                    missed.append(f"{hole.opens}: {answer.text}")
                assert "leak" not in answer.text
            finally:
                await world.database.run_script(hole.closes)
        assert (await client.get("/readyz")).status_code == 200
    await pool.close()
    assert missed == []
    assert {hole.kind for hole in HOLES} == {rule.kind for rule in catalogue.RULES}


async def test_rows_are_seen_by_attempts_alone(world: World) -> None:
    """Attempts with the caller's claims reach views, renamed columns, other schemas and functions of REST."""
    member = await world.member()
    await world.database.run_script(
        """create view public.leak as select id as one, name as two from public.artists;
           grant select on public.leak to authenticated;
           create view public.wide as select org_id::text as org_id, name from public.artists;
           grant select on public.wide to authenticated;
           create schema elsewhere; create table elsewhere.leak as select org_id, name from public.artists;
           grant usage on schema elsewhere to authenticated; grant select on elsewhere.leak to authenticated;
           create function public.list_leak() returns setof public.artists language sql stable security definer
             set search_path = '' as 'select * from public.artists';
           grant execute on function public.list_leak() to authenticated"""
    )
    answer = await member.http.get("/auth/test-isolation")
    report = answer.json()
    assert (answer.status_code, report["passed"], report["foreign_rows_visible"]) == (500, False, 4)
    assert (
        report["holes"] == 6
    )  # two views; the table has neither RLS nor a policy; the function is unlisted and unsafe


async def test_who_reads_everything_anyway_may_become_the_reader(database: Database) -> None:
    """As Supabase's postgres, where the tables belong to a superuser and another database of the server to it."""
    owner = f"owner_{uuid4().hex[:8]}"
    pool = await database.pool("arti_api")

    async def found() -> list[tuple[str, str]]:
        async with anonymous_transaction(pool) as connection:
            return [(hole.kind, hole.name) for hole in await list_holes(connection)]

    await database.run_script(f"create role {owner} login bypassrls; grant arti_reader, pg_read_all_data to {owner}")
    try:
        assert await found() == []
        for less, more in (
            (f"alter role {owner} nobypassrls", f"alter role {owner} bypassrls"),
            (f"revoke pg_read_all_data from {owner}", f"grant pg_read_all_data to {owner}"),
        ):
            await database.run_script(less)
            assert await found() == [("reader_open", owner)], less
            await database.run_script(more)
    finally:
        await database.run_script(f"drop role {owner}")
        await pool.close()


@pytest.mark.parametrize(
    "written",
    [
        "update private.member_access set roster_read = roster_read || private.canary_org_id()",
        "update private.member_access set is_listed = not is_listed",
        "delete from private.member_access",
        "insert into private.member_access (user_id, member) select gen_random_uuid(), array[private.canary_org_id()]",
    ],
)
async def test_access_that_differs_from_the_memberships_is_a_hole(world: World, written: str) -> None:
    member = await world.member()
    await world.database.as_owner("insert into private.member_access (user_id) values (gen_random_uuid())")
    assert (await member.http.get("/auth/test-isolation")).json()["passed"] is True
    await world.database.run_script(written)
    answer = await member.http.get("/auth/test-isolation")
    assert (answer.status_code, answer.json()["holes"]) == (500, 1)
    await world.database.run_script(
        """delete from private.member_access;
           select private.refresh_member_access(user_id) from (select distinct user_id from memberships) m"""
    )
    assert (await member.http.get("/auth/test-isolation")).json()["passed"] is True


async def test_the_reasons_are_for_the_operator(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    member = await world.member()
    await world.database.run_script(HOLES[0].opens)
    async with serving(settings, monkeypatch) as client:
        ready = await client.get("/readyz")
        assert ready.json()["failing"] == ["isolation"]
        assert "leak" not in (await client.get("/api/health", headers=dict(member.http.headers))).text
        logged = capsys.readouterr().out
        assert "public.leak (authenticated): A view that callers reach" in logged
        await client.get("/readyz")
        assert "public.leak" not in capsys.readouterr().out, "the same reasons are logged once"
    report = (await member.http.get("/auth/test-isolation")).json()
    assert all(isinstance(value, int | bool) for value in report.values())


async def test_an_unchanged_catalogue_is_not_examined_again(database: Database) -> None:
    """Not after writes of rows, ANALYZE and VACUUM; but after every change of the schema or of a role."""
    pool = await database.pool("arti_api")

    async def digest() -> str:
        async with anonymous_transaction(pool) as connection:
            return await digest_catalogue(connection)

    first = await digest()
    await database.as_owner("insert into orgs (name) values ('A')")
    await database.as_owner("vacuum analyze orgs")
    assert await digest() == first
    for change in (
        "alter table orgs add column later text",
        "alter table orgs rename column later to afterwards",
        "alter policy read on insights using (true)",
        "grant select (name) on orgs to anon",
        "alter role arti_rest set work_mem = '5MB'",
        "alter role arti_rest reset work_mem",
        "create or replace function private.job_org_id() returns uuid language sql stable set search_path = ''"
        " as 'select null::uuid'",
    ):
        last = await digest()
        await database.run_script(change)
        assert await digest() != last, change
    await pool.close()


async def test_the_command_names_what_is_open(
    database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ARTI_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("SUPABASE_URL", raising=False)
    monkeypatch.setenv("CLAIMS_SIGNING_KEY", database.cluster.claims_key)
    for name, role in LOGINS.items():
        monkeypatch.setenv(name, database.dsn(role))

    code, shown = await run_command(capsys, "isolation")
    assert (code, shown[:21]) == (0, "No org sees another: ")
    await database.run_script(HOLES[0].opens)
    code, shown = await run_command(capsys, "isolation")
    assert code == 1
    assert "- public.leak (authenticated): A view that callers reach" in shown
