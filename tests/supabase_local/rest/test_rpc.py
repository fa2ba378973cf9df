"""Functions: arguments by name, one JSON argument, sets with filters, methods and privileges."""

from typing import Any

from tests.supabase_local.rest.conftest import ONE, Shop

# Method, path, body, status, and the body of the response.
CALLS: tuple[tuple[str, str, Any, int, Any], ...] = (
    ("POST", "add_them", {"a": 2, "b": 3}, 200, 5),
    ("POST", "add_them", {"a": 2}, 200, 3),
    ("GET", "add_them?a=2&b=5", None, 200, 7),
    ("GET", "greet?name=x%20y", None, 200, "hello x y"),
    ("GET", "list_artists?select=name&id=gt.1&order=name.desc&limit=1", None, 200, [{"name": "Nacre"}]),
    ("POST", "list_artists?select=id,passports(number)&id=eq.3", {}, 200, [{"id": 3, "passports": {"number": "P-3"}}]),
    ("POST", "list_artists?select=id&or=(id.eq.1,mood.eq.wild)&order=id", {}, 200, [{"id": 1}, {"id": 2}, {"id": 3}]),
    ("POST", "first_artist?select=id,name", {}, 200, {"id": 1, "name": "Lumen"}),
    ("POST", "find_albums?year=gt.2002", {"pattern": "%Light"}, 200, [{"album": "Second Light", "year": 2004}]),
    (
        "GET",
        "find_albums?pattern=%25Light&select=album&order=year.desc&limit=1",
        None,
        200,
        [{"album": "Second Light"}],
    ),
    ("POST", "numbers?limit=2&offset=1", {}, 200, [2, 3]),
    ("POST", "sum_of", {"terms": [1, 2, 3]}, 200, 6),
    ("GET", "sum_of?terms=1&terms=4", None, 200, 5),
    ("POST", "out_two", {"x": 1}, 200, {"low": 0, "high": 2}),
    ("POST", "take_json", {"any": ["thing"]}, 200, {"any": ["thing"]}),
    ("POST", "twice?columns=x", {"x": 1, "y": 2}, 300, None),
    # an unnamed parameter has the name ""
    ("POST", "shapes", {"": "word"}, 200, "text"),
    ("GET", "shapes?=word", None, 200, "text"),
    ("POST", "shapes", {}, 200, "none"),
    ("POST", "shapes", {"a": 1, "b": 2}, 200, "both"),
    ("POST", "add_them?a=1", {"a": 1}, 400, None),
)


async def test_calls(shop: Shop) -> None:
    for method, path, body, status, result in CALLS:
        response = await shop.request(method, f"rpc/{path}", json=body)
        assert response.status_code == status, (path, response.text)
        if status == 200:
            assert response.json() == result, path


async def test_void_functions_counts_and_single_objects(shop: Shop) -> None:
    void = await shop.request("POST", "rpc/do_nothing", json={})
    assert (void.status_code, void.text) == (204, "")
    counted = await shop.request("GET", "rpc/list_artists?limit=1", headers={"Prefer": "count=exact"})
    assert (counted.status_code, counted.headers["content-range"]) == (206, "0-0/3")
    head = await shop.request("HEAD", "rpc/list_artists?id=gt.1", headers={"Prefer": "count=exact"})
    assert (head.status_code, head.headers["content-range"], head.text) == (200, "0-1/2", "")
    single = await shop.request("POST", "rpc/list_artists?id=eq.2&select=name", json={}, headers=ONE)
    assert single.json() == {"name": 'Moth, "the"'}
    many = await shop.request("POST", "rpc/list_artists", json={}, headers=ONE)
    assert (many.status_code, many.json()["code"]) == (406, "PGRST116")
    csv = await shop.request("GET", "rpc/find_albums?pattern=N%25", headers={"Accept": "text/csv"})
    assert csv.text == "album,year\nNight,2011"
    strict = {"Prefer": "handling=strict,max-affected=1"}
    assert (await shop.request("POST", "rpc/list_artists", json={}, headers=strict)).json()["code"] == "PGRST124"
    assert (await shop.request("POST", "rpc/add_them", json={"a": 1}, headers=strict)).json()["code"] == "PGRST128"


async def test_volatile_functions_require_post(shop: Shop) -> None:
    refused = await shop.request("GET", "rpc/write_note?words=w")
    assert (refused.status_code, refused.json()["code"]) == (405, "25006")
    assert await shop.rows("notes?body=eq.w") == []
    created = await shop.request("POST", "rpc/write_note?select=body", json={"words": "w"})
    assert (created.status_code, created.json()) == (200, {"body": "w"})
    assert len(await shop.rows("notes?body=eq.w")) == 1
    for method in ("PUT", "PATCH", "DELETE"):
        response = await shop.request(method, "rpc/add_them", json={"a": 1})
        assert (response.status_code, response.json()["code"]) == (405, "PGRST101")


