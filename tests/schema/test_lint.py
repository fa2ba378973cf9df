"""The schema keeps the rules of tools/lints/schema.py, and each rule notices what breaks it."""

import asyncpg
import pytest

from arti.orgs.isolation.baseline import DEFINERS
from arti_core.database import Connection
from local_stack.postgres import SUPERUSER
from tests.conftest import Database
from tools.lints.schema import RULES, Rule


async def findings(connection: Connection, rule: Rule) -> set[str]:
    return {row["name"] for row in await connection.fetch(rule.finds)} - rule.allowed


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.says)
async def test_the_schema_passes_the_lint_and_violations_are_found(rule: Rule, database: Database) -> None:
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    try:
        assert await findings(connection, rule) == set()
        async with connection.transaction():
            await connection.execute(rule.seed)
            assert await findings(connection, rule) != set(), "the rule is blind to its own seed"
            raise asyncpg.exceptions.RaiseError("roll back")
    except asyncpg.exceptions.RaiseError:
        pass
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "columns",
    [
        "org_id uuid not null, artist_id uuid",
        "org_id uuid not null, series_id uuid, foreign key (org_id, series_id) references public.series (org_id, id)",
        "org_id uuid not null, x uuid, foreign key (org_id, x) references public.campaign_costs (org_id, id)",
    ],
)
async def test_a_new_table_about_artists_is_found(database: Database, columns: str) -> None:
    """By its column, by what it hangs on, and by what that hangs on."""
    (rule,) = [rule for rule in RULES if rule.says.startswith("what is about an artist")]
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    await connection.execute(f"create table public.bad ({columns}); grant select on public.bad to authenticated")
    assert await findings(connection, rule) == {"public.bad"}
    await connection.execute("call private.isolate('public.bad', 'roster:read', 'roster:write')")
    assert await findings(connection, rule) == {"public.bad"}
    await connection.close()


async def test_the_list_of_definers_has_no_stale_entry(database: Database) -> None:
    rows = await database.as_owner(
        """select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.prosecdef and n.nspname in ('public', 'private', 'claims')"""
    )
    assert {row["name"] for row in rows} == DEFINERS.keys()


async def test_shadowing_objects_do_not_capture_definers(database: Database) -> None:
    """Whoever may make temporary objects cannot make a definer read theirs instead (trust.md T4)."""
    rows = await database.as_owner("insert into orgs (name) values ('A') returning id")
    connection = await asyncpg.connect(database.dsn("arti_api"))
    async with connection.transaction():
        await connection.execute("set local role authenticated")
        await connection.execute(
            "create temporary table memberships (org_id uuid, user_id uuid, role text, status text)"
        )
        await connection.execute(
            "insert into memberships values ($1, gen_random_uuid(), 'admin', 'active')", rows[0]["id"]
        )
        await connection.execute("set local search_path = pg_temp, public")
        assert await connection.fetchval("select private.member_org_ids()") == []
    await connection.close()
