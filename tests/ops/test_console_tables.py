"""Tables in the console: rows as one wants them, and as whom; how they are guarded; changes of single rows."""

import re
from html import unescape
from urllib.parse import urlencode

import pytest

from arti.ops.console.tables.rows import OPERATORS
from tests.conftest import Database, World
from tests.ops.conftest import Operator

ARTISTS: dict[str, str] = {"schema": "public", "name": "artists"}

HOSTILE_SCHEMA = 'we"ird /schema'
HOSTILE_TABLE = "ta\"ble; drop table artists; -- ' ?&%/{}$1"
HOSTILE_COLUMN = "co\"l'umn; -- {0} $1 %s"
HOSTILE_TYPE = 'mo"od'


def row_path(path: str, schema: str, name: str, *key: object) -> str:
    return f"{path}?{urlencode([('schema', schema), ('name', name), *(('key', part) for part in key)])}"


def cells(page: str) -> list[list[str]]:
    """Return the cells of the first table as text."""
    body = re.search(r"<tbody>(.*?)</tbody>", page, re.S)
    if not body:
        return []
    lines = re.findall(r"<tr>(.*?)</tr>", body[1], re.S)
    return [[unescape(re.sub(r"<[^>]+>", "", c)) for c in re.findall(r"<td.*?>(.*?)</td>", one, re.S)] for one in lines]


@pytest.fixture
async def things(database: Database) -> Database:
    """A table of every awkward type, with three rows."""
    await database.as_owner("create type public.shade as enum ('light', 'dark')")
    await database.as_owner(
        """create table public.things (
             id integer primary key, name text, title varchar(20) not null default 'none', born_on date, at timestamptz,
             ok boolean, price numeric, tint public.shade, tags text[], facts jsonb, raw json, place point,
             code bytea, twice integer generated always as (id * 2) stored)"""
    )
    await database.as_owner("alter table public.things owner to postgres")
    await database.as_owner(
        """insert into public.things (id, name, born_on, ok, price, tint, tags, facts, raw, place, code) values
             (2, 'Two', '2020-01-02', true, 10.50, 'dark', '{a,"b c"}', '{"k": [1]}', '{"r":1}', '(1,2)', '\\xff00'),
             (9, '', null, null, null, null, null, null, null, null, null),
             (10, null, '1999-12-31', false, 9, 'light', '{}', '[]', '[]', '(0,0)', '')"""
    )
    return database


async def names(operator_console: Operator, **query: str | int) -> list[str]:
    page = await operator_console.see("/table", schema="public", name="things", **query)
    return [row[1] for row in cells(page)]


async def test_tables_rows_policies_and_counts(operator_console: Operator, world: World) -> None:
    member = await world.member()
    for number in range(60):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, f"A{number}")
    tables = await operator_console.see("/tables")
    assert "schema=public&amp;name=artists" in tables
    assert "forced" in tables
    assert "name=artists" not in await operator_console.see("/tables", q="membersh")

    page = await operator_console.see("/table", **ARTISTS)
    assert len(cells(page)) == 50
    assert "<dt>as the owner</dt><dd>61</dd>" in page  # with the canary's
    assert "members_only" in page
    assert "restrictive" in page
    assert "org_ids_with('roster:read'" in unescape(page)
    for section in ("policies", "columns", "keys", "indexes", "grants", "triggers"):
        assert f'id="{section}"' in page
    assert "artists_pkey" in page
    assert ">authenticated</td>" in page
    assert "Next" in page
    second = await operator_console.see("/table", **ARTISTS, page=1)
    assert "Previous" in second
    assert len(cells(second)) == 11
    assert (
        len(cells(await operator_console.see("/table", **ARTISTS, column="name", operator="contains", value="a5")))
        == 11
    )
    await operator_console.see("/table", **ARTISTS, column="x; drop", operator="equals", value="", status=422)
    await operator_console.see("/table", **ARTISTS, sort="x; drop", status=422)
    await operator_console.see("/table", schema="public", name="nothing", status=404)


