"""Options that an operator may enable: plans, tx=rollback, and planned counts."""

from typing import Any

import pytest

from tests.supabase_local.rest.conftest import Shop


@pytest.fixture
def shop_settings() -> dict[str, Any]:
    return {
        "pgrst_db_plan_enabled": True,
        "pgrst_db_tx_end": "commit-allow-override",
        "pgrst_db_planned_counts": True,
        "pgrst_db_max_rows": 2,
    }


async def test_plans(shop: Shop) -> None:
    as_json = await shop.request(
        "GET", "artists?select=name", headers={"Accept": "application/vnd.pgrst.plan+json; options=analyze|verbose;"}
    )
    assert as_json.json()[0]["Plan"]["Node Type"] == "Aggregate"
    assert "Actual Rows" in as_json.text
    assert as_json.headers["content-type"].startswith("application/vnd.pgrst.plan+json")
    as_text = await shop.request(
        "GET",
        "albums?select=title,tracks!inner(title)&tracks.or=(id.eq.1,title.eq.Moon)",
        headers={"Accept": 'application/vnd.pgrst.plan+text; for="application/json"; options=verbose'},
    )
    assert (
        "((tracks_1.album_id = albums.id) AND ((tracks_1.id = 1) OR (tracks_1.title = 'Moon'::text)))" in as_text.text
    )
    explained_only = await shop.request(
        "DELETE", "tracks?id=eq.1", headers={"Accept": "application/vnd.pgrst.plan+text; options=settings|unknown"}
    )
    assert "Delete on tracks" in explained_only.text
    assert len(await shop.rows("tracks?id=eq.1")) == 1


async def test_tx_rollback(shop: Shop) -> None:
    tried = await shop.request(
        "PATCH",
        "notes?id=eq.1&select=body",
        json={"body": "tried"},
        headers={"Prefer": "tx=rollback,return=representation"},
    )
    assert tried.json() == [{"body": "tried"}]
    assert tried.headers["preference-applied"] == "return=representation, tx=rollback"
    assert await shop.rows("notes?select=body&id=eq.1") == [{"body": "one"}]
    gone = await shop.request("DELETE", "notes?id=eq.1", headers={"Prefer": "tx=rollback"})
    assert gone.status_code == 204
    assert len(await shop.rows("notes?id=eq.1")) == 1


async def test_planned_counts(shop: Shop) -> None:
    await shop.database.as_owner("insert into shop.tags select n, 'tag' from generate_series(10, 509) n")
    await shop.database.run_script("analyze shop.tags")
    for kind in ("planned", "estimated"):
        response = await shop.request("GET", "tags?select=id", headers={"Prefer": f"count={kind}"})
        assert (response.status_code, response.headers["content-range"]) == (206, "0-1/503")
        assert response.headers["preference-applied"] == f"count={kind}"
    few = await shop.request("GET", "tags?select=id&id=eq.10", headers={"Prefer": "count=estimated"})
    assert few.headers["content-range"] == "0-0/1"
