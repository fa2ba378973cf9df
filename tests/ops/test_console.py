"""The console's door: closed without a password, deaf to other sites, and safe to look at."""

import re

import httpx2 as httpx
import pytest

from arti.ops.console.app import create_console, studio_url
from arti.ops.console.sessions import Sessions
from arti.settings import Settings, list_refusals
from arti_core.errors import RateLimited
from tests.conftest import World
from tests.ops.conftest import BASE, PASSWORD, Operator, console_http_client

PLACES = ("/tables", "/table?schema=public&name=artists", "/row?schema=public&name=artists", "/row/new", "/row/delete",
          "/sql", "/activity", "/sizes", "/mails", "/mail", "/mail/html", "/log")  # fmt: skip
FORMS = ("/logout", "/row", "/row/new", "/row/delete", "/sql", "/sql/csv", "/activity/cancel", "/activity/terminate")


async def test_without_a_password_it_is_closed(settings: Settings) -> None:
    async with console_http_client(settings) as client:
        assert "ARTI_CONSOLE_PASSWORD" in (await client.get("/")).text
        assert (await client.post("/login", data={"password": ""})).status_code == 401
        assert (await client.get("/tables")).headers["location"] == "/"


async def test_without_a_session_only_the_sign_in_page_is_shown(console_client: httpx.AsyncClient) -> None:
    assert "Console password" in (await console_client.get("/")).text
    for path in PLACES:
        answer = await console_client.get(path)
        assert (path, answer.status_code, answer.headers["location"]) == (path, 303, "/")
    for path in FORMS:
        answer = await console_client.post(path, data={"csrf": "x", "sql": "select 1"})
        assert (path, answer.status_code, answer.headers["location"]) == (path, 303, "/")
    for cookie in ("", "x", "99999999999.x.y", "\xff"):
        headers = {b"Cookie": f"arti_console={cookie}".encode("latin-1")}
        assert (await console_client.get("/tables", headers=headers)).status_code == 303
    assert (await console_client.post("/login", data={"password": "wrong"})).status_code == 401
    assert (await console_client.get("/", headers={"Host": "evil.example"})).status_code == 400
    assert (await console_client.get("/nothing")).status_code == 404


async def test_every_route_is_guarded(console_settings: Settings) -> None:
    """A new route without a session must be added here on purpose."""
    free = {"/", "/login", "/style.css"}
    known = free | set(FORMS) | {path.split("?")[0] for path in PLACES}
    assert {getattr(route, "path", "") for route in create_console(console_settings).routes} == known


async def test_the_cookie_is_kept_from_scripts_and_other_sites(console_client: httpx.AsyncClient) -> None:
    response = await console_client.post("/login", data={"password": PASSWORD})
    cookies = response.headers.get_list("set-cookie")
    assert len(cookies) == 2
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie


def wrong_passwords(sessions: Sessions, times: int, *, address: str, browser_cookie: str = "") -> list[str]:
    """Return for each wrong password whether it was evaluated ("no") or is to wait ("wait")."""
    answers = []
    for _ in range(times):
        try:
            assert not sessions.is_correct("wrong", address=address, browser_cookie=browser_cookie)
            answers.append("no")
        except RateLimited:
            answers.append("wait")
    return answers


