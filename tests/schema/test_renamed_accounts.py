"""A database from before the rename of connected_accounts keeps its accounts, jobs, events and secrets."""

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

RENAME = "20261128000300"


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < RENAME:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_rows_from_before_the_rename_are_kept(old_database: Database) -> None:
    org, artist, account = uuid4(), uuid4(), uuid4()
    await old_database.as_owner("insert into orgs (id, name) values ($1, 'Org')", org)
    await old_database.as_owner("insert into artists (org_id, id, name) values ($1, $2, 'Artist')", org, artist)
    await old_database.as_owner(
        """insert into connected_accounts (org_id, id, artist_id, provider, external_id, display_name)
           values ($1, $2, $3, 'youtube', 'UC1', 'Channel')""",
        *(org, account, artist),
    )
    await old_database.as_owner(
        "insert into sync_runs (org_id, connection_id, kind) values ($1, $2, 'backfill')", org, account
    )
    ids = {"connection_id": str(account), "kind": "nightly"}
    await old_database.as_owner("insert into jobs (org_id, name, args) values ($1, 'connections.sync', $2)", org, ids)
    await old_database.as_owner("insert into events (org_id, type, payload) values ($1, 'sync.failed', $2)", org, ids)
    await old_database.as_owner(
        """insert into private.vault (org_id, kind, ref, sealed, key_version)
           values ($1, 'connection', $2, 'sealed', 1)""",
        *(org, str(account)),
    )

    assert "accounts" in await apply_migrations(old_database.dsn("postgres"), MIGRATIONS)

    assert [row["id"] for row in await old_database.as_owner("select id from accounts where org_id = $1", org)] == [
        account
    ]
    runs = await old_database.as_owner("select account_id from sync_runs where org_id = $1", org)
    assert [row["account_id"] for row in runs] == [account]
    renamed = {"account_id": str(account), "kind": "nightly"}
    jobs = await old_database.as_owner("select args from jobs where org_id = $1 and name = 'connections.sync'", org)
    assert [row["args"] for row in jobs] == [renamed]
    events = await old_database.as_owner("select payload from events where org_id = $1", org)
    assert [row["payload"] for row in events] == [renamed]
    secrets = await old_database.as_owner("select kind, sealed from private.vault where org_id = $1", org)
    assert [(row["kind"], row["sealed"]) for row in secrets] == [("account", b"sealed")]
    names = await old_database.as_owner(
        "select conname from pg_constraint where conname like '%connected_accounts%' or conname like '%connection_id%'"
    )
    assert names == []
