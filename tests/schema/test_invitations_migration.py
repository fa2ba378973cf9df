"""A member who was invited and had not signed in is an address again: an invitation with all that they were given."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database

INVITATIONS = "20261130000200"


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < INVITATIONS:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    shutil.copy(next(MIGRATIONS.glob(f"{INVITATIONS}*")), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_invited_members_become_invitations(old_database: Database, tmp_path: Path) -> None:
    org, artist, ada, ida = uuid4(), uuid4(), uuid4(), uuid4()
    await old_database.run_script(
        f"""insert into orgs (id, name) values ('{org}', 'Org');
            insert into artists (org_id, id, name) values ('{org}', '{artist}', 'Artist');
            insert into auth.users (id, email) values ('{ada}', 'ada@example.test'), ('{ida}', 'Ida@example.test');
            insert into users (id, email, display_name) values ('{ada}', 'ada@example.test', 'Ada'),
              ('{ida}', 'Ida@example.test', 'Secret Name');
            insert into memberships (org_id, user_id, role, status, invited_by, money_access) values
              ('{org}', '{ada}', 'admin', 'active', null, null),
              ('{org}', '{ida}', 'creator', 'invited', '{ada}', true);
            insert into member_artists (org_id, user_id, artist_id) values ('{org}', '{ida}', '{artist}');
            insert into user_permissions (org_id, user_id, provider, can_write) values
              ('{org}', '{ida}', 'spotify', false)"""
    )
    await apply_migrations(old_database.dsn("postgres"), tmp_path)
    members = await old_database.as_owner("select user_id, status::text from memberships where org_id = $1", org)
    assert [tuple(row) for row in members] == [(ada, "active")]
    [row] = await old_database.as_owner("select * from invitations where org_id = $1", org)
    assert (row["email"], row["role"], row["artist_ids"], row["money_access"]) == (
        "ida@example.test",
        "creator",
        [artist],
        True,
    )
    assert row["platforms"] == {"spotify": {"can_read": True, "can_write": False, "can_delete": True}}
    assert (row["invited_by"], row["display_name"], row["token_hash"]) == (ada, "", None)
