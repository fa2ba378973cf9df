"""Backups of a database by URL: dumps that have every row, and restores into an empty database."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti_core.errors import Conflict, Misconfigured
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import Damaged
from local_stack import postgres
from local_stack.backup.logical import client_programs, restore_dump, take_dump
from local_stack.backup.repository import Repository
from local_stack.backup.verify import verify_backup
from local_stack.binaries import postgres_bin
from tests.conftest import Database
from tests.local_stack.backup.conftest import KEY, add_people, hash_tables


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(open_object_store(str(tmp_path / "backups")), [KEY])


async def test_a_dump_comes_back_whole_and_safe(database: Database, repository: Repository) -> None:
    source = database.dsn(postgres.SUPERUSER)
    connection = await asyncpg.connect(source)
    people = await add_people(connection, "Night\nOwl \\. 夜")
    expected = await hash_tables(connection)
    manifest = await take_dump(repository, source, postgres_bin())
    gone = await connection.execute("delete from artists where id = $1", people.artist_id)
    assert gone == "DELETE 1"
    assert "as many as the database had" in await verify_backup(repository, manifest, postgres_bin())

    name = f"t_{uuid4().hex[:12]}"
    await connection.execute(f'create database "{name}"')
    try:
        target = database.cluster.dsn(postgres.SUPERUSER, name)
        cleared = await restore_dump(repository, manifest, target, postgres_bin())
        assert cleared.counts["sessions ended"] == 2
        restored = await asyncpg.connect(target)
        found = await hash_tables(restored)
        changed = {table for table in expected if found[table] != expected[table]}
        cleared_tables = {"auth.sessions", "auth.one_time_tokens", "public.accounts", "public.invitations"}
        assert changed == cleared_tables | {"private.file_place"}
        await restored.close()
        with pytest.raises(Conflict, match="an empty one"):
            await restore_dump(repository, manifest, target, postgres_bin())
    finally:
        await connection.execute(f'drop database "{name}" with (force)')
        await connection.close()


async def test_a_role_that_is_restricted_makes_no_empty_dump(database: Database, repository: Repository) -> None:
    role = f"reader_{uuid4().hex[:8]}"
    await database.run_script(
        f"create role {role} login password 'x'; grant pg_read_all_data to {role};"
        f"grant usage on schema private to {role}; grant execute on function private.applied_migrations() to {role}"
    )
    try:
        dsn = f"postgresql://{role}:x@127.0.0.1:{database.cluster.port}/{database.name}"
        with pytest.raises(Misconfigured, match="BYPASSRLS"):
            await take_dump(repository, dsn, postgres_bin())
        assert await repository.list_objects("") == []
        await database.run_script(f"alter role {role} bypassrls")
        manifest = await take_dump(repository, dsn, postgres_bin())
        assert sum(manifest.counts.values()) > 100
    finally:
        await database.run_script(f"drop owned by {role}; drop role {role}")


async def test_a_dump_that_lacks_rows_is_not_good(database: Database, repository: Repository) -> None:
    manifest = await take_dump(repository, database.dsn(postgres.SUPERUSER), postgres_bin())
    fewer = replace(manifest, counts=manifest.counts | {"public.metrics": manifest.counts["public.metrics"] + 1})
    with pytest.raises(Damaged, match=r"rows of public\.metrics"):
        await verify_backup(repository, fewer, postgres_bin())


async def test_a_broken_dump_is_not_good(database: Database, repository: Repository, tmp_path: Path) -> None:
    manifest = await take_dump(repository, database.dsn(postgres.SUPERUSER), postgres_bin())
    stored = tmp_path / "backups" / manifest.data_path
    stored.write_bytes(stored.read_bytes()[:-10])
    with pytest.raises(Damaged, match="is damaged"):
        await verify_backup(repository, manifest, postgres_bin())
    stored.unlink()
    with pytest.raises(Damaged, match="is missing"):
        await verify_backup(repository, manifest, postgres_bin())


def test_over_tls_the_programs_of_the_system_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    dsn = "postgresql://arti_backup:x@db.example.com/postgres?sslmode=verify-full"
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(Misconfigured, match="postgresql-client"):
        client_programs(dsn)
    assert client_programs(dsn.partition("?")[0]) == postgres_bin()
