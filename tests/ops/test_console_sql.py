"""SQL in the console: read only unless asked otherwise, bounded, honest about errors, and as whoever one picks."""

import re
from html import unescape

import pytest

from arti.settings import Settings
from tests.conftest import Database, World
from tests.ops.conftest import PASSWORD, Operator, console_http_client

TRY, WRITE = "try and roll back", "read and write"


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from artists", "read-only transaction"),
        ("set transaction read write", "before any query"),
        ("select set_config('transaction_read_only', 'off', true)", "cannot set transaction read-write mode"),
        ("commit; delete from artists", "multiple commands"),
        ("select 1) x; delete from artists; select (1", "syntax error"),
        ("select 1) x (c0) limit 1; delete from artists; --", "syntax error"),
        ("with gone as (delete from artists returning 1) select * from gone", "read-only transaction"),
        ("do $$ begin delete from artists; end $$", "read-only transaction"),
        ("select nextval('pg_catalog.x')", "does not exist"),
        ("selec 1", "syntax error"),
    ],
)
async def test_reading_changes_nothing(operator_console: Operator, database: Database, sql: str, said: str) -> None:
    assert said in unescape(await operator_console.run(sql))
    assert len(await database.as_owner("select 1 from artists")) == 1
    csv = await operator_console.send("/sql/csv", {"sql": sql, "mode": "read only"}, status=200)
    assert csv.headers["content-type"].startswith("text/html")
    assert len(await database.as_owner("select 1 from artists")) == 1


async def test_ending_the_transaction_does_not_escape_read_only(operator_console: Operator, database: Database) -> None:
    """Each statement has a transaction and a connection of its own: nothing is left behind for the next."""
    for word in ("commit", "rollback", "reset all", "set role arti_api", "select set_config('role', 'anon', false)"):
        await operator_console.run(word)
        assert "read-only transaction" in await operator_console.run("delete from artists")
        assert "<td>postgres</td>" in await operator_console.run("select current_user")
    assert len(await database.as_owner("select 1 from artists")) == 1


async def test_statements_of_every_kind_are_shown(operator_console: Operator) -> None:
    assert "<td>3</td>" in await operator_console.run("select 1 + 2 as sum;")
    assert "<td>3</td>" in await operator_console.run("select 1 + 2 as sum -- a remark")
    assert "Scan" in await operator_console.run("explain select * from artists")
    assert "UTC" in await operator_console.run("show timezone")
    assert "<td>1</td><td>1</td>" in await operator_console.run("select 1 as a, 1 as a")
    many = await operator_console.run("select * from generate_series(1, 1000) n")
    assert "Only the first 500 rows are shown" in many
    assert "<td>501</td>" not in many
    odd = unescape(
        await operator_console.run(
            "select null, '', '{\"k\": [1]}'::jsonb, '\\xff'::bytea, '[1,2]'::extensions.vector, true, "
            "interval '1 day 2 hours', array['a', null], int4range(1, 5)"
        )
    )
    for shown in ('<span class="null">null</span>', '<span class="null">empty</span>', '{"k": [1]}', "\\xff", "[1,2]",
                  "<td>true</td>", "1 day 02:00:00", "{a,NULL}", "[1,5)"):  # fmt: skip
        assert shown in odd
    assert "No rows." in await operator_console.run("select 1 as n where false")
    assert "Write one statement" in await operator_console.run("  ")
    for copy in ("copy artists to stdout", "-- x\n /* y */ COPY artists from stdin"):
        assert "COPY needs psql" in await operator_console.run(copy)


async def test_an_error_is_shown_where_it_is(operator_console: Operator) -> None:
    page = unescape(await operator_console.run("select id,\n  nmae\nfrom artists"))
    assert 'column "nmae" does not exist' in page
    assert "<mark>nmae</mark>" in page
    assert "Line 2, character 3" in page
    assert "SQLSTATE 42703" in page
    assert "Hint:" in page


async def test_a_statement_runs_for_a_bounded_time(operator_console: Operator) -> None:
    form = {"sql": "set local statement_timeout = '50ms'", "mode": "read only"}
    await operator_console.send("/sql", form, status=200)
    assert (
        "<td>5s</td>"
        in (await operator_console.send("/sql", {"sql": "show statement_timeout", "seconds": "5"}, status=200)).text
    )
    assert (
        "<td>15s</td>"
        in (
            await operator_console.send("/sql", {"sql": "show statement_timeout", "seconds": "100000"}, status=200)
        ).text
    )


async def test_writes_need_their_mode_and_are_logged(operator_console: Operator, database: Database) -> None:
    before = (await database.as_owner("select count(*) as n from orgs"))[0]["n"]
    added = await operator_console.run("insert into orgs (name) values ('Tried') returning name", mode=TRY)
    assert "<td>Tried</td>" in added
    assert (await database.as_owner("select count(*) as n from orgs"))[0]["n"] == before
    assert "INSERT 0 1" in await operator_console.run("insert into orgs (name) values ('Kept')", mode=WRITE)
    assert await database.as_owner("select 1 from orgs where name = 'Kept'")
    assert "division by zero" in await operator_console.run("update orgs set name = (1 / 0)::text", mode=WRITE)
    await operator_console.run("commit", mode=WRITE)
    log = unescape(await operator_console.see("/log"))
    assert "insert into orgs (name) values ('Kept')" in log
    assert "Tried" not in log
    assert "1 / 0" not in log  # it changed nothing
    assert ">commit<" in log


