"""Reading: select, filters, logic, JSON paths, casts, order, limits and counts."""

from typing import Any

from tests.supabase_local.rest.conftest import ONE, Shop

LUMEN, MOTH, NACRE = "Lumen", 'Moth, "the"', "Nacre"

# A query on artists, and the names of the result in order of id.
FILTERS: tuple[tuple[str, list[str]], ...] = (
    ("id=eq.1", [LUMEN]),
    ("id=neq.1", [MOTH, NACRE]),
    ("id=gt.1&id=lte.2", [MOTH]),
    ("born=gte.1980-05-01&born=lt.1990-01-31", [LUMEN]),
    ("name=like.L*", [LUMEN]),
    ("name=ilike.*NACR*", [NACRE]),
    ("name=not.like.*u*", [MOTH, NACRE]),
    ("name=like(any).{L*,N*}", [LUMEN, NACRE]),
    ("name=ilike(all).{*m*,l*}", [LUMEN]),
    ("name=match.^[LN]", [LUMEN, NACRE]),
    ("name=imatch.^l", [LUMEN]),
    ("name=not.match(any).{^L,^N}", [MOTH]),
    ("id=eq(any).{1,3}", [LUMEN, NACRE]),
    ("id=gt(all).{0,1}", [MOTH, NACRE]),
    ('name=in.("Moth, \\"the\\"",Nacre)', [MOTH, NACRE]),
    ("id=in.()", []),
    ("id=in.(   )", []),
    ("id=not.in.(1,2)", [NACRE]),
    ("country=is.null", [MOTH]),
    ("country=not.is.NULL", [LUMEN, NACRE]),
    ("country=is.not_null", [LUMEN, NACRE]),
    ("country=isdistinct.FR", [MOTH, NACRE]),
    ("country=eq.DE", [NACRE]),
    ("genres=cs.{dub}", [LUMEN, NACRE]),
    ("genres=cd.{dub,rock}", [MOTH, NACRE]),
    ("genres=ov.{jazz,rock}", [LUMEN]),
    ("genres=eq.{dub}", [NACRE]),
    ('data=cs.{"ok":true}', [LUMEN]),
    ("active=sl.[2015,2016)", [LUMEN]),
    ("active=sr.[1990,1999)", [LUMEN, MOTH]),
    ("active=nxr.[2000,2015)", [LUMEN]),
    ("active=nxl.[2005,2015)", [MOTH]),
    ("active=adj.[2010,2011)", [LUMEN]),
    ("bio=fts.light", [LUMEN, NACRE]),
    ("bio=plfts.light sea", [NACRE]),
    ("bio=phfts.loud", [MOTH]),
    ("bio=wfts.light -sea", [LUMEN]),
    ("name=fts(english).lumen", [LUMEN]),
    ("name=plfts(simple).nacre", [NACRE]),
    ("mood=eq.wild", [MOTH, NACRE]),
    ("code=eq.lu", []),
    ("data->plays->>count=eq.12", [LUMEN]),
    ("data->plays->count=eq.3", [MOTH]),
    ("data->plays->by->>0=eq.ada", [LUMEN]),
    ("data->plays->by->>-1=eq.bob", [LUMEN]),
    ("data->>ok=is.null&data=not.is.null", [MOTH]),
    ("raw->>k=eq.v", [LUMEN]),
    ("genres->>0=eq.dub", [LUMEN, NACRE]),
    ("or=(id.eq.1,id.eq.3)", [LUMEN, NACRE]),
    ("and=(id.gt.1,mood.eq.wild)&country=is.null", [MOTH]),
    ("or=(id.eq.1,and(mood.eq.wild,not.or(country.eq.DE,country.eq.FR,country.is.null)))", [LUMEN]),
    ("not.or=(id.eq.1,id.eq.2)", [NACRE]),
    ('or=(name.eq."Moth, \\"the\\"",genres.cs.{jazz,dub})', [LUMEN, MOTH]),
    ("or=(id.in.(1,2),name.like.N*)", [LUMEN, MOTH, NACRE]),
    ("or=(data->plays->>count.eq.12,id.not.gt.0)", [LUMEN]),
    ('or=(active.ov."[2001,2002)",id.eq.3)', [LUMEN, NACRE]),
    ('"name"=eq.Nacre', [NACRE]),
)


