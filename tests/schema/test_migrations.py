"""The migrations are plain SQL: they apply without superuser, by our runner or by psql in order, once, unchanged."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from arti import MIGRATIONS
from arti_core.errors import Conflict
from arti_core.migrations import apply_migrations, list_migrations
from local_stack import postgres
from local_stack.binaries import postgres_bin
from tests.conftest import Database

NAMES = [migration.name for migration in list_migrations(MIGRATIONS)]

# Everything that a schema consists of, as text, so that two can be compared.
SHAPE = """
  select c.oid::regclass || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull as line
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
  where c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
  where connamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all select polrelid::regclass || ' ' || polname || coalesce(pg_get_expr(polqual, polrelid), '') from pg_policy
  union all select oid::regprocedure || ' ' || coalesce(proacl::text, '') || prosrc from pg_proc
  where pronamespace in ('public'::regnamespace, 'private'::regnamespace)
  union all select oid::regclass || ' ' || coalesce(relacl::text, '') from pg_class
  where relnamespace in ('public'::regnamespace, 'private'::regnamespace) and relkind in ('r', 'v')
  order by 1
"""


@pytest.fixture
async def blank(cluster: postgres.Cluster) -> AsyncIterator[Database]:
    """A database as a hosted Supabase gives it: roles, schema auth and extensions, nothing of ours."""
    name = f"blank_{uuid4().hex[:8]}"
    await postgres.prepare_database(cluster, name)
    yield Database(cluster, name)
    admin = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER, "postgres"))
    await admin.execute(f'drop database "{name}" with (force)')
    await admin.close()


async def shape(database: Database) -> list[str]:
    return [row["line"] for row in await database.as_owner(SHAPE)]


def run_psql(database: Database) -> None:
    for file in sorted(MIGRATIONS.glob("*.sql")):
        options = ["--no-psqlrc", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-q", "-f", str(file)]
        command = [str(postgres_bin() / "psql"), *options, database.dsn("postgres")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{file.name}: {done.stderr}"


async def test_migrations_apply_without_superuser_and_once(blank: Database) -> None:
    role = await blank.as_owner("select rolsuper from pg_roles where rolname = 'postgres'")
    assert role[0]["rolsuper"] is False
    assert await apply_migrations(blank.dsn("postgres"), MIGRATIONS) == NAMES
    once = await shape(blank)
    assert await apply_migrations(blank.dsn("postgres"), MIGRATIONS) == []
    assert await shape(blank) == once


async def test_two_runners_at_once_apply_each_file_once(blank: Database) -> None:
    done = await asyncio.gather(*(apply_migrations(blank.dsn("postgres"), MIGRATIONS) for _ in range(3)))
    assert sorted(done) == [[], [], NAMES]


async def test_psql_in_file_order_gives_the_same_schema(blank: Database, database: Database) -> None:
    """As Supabase's CLI does it: each file as it stands, by the role postgres."""
    await asyncio.to_thread(run_psql, blank)
    assert await shape(blank) == await shape(database)


async def test_a_file_that_was_changed_afterwards_is_refused(blank: Database, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    await apply_migrations(blank.dsn("postgres"), folder)
    last = list_migrations(folder)[-1]
    stem = f"{last.version}_{last.name}"
    (folder / f"{stem}.sql").write_text(last.sql + "-- a second thought\n")
    with pytest.raises(Conflict, match=rf"{stem} was changed after it was applied"):
        await apply_migrations(blank.dsn("postgres"), folder)


async def test_a_file_that_fails_is_rolled_back(blank: Database, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    (folder / "20991231000000_bad.sql").write_text("create table public.half (); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await apply_migrations(blank.dsn("postgres"), folder)
    assert await blank.as_owner("select 1 from pg_class where relname = 'half'") == []
    assert len(await blank.as_owner("select 1 from arti_migrations.applied")) == len(NAMES)
    (folder / "20991231000000_bad.sql").write_text("create table public.whole ();")
    assert await apply_migrations(blank.dsn("postgres"), folder) == ["bad"]


def test_files_are_named_as_supabase_expects() -> None:
    versions = [migration.version for migration in list_migrations(MIGRATIONS)]
    assert all(len(version) == 14 and version.isdigit() for version in versions)
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize("word", ["pgcrypto", "pg_cron", "schema auth", "table auth.", "role anon"])
def test_migrations_do_not_change_what_a_hosted_supabase_owns(word: str) -> None:
    assert [migration.name for migration in list_migrations(MIGRATIONS) if word in migration.sql.lower()] == []
