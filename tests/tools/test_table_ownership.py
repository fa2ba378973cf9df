"""The lint of table ownership: what it finds in SQL, and what it refuses."""

from pathlib import Path

import pytest

from tools.lints.sql_strings import parse_sql, read_sql
from tools.lints.table_ownership import LAYERS, OWNERS, find_violations, read_tables

SCHEMA = """create table public.orgs (id uuid); create table public.artists (id uuid);
create table public.old (id uuid);
create table public.series (id uuid); create table public.accounts (id uuid); create table public.jobs (id uuid);
create table public.insights (id uuid); create table public.campaigns (id uuid); create table private.vault (id uuid);
alter table public.old rename to channels; create table public.gone (id int); drop table public.gone;"""


def checkout(folder: Path, name: str, sql: str) -> Path:
    files = {"supabase/migrations/1_all.sql": SCHEMA, f"src/{name}": f"SQL = {sql!r}\n"}
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_every_owner_is_a_package_of_the_layers() -> None:
    packages = {package for layer in LAYERS for package in layer}
    assert set(OWNERS) <= packages
    tables = [table for names in OWNERS.values() for table in names.split()]
    assert len(tables) == len(set(tables))


@pytest.mark.parametrize(
    ("sql", "reads", "writes"),
    [
        ("select * from orgs", {"orgs"}, set()),
        ("select 1 from public.orgs as o, artists a where true", {"public.orgs", "artists"}, set()),
        ("select 1 from a\nleft join lateral b on true join only c using (id)", {"a", "b", "c"}, set()),
        ('select 1 from "orgs" o', {"orgs"}, set()),
        ("insert into orgs (id) select id from artists", {"artists"}, {"orgs"}),
        ("update orgs o set name = a.name from artists a", {"artists"}, {"orgs"}),
        ("delete from orgs using artists", {"artists"}, {"orgs"}),
        ("merge into orgs using artists on true when matched then delete", {"artists"}, {"orgs"}),
        ("copy orgs (id, name) from stdin", {"stdin"}, {"orgs"}),
        ("truncate table orgs", set(), {"orgs"}),
        ("with gone as (delete from orgs returning 1) select * from gone", set(), {"orgs"}),
        ("with a (x) as materialized (select 1 from orgs), b as (select 2 from a) select * from b", {"orgs"}, set()),
        ("select 'from artists' from orgs -- from series", {"orgs"}, set()),
        ("select 1 from orgs for update", {"orgs"}, set()),
        ("insert into orgs (id) values (1) on conflict (id) do update set name = 'x'", set(), {"orgs"}),
    ],
)
def test_tables_of_a_statement(sql: str, reads: set[str], writes: set[str]) -> None:
    found = parse_sql(sql)
    assert found.is_statement
    assert (set(found.reads), set(found.writes)) == (reads, writes)


@pytest.mark.parametrize(
    "text", ["Select a file.", "update", "the artists", "with care", "Deleted.", "join orgs o on true"]
)
def test_other_strings_are_no_statements(text: str) -> None:
    assert not parse_sql(text).is_statement


def test_strings_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        '"""select 1 from docstring"""\n'
        'A = f"select {1} from orgs o join {A} on true where {2}"\n'
        'c.copy_records_to_table("series", records=[])\n'
        "# select 1 from comment\n"
    )
    found = list(read_sql(path))
    assert {table for sql in found for table in sql.reads} == {"orgs"}
    assert {table for sql in found for table in sql.writes} == {"series"}


def test_tables_are_those_that_the_migrations_leave(tmp_path: Path) -> None:
    tables = read_tables(checkout(tmp_path, "arti/x.py", ""))
    assert "channels" in tables
    assert "private.vault" in tables
    assert not {"old", "gone"} & tables


@pytest.mark.parametrize(
    ("name", "sql", "complaint"),
    [
        ("arti/music/store.py", "select 1 from accounts", "reads accounts of arti.connections"),
        ("arti/metrics/store.py", "select 1 from artists join accounts a on true", "reads accounts of"),
        ("arti/insights/store.py", "select 1 from campaigns", "reads campaigns of arti.campaigns"),
        ("supabase_local/auth/store.py", "select 1 from orgs", "reads orgs of arti.orgs"),
        ("arti_core/jobs.py", "select 1 from orgs", "reads orgs of arti.orgs"),
        ("arti/connections/store.py", "delete from series", "writes series, which arti.metrics owns"),
        ("arti/ops/store.py", "update jobs set state = 1", "writes jobs, which arti_core owns"),
        ("arti/worker.py", "insert into jobs default values", "writes jobs, which arti_core owns"),
        ("arti/orgs/store.py", "select 1 from artists", "reads artists of arti.music"),
        ("arti/orgs/store.py", " join artists a on a.id = x.id", "reads artists of arti.music"),
    ],
)
def test_what_is_not_its_own_is_refused(tmp_path: Path, name: str, sql: str, complaint: str) -> None:
    violations = find_violations(checkout(tmp_path, name, sql))
    assert any(violation.startswith(f"src/{name}:1: {complaint}") for violation in violations), violations


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("arti/metrics/store.py", "insert into series select id from artists join orgs o on true"),
        ("arti/automation/delivery_store.py", "select 1 from insights, campaigns"),
        ("arti/ops/console/tables/rows.py", "delete from accounts"),
        ("arti_core/jobs.py", "insert into jobs default values"),
        ("supabase_local/rest/query/read.py", "select 1 from unknown"),
    ],
)
def test_its_own_and_what_is_below_pass(tmp_path: Path, name: str, sql: str) -> None:
    assert find_violations(checkout(tmp_path, name, sql)) == []


def test_a_statement_in_another_file_than_a_store_is_refused(tmp_path: Path) -> None:
    (violation,) = find_violations(checkout(tmp_path, "arti/music/service.py", "select 1 from artists"))
    assert violation.startswith("src/arti/music/service.py:1: a statement outside of a *store.py")


def test_a_table_without_owner_is_refused(tmp_path: Path) -> None:
    folder = checkout(tmp_path, "arti/x.py", "")
    (folder / "supabase/migrations/2_more.sql").write_text("create table public.venues (id uuid);")
    assert find_violations(folder) == ["venues has no owner in table_ownership.py."]