async def test_filters(shop: Shop) -> None:
    for query, names in FILTERS:
        selected = [row["name"] for row in await shop.rows(f"artists?select=name&order=id&{query}")]
        assert selected == names, query


# A query and the body of the response.
SHAPES: tuple[tuple[str, Any], ...] = (
    ("artists?select=title:name,id&id=eq.1", [{"title": "Lumen", "id": 1}]),
    (
        "artists?select=data->plays->count,ok:data->ok,data->plays->by->1&id=eq.1",
        [{"count": 12, "ok": True, "by": "bob"}],
    ),
    ("artists?select=data->plays->>count&id=eq.1", [{"count": "12"}]),
    ("artists?select=genres->0&id=eq.3", [{"genres": "dub"}]),
    ("artists?select=raw->k&id=eq.1", [{"k": "v"}]),
    ("artists?select=id::text,born::varchar,m:mood::mood&id=eq.1", [{"id": "1", "born": "1980-05-01", "m": "calm"}]),
    ("artists?select=data->plays->>count::int&id=eq.1", [{"count": 12}]),
    ("artists?select=%20id%20,%20name&id=eq.1", [{"id": 1, "name": "Lumen"}]),
    ("pairs?select=*,again:value&a=eq.1&b=eq.2", [{"a": 1, "b": 2, "value": "b", "again": "b"}]),
    ("pairs?select=&b=eq.2", [{"a": 1, "b": 2, "value": "b"}]),
    (
        'Odd%20Name%2C%20(really)?select="a%20col",select,"q\\"uote","x.y"&"x.y"=eq.3&order="q\\"uote"',
        [{"a col": "x", "select": 1, 'q"uote': 2, "x.y": 3}],
    ),
    ("artists?select=id&order=country.nullsfirst,id", [{"id": 2}, {"id": 3}, {"id": 1}]),
    ("artists?select=id&order=country.desc.nullslast", [{"id": 1}, {"id": 3}, {"id": 2}]),
    ("artists?select=id&order=data->plays->count.desc.nullslast", [{"id": 1}, {"id": 2}, {"id": 3}]),
    ("artists?select=id&order=mood.desc,id.desc&limit=2", [{"id": 3}, {"id": 2}]),
    ("artists?select=id&order=id&offset=1&limit=1", [{"id": 2}]),
    ("artists?select=id&limit=0", []),
    ("album_list?select=title,double&id=eq.1", [{"title": "First Light", "double": 20.0}]),
)


async def test_select_items(shop: Shop) -> None:
    for query, body in SHAPES:
        assert await shop.rows(query) == body, query


# Headers, a query on artists, status and Content-Range.
WINDOWS: tuple[tuple[dict[str, str], str, int, str], ...] = (
    ({}, "order=id", 200, "0-2/*"),
    ({}, "id=eq.9", 200, "*/*"),
    ({"Prefer": "count=exact"}, "", 200, "0-2/3"),
    ({"Prefer": "count=exact"}, "limit=2", 206, "0-1/3"),
    ({"Prefer": "count=exact"}, "limit=2&offset=1", 206, "1-2/3"),
    ({"Prefer": "count=exact"}, "limit=0", 206, "*/3"),
    ({"Prefer": "count=exact"}, "id=eq.9", 200, "*/0"),
    ({"Prefer": "count=exact"}, "offset=4", 416, "*/3"),
    ({"Prefer": "count=exact"}, "id=gt.1&limit=1", 206, "0-0/2"),
    ({"Range": "1-1"}, "order=id", 200, "1-1/*"),
    ({"Range": "1-"}, "", 200, "1-2/*"),
    ({"Range": "0-0", "Prefer": "count=exact"}, "limit=9", 206, "0-0/3"),
    ({"Range": "nonsense"}, "", 200, "0-2/*"),
    ({}, "limit=nonsense", 200, "0-2/*"),
)


