"""A database from before the chain keeps its audit log: every entry is chained, and its details are set aside."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti.orgs.audit import store
from arti.orgs.audit.chain import verify_chain
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database

CHAIN = "20261130000620"


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < CHAIN:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_entries_are_chained_and_details_set_aside(old_database: Database) -> None:
    orgs = [uuid4(), uuid4()]
    for org in orgs:
        await old_database.run_script(
            f"""insert into orgs (id, name) values ('{org}', 'Org');
                insert into audit_log (org_id, actor_id, action, subject_kind, subject_id, details, created_at) values
                  ('{org}', null, 'org.created', 'org', '{org}', '{{"name": "Org"}}', '2026-01-01'),
                  ('{org}', null, 'member.removed', 'member', '{uuid4()}', '{{"email": "a@b.test"}}', '2026-01-03'),
                  ('{org}', null, 'rule.deleted', 'rule', 'x', '{{}}', '2026-01-02')"""
        )
    assert any(
        name.startswith("audit_chain") for name in await apply_migrations(old_database.dsn("postgres"), MIGRATIONS)
    )
    connection = await asyncpg.connect(old_database.dsn("postgres"))
    for org in orgs:
        rows = await store.read_chain(connection, org)
        assert [row["action"] for row in rows] == ["org.created", "rule.deleted", "member.removed"]
        assert [row["plain"] for row in rows] == ['{"name": "Org"}', None, '{"email": "a@b.test"}']
        report = verify_chain(org, rows)
        assert (report.entries, report.problems) == (3, [])
    await connection.close()
    assert await old_database.as_owner("select 1 from audit_log where details <> '{}'") == []
