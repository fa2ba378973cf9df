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
from arti_core.migrations import apply_migrations, export_migrations, list_migrations
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


def push(database: Database, files: list[Path]) -> None:
    """Apply files as `supabase db push` 3.1 does: no transaction of its own, and each statement is stored."""
    script = [
        "create schema if not exists supabase_migrations",
        "create table if not exists supabase_migrations.schema_migrations (version text not null primary key)",
        "alter table supabase_migrations.schema_migrations add column if not exists statements text[]",
        "alter table supabase_migrations.schema_migrations add column if not exists name text",
    ]
    for file in files:
        version, _, name = file.stem.partition("_")
        statements = ",".join(f"$q${part.strip()}$q$" for part in file.read_text().split(";\n") if part.strip())
        script += [
            file.read_text().rstrip().removesuffix(";"),
            "insert into supabase_migrations.schema_migrations (version, name, statements)"
            f" values ('{version}', '{name}', array[{statements}])",
        ]
    options = ["--no-psqlrc", "-v", "ON_ERROR_STOP=1", "-q", "-f", "-"]
    command = [str(postgres_bin() / "psql"), *options, database.dsn("postgres")]
    done = subprocess.run(command, input=";\n".join([*script, ""]), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


async def test_the_cli_and_our_runner_go_on_where_the_other_one_ended(
    blank: Database, database: Database, tmp_path: Path
) -> None:
    assert export_migrations(MIGRATIONS, tmp_path) == len(NAMES)
    files = [tmp_path / f"{one.version}_{one.name}.sql" for one in list_migrations(tmp_path)]
    await asyncio.to_thread(push, blank, files[:-4])
    assert await apply_migrations(blank.dsn("postgres"), MIGRATIONS) == NAMES[-4:]
    assert await apply_migrations(blank.dsn("postgres"), MIGRATIONS) == []
    assert await shape(blank) == await shape(database)
    ledger = await blank.as_owner("select version, name from supabase_migrations.schema_migrations order by version")
    assert [f"{row['version']}_{row['name']}" for row in ledger] == [file.stem for file in files]
    # Nothing is left for the CLI, and what it applied has digests: the health check compares them.
    known = await blank.as_owner("select version from private.applied_migrations() where checksum is not null")
    assert len(known) == len(files)


async def test_an_older_installations_own_ledger_is_the_clis_too(blank: Database) -> None:
    await apply_migrations(blank.dsn("postgres"), MIGRATIONS)
    await blank.as_owner("drop schema supabase_migrations cascade")
    assert await apply_migrations(blank.dsn("postgres"), MIGRATIONS) == []
    assert len(await blank.as_owner("select from supabase_migrations.schema_migrations")) == len(NAMES)


async def test_another_text_that_the_cli_applied_is_refused(blank: Database, tmp_path: Path) -> None:
    other = tmp_path / sorted(MIGRATIONS.glob("*.sql"))[0].name
    other.write_text("create schema private;\nselect 'another text';\n")
    await asyncio.to_thread(push, blank, [other])
    with pytest.raises(Conflict, match=f"{other.stem} was changed after it was applied"):
        await apply_migrations(blank.dsn("postgres"), MIGRATIONS)


async def test_a_file_that_fails_is_rolled_back(blank: Database, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    (folder / "20991231000000_bad.sql").write_text("create table public.half (); select 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await apply_migrations(blank.dsn("postgres"), folder)
    assert await blank.as_owner("select 1 from pg_class where relname = 'half'") == []
    assert len(await blank.as_owner("select 1 from arti_migrations.applied")) == len(NAMES)
    (folder / "20991231000000_bad.sql").write_text("create table public.whole ();")
    assert await apply_migrations(blank.dsn("postgres"), folder) == ["bad"]


async def test_a_table_in_use_is_waited_for(blank: Database, tmp_path: Path) -> None:
    owner = blank.cluster.dsn("postgres", blank.name)
    (tmp_path / "20260101000000_first.sql").write_text("create table public.in_use (id int);\n")
    await apply_migrations(owner, tmp_path)
    (tmp_path / "20260101000001_second.sql").write_text("alter table public.in_use add column more int;\n")
    reader = await asyncpg.connect(owner)
    reports: list[str] = []
    try:
        transaction = reader.transaction()
        await transaction.start()
        await reader.execute("select from public.in_use")
        applying = asyncio.create_task(apply_migrations(owner, tmp_path, reports.append))
        async with asyncio.timeout(60):
            while not reports:
                await asyncio.sleep(0.05)
        await transaction.rollback()
        assert await applying == ["second"]
    finally:
        await reader.close()
    assert reports == ["Migration second waits for a table that is in use: attempt 2."]


def test_files_are_named_as_supabase_expects() -> None:
    versions = [migration.version for migration in list_migrations(MIGRATIONS)]
    assert all(len(version) == 14 and version.isdigit() for version in versions)
    assert len(set(versions)) == len(versions)


@pytest.mark.parametrize("word", ["pgcrypto", "pg_cron", "schema auth", "table auth.", "role anon"])
def test_migrations_do_not_change_what_a_hosted_supabase_owns(word: str) -> None:
    assert [migration.name for migration in list_migrations(MIGRATIONS) if word in migration.sql.lower()] == []
