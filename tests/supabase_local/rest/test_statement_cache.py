"""Statements are cached by the shape of a request: other values must give other results."""

from tests.supabase_local.rest.conftest import Shop


async def test_same_shape_with_other_values(shop: Shop) -> None:
    for name in ("Lumen", "Nacre", 'Moth, "the"', "Nobody", "$1", "\ue0000", "*"):
        found = await shop.rows("artists", params={"select": "name", "name": f"eq.{name}", "id": "gt.0"})
        assert [row["name"] for row in found] == ([name] if name in ("Lumen", "Nacre", 'Moth, "the"') else [])
    for form, names in (("L*", ["Lumen"]), ("*re", ["Nacre"]), ("L%", ["Lumen"])):
        assert [row["name"] for row in await shop.rows("artists", params={"name": f"like.{form}"})] == names
    for number, status in ((1, 200), ("x", 400), (2, 200), ("99999999999", 400)):
        assert (await shop.request("GET", f"artists?id=eq.{number}")).status_code == status
    for limit in (1, 2, 3):
        assert len(await shop.rows(f"artists?id=gt.0&limit={limit}")) == limit
    for first, second in ((1, 2), (2, 1), (1, 1)):
        found = await shop.rows(f"albums?select=id,tracks(id)&id=eq.{first}&tracks.id=eq.{second}")
        assert found == [{"id": first, "tracks": [{"id": second}] if first == 1 else []}]


async def test_reloaded_schema_invalidates_cached_statements(shop: Shop) -> None:
    assert await shop.rows("tags?select=*&id=eq.1") == [{"id": 1, "name": "slow"}]
    await shop.database.run_script("alter table shop.tags rename column name to title")
    assert await shop.rows("tags?select=*&id=eq.1") == [{"id": 1, "title": "slow"}]
    assert (await shop.request("GET", "tags?select=name&id=eq.1")).status_code == 400


async def test_counts_differ_from_no_counts(shop: Shop) -> None:
    for prefer, span in (("count=exact", "0-0/1"), ("", "0-0/*"), ("count=exact", "0-0/1")):
        response = await shop.request("GET", "artists?id=eq.1", headers={"Prefer": prefer})
        assert response.headers["content-range"] == span
    one = await shop.request(
        "GET", "artists?select=id&id=eq.1", headers={"Accept": "application/vnd.pgrst.object+json"}
    )
    many = await shop.request("GET", "artists?select=id&id=eq.1")
    assert (one.json(), many.json()) == ({"id": 1}, [{"id": 1}])
