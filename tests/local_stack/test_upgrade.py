"""A database of version 0.1.0 with rows in every table keeps them all when it is brought to the present schema."""

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core.migrations import apply_migrations
from local_stack import postgres
from local_stack.postgres import SUPERUSER, Cluster
from supabase_local.bootstrap import apply_steps, list_steps

# What 0.1.0 had. Neither list ever changes, nor do the files.
STEPS = ("10_roles", "20_auth", "30_rest", "30_sessions", "40_auth_flows", "50_auth_factors", "60_realtime", "70_owner")
FILES = (
    "20261122000050_extensions",
    "20261122000100_ground",
    "20261122000200_work",
    "20261122000300_roster_and_metrics",
    "20261122000400_connections_and_imports",
    "20261122000500_campaigns_and_insights",
    "20261122000600_automation",
    "20261122000700_catalogue",
    "20261122000800_isolation",
    "20261122000900_canary",
    "20261122001000_realtime",
    "20261122001100_sessions_and_keys",
    "20261122001200_rest",
    "20261122001300_realtime_publication",
    "20261122001400_console",
    "20261122001500_what_members_may_owe",
    "20261122001600_only_through_the_api",
    "20261122001700_tries_of_a_delivery",
)
# Of their statements, without the lines of comment.
SHA256 = "92018bcf020891677f8ccd5adb8204c589d6a8c47424b3ab58629d81aaca6bcb"

# Tables and columns of 0.1.0 that have another name now.
TABLES = {
    "public.annotations": "public.calendar_entries",
    "public.connected_accounts": "public.accounts",
    "auth.mails": "mail.queue",
    "private.requestable": "private.request_permissions",
    "private.console_acts": "private.console_audit",
    "public.import_files": "private.file_pieces",
}
COLUMNS = {
    ("public.annotations", "occurred_on"): "starts_on",
    ("public.sync_runs", "connection_id"): "account_id",
    ("public.jobs", "handed_at"): "dispatched_at",
    ("public.insight_feedback", "verdict"): "rating",
    ("private.console_acts", "act"): "action",
    ("public.import_files", "import_id"): "file_id",
    ("auth.mails", "subject"): "unsealed_subject",
    ("auth.mails", "body_text"): "unsealed_text",
    ("auth.mails", "body_html"): "unsealed_html",
}
# Columns whose values change their form; the rows are counted all the same.
CONVERTED = {("private.vault", "kind"), ("public.jobs", "args")}
# Columns that are gone because another table says the same.
DERIVED = {
    (
        "public.campaigns",
        "budget_minor",
    ),  # a row of campaign_budgets, see tests/schema/test_calendar_and_money_before.py
    ("public.campaigns", "goal_target"),  # a row of campaign_targets
    ("public.users", "last_seen_at"),  # kept for each membership
    ("public.observation_revisions", "provider"),  # that of the series
    ("public.observation_revisions", "definition"),  # by day, in metric_definitions
}
# Tables that migrations fill: they may gain rows.
DECLARED = {
    "auth.schema_migrations",
    "public.metrics",
    "public.metric_definitions",
    "private.requestable",
    "private.role_permissions",
}
# Rows, by name, that a migration removes.
REMOVED = {("private.requestable", "insights.reword")}  # each text is read in the language of its reader
ORGS = 3

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
async def old_database(cluster: Cluster, tmp_path: Path) -> AsyncIterator[str]:
    """The name of a database as 0.1.0 made it, with the canary's row of each tenant table once more for three orgs."""
    name = f"v010_{uuid4().hex[:8]}"
    admin = await asyncpg.connect(cluster.dsn(SUPERUSER, "postgres"))
    await admin.execute(f'create database "{name}"')
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, name))
    try:
        await apply_steps(connection, {step: list_steps()[step] for step in STEPS})
        await postgres.set_passwords(cluster, name)
        for file in FILES:
            shutil.copy(MIGRATIONS / f"{file}.sql", tmp_path)
        await apply_migrations(cluster.dsn("postgres", name), tmp_path)
        await _insert_rows(connection)
        yield name
    finally:
        await connection.close()
        await admin.execute(f'drop database "{name}" with (force)')
        await admin.close()