async def test_rows_are_compared_as_what_they_are(operator_console: Operator, things: Database) -> None:
    async def found(column: str, operator: str, value: str = "") -> list[str]:
        return await names(operator_console, column=column, operator=operator, value=value)

    assert await found("id", "is more than", "2") == ["9", "10"]
    assert await found("born_on", "is at most", "1999-12-31") == ["10"]
    assert await found("price", "equals", "10.5") == ["2"]
    assert await found("name", "is null") == ["10"]
    assert await found("name", "is empty") == ["9"]
    assert await found("name", "does not contain", "w") == ["9"]
    assert await found("raw", "equals", '{"r":1}') == ["2"]
    assert await found("tags", "equals", '{a,"b c"}') == ["2"]
    assert await found("tint", "is less than", "dark") == ["10"]
    wrong = await operator_console.see(
        "/table", schema="public", name="things", column="id", operator="equals", value="x"
    )
    assert "invalid input syntax" in wrong
    for operator in OPERATORS:
        for column in ("id", "name", "born_on", "ok", "price", "tint", "tags", "facts", "raw", "place", "code"):
            page = await operator_console.see(
                "/table", schema="public", name="things", column=column, operator=operator, value="1"
            )
            assert "does not exist" not in page, (column, operator)


async def test_several_conditions_hold_together_and_columns_sort(operator_console: Operator, things: Database) -> None:
    both = [("schema", "public"), ("name", "things"), ("column", "id"), ("operator", "is more than"), ("value", "2"),
            ("column", "name"), ("operator", "is null"), ("value", "")]  # fmt: skip
    assert [row[1] for row in cells(await operator_console.see(f"/table?{urlencode(both)}"))] == ["10"]
    assert await names(operator_console) == ["2", "9", "10"]
    assert await names(operator_console, sort="price") == ["10", "2", "9"]
    assert await names(operator_console, sort="price", desc=1) == ["2", "10", "9"]
    assert await names(operator_console, sort="raw") == ["10", "2", "9"]
    assert 'aria-sort="ascending"' in await operator_console.see("/table", schema="public", name="things", sort="price")


async def test_a_table_can_be_seen_as_a_user_and_as_anon(operator_console: Operator, world: World) -> None:
    one, two = await world.member(), await world.member()
    for member in (one, two):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, member.email)
    for word in (str(one.user_id), one.email, one.email.split("@")[0]):
        page = await operator_console.see("/table", **ARTISTS, as_=word)
        assert f"<dt>as the owner</dt><dd>3</dd></div><div><dt>as {one.email}</dt><dd>1</dd>" in page
        assert [row[3] for row in cells(page)] == [one.email]
    assert two.email in await operator_console.see("/table", **ARTISTS)
    refused = await operator_console.see("/table", schema="private", name="vault", as_=one.email)
    assert "permission denied" in refused
    assert "<dd>not allowed</dd>" in refused
    assert "<dt>as anon</dt><dd>not allowed</dd>" in await operator_console.see("/table", **ARTISTS, as_="anon")
    several = await operator_console.see("/table", **ARTISTS, as_="@example", status=422)
    assert one.email in several
    assert "Nobody here" in await operator_console.see("/table", **ARTISTS, as_="zz-nobody", status=422)


async def test_a_row_is_added_changed_and_deleted(operator_console: Operator, things: Database) -> None:
    new = "/row/new?schema=public&name=things"
    form = await operator_console.fields(new)
    assert "value:twice" not in form  # the server gives it
    await operator_console.send(
        new, form | {"value:id": "11", "value:name": "line\r\nbreak", "value:facts": '{"a": 1}'}
    )
    row = (await things.as_owner("select * from things where id = 11"))[0]
    assert (row["name"], row["title"], row["facts"], row["ok"], row["twice"]) == (
        "line\nbreak", "none", {"a": 1}, None, 22)  # fmt: skip

    path = row_path("/row", "public", "things", 11)
    await operator_console.send(path, await operator_console.fields(path))  # untouched: nothing is written
    before = (await things.as_owner("select xmin::text as v from things where id = 11"))[0]["v"]
    assert before == (await operator_console.fields(path))["version"]
    form = await operator_console.fields(path)
    change = {"value:name": "", "value:title": "T", "value:ok": "true", "state:facts": "null", "value:tint": "dark"}
    await operator_console.send(path, form | change)
    row = (await things.as_owner("select * from things where id = 11"))[0]
    assert (row["name"], row["title"], row["ok"], row["facts"], row["tint"]) == ("", "T", True, None, "dark")

    drop = row_path("/row/delete", "public", "things", 11)
    assert "Delete this row" in await operator_console.see(drop)
    await operator_console.send(drop, await operator_console.fields(drop))
    assert await things.as_owner("select 1 from things where id = 11") == []
    log = cells(await operator_console.see("/log"))
    assert [row[2] for row in log] == ["delete", "update", "insert"]
    assert log[1][4] == "id 11: name, title, ok, tint, facts"
    assert log[2][3] == '"public"."things"'