async def test_other_bodies(shop: Shop) -> None:
    text = await shop.request("POST", "rpc/take_text", content="shout", headers={"Content-Type": "text/plain"})
    assert text.json() == "SHOUT"
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert (await shop.request("POST", "rpc/add_them", content="a=1&b=4", headers=form)).json() == 5
    empty = await shop.request("POST", "rpc/numbers?limit=1")
    assert empty.json() == [1]


async def test_unknown_and_forbidden_functions(shop: Shop) -> None:
    unknown = await shop.request("POST", "rpc/ad_them", json={"a": 1, "b": 2})
    assert (unknown.status_code, unknown.json()) == (
        404,
        {
            "code": "PGRST202",
            "message": "Could not find the function shop.ad_them(a, b) in the schema cache",
            "details": "Searched for the function shop.ad_them with parameters a, b or with a single unnamed "
            "json/jsonb parameter, but no matches were found in the schema cache.",
            "hint": "Perhaps you meant to call the function shop.add_them",
        },
    )
    wrong = await shop.request("GET", "rpc/add_them?c=1")
    assert wrong.json()["message"] == "Could not find the function shop.add_them(c) in the schema cache"
    nearly = (await shop.request("POST", "rpc/shapes", json={"": 1, "a": 2})).json()
    assert nearly["message"] == "Could not find the function shop.shapes(, a) in the schema cache"
    assert (await shop.request("POST", "rpc/closed", json={})).status_code == 401
    for name in ("tell", "set_config", "pg_sleep", "current_setting", "pg_read_file", "cellar.tell"):
        response = await shop.request("POST", f"rpc/{name}", json={})
        assert (response.status_code, response.json()["code"]) == (404, "PGRST202"), name
    ambiguous = await shop.request("GET", "rpc/twice?x=3")
    assert (ambiguous.status_code, ambiguous.json()["message"]) == (
        300,
        "Could not choose the best candidate function between: shop.twice(x => integer), shop.twice(x => text)",
    )


async def test_response_headers_and_status_settings(shop: Shop) -> None:
    response = await shop.request("POST", "rpc/by_hand", json={})
    assert (response.status_code, response.headers["x-shop"], response.json()) == (202, "open", "POST /rpc/by_hand")
    cookies = await shop.request("POST", "rpc/bake", json={})
    assert cookies.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert cookies.headers.get_list("content-type") == ["text/x"]
    raised = await shop.request("POST", "rpc/refuse", json={"how": "raise"})
    assert (raised.status_code, raised.json()) == (
        400,
        {"code": "P0001", "message": "no", "details": "because", "hint": "ask later"},
    )
    teapot = await shop.request("POST", "rpc/refuse", json={"how": "teapot"})
    assert (teapot.status_code, teapot.json()["details"]) == (418, "tip me over")
    assert teapot.headers["proxy-status"] == "PostgREST; error=PT418"
    for how, details in (
        ("garbled", "Invalid JSON value for MESSAGE: 'paid'"),
        ("bare", "DETAIL is missing in the RAISE statement"),
        ("torn", "Invalid JSON value for DETAIL: '{'"),
    ):
        torn = await shop.request("POST", "rpc/refuse", json={"how": how})
        assert (torn.status_code, torn.json()["code"], torn.json()["details"]) == (500, "PGRST121", details)
    paid = await shop.request("POST", "rpc/refuse", json={"how": "pgrst"})
    assert (paid.status_code, paid.headers["x-price"]) == (402, "9")
    assert paid.json() == {"code": "123", "message": "paid", "details": "d", "hint": "h"}


async def test_roles_and_statement_timeouts(shop: Shop) -> None:
    anon = (await shop.request("POST", "rpc/who", json={})).json()
    assert anon == {"role": "anon", "session": "arti_rest", "path": '"shop", "public", "extensions"', "timeout": "3s"}
    service = (await shop.admin.post("/rest/v1/rpc/who", json={})).json()
    assert (service["role"], service["session"]) == ("service_role", "authenticator")
    become = await shop.database.as_owner("select pg_has_role('arti_rest', 'service_role', 'member') as may")
    assert [row["may"] for row in become] == [False]


async def test_allowed_methods(shop: Shop) -> None:
    for path, profile, allowed in (
        ("artists", "shop", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("album_sums", "shop", "OPTIONS,GET,HEAD"),
        ("artists", "annex", "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"),
        ("rpc/add_them?a=1", "shop", "OPTIONS,GET,HEAD,POST"),
        ("rpc/write_note?words=w", "shop", "OPTIONS,POST"),
        ("", "shop", "OPTIONS,GET,HEAD"),
    ):
        response = await shop.request("OPTIONS", path, headers={"Accept-Profile": profile})
        assert (response.status_code, response.headers["allow"]) == (200, allowed), path
    for path, code in (("albums", "PGRST205"), ("rpc/add_them", "PGRST202")):
        response = await shop.request("OPTIONS", path, headers={"Accept-Profile": "annex"})
        assert (response.status_code, response.json()["code"]) == (404, code)
