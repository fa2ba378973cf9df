"""/auth/test-isolation is a real probe: it fails for each opened policy, for rows, for writes, for missing canaries."""

import asyncio
from collections import defaultdict
from uuid import uuid4

import asyncpg

from arti.orgs.isolation.policies import list_policies
from arti.orgs.isolation.probe import probe_isolation
from arti.vocabulary import Role
from arti_core.database import Principal, member_transaction
from tests.conftest import Database, World


async def test_a_member_reads_and_writes_nothing_of_the_canary(world: World) -> None:
    before = await _canary_rows(world.database)
    for role in Role:
        member = await world.member(role=role)
        for call in (member.http.get, member.http.post):
            answer = await call("/auth/test-isolation")
            assert answer.status_code == 200, answer.text
            report = answer.json()
            assert report["passed"] is True
            assert report["foreign_rows_visible"] == report["foreign_writes_accepted"] == 0
    tables = await world.database.as_owner("select count(*) as n from private.tenant_tables()")
    policies = await world.database.as_owner(
        "select count(*) as n from pg_policy where polrelid in (select name from private.tenant_tables())"
    )
    assert report["tables_checked"] == tables[0]["n"] > 30
    assert report["policies_seen"] == policies[0]["n"] > 150
    assert await _canary_rows(world.database) == before


async def test_the_report_contains_no_names(world: World) -> None:
    member = await world.member()
    report = (await member.http.get("/auth/test-isolation")).json()
    assert all(isinstance(value, int | bool) for value in report.values())


async def test_a_user_runs_one_probe_at_a_time(world: World) -> None:
    member, other = await world.member(), await world.member()
    answers = await asyncio.gather(*(member.http.get("/auth/test-isolation") for _ in range(6)))
    statuses = {answer.status_code for answer in answers}
    assert statuses == {200, 429}
    assert (await other.http.get("/auth/test-isolation")).status_code == 200
    assert (await member.http.get("/auth/test-isolation")).status_code == 200


async def test_foreign_members_are_refused(world: World) -> None:
    assert (await world.anonymous.get("/auth/test-isolation")).status_code == 401


async def test_every_policy_when_opened_makes_it_fail(world: World) -> None:
    """Each is found in the catalogue, and makes the endpoint fail; those of one name are opened together."""
    member = await world.member(role=Role.ANALYST)
    owner = await asyncpg.connect(world.database.dsn("postgres"))
    policies = await owner.fetch(
        """select p.polname as name, c.relname as table, c.oid::regclass::text as on_table,
             pg_get_expr(p.polqual, p.polrelid) as condition, pg_get_expr(p.polwithcheck, p.polrelid) as checked
           from pg_policy p join pg_class c on c.oid = p.polrelid
           where c.oid in (select name from private.tenant_tables())"""
    )
    groups = defaultdict(list)
    for policy in policies:
        for part, was in (("using", policy["condition"]), ("with check", policy["checked"])):
            if was is not None:
                groups[policy["name"], part].append((policy["table"], policy["on_table"], was))
    missed = []
    for (name, part), opened in groups.items():
        for _, table, _ in opened:  # one by one: all their locks at once would meet those of the health check
            await owner.execute(f'alter policy "{name}" on {table} {part} (true)')
        found = sorted((found.table, found.name) for found in await list_policies(owner) if found.is_open)
        if found != sorted((table, name) for table, _, _ in opened):
            missed.append(f"{name} {part}: {found}")
        answer = await member.http.get("/auth/test-isolation")
        if answer.status_code != 500 or answer.json()["open_policies"] != len(opened):
            missed.append(f"{name} {part}: {answer.text}")
        for _, table, was in opened:
            await owner.execute(f'alter policy "{name}" on {table} {part} ({was})')
    await owner.close()
    assert missed == []
    assert (await member.http.get("/auth/test-isolation")).status_code == 200