async def test_null_and_empty_are_two_things(operator_console: Operator, things: Database) -> None:
    path = row_path("/row", "public", "things", 9)
    form = await operator_console.fields(path)
    await operator_console.send(path, form | {"state:name": "null"})
    assert (await things.as_owner("select name from things where id = 9"))[0]["name"] is None
    form = await operator_console.fields(path)
    await operator_console.send(path, form)
    assert (await things.as_owner("select name from things where id = 9"))[0]["name"] is None
    await operator_console.send(path, form | {"state:name": "empty text"})
    assert (await things.as_owner("select name from things where id = 9"))[0]["name"] == ""
    refused = await operator_console.send(path, form | {"state:name": "null", "value:name": "but"}, status=422)
    assert "but there is a value" in refused.text
    table = await operator_console.see("/table", schema="public", name="things")
    assert '<span class="null">null</span>' in table
    assert '<span class="null">empty</span>' in table


async def test_what_the_database_refuses_is_said_and_kept_in_the_form(
    operator_console: Operator, things: Database
) -> None:
    new = "/row/new?schema=public&name=things"
    form = await operator_console.fields(new)
    for value, said in (("2", "duplicate key"), ("two", "invalid input syntax"), ("", "null value")):
        page = (await operator_console.send(new, form | {"value:id": value, "value:name": "kept"}, status=422)).text
        assert said in unescape(page) or (value == "" and "invalid input syntax" in page)
        assert "kept" in page
    assert len(await things.as_owner("select 1 from things")) == 3
    assert "Nothing was changed yet" in await operator_console.see("/log")


async def test_a_row_that_changed_meanwhile_is_not_overwritten(operator_console: Operator, things: Database) -> None:
    path, drop = row_path("/row", "public", "things", 2), row_path("/row/delete", "public", "things", 2)
    form, question = await operator_console.fields(path), await operator_console.fields(drop)
    await things.as_owner("update things set name = 'theirs' where id = 2")
    page = (await operator_console.send(path, form | {"value:name": "mine"}, status=409)).text
    assert "Somebody changed this row" in page
    assert "theirs" in page
    assert "Somebody changed this row" in (await operator_console.send(drop, question, status=409)).text
    assert (await things.as_owner("select name from things where id = 2"))[0]["name"] == "theirs"
    await things.as_owner("delete from things where id = 2")
    await operator_console.send(path, form, status=404)
    await operator_console.send(drop, question, status=404)


async def test_a_delete_says_what_hangs_on_the_row(operator_console: Operator, world: World) -> None:
    member = await world.member()
    drop = row_path("/row/delete", "public", "orgs", member.org_id)
    page = unescape(await operator_console.see(drop))
    assert '<td>public.memberships</td><td class="number">1</td><td>is deleted too</td>' in page
    await operator_console.send(drop, {"key": str(member.org_id), "version": "0"}, status=409)


async def test_without_a_key_no_single_row_is_touched(operator_console: Operator, database: Database) -> None:
    await database.as_owner("create table public.heap (n integer)")
    await database.as_owner("alter table public.heap owner to postgres")
    await database.as_owner("insert into heap values (1), (1)")
    page = await operator_console.see("/table", schema="public", name="heap")
    assert "Without a primary key" in page
    assert ">Edit<" not in page
    await operator_console.see("/row", schema="public", name="heap", key="1", status=422)
    await operator_console.send("/row/delete?schema=public&name=heap", {"key": "1", "version": "1"}, status=422)
    new = "/row/new?schema=public&name=heap"
    await operator_console.send(new, await operator_console.fields(new))
    assert len(await database.as_owner("select 1 from heap where n is null")) == 1
    await database.as_owner("create view public.seen as select n from heap")
    await database.as_owner("grant select on public.seen to postgres")
    view = await operator_console.see("/table", schema="public", name="seen")
    assert "Definition" in view
    await operator_console.see("/row/new", schema="public", name="seen", status=422)