async def test_every_row_is_written_though_few_are_shown(operator_console: Operator, database: Database) -> None:
    await database.as_owner("create table public.many (n integer)")
    await database.as_owner("alter table public.many owner to postgres")
    page = await operator_console.run("insert into many select generate_series(1, 700) returning n", mode=WRITE)
    assert "Only the first 500" in page
    assert len(await database.as_owner("select 1 from many")) == 700


async def test_the_log_is_append_only(operator_console: Operator, database: Database) -> None:
    await operator_console.run("select 1", mode=WRITE)
    for tidy in ("delete from private.console_audit", "update private.console_audit set detail = ''",
                 "truncate private.console_audit"):  # fmt: skip
        assert "append-only" in await operator_console.run(tidy, mode=WRITE)
    assert len(await database.as_owner("select 1 from private.console_audit")) == 1


async def test_members_have_no_way_to_the_log(operator_console: Operator, world: World) -> None:
    member = await world.member()
    for role in ("anon", member.email):
        assert "permission denied" in await operator_console.run("select * from private.console_audit", as_=role)


async def test_a_query_is_counted_as_the_owner_and_as_the_member(operator_console: Operator, world: World) -> None:
    one, two = await world.member(), await world.member()
    for member in (one, two):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, member.email)
    page = await operator_console.run("select name from artists;", as_=one.email)
    assert f"<td>{one.email}</td>" in page
    assert f"<td>{two.email}</td>" not in page
    assert f"<dt>as the owner</dt><dd>3 rows</dd></div><div><dt>as {one.email}</dt><dd>1 row</dd>" in page
    assert str(one.user_id) in page  # the claims
    assert "<td>authenticated</td>" in await operator_console.run("select current_user", as_=one.user_id)
    assert f"<td>{one.user_id}</td>" in await operator_console.run("select auth.uid()", as_=one.email)
    assert "<td>anon</td>" in await operator_console.run("select auth.role()", as_="anon")
    assert "permission denied" in await operator_console.run("select * from artists", as_="anon")
    assert f"<td>{one.email}</td>" in await operator_console.run("select auth.jwt() ->> 'email'", as_=one.email)


async def test_the_claims_are_completed_as_those_of_a_token(console_settings: Settings, world: World) -> None:
    member = await world.member()
    await world.database.run_script(
        """create function public.complete(event jsonb) returns jsonb language sql as $$
             select jsonb_set(event, '{claims,plan}', '"gold"') $$;
           create function public.refuse(event jsonb) returns jsonb language sql as $$
             select '{"error": {"http_code": 403, "message": "not today"}}'::jsonb $$"""
    )
    for name, said in (("complete", "<td>gold</td>"), ("refuse", "not today")):
        uri = {"gotrue_hook_custom_access_token_uri": f"pg-functions://postgres/public/{name}"}
        async with console_http_client(console_settings.model_copy(update=uri)) as http:
            await http.post("/login", data={"password": PASSWORD})
            assert said in await Operator(http).run("select auth.jwt() ->> 'plan'", as_=member.email)


async def test_a_write_is_tried_as_the_member_and_never_kept(operator_console: Operator, world: World) -> None:
    one, two = await world.member(), await world.member()
    for member in (one, two):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, 'x')", member.org_id)
    sql = "update artists set name = 'y' where name = 'x'"
    tried = await operator_console.run(sql, as_=one.email, mode=TRY)
    assert f"<dt>as the owner</dt><dd>UPDATE 2</dd></div><div><dt>as {one.email}</dt><dd>UPDATE 1</dd>" in tried
    assert "nothing is kept" in await operator_console.run(sql, as_=one.email, mode=WRITE)
    assert len(await world.database.as_owner("select 1 from artists where name = 'x'")) == 2
    foreign = f"insert into artists (org_id, name) values ('{two.org_id}', 'z')"
    assert "row-level security" in await operator_console.run(foreign, as_=one.email, mode=TRY)


async def test_history_stays_in_the_session(operator_console: Operator) -> None:
    await operator_console.run("select 'first'")
    page = await operator_console.run("select 'second'", mode=TRY)
    assert page.index("Load 2") < page.index("Load 1")
    loaded = await operator_console.see("/sql", again=2)
    area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", loaded, re.S)
    assert area
    assert unescape(area[1]) == "select 'second'"
    assert f'value="{TRY}" checked' in loaded


async def test_a_download_is_plain_csv(operator_console: Operator) -> None:
    sql = """select 1 as n, null as gone, '' as nothing, E'a"b,c\\nd' as odd, true as ok
             union all select 2, 'x', 'y', 'z', false"""
    answer = await operator_console.send("/sql/csv", {"sql": sql}, status=200)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.text == 'n,gone,nothing,odd,ok\r\n1,,"","a""b,c\nd",true\r\n2,x,y,z,false\r\n'
    long = await operator_console.send("/sql/csv", {"sql": "select * from generate_series(1, 100001)"}, status=200)
    assert long.text.count("\r\n") == 100_001
    assert "first-100000-rows" in long.headers["content-disposition"]
    whole = await operator_console.send("/sql/csv", {"sql": "select repeat('x', 5000) as long"}, status=200)
    assert len(whole.text) > 5000
    refused = await operator_console.send("/sql/csv", {"sql": "select 1", "mode": WRITE}, status=200)
    assert "only reads" in refused.text
    shown = await operator_console.send("/sql/csv", {"sql": "show timezone"}, status=200)
    assert shown.text == "TimeZone\r\nUTC\r\n"