async def test_limit_offset_and_counts(shop: Shop) -> None:
    for headers, query, status, span in WINDOWS:
        response = await shop.request("GET", f"artists?{query}", headers=headers)
        assert (response.status_code, response.headers["content-range"]) == (status, span), (headers, query)
        head = await shop.request("HEAD", f"artists?{query}", headers=headers)
        if "Range" in headers:  # applies to GET only
            assert head.headers["content-range"] == ("0-2/3" if "Prefer" in headers else "0-2/*")
            continue
        assert head.status_code == status
        if status != 416:
            assert (head.headers["content-range"], head.text) == (span, "")
    inner = "tracks?select=title,albums!inner(id)&albums.artist_id=eq.1&limit=1"
    counted = await shop.request("GET", inner, headers={"Prefer": "count=exact"})
    assert counted.headers["content-range"] == "0-0/3"
    backwards = await shop.request("GET", "artists", headers={"Range": "5-2"})
    assert (backwards.status_code, backwards.json()["code"]) == (416, "PGRST103")


async def test_max_rows_limits_the_response(shop: Shop) -> None:
    await shop.database.as_owner(
        "insert into shop.tags select n, 'tag ' || n from generate_series(10, 2000) n returning id"
    )
    assert len(await shop.rows("tags?select=id&limit=5000")) == 1000
    assert len(await shop.rows("tags?select=id&offset=1500")) == 494


async def test_one_object_or_none(shop: Shop) -> None:
    single = await shop.request("GET", "artists?select=name,country&id=eq.2", headers=ONE)
    assert single.json() == {"name": MOTH, "country": None}
    assert single.headers["content-type"] == "application/vnd.pgrst.object+json; charset=utf-8"
    stripped = await shop.request(
        "GET",
        "artists?select=name,country&id=eq.2",
        headers={"Accept": "application/vnd.pgrst.object+json;nulls=stripped"},
    )
    assert stripped.json() == {"name": MOTH}
    many = await shop.request("GET", "artists?select=name", headers=ONE)
    assert (many.status_code, many.json()) == (
        406,
        {
            "code": "PGRST116",
            "message": "Cannot coerce the result to a single JSON object",
            "details": "The result contains 3 rows",
            "hint": None,
        },
    )
    none = await shop.request("GET", "artists?id=eq.9", headers=ONE)
    assert none.json()["details"] == "The result contains 0 rows"
    listed = await shop.request(
        "GET",
        "artists?select=name,country&id=eq.2",
        headers={"Accept": "application/vnd.pgrst.array+json;nulls=stripped"},
    )
    assert listed.json() == [{"name": MOTH}]


async def test_csv(shop: Shop) -> None:
    response = await shop.request("GET", "artists?select=name,country&order=id", headers={"Accept": "text/csv"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.text == 'name,country\nLumen,FR\n"Moth, ""the""",\nNacre,DE'
    weighed = await shop.request("GET", "tags", headers={"Accept": "text/csv;q=0.5, image/png, application/json;q=0.9"})
    assert weighed.headers["content-type"] == "application/json; charset=utf-8"


async def test_accept_profile_selects_the_schema(shop: Shop) -> None:
    annex = await shop.request("GET", "artists", headers={"Accept-Profile": "annex"})
    assert annex.json() == [{"id": 1, "name": "Shelved", "shelf": 7}]
    assert annex.headers["content-profile"] == "annex"
    closed = await shop.request("GET", "secrets", headers={"Accept-Profile": "cellar"})
    assert (closed.status_code, closed.json()["code"]) == (406, "PGRST106")
    assert closed.json()["hint"] == "Only the following schemas are exposed: shop, annex, public"
    mistaken = await shop.request("POST", "artists", json={}, headers={"Content-Profile": "pg_catalog"})
    assert mistaken.json()["code"] == "PGRST106"
