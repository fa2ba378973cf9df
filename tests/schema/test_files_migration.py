"""Files of imports from before the table of files keep every byte."""

import shutil
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core.files.file_store import FileStore, read_row
from arti_core.files.store import PIECE_BYTES, list_files
from arti_core.migrations import apply_migrations
from local_stack import postgres
from tests.conftest import Database

FILES = "20261201090000"
SIZES = (0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES)


@pytest.fixture
async def old_database(cluster: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Database]:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        if file.name < FILES:
            shutil.copy(file, tmp_path)
    name = f"old_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    database = Database(cluster, name)
    await apply_migrations(database.dsn("postgres"), tmp_path)
    shutil.copy(next(MIGRATIONS.glob(f"{FILES}*")), tmp_path)
    yield database
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def test_every_byte_is_kept(old_database: Database, tmp_path: Path) -> None:
    org, artist = uuid4(), uuid4()
    await old_database.as_owner("insert into orgs (id, name) values ($1, 'Org')", org)
    await old_database.as_owner("insert into artists (org_id, id, name) values ($1, $2, 'Artist')", org, artist)
    allowed = "insert into private.org_quotas (org_id, resource, allowed) values ($1, $2, 77)"
    await old_database.as_owner(allowed, org, "bytes of documents and import files")
    contents = {}
    for size in SIZES:
        content = (b"0123456789abcde" * (size // 15 + 1))[:size]
        [row] = await old_database.as_owner(
            """insert into imports (org_id, artist_id, file_name, content_sha256, byte_size, status)
               values ($1, $2, 'a.csv', $3, $4, 'refused') returning id""",
            *(org, artist, sha256(content).digest(), size),
        )
        await old_database.as_owner(
            "insert into import_files (org_id, import_id, content) values ($1, $2, $3)", org, row["id"], content
        )
        contents[row["id"]] = content

    await apply_migrations(old_database.dsn("postgres"), tmp_path)

    connection = await asyncpg.connect(old_database.dsn(postgres.SUPERUSER))
    try:
        files = {row["id"]: read_row(org, row) for row in await list_files(connection, org)}
        for row in await connection.fetch("select id, file_id from imports where org_id = $1", org):
            file = files.pop(row["file_id"])
            found = await FileStore().read(connection, file, at_most=max(SIZES))
            assert found == contents[row["id"]]
            assert (file.kind, file.artist_id, file.name) == ("import", artist, "a.csv")
        assert files == {}
        quota = await connection.fetchrow("select resource, allowed from private.org_quotas where org_id = $1", org)
        assert tuple(quota or ()) == ("bytes of documents and files", 77)
    finally:
        await connection.close()