async def _insert_rows(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    canary = str(await connection.fetchval("select private.canary_org_id()"))
    await connection.execute("set session_replication_role = replica")  # neither triggers nor the order of foreign keys
    for table, rows in (await _read_rows(connection)).items():
        for row in [row for row in rows if canary in row.values()]:
            for number in range(1, ORGS + 1):
                copy = json.dumps(row).replace(canary, f"00000000-0000-4000-8000-{number:012}")
                copy = copy.replace("canary@canary.invalid", f"person-{number}@example.test")
                await connection.execute(
                    f"insert into {table} select (jsonb_populate_record(null::{table}, $1::jsonb)).*", copy
                )
    await connection.execute(
        """insert into auth.users (id, email, aud, role, created_at)
             select id, email, 'authenticated', 'authenticated', '2026-11-22T12:00Z' from public.users;
           insert into auth.sessions (id, user_id, created_at, aal)
             select gen_random_uuid(), id, '2026-11-22T12:00Z', 'aal1' from auth.users;
           insert into auth.mails (recipient, kind, subject, body_text, body_html)
             select email, 'recovery', 'Your code', 'Your code is 123456', '<p>123456</p>' from auth.users;
           insert into private.console_acts (session, act, target, detail) values ('1', 'sql', '', 'select 1');
           update public.jobs set args = jsonb_build_object('connection_id', id);
           set session_replication_role = default"""
    )


async def _read_rows(connection: "asyncpg.Connection[asyncpg.Record]") -> Rows:
    tables = await connection.fetch(
        """select format('%I.%I', table_schema, table_name) as name from information_schema.tables
           where (table_type = 'BASE TABLE' or (table_schema, table_name) = ('public', 'observations'))
             and table_schema in ('public', 'private', 'auth', 'realtime', 'mail')"""
    )
    return {
        table["name"]: [
            json.loads(row[0]) for row in await connection.fetch(f"select to_jsonb(t)::text from {table['name']} t")
        ]
        for table in tables
    }


def test_the_files_of_the_first_version_are_frozen() -> None:
    texts = [list_steps()[step] for step in STEPS] + [(MIGRATIONS / f"{file}.sql").read_text() for file in FILES]
    statements = [line for text in texts for line in text.splitlines() if not line.lstrip().startswith("--")]
    assert hashlib.sha256("\n".join(statements).encode()).hexdigest() == SHA256


async def test_an_upgrade_keeps_every_row(old_database: str, cluster: Cluster) -> None:
    connection = await asyncpg.connect(cluster.dsn(SUPERUSER, old_database))
    try:
        before = await _read_rows(connection)
        await postgres.prepare_database(cluster, old_database)
        applied = await apply_migrations(cluster.dsn("postgres", old_database), MIGRATIONS)
        after = await _read_rows(connection)
    finally:
        await connection.close()
    assert "accounts" in applied
    assert len(before["public.connected_accounts"]) == ORGS + 1
    assert sum(map(len, before.values())) > 150
    differences = [difference for table, rows in before.items() for difference in compare(table, rows, after)]
    assert differences == []


def compare(table: str, rows: list[dict[str, Any]], after: Rows) -> list[str]:
    """Return one sentence for each row or column of `table` that the upgrade lost or changed."""
    present = TABLES.get(table, table)
    if present not in after:
        return [f"{table} is gone"]
    columns = {
        column: COLUMNS.get((table, column), column)
        for row in rows[:1]
        for column in row
        if (table, column) not in DERIVED
    }
    lost = [column for column, name in columns.items() if after[present] and name not in after[present][0]]
    if lost:
        return [f"{table}: columns are gone: {', '.join(lost)}"]
    kept = {column: name for column, name in columns.items() if (table, column) not in CONVERTED}
    rows = [row for row in rows if (table, row.get("name")) not in REMOVED]
    old = sorted(json.dumps([row[column] for column in kept]) for row in rows)
    new = sorted(json.dumps([row[name] for name in kept.values()]) for row in after[present])
    missing = [row for row in old if row not in new]
    sentences = [f"{table}: {len(missing)} rows are lost or changed, such as {missing[0]}"] if missing else []
    if len(new) != len(old) and table not in DECLARED:
        sentences.append(f"{table} had {len(old)} rows and has {len(new)}")
    return sentences


def test_a_lost_row_or_column_is_found() -> None:
    rows = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]
    assert compare("public.x", rows, {"public.x": rows}) == []
    assert compare("public.x", rows, {}) == ["public.x is gone"]
    assert compare("public.x", rows, {"public.x": [{"id": 1}, {"id": 2}]}) == ["public.x: columns are gone: name"]
    changed = compare("public.x", rows, {"public.x": [rows[0], {"id": 2, "name": "c"}]})
    assert changed == ['public.x: 1 rows are lost or changed, such as [2, "b"]']
    assert len(compare("public.x", rows, {"public.x": rows[:1]})) == 2
