"""Backups of a database by URL: dumps that have every row, and restores into an empty database."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from arti_core.errors import Conflict, Misconfigured, Unavailable
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import Damaged
from local_stack import postgres
from local_stack.backup.logical import restore_dump, take_dump
from local_stack.backup.programs import Program, login_without_tls, newest_programs
from local_stack.backup.repository import Repository
from local_stack.backup.verify import verify_backup
from local_stack.binaries import postgres_bin
from local_stack.commands.keys.store_certificates import write_certificates
from tests.conftest import Database
from tests.deploy.tls_relay import tls_before
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


@pytest.fixture
def over_tls(database: Database, tmp_path: Path) -> Iterator[str]:
    """The database behind TLS, as a URL that is verified in full; the authority of another is in other/."""
    for folder in ("tls", "other"):
        write_certificates(tmp_path / folder)
    own = urlsplit(database.dsn(postgres.SUPERUSER))
    with tls_before(tmp_path / "tls" / "postgres", database.cluster.port, requested=True) as port:
        query = f"sslmode=verify-full&sslrootcert={tmp_path}/tls/ca/ca.crt"
        yield f"postgresql://{own.username}:{own.password}@localhost:{port}{own.path}?{query}"


async def test_a_dump_is_made_and_comes_back_over_tls(
    database: Database, repository: Repository, over_tls: str
) -> None:
    """By the wheel's programs, which know none."""
    manifest = await take_dump(repository, over_tls, newest_programs())
    assert "as many as the database had" in await verify_backup(repository, manifest, newest_programs())
    name = f"t_{uuid4().hex[:12]}"
    await database.as_owner(f'create database "{name}"')
    try:
        await restore_dump(repository, manifest, over_tls.replace(database.name, name), newest_programs())
    finally:
        await database.as_owner(f'drop database "{name}" with (force)')


@pytest.mark.parametrize(("old", "new"), [("/tls/ca", "/other/ca"), ("@localhost", "@127.0.0.1")])
async def test_a_server_that_is_not_certified_gets_no_login(over_tls: str, old: str, new: str) -> None:
    async with login_without_tls(over_tls.replace(old, new)) as login:
        assert login.dsn != over_tls
        words = [str(postgres_bin() / "pg_dump"), "--schema-only", "--no-password", f"--dbname={login.address}"]
        with pytest.raises(Unavailable, match="while processing the request"):
            _ = [piece async for piece in Program(words, login.environment).read()]


@pytest.mark.parametrize(("version", "is_taken"), [("15.18 (Debian 15.18-0+deb12u1)", False), ("99.1", True)])
def test_the_programs_of_the_system_are_taken_where_they_are_newer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    wrapper = tmp_path / "wrapper" / "pg_wrapper"  # as on Debian: a link to a program of another name
    wrapper.parent.mkdir()
    wrapper.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
    wrapper.chmod(0o755)
    (tmp_path / "pg_dump").symlink_to(wrapper)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert newest_programs() == (tmp_path if is_taken else postgres_bin())
