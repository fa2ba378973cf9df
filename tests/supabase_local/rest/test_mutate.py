"""Mutations: insert, bulk insert, upsert, PUT, update, delete, and their representations."""

from typing import Any

from tests.supabase_local.rest.conftest import BACK, ONE, Shop


def prefer(*preferences: str) -> dict[str, str]:
    return {"Prefer": ",".join(preferences)}


def bodies(response: Any) -> list[tuple[int, str | None]]:
    return [(row["id"], row["body"]) for row in response.json()]


async def test_inserts(shop: Shop) -> None:
    quiet = await shop.request("POST", "notes", json={"body": "a"})
    assert (quiet.status_code, quiet.text, quiet.headers["content-range"]) == (201, "", "*/*")
    applied = await shop.request("POST", "notes?select=body,urgent", json={"body": "b"}, headers=BACK)
    assert (applied.status_code, applied.json()) == (201, [{"body": "b", "urgent": None}])
    assert applied.headers["preference-applied"] == "return=representation"
    several = await shop.request(
        "POST",
        "notes",
        json=[{"id": 10, "body": "x"}, {"id": 11, "body": None}],
        headers=prefer("return=representation", "count=exact"),
    )
    assert (bodies(several), several.headers["content-range"]) == ([(10, "x"), (11, None)], "*/2")
    single = await shop.request("POST", "notes?select=id", json={"id": 12}, headers=BACK | ONE)
    assert single.json() == {"id": 12}
    bare = await shop.request("POST", "notes?select=body", json={}, headers=BACK)
    assert bare.json() == [{"body": "nothing"}]
    bare = await shop.request("POST", "notes?select=body", json=[{}, {}], headers=BACK)
    assert len(bare.json()) == 2
    nothing = await shop.request("POST", "notes", json=[], headers=BACK)
    assert (nothing.status_code, nothing.json()) == (201, [])


async def test_columns_and_defaults(shop: Shop) -> None:
    rows = [{"id": 20, "extra": 1}, {"id": 21, "body": "given"}]
    nulls = await shop.request("POST", "notes?columns=id,body", json=rows, headers=BACK)
    assert bodies(nulls) == [(20, None), (21, "given")]
    await shop.request("DELETE", "notes?id=gte.20")
    defaults = await shop.request(
        "POST",
        'notes?columns="id","body","stamped"',
        json=rows,
        headers=prefer("return=representation", "missing=default"),
    )
    assert bodies(defaults) == [(20, "nothing"), (21, "given")]
    assert defaults.headers["preference-applied"] == "missing=default, return=representation"
    generated = await shop.request(
        "POST",
        "notes?columns=id,body",
        json={"body": "z"},
        headers=BACK | prefer("missing=default", "return=representation"),
    )
    assert generated.status_code == 201
    uneven = await shop.request("POST", "notes", json=[{"id": 30}, {"body": "z"}])
    assert (uneven.status_code, uneven.json()["message"]) == (400, "All object keys must match")
    first_insert = await shop.request("POST", "notes?columns=body&select=id", json={"body": "y"}, headers=BACK)
    skipping = prefer("return=representation", "missing=default")
    after = await shop.request("POST", "notes?columns=body&select=id", json={}, headers=skipping)
    assert after.json()[0]["id"] == first_insert.json()[0]["id"] + 1  # unused defaults are not evaluated
    unknown = await shop.request("POST", "notes", json={"nothing": 1})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "PGRST204")


async def test_location(shop: Shop) -> None:
    created = await shop.request(
        "POST", "pairs", json={"a": 5, "b": 6, "value": "x y"}, headers=prefer("return=headers-only")
    )
    assert (created.status_code, created.text, created.headers["location"]) == (201, "", "/pairs?a=eq.5&b=eq.6")
    assert created.headers["preference-applied"] == "return=headers-only"
    stored = await shop.rows(created.headers["location"].removeprefix("/"))
    assert stored == [{"a": 5, "b": 6, "value": "x y"}]
    quiet = await shop.request("POST", "pairs", json={"a": 5, "b": 7})
    assert "location" not in quiet.headers