async def test_wrong_passwords_wait_and_the_operator_does_not(console_client: httpx.AsyncClient) -> None:
    """Whose browser has signed in before is not held up by the attempts of others at the same address."""
    assert (await console_client.post("/login", data={"password": PASSWORD})).status_code == 303
    known = dict(console_client.cookies)
    console_client.cookies.clear()
    answers = [await console_client.post("/login", data={"password": "wrong"}) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 3
    assert "Try again in" in answers[-1].text
    assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
    assert (await console_client.post("/login", data={"password": PASSWORD})).status_code == 429
    browser = {"arti_console_browser": known["arti_console_browser"]}
    console_client.cookies.update(browser)
    assert (await console_client.get("/tables")).status_code == 303  # it opens nothing by itself
    assert (await console_client.post("/login", data={"password": PASSWORD})).status_code == 303


def test_the_wait_doubles_and_ends() -> None:
    now = [1000.0]
    sessions = Sessions(PASSWORD, seconds_since=lambda: now[0])
    attacker = "198.51.100.9"
    assert wrong_passwords(sessions, 6, address=attacker) == ["no"] * 5 + ["wait"]
    assert sessions.is_correct(PASSWORD, address="203.0.113.7", browser_cookie="")  # another address
    now[0] += 2
    assert wrong_passwords(sessions, 2, address=attacker) == ["no", "wait"]
    now[0] += 3
    assert wrong_passwords(sessions, 1, address=attacker) == ["wait"]
    now[0] += 30
    assert sessions.is_correct(PASSWORD, address=attacker, browser_cookie="")
    assert wrong_passwords(sessions, 4, address=attacker) == ["no"] * 4
    forged = f"{sessions.browser_cookie('')[:-1]}x"
    cookies = (forged, "x.y", "é.é", "\ud800")
    assert [
        wrong_passwords(sessions, 9, address="192.0.2.1", browser_cookie=cookie).count("no") for cookie in cookies
    ] == [*(5, 0, 0, 0)]
    kept = sessions.browser_cookie("")
    assert sessions.browser_cookie(kept) == kept
    assert Sessions("another password").browser_cookie(kept) != kept


async def test_forms_of_other_sites_and_old_pages_are_refused(operator_console: Operator) -> None:
    http = operator_console.http
    elsewhere = {"Origin": "https://evil.example"}
    assert (await http.post("/login", data={"password": PASSWORD}, headers=elsewhere)).status_code == 403
    token = re.search(r'name="csrf" value="([^"]+)"', await operator_console.see("/sql"))
    assert token
    body = {"sql": "select 1", "csrf": token[1]}
    for headers in (
        elsewhere,
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:3000"},
        {"Sec-Fetch-Site": "same-site"},
    ):
        assert (await http.post("/sql", data=body, headers=headers)).status_code == 403, headers
    for path in FORMS:
        assert (await http.post(path, data=body | {"csrf": "0" * 43})).status_code == 403, path
        assert (await http.post(path, data={"sql": "select 1"})).status_code == 403, path
    assert (await http.post("/sql", data=body, headers={"Origin": BASE})).status_code == 200
    assert (await http.post("/sql", data=body | {"sql": "x" * 5_000_000})).status_code == 413


async def test_signing_out_ends_the_session_itself(operator_console: Operator) -> None:
    kept = {"Cookie": f"arti_console={operator_console.http.cookies['arti_console']}"}
    assert (await operator_console.http.get("/tables", headers=kept)).status_code == 200
    await operator_console.send("/logout", {})
    assert (await operator_console.http.get("/tables")).status_code == 303
    assert (await operator_console.http.get("/tables", headers=kept)).status_code == 303


async def test_pages_request_nothing_from_other_sites(operator_console: Operator) -> None:
    for path in ("/", "/style.css", "/tables", "/sql", "/activity", "/sizes", "/mails", "/log"):
        answer = await operator_console.http.get(path)
        if path != "/style.css":
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "script-src" not in policy
            assert answer.headers["cache-control"] == "no-store"
        assert "http://" not in answer.text, path
        assert "https://" not in answer.text, path
        assert "url(" not in answer.text, path


async def test_what_is_stored_is_text_never_markup(operator_console: Operator, world: World) -> None:
    member = await world.member(email="<script>alert(0)</script>@example.test")
    evil = '"><script>alert(1)</script>'
    rows = await world.database.as_owner(
        "insert into artists (org_id, name) values ($1, $2) returning id", member.org_id, evil
    )
    key = f"key={member.org_id}&key={rows[0]['id']}"
    pages = [
        await operator_console.see("/table", schema="public", name="artists"),
        await operator_console.see(
            "/table", schema="public", name="artists", column="name", operator="equals", value=evil
        ),
        await operator_console.see("/table", schema="public", name="artists", as_=evil, status=422),
        await operator_console.see(f"/row?schema=public&name=artists&{key}"),
        await operator_console.see(f"/row/delete?schema=public&name=artists&{key}"),
        await operator_console.see("/table", schema="public", name=evil, status=404),
        await operator_console.see("/tables", q=evil),
        await operator_console.run(f"select '{evil}' as \"{evil[2:]}\""),
        await operator_console.run(f"select {evil}"),
    ]
    for page in pages:
        assert "<script" not in page
    assert "&lt;script&gt;" in pages[0]


def test_the_real_studio_is_linked_when_there_is_one(settings: Settings) -> None:
    def metadata_of(url: str) -> str:
        return studio_url(settings.model_copy(update={"supabase_url": url, "arti_own_gateway": False}))

    assert studio_url(settings.model_copy(update={"supabase_url": "https://db.label.example"})) == ""
    assert metadata_of("https://abcdefgh.supabase.co") == "https://supabase.com/dashboard/project/abcdefgh"
    assert metadata_of("https://db.label.example") == "https://db.label.example"


async def test_the_link_to_studio_stands_in_the_menu(console_settings: Settings) -> None:
    external = {"supabase_url": "https://abcdefgh.supabase.co", "arti_own_gateway": False}
    settings = console_settings.model_copy(update=external)
    async with console_http_client(settings) as client:
        await client.post("/login", data={"password": PASSWORD})
        assert 'href="https://supabase.com/dashboard/project/abcdefgh"' in (await client.get("/tables")).text


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "*", ""])
def test_it_never_listens_everywhere(settings: Settings, bind: str) -> None:
    unsafe = settings.model_copy(update={"arti_console_bind": bind})
    assert any("ARTI_CONSOLE_BIND" in said for said in list_refusals(unsafe))
    assert list_refusals(settings) == []
