"""Errors: parse errors, unknown names, unsupported features, invalid preferences."""

from tests.supabase_local.rest.conftest import Shop

REFUSED = (
    ("GET", "nothing", 404, "PGRST205"),
    ("GET", "cellar.secrets", 404, "PGRST205"),
    ("GET", "secrets", 404, "PGRST205"),
    ("GET", "artists/1", 404, "PGRST125"),
    ("GET", "rpc", 404, "PGRST205"),
    ("GET", "hidden", 401, "42501"),
    ("GET", "artists?select=nothing", 400, "42703"),
    ("GET", "artists?nothing=eq.1", 400, "42703"),
    ("GET", "artists?order=nothing", 400, "42703"),
    ("GET", "artists?select=passports(nothing)", 400, "42703"),
    ("GET", "artists?select=ctid", 400, "42703"),
    ("GET", "artists?name=Lumen", 400, "PGRST100"),
    ("GET", "artists?name=resembles.x", 400, "PGRST100"),
    ("GET", "artists?name=eq(some).{x}", 400, "PGRST100"),
    ("GET", "artists?name=neq(any).{x}", 400, "PGRST100"),
    ("GET", "artists?name=in.Lumen", 400, "PGRST100"),
    ("GET", "artists?name=in.(a),b", 400, "PGRST100"),
    ("GET", "artists?name=is.France", 400, "PGRST100"),
    ("GET", "artists?or=()", 400, "PGRST100"),
    ("GET", "artists?or=(id.eq.1", 400, "PGRST100"),
    ("GET", "artists?or=(id.eq.1))", 400, "PGRST100"),
    ("GET", "artists?or=id.eq.1", 400, "PGRST100"),
    ("GET", "artists?order=name.sideways", 400, "PGRST100"),
    ("GET", "artists?order=", 200, ""),
    ("GET", "artists?select=id,", 400, "PGRST100"),
    ("GET", "artists?select=passports(number", 400, "PGRST100"),
    ("GET", "artists?select=id)", 400, "PGRST100"),
    ("GET", "artists?select=id::", 400, "PGRST100"),
    ("GET", "artists?select=data->", 400, "PGRST100"),
    # names are resolved before unsupported features are refused
    ("GET", "artists?select=...nowhere(number)", 400, "PGRST200"),
    ("GET", "artists?select=nothing.count()", 400, "42703"),
    ("GET", "artists?select=albums!artist_id(count)", 400, "PGRST127"),
    ("GET", "artists?shouted=eq.X", 400, "PGRST127"),
    ("GET", "artists?order=shouted", 400, "PGRST127"),
    ("POST", "notes?columns=", 400, "PGRST100"),
    ("GET", "artists?limit=-1", 416, "PGRST103"),
    ("GET", "artists?id=eq.x", 400, "22P02"),
    ("GET", "artists?id=eq.99999999999", 400, "22003"),
    ("GET", "artists?name=match.(", 400, "2201B"),
    ("GET", "artists?bio=fts.a b", 400, "42601"),
    ("GET", "artists?bio=fts(nowhere).a", 400, "42704"),
    ("GET", "artists?id=like.1", 404, "42883"),
    ("GET", "artists?data->99999999999=eq.1", 400, "22003"),
    ("GET", "artists?name=eq.%00", 400, "22021"),
    ("GET", "artists?offset=99999999999999999999", 200, ""),
    ("PATCH", "notes", 204, ""),
    ("DELETE", "notes", 400, "21000"),
    ("POST", "diary", 401, "42501"),
    ("POST", "artists/", 400, "PGRST102"),
    ("TRACE", "artists", 405, "PGRST117"),
    ("POST", "", 405, "PGRST117"),
    # features of PostgREST that are not supported
    ("GET", "artists?select=...passports(number)", 400, "PGRST127"),
    ("GET", "artists?select=count()", 400, "PGRST127"),
    ("GET", "artists?select=name,shouted", 400, "PGRST127"),
    ("GET", "artists?select=name,same_country(name)", 400, "PGRST127"),
    ("GET", "passports?select=artists(shouted)", 400, "PGRST127"),
    ("GET", "albums?select=price.sum()", 400, "PGRST127"),
    ("GET", "artists?select=total:id.avg()::int", 400, "PGRST127"),
    ("GET", "artists?select=name::regrole", 400, "PGRST127"),
    ("GET", "artists?select=name::pg_authid", 400, "PGRST127"),
    ("GET", "artists?genres=in.({a},{b})", 400, "PGRST127"),
    ("GET", f"artists?select={'labels(' * 30}id{')' * 30}", 400, "PGRST127"),
    ("GET", f"artists?or={'(and' * 30}(id.eq.1){')' * 30}", 400, "PGRST127"),
    ("GET", f"artists?select=data{'->a' * 30}", 400, "PGRST127"),
    ("GET", f"artists?select=data{'->0' * 30}", 400, "PGRST127"),
)