async def test_upserts(shop: Shop) -> None:
    merge = prefer("resolution=merge-duplicates", "return=representation")
    both = await shop.request(
        "POST", "notes", json=[{"id": 1, "body": "ONE"}, {"id": 40, "body": "new"}], headers=merge
    )
    assert (both.status_code, bodies(both)) == (201, [(1, "ONE"), (40, "new")])
    assert both.headers["preference-applied"] == "resolution=merge-duplicates, return=representation"
    old = await shop.request("POST", "notes", json=[{"id": 1, "body": "uno"}], headers=merge)
    assert (old.status_code, bodies(old)) == (200, [(1, "uno")])
    named = await shop.request(
        "POST", "artists?on_conflict=name&select=id,country", json={"name": "Lumen", "country": "BE"}, headers=merge
    )
    assert (named.status_code, named.json()) == (200, [{"id": 1, "country": "BE"}])
    ignore = prefer("resolution=ignore-duplicates", "return=representation")
    kept = await shop.request(
        "POST", "notes", json=[{"id": 1, "body": "no"}, {"id": 41, "body": "new"}], headers=ignore
    )
    assert (kept.status_code, bodies(kept)) == (201, [(41, "new")])
    wrong = await shop.request("POST", "notes?on_conflict=body", json={"id": 1, "body": "x"}, headers=merge)
    assert (wrong.status_code, wrong.json()["code"]) == (400, "42P10")
    double = await shop.request("POST", "notes", json=[{"id": 1, "body": "a"}, {"id": 1, "body": "b"}], headers=merge)
    assert (double.status_code, double.json()["code"]) == (400, "21000")


async def test_put(shop: Shop) -> None:
    created = await shop.request("PUT", "pairs?a=eq.7&b=eq.8", json={"a": 7, "b": 8, "value": "v"}, headers=BACK)
    assert (created.status_code, created.json()) == (201, [{"a": 7, "b": 8, "value": "v"}])
    changed = await shop.request("PUT", "pairs?a=eq.7&b=eq.8", json={"a": 7, "b": 8, "value": "w"}, headers=BACK)
    assert (changed.status_code, changed.json()[0]["value"]) == (200, "w")
    quiet = await shop.request("PUT", "pairs?a=eq.7&b=eq.8", json={"a": 7, "b": 8, "value": "x"})
    assert (quiet.status_code, quiet.text) == (204, "")
    two = await shop.request(
        "PUT",
        "pairs?a=eq.7&b=eq.8",
        json=[{"a": 7, "b": 8, "value": "x"}, {"a": 1, "b": 9, "value": "y"}],
        headers=BACK,
    )
    assert (two.status_code, two.json()) == (200, [{"a": 7, "b": 8, "value": "x"}])
    for query, body, status, code in (
        ("a=eq.7&b=eq.8", {"a": 7, "b": 9, "value": "x"}, 400, "PGRST115"),
        ("a=eq.7", {"a": 7, "b": 8}, 405, "PGRST105"),
        ("a=eq.7&b=gt.8", {"a": 7, "b": 8}, 405, "PGRST105"),
        ("a=eq.7&b=eq.8&value=eq.x", {"a": 7, "b": 8}, 405, "PGRST105"),
        ("a=eq.7&b=eq.8&limit=1", {"a": 7, "b": 8}, 400, "PGRST114"),
    ):
        response = await shop.request("PUT", f"pairs?{query}", json=body)
        assert (response.status_code, response.json()["code"]) == (status, code), query
    assert [row["value"] for row in await shop.rows("pairs?a=eq.7")] == ["x"]


