"""What policies ask about the caller is found once a statement, however many rows it reads."""

import json
import re
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from arti_core.database import Connection
from local_stack.postgres import SUPERUSER
from tests.conftest import Database

_FUNCTION = re.compile(r"\b(?:claims|private|auth)\.\w+\(")
_CONDITIONS = ("Filter", "Index Cond", "Recheck Cond", "Join Filter", "Hash Cond", "One-Time Filter")


def called_for_rows(node: dict[str, Any], *, reruns: bool = False) -> Iterator[str]:
    """Yield what a plan calls for each row: in conditions, and in what a subplan that runs for each row puts out."""
    conditions = " ".join(str(node[name]) for name in _CONDITIONS if name in node)
    if _FUNCTION.search(conditions + " ".join(node.get("Output", ()) if reruns else ())):
        yield f"{conditions} {node.get('Output')}"
    hashed = re.findall(r"hashed (SubPlan \d+)", conditions)
    for part in node.get("Plans", ()):
        kind = part["Parent Relationship"]
        for_rows = part["Subplan Name"] not in hashed if kind == "SubPlan" else reruns and kind != "InitPlan"
        yield from called_for_rows(part, reruns=for_rows)


async def costly_tables(connection: Connection) -> dict[str, list[str]]:
    """Return the tables whose policies call something for each row, for members, workers and arti_reader."""
    found = {}
    for role, least in (("authenticated", 30), ("arti_worker", 30), ("arti_reader", 12)):
        tables = await connection.fetch(
            """select c.oid::regclass::text as name from pg_class c
               where c.relrowsecurity and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, 'select')
                 and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)""",
            role,
        )
        assert len(tables) >= least
        await connection.execute(f"set local role {role}")
        for table in tables:
            plan = await connection.fetchval(f"explain (verbose, format json) select from {table['name']}")
            if calls := list(called_for_rows(json.loads(plan)[0]["Plan"])):
                found[f"{table['name']} {role}"] = calls
        await connection.execute("reset role")
    return found


async def test_no_policy_calls_a_function_for_each_row(database: Database) -> None:
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    async with connection.transaction():
        assert await costly_tables(connection) == {}
    await connection.close()


@pytest.mark.parametrize(
    "condition",
    [
        "org_id = any (private.member_org_ids())",
        "id = claims.uid()",
        "(select private.role_in(org_id)) is not null",
    ],
)
async def test_a_policy_that_calls_for_each_row_is_found(database: Database, condition: str) -> None:
    connection = await asyncpg.connect(database.dsn(SUPERUSER))
    change = connection.transaction()
    await change.start()
    await connection.execute(
        f"create policy bad on artists as restrictive for select to authenticated using ({condition})"
    )
    assert "artists authenticated" in await costly_tables(connection)
    await change.rollback()
    await connection.close()
