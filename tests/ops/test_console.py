"""The database console: closed without a password, read only, honest about policies, and safe to look at."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from arti.ops.console import create_console
from arti.settings import Settings
from tests.conftest import Database, World

PASSWORD = "open sesame 123"
BASE = "http://127.0.0.1:54323"


@asynccontextmanager
async def visiting(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_console(settings)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def visitor(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with visiting(settings.model_copy(update={"arti_console_password": SecretStr(PASSWORD)})) as client:
        yield client


@pytest.fixture
async def keeper(visitor: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who signed in."""
    answer = await visitor.post("/login", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tables")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    return visitor


async def csrf(client: httpx.AsyncClient) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await client.get("/sql")).text)
    assert found
    return found[1]


async def run(client: httpx.AsyncClient, sql: str, person: object = "") -> str:
    answer = await client.post("/sql", data={"sql": sql, "as": str(person), "csrf": await csrf(client)})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_without_a_password_it_is_closed(settings: Settings) -> None:
    async with visiting(settings) as client:
        assert "ARTI_CONSOLE_PASSWORD" in (await client.get("/")).text
        assert (await client.post("/login", data={"password": ""})).status_code == 401
        assert (await client.get("/tables")).headers["location"] == "/"


async def test_strangers_see_the_door_only(visitor: httpx.AsyncClient) -> None:
    assert "Console password" in (await visitor.get("/")).text
    for path in ("/tables", "/tables/public/artists", "/sql"):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
    for cookie in ("", "x", "99999999999.x.y", "99999999999." + "0" * 32 + "." + "0" * 64):
        assert (await visitor.get("/tables", headers={"Cookie": f"arti_console={cookie}"})).status_code == 303
    assert (await visitor.post("/login", data={"password": "wrong"})).status_code == 401
    assert (await visitor.get("/", headers={"Host": "evil.example"})).status_code == 400


async def test_forms_of_other_sites_and_old_pages_are_refused(keeper: httpx.AsyncClient) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    assert (await keeper.post("/login", data={"password": PASSWORD}, headers=elsewhere)).status_code == 403
    token = await csrf(keeper)
    body = {"sql": "select 1", "csrf": token}
    assert (await keeper.post("/sql", data=body, headers=elsewhere)).status_code == 403
    assert (await keeper.post("/sql", data=body | {"csrf": "0" * 64})).status_code == 403
    assert (await keeper.post("/sql", data=body, headers={"Origin": BASE})).status_code == 200
    assert (await keeper.post("/logout", data={"csrf": token})).status_code == 303
    assert (await keeper.get("/tables")).status_code == 303


async def test_tables_rows_filter_and_policies(keeper: httpx.AsyncClient, world: World) -> None:
    member = await world.member()
    for number in range(60):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, f"A{number}")
    tables = (await keeper.get("/tables")).text
    assert '<a href="/tables/public/artists">artists</a>' in tables
    assert "forced" in tables

    page = (await keeper.get("/tables/public/artists")).text
    assert page.count("<td>A") == 50 - page.count("<td>canary")
    assert "Next" in page
    assert "members_only" in page
    assert "restrictive" in page
    assert "org_ids_with(&#x27;roster:read&#x27;" in page
    second = (await keeper.get("/tables/public/artists", params={"page": 1})).text
    assert "Previous" in second
    assert second.count("<td>A") >= 10

    only = {"column": "name", "operator": "contains", "value": "a5"}
    assert (await keeper.get("/tables/public/artists", params=only)).text.count("<td>A5") == 11
    only = {"column": "image_url", "operator": "is not null", "value": ""}
    assert "No rows." in (await keeper.get("/tables/public/artists", params=only)).text
    assert (await keeper.get("/tables/public/artists", params={"column": "x; drop"})).status_code == 422
    assert (await keeper.get("/tables/public/nothing")).status_code == 404


async def test_it_can_be_seen_as_one_person(keeper: httpx.AsyncClient, world: World) -> None:
    one, two = await world.member(), await world.member()
    for member in (one, two):
        await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, member.email)
    assert one.email in (await keeper.get("/sql")).text
    page = (await keeper.get("/tables/public/artists", params={"as": str(one.user_id)})).text
    assert f"<td>{one.email}</td>" in page
    assert f"<td>{two.email}</td>" not in page
    assert "permission denied" in (await keeper.get("/tables/private/vault", params={"as": str(one.user_id)})).text
    assert "<td>1</td>" in await run(keeper, "select count(*) from artists", one.user_id)
    assert "<td>3</td>" in await run(keeper, "select count(*) from artists")  # with the canary's


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("delete from artists", "read-only transaction"),
        ("set transaction read write", "before any query"),
        ("select set_config('transaction_read_only', 'off', true)", "before any query"),
        ("commit; delete from artists", "multiple commands"),
        ("with gone as (delete from artists returning 1) select * from gone", "read-only transaction"),
        ("do $$ begin delete from artists; end $$", "read-only transaction"),
        ("select nextval('pg_catalog.x')", "does not exist"),
        ("selec 1", "syntax error"),
    ],
)
async def test_nothing_can_be_changed(keeper: httpx.AsyncClient, database: Database, sql: str, said: str) -> None:
    assert said in await run(keeper, sql)
    assert len(await database.as_owner("select 1 from artists")) == 1


async def test_ending_the_transaction_opens_no_door(keeper: httpx.AsyncClient, database: Database) -> None:
    """Each statement has a transaction of its own: what follows a commit is another request, read only again."""
    for word in ("commit", "rollback", "reset all", "set role arti_api"):
        await run(keeper, word)
        assert "read-only transaction" in await run(keeper, "delete from artists")
    assert len(await database.as_owner("select 1 from artists")) == 1


async def test_statements_of_every_kind_are_shown(keeper: httpx.AsyncClient) -> None:
    assert "<td>3</td>" in await run(keeper, "select 1 + 2 as sum")
    assert "Seq Scan" in await run(keeper, "explain select * from artists")
    assert "UTC" in await run(keeper, "show timezone")
    many = await run(keeper, "select * from generate_series(1, 1000) n")
    assert "Only the first 200 rows are shown" in many
    odd = await run(
        keeper, "select null as a, 1 as a, '{\"k\": [1]}'::jsonb as j, '\\xff'::bytea, '[1,2]'::extensions.vector"
    )
    assert '<span class="null">null</span>' in odd
    assert "{&quot;k&quot;: [1]}" in odd


async def test_what_is_stored_is_text_never_markup(keeper: httpx.AsyncClient, world: World) -> None:
    member = await world.member()
    evil = '"><script>alert(1)</script>'
    await world.database.as_owner("insert into artists (org_id, name) values ($1, $2)", member.org_id, evil)
    answers = [
        await keeper.get("/tables/public/artists"),
        await keeper.get("/tables/public/artists", params={"column": "name", "operator": "contains", "value": evil}),
        await keeper.post("/sql", data={"sql": f"select '{evil}'", "csrf": await csrf(keeper)}),
        await keeper.get("/tables/public/" + "%3Cscript%3E"),
    ]
    for answer in answers:
        assert "<script" not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    assert "&lt;script&gt;" in answers[0].text
