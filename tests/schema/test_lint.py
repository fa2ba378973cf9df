"""The schema keeps the rules of tools/lints/schema.py, and each rule notices what breaks it."""

import asyncpg
import pytest

from arti_core.database import Connection
from local_stack.postgres import SUPERUSER
from tests.conftest import Database
from tools.lints.schema import DEFINERS, RULES, Rule


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


async def test_the_list_of_definers_has_no_stale_entry(database: Database) -> None:
    rows = await database.as_owner(
        """select n.nspname || '.' || p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where p.prosecdef and n.nspname in ('public', 'private')"""
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