async def test_updates_and_deletes(shop: Shop) -> None:
    quiet = await shop.request("PATCH", "notes?id=eq.1", json={"body": "a"})
    assert (quiet.status_code, quiet.text, quiet.headers["content-range"]) == (204, "", "0-0/*")
    applied = await shop.request(
        "PATCH",
        "notes?id=lt.3&select=id,body",
        json={"body": "b"},
        headers=prefer("return=representation", "count=exact"),
    )
    assert (applied.status_code, bodies(applied), applied.headers["content-range"]) == (
        200,
        [(1, "b"), (2, "b")],
        "0-1/2",
    )
    none = await shop.request("PATCH", "notes?id=eq.999", json={"body": "b"}, headers=BACK)
    assert (none.status_code, none.json()) == (200, [])
    empty = await shop.request("PATCH", "notes?id=eq.1", json={}, headers=BACK)
    assert (empty.status_code, empty.json()) == (200, [])
    unfiltered = await shop.request("PATCH", "notes", json={"body": "x"})
    assert (unfiltered.status_code, unfiltered.json()["code"]) == (400, "21000")
    first = await shop.request(
        "PATCH", "notes?id=lt.3&select=id,body&order=id.desc", json=[{"body": "b"}, {"body": "z"}], headers=BACK
    )
    assert bodies(first) == [(2, "b"), (1, "b")]
    logic = await shop.request(
        "PATCH", "notes?or=(id.eq.1,urgent.is.null)&select=id", json={"urgent": True}, headers=BACK
    )
    assert sorted(row["id"] for row in logic.json()) == [1, 3]
    chosen = await shop.request(
        "PATCH", "notes?id=eq.1&columns=body", json={"body": "c", "urgent": False}, headers=BACK
    )
    assert (chosen.json()[0]["body"], chosen.json()[0]["urgent"]) == ("c", True)
    single = await shop.request("PATCH", "notes?id=gt.0", json={"body": "never"}, headers=ONE)
    assert (single.status_code, single.json()["code"]) == (406, "PGRST116")
    most = await shop.request(
        "PATCH", "notes?id=gt.0", json={"body": "never"}, headers=prefer("handling=strict", "max-affected=2")
    )
    assert (most.status_code, most.json()["details"]) == (400, "The query affects 3 rows")
    within = await shop.request("DELETE", "notes?id=eq.1", headers=prefer("handling=strict", "max-affected=2"))
    assert (within.status_code, within.headers["preference-applied"]) == (204, "handling=strict, max-affected=2")
    gone = await shop.request("DELETE", "notes?id=eq.2", headers=prefer("return=representation", "count=exact"))
    assert (gone.status_code, bodies(gone), gone.headers["content-range"]) == (200, [(2, "b")], "*/1")
    assert await shop.rows("notes?body=eq.never") == []


async def test_other_bodies(shop: Shop) -> None:
    csv = {"Content-Type": "text/csv"}
    created = await shop.request("POST", "notes", content='id,body\n80,"a, ""b"""\n81,NULL\n', headers=BACK | csv)
    assert bodies(created) == [(80, 'a, "b"'), (81, None)]
    torn = await shop.request("POST", "notes", content="id,body\n82\n", headers=csv)
    assert (torn.status_code, torn.json()["message"]) == (400, "All lines must have same number of fields")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    created = await shop.request("POST", "notes", content="id=83&body=a+b", headers=BACK | form)
    assert bodies(created) == [(83, "a b")]
    for kind in ("application/xml", "text/plain"):
        refused = await shop.request("POST", "notes", content="x", headers={"Content-Type": kind})
        assert (refused.status_code, refused.json()["code"]) == (400, "PGRST102")
    for content in ("", "{", '[{"id":1},2]', '{"body":"\\u0000"}'):
        refused = await shop.request("POST", "notes", content=content, headers={"Content-Type": "application/json"})
        assert refused.status_code == 400, content


async def test_types_survive(shop: Shop) -> None:
    row = {
        "id": 50,
        "name": "Types",
        "country": "XX",
        "born": "2020-02-29",
        "data": {"deep": [1, {"x": None}]},
        "raw": [1.5],
        "genres": ["a,b", 'c"d', "{}"],
        "active": "[1,5)",
        "mood": "wild",
        "code": "AB",
    }
    created = await shop.request("POST", f"artists?select={','.join(row)}", json=row, headers=BACK)
    assert created.json() == [row]
    for change, code in (
        ({"mood": "sad"}, "22P02"),
        ({"code": "low"}, "23514"),
        ({"born": "no day"}, "22007"),
        ({"name": None}, "23502"),
        ({"name": "Lumen"}, "23505"),
        ({"genres": "x"}, "22P02"),
    ):
        response = await shop.request("PATCH", "artists?id=eq.50", json=change)
        assert (response.status_code, response.json()["code"]) == (409 if code == "23505" else 400, code), change
    missing = await shop.request("POST", "tracks", json={"album_id": 999, "title": "x"})
    assert (missing.status_code, missing.json()["code"]) == (409, "23503")
    long = await shop.request("POST", "albums", json={"title": "x" * 41})
    assert (long.status_code, long.json()["code"]) == (400, "22001")