async def test_refusals(shop: Shop) -> None:
    for method, path, status, code in REFUSED:
        content = b"{" if method == "POST" and path == "artists/" else b"{}"
        response = await shop.request(
            method, path, content=None if method == "GET" else content, headers={"Content-Type": "application/json"}
        )
        assert response.status_code == status, (method, path, response.text)
        if code:
            assert response.json().keys() == {"code", "message", "details", "hint"}
            assert response.json()["code"] == code, (path, response.text)
        if code == "PGRST127":
            assert response.json()["message"] == "Feature not implemented"
            assert response.json()["details"].startswith("Not supported: "), response.text


async def test_parse_error_positions(shop: Shop) -> None:
    for query, message, details in (
        (
            "id=noop.1",
            '"failed to parse filter (noop.1)" (line 1, column 1)',
            'unexpected "n" expecting "not" or operator (eq, gt, ...)',
        ),
        (
            "select=id,name!hint",
            '"failed to parse select parameter (id,name!hint)" (line 1, column 13)',
            'unexpected end of input expecting "("',
        ),
        (
            "or=(id.eq.1,)",
            '"failed to parse logic tree ((id.eq.1,))" (line 1, column 10)',
            'unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator '
            "(and, or)",
        ),
        *(
            (f"order={order}", f'"failed to parse order ({order})" (line 1, column {column})', details)
            for order, column, details in (
                ("id.ac", 4, 'unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
                ("id.descc", 8, "unexpected 'c' expecting delimiter (.), \",\" or end of input"),
                ("id.nulsfist", 4, 'unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast"'),
                ("id.nullslasttt", 13, "unexpected 't' expecting \",\" or end of input"),
                ("id.asc.nlsfst", 8, 'unexpected "l" expecting "nullsfirst" or "nullslast"'),
                ("id.asc.nullslasttt", 17, "unexpected 't' expecting \",\" or end of input"),
            )
        ),
        (
            "select=data->>--34",
            '"failed to parse select parameter (data->>--34)" (line 1, column 9)',
            'unexpected "-" expecting digit',
        ),
    ):
        body = (await shop.request("GET", f"artists?{query}")).json()
        assert (body["code"], body["message"], body["details"]) == ("PGRST100", message, details), query


async def test_hints_suggest_similar_names(shop: Shop) -> None:
    unknown = (await shop.request("GET", "artist")).json()
    assert unknown == {
        "code": "PGRST205",
        "message": "Could not find the table 'shop.artist' in the schema cache",
        "details": None,
        "hint": "Perhaps you meant the table 'shop.artists'",
    }


async def test_preferences(shop: Shop) -> None:
    for prefer, status, code in (
        ("handling=strict,anything", 400, "PGRST122"),
        ("handling=strict,timezone=Mars/Base", 400, "PGRST122"),
        ("handling=lenient,anything", 200, ""),
        ("anything", 200, ""),
        ("count=planned", 400, "PGRST127"),
        ("count=estimated", 400, "PGRST127"),
    ):
        response = await shop.request("GET", "artists?select=id", headers={"Prefer": prefer})
        assert response.status_code == status, (prefer, response.text)
        if code:
            assert response.json()["code"] == code
    strict = (await shop.request("GET", "artists", headers={"Prefer": "handling=strict, a=b, c"})).json()
    assert strict["details"] == "Invalid preferences: a=b, c"
    paris = await shop.request("GET", "notes?select=stamped&id=eq.1", headers={"Prefer": "timezone=Europe/Paris"})
    assert paris.json() == [{"stamped": "2026-01-01T13:00:00+01:00"}]
    assert paris.headers["preference-applied"] == "timezone=Europe/Paris"
    again = await shop.rows("notes?select=stamped&id=eq.1")
    assert again == [{"stamped": "2026-01-01T12:00:00+00:00"}]


async def test_options_that_are_disabled_by_default(shop: Shop) -> None:
    for kind in ("application/vnd.pgrst.plan+json", 'application/vnd.pgrst.plan+text; for="text/csv"', "image/png"):
        response = await shop.request("GET", "artists", headers={"Accept": kind})
        assert (response.status_code, response.json()["code"]) == (406, "PGRST107")
    geo = await shop.request("GET", "artists", headers={"Accept": "application/geo+json"})
    assert geo.json()["code"] == "PGRST127"
    kept = await shop.request("PATCH", "notes?id=eq.1", json={"body": "kept"}, headers={"Prefer": "tx=rollback"})
    assert "preference-applied" not in kept.headers
    assert await shop.rows("notes?select=body&id=eq.1") == [{"body": "kept"}]