async def test_a_table_that_shows_every_artist_to_every_member_makes_it_fail(world: World) -> None:
    member = await world.member(role=Role.GUEST)
    to_org = "org_id = any ((select private.member_org_ids())::uuid[])"
    policy = "policy visible_artists_only on insights"
    await world.database.as_owner(f"alter {policy} using ({to_org}) with check ({to_org})")
    answer = await member.http.get("/auth/test-isolation")
    assert (answer.status_code, answer.json()["open_policies"]) == (500, 1)
    await world.database.as_owner(f"drop {policy}")
    report = (await member.http.get("/auth/test-isolation")).json()
    assert (report["passed"], report["open_policies"], report["tables_open_to_every_artist"]) == (False, 0, 1)


async def test_visible_rows_and_accepted_writes_are_counted(world: World) -> None:
    """The catalogue is one witness; what really happens is the other."""
    member = await world.member()
    for table in ("artists", "deliveries"):
        await world.database.as_owner(f"alter policy members_only on {table} using (true) with check (true)")
        await world.database.as_owner(f"alter policy read on {table} using (true)")
        await world.database.as_owner(f"alter policy visible_artists_only on {table} using (true) with check (true)")
    report = (await member.http.get("/auth/test-isolation")).json()
    assert report["foreign_rows_visible"] == 2
    await world.database.as_owner("alter policy add on artists with check (true)")
    await world.database.as_owner("alter policy change on artists using (true) with check (true)")
    await world.database.as_owner("alter policy remove on artists using (true)")
    await world.database.as_owner("alter policy mark_read on deliveries using (true) with check (true)")
    before = await _canary_rows(world.database)
    answer = await member.http.get("/auth/test-isolation")
    assert answer.status_code == 500
    assert answer.json()["foreign_writes_accepted"] == 4  # three verbs on artists, one on deliveries
    assert await _canary_rows(world.database) == before


async def test_disabled_row_security_is_detected(world: World) -> None:
    member = await world.member()
    await world.database.as_owner("alter table rules no force row level security")
    assert (await member.http.get("/auth/test-isolation")).json()["unprotected_tables"] == 1
    await world.database.as_owner("alter table rules disable row level security")
    report = (await member.http.get("/auth/test-isolation")).json()
    assert (report["unprotected_tables"], report["foreign_rows_visible"], report["passed"]) == (1, 1, False)


async def test_a_new_table_without_canary_or_policy_fails(world: World) -> None:
    member = await world.member()
    await world.database.as_owner("create table public.later (org_id uuid not null, id uuid)")
    report = (await member.http.get("/auth/test-isolation")).json()
    assert (report["tables_without_canary"], report["unprotected_tables"], report["passed"]) == (1, 1, False)


async def test_every_tenant_table_has_a_canary_row(database: Database) -> None:
    rows = await database.as_owner("select private.tables_without_canary() as name")
    assert [row["name"] for row in rows] == [], "plant a row in 20261122000900_canary.sql"


async def test_conditions_that_only_look_scoped_are_open(database: Database) -> None:
    org = "org_id = any ((select private.member_org_ids())::uuid[])"
    looks = {
        "or": f"({org}) or kind = 'email'",
        "not": f"not ({org})",
        "compared": f"(({org}) = false)",
        "either": f"({org}) is not null",
        "other function": "org_id = any ((select array[org_id])::uuid[])",
        "other column": "id = any ((select private.member_org_ids())::uuid[])",
        "a note that anybody can set": "org_id = (select private.opened_org_id())",
    }
    for name, condition in looks.items():
        await database.as_owner(f'create policy "{name}" on channels for select to authenticated using ({condition})')
    await database.as_owner(f"create policy everybody on channels for select using ({org})")
    await database.as_owner(f"create policy reader on channels for select to arti_reader using ({org})")
    pool = await database.pool("arti_api")
    async with member_transaction(pool, Principal(uuid4(), None)) as connection:
        found = {policy.name for policy in await list_policies(connection) if policy.is_open}
        assert (await probe_isolation(connection)).passed is False
    await pool.close()
    assert found == {*looks, "everybody", "reader"}


async def _canary_rows(database: Database) -> list[str]:
    tables = await database.as_owner("select name::text, key_column from private.tenant_tables()")
    rows = []
    for table in tables:
        found = await database.as_owner(
            f"select t::text as row from {table['name']} t where {table['key_column']} = private.canary_org_id()"
        )
        rows += [f"{table['name']}: {row['row']}" for row in found]
    return rows
