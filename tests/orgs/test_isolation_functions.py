"""A function that policies depend on is hashed: one with another body takes a running system out of service."""

from pathlib import Path

import pytest

from arti import MIGRATIONS
from arti.orgs.isolation.functions import list_changed_functions
from arti.settings import Settings
from arti_core.database import anonymous_transaction
from arti_core.migrations import apply_migrations
from tests.conftest import Database, World
from tests.orgs.test_isolation_holes import serving


async def functions_of_policies(database: Database) -> list[str]:
    rows = await database.as_owner(
        """select distinct n.nspname || '.' || p.proname as name
           from pg_depend d join pg_proc p on p.oid = d.refobjid join pg_namespace n on n.oid = p.pronamespace
           where d.classid = 'pg_policy'::regclass and d.refclassid = 'pg_proc'::regclass
             and n.nspname not in ('clock', 'pg_catalog')"""
    )
    return [row["name"] for row in rows]


async def test_every_function_of_a_policy_and_of_our_schemas_is_recorded(database: Database) -> None:
    rows = await database.as_owner("select name from private.function_digests")
    recorded = {row["name"].partition("(")[0] for row in rows}
    needed = set(await functions_of_policies(database))
    assert len(needed) > 10
    assert needed <= recorded
    ours = await database.as_owner(
        """select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'private' and p.prokind <> 'a'"""
    )
    assert {row["name"] for row in ours} <= recorded


@pytest.mark.parametrize(
    "opens",
    [
        "create or replace function private.member_org_ids() returns uuid[] language sql stable"
        " set search_path = '' as 'select array(select id from public.orgs)'",
        "alter function private.member_org_ids() volatile",
        "create or replace function private.set_audit_details_aside() returns trigger language plpgsql"
        " security definer set search_path = '' as 'begin return new; end'",
        "create or replace function claims.uid() returns uuid language sql stable as"
        " 'select ''00000000-0000-0000-0000-000000000001''::uuid'",
    ],
    ids=["another body", "another volatility", "a trigger", "a function of claims"],
)
async def test_a_replaced_function_takes_it_out_of_service(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch, opens: str
) -> None:
    name = opens.partition("function ")[2].partition("(")[0]
    [was] = await world.database.as_owner(f"select pg_get_functiondef('{name}'::regproc) as sql")
    async with serving(settings, monkeypatch) as client:
        assert (await client.get("/readyz")).json()["failing"] == []
        await world.database.run_script(opens)
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["failing"]) == (503, ["isolation"])
        assert name not in answer.text
        await world.database.run_script(was["sql"])
        assert (await client.get("/readyz")).json()["failing"] == []


async def test_migrations_record_what_they_change_and_nothing_else_does(database: Database, tmp_path: Path) -> None:
    pool = await database.pool("arti_api")

    async def changed() -> list[str]:
        async with anonymous_transaction(pool) as connection:
            return await list_changed_functions(connection)

    assert await changed() == []
    await database.run_script("alter function private.member_org_ids() cost 5; drop function private.all_org_ids()")
    assert await changed() == ["private.all_org_ids()"]
    await database.as_owner("delete from private.function_digests")
    assert await changed() == ["private.function_digests (nothing is recorded)"]
    for file in MIGRATIONS.glob("*.sql"):
        (tmp_path / file.name).symlink_to(file)
    await database.run_script(f'grant create on database "{database.name}" to postgres')
    owner = database.dsn("postgres")
    assert await apply_migrations(owner, tmp_path) == []
    assert await changed() == ["private.function_digests (nothing is recorded)"], "a start without changes records none"
    (tmp_path / "99999999000000_later.sql").write_text("alter function private.member_org_ids() volatile")
    assert await apply_migrations(owner, tmp_path) == ["later"]
    assert await changed() == []
    await pool.close()