async def test_hostile_names_are_only_names(operator_console: Operator, database: Database) -> None:
    def q(name: str) -> str:
        return '"' + name.replace('"', '""') + '"'

    schema, table, column, kind = map(q, (HOSTILE_SCHEMA, HOSTILE_TABLE, HOSTILE_COLUMN, HOSTILE_TYPE))
    await database.as_owner(f"create schema {schema} authorization postgres")
    await database.as_owner(f"create type {schema}.{kind} as enum ('a''b', 'c\"d')")
    await database.as_owner(
        f"create table {schema}.{table} ({column} text primary key, {q('other' + HOSTILE_COLUMN)} {schema}.{kind})"
    )
    await database.as_owner(f"alter table {schema}.{table} owner to postgres")
    await database.as_owner(f"alter type {schema}.{kind} owner to postgres")
    place: dict[str, str] = {"schema": HOSTILE_SCHEMA, "name": HOSTILE_TABLE}
    assert urlencode(place).replace("&", "&amp;") in await operator_console.see("/tables")
    new = f"/row/new?{urlencode(place)}"
    value = "'; drop table artists; --"
    form = await operator_console.fields(new)
    await operator_console.send(new, form | {f"value:{HOSTILE_COLUMN}": value, f"value:other{HOSTILE_COLUMN}": "a'b"})
    page = await operator_console.see(
        "/table", **place, sort=HOSTILE_COLUMN, column=HOSTILE_COLUMN, operator="equals", value=value
    )
    assert cells(page) == [["Edit", value, "a'b"]]
    as_anon = await operator_console.see("/table", **place, as_="anon")
    assert "permission denied" in as_anon
    path = row_path("/row", HOSTILE_SCHEMA, HOSTILE_TABLE, value)
    form = await operator_console.fields(path)
    await operator_console.send(path, form | {f"value:other{HOSTILE_COLUMN}": 'c"d'})
    stored = await database.as_owner(f"select * from {schema}.{table}")
    assert [tuple(row) for row in stored] == [(value, 'c"d')]
    drop = row_path("/row/delete", HOSTILE_SCHEMA, HOSTILE_TABLE, value)
    await operator_console.send(drop, await operator_console.fields(drop))
    assert await database.as_owner(f"select * from {schema}.{table}") == []
    assert len(await database.as_owner("select 1 from artists")) == 1
    shown = await operator_console.see("/sql", sql=f"select * from {schema}.{table}")
    assert "drop table artists" in shown


@pytest.mark.parametrize("word", ["\x00", "\U0001f600", "9" * 40, "%", "''"])
async def test_odd_requests_are_refused_and_break_nothing(
    operator_console: Operator, things: Database, word: str
) -> None:
    """No page answers with a failure of its own, whatever stands in the address or the form."""
    table = {"schema": "public", "name": "things"}
    gets: list[tuple[str, dict[str, str]]] = [
        ("/tables", {"q": word}),
        ("/table", {"schema": word, "name": word}),
        ("/table", table | {"as": word}),
        ("/table", table | {"page": word, "sort": word}),
        *(("/table", table | {"column": c, "operator": "equals", "value": word}) for c in ("id", "name", "at", "tags")),
        ("/row", table | {"key": word}),
        ("/row", table),
        ("/row/delete", table | {"key": word}),
        ("/sql", {"again": word, "sql": word, "as": word}),
        ("/mail", {"id": word}),
        ("/mails", {"q": word, "page": word}),
        ("/log", {"page": word}),
    ]
    for path, query in gets:
        answer = await operator_console.http.get(path, params=query)
        assert answer.status_code in (200, 404, 422), (path, query)
    posts: list[tuple[str, dict[str, str]]] = [
        ("/sql", {"sql": word, "as": word, "mode": word, "seconds": word}),
        ("/sql/csv", {"sql": word, "as": word}),
        ("/activity/cancel", {"pid": word, "started_at": "2026-01-01"}),
        ("/activity/terminate", {"pid": "9" * 30, "started_at": "2026-01-01T00:00:00", "sure": "yes"}),
        ("/row?schema=public&name=things", {"key": "2", "version": word, "state:id": word, "value:id": word}),
        ("/row/new?schema=public&name=things", {"state:id": "as written", "value:id": word}),
        ("/row/delete?schema=public&name=things", {"key": word, "version": word}),
    ]
    token = re.search(r'name="csrf" value="([^"]+)"', await operator_console.see("/sql"))
    assert token
    for path, form in posts:
        answer = await operator_console.http.post(path, data={"csrf": token[1]} | form)
        assert answer.status_code in (200, 303, 404, 409, 422), (path, form)
    assert len(await things.as_owner("select 1 from things")) == 3
