"""The official clients, unmodified: `postgrest` as `supabase` ships it for Python, postgrest-js under Node."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from postgrest import APIError, AsyncPostgrestClient, CountMethod

from tests.supabase_local.node import NODE, WEB, node_environment
from tests.supabase_local.rest.conftest import Shop


async def test_postgrest_py(shop: Shop) -> None:
    headers = {"apikey": shop.gateway.keys.publishable_key}
    async with AsyncPostgrestClient(f"{shop.gateway.url}/rest/v1", schema="shop", headers=headers) as client:
        await read(client)
        await embed(client)
        await write(client)
        await call(client)


async def names(query: Any) -> list[str]:
    return [row["name"] for row in (await query.execute()).data]


async def read(client: Any) -> None:
    def artists() -> Any:
        return client.from_("artists").select("name").order("id")

    assert await names(artists().eq("id", 1)) == ["Lumen"]
    assert await names(artists().neq("id", 1).not_.is_("country", "null")) == ["Nacre"]
    assert await names(artists().in_("name", ['Moth, "the"', "Nacre"])) == ['Moth, "the"', "Nacre"]
    assert await names(artists().contains("genres", ["dub"])) == ["Lumen", "Nacre"]
    assert await names(artists().contained_by("genres", ["dub", "rock"])) == ['Moth, "the"', "Nacre"]
    assert await names(artists().contains("data", {"ok": True})) == ["Lumen"]
    assert await names(artists().ov("genres", ["jazz"])) == ["Lumen"]
    assert await names(artists().range_adjacent("active", [2009, 2015])) == ["Lumen"]
    assert await names(artists().range_lt("active", [2014, 2017])) == ["Lumen"]
    assert await names(artists().ilike_any_of("name", "l*,n*")) == ["Lumen", "Nacre"]
    assert await names(artists().text_search("bio", "light")) == ["Lumen", "Nacre"]
    assert await names(artists().or_("id.eq.1,and(mood.eq.wild,country.is.null)")) == ["Lumen", 'Moth, "the"']
    assert await names(artists().match({"mood": "wild", "country": "DE"})) == ["Nacre"]
    assert await names(artists().range(1, 1)) == ['Moth, "the"']
    counted = await client.from_("artists").select("id", count=CountMethod.exact).limit(1).execute()
    assert (counted.count, len(counted.data)) == (3, 1)
    head = await client.from_("artists").select("*", count=CountMethod.exact, head=True).execute()
    assert (head.count, head.data) == (3, [])
    assert (await client.from_("artists").select("name").eq("id", 1).single().execute()).data == {"name": "Lumen"}
    assert await client.from_("artists").select("name").eq("id", 9).maybe_single().execute() is None
    assert "Lumen,FR" in (await client.from_("artists").select("name,country").csv().execute()).data
    with pytest.raises(APIError) as refused:
        await client.from_("artists").select("nothing").execute()
    assert refused.value.code == "42703"


async def embed(client: Any) -> None:
    album = await (
        client.from_("albums")
        .select("title, by:artists!artist_id(name), tracks(title), tags(name)")
        .eq("id", 1)
        .order("title", desc=True, foreign_table="tracks")
        .limit(1, foreign_table="tracks")
        .order("name", foreign_table="tags")
        .single()
        .execute()
    )
    assert album.data == {
        "title": "First Light",
        "by": {"name": "Lumen"},
        "tracks": [{"title": "Noon"}],
        "tags": [{"name": "loud"}, {"name": "slow"}],
    }
    inner = (
        await client.from_("albums")
        .select("id, tracks!inner(id)")
        .or_("seconds.gt.200", reference_table="tracks")
        .execute()
    )
    assert inner.data == [{"id": 1, "tracks": [{"id": 2}]}]


async def write(client: Any) -> None:
    created = await client.from_("notes").insert([{"id": 60, "body": "a"}, {"id": 61}], default_to_null=False).execute()
    assert [row["body"] for row in created.data] == ["a", "nothing"]
    merged = await client.from_("notes").upsert([{"id": 60, "body": "b"}, {"id": 62, "body": "c"}]).execute()
    assert [row["body"] for row in merged.data] == ["b", "c"]
    kept = await client.from_("notes").upsert({"id": 60, "body": "x"}, ignore_duplicates=True).execute()
    assert kept.data == []
    named = await client.from_("artists").upsert({"name": "Lumen", "country": "BE"}, on_conflict="name").execute()
    assert [row["id"] for row in named.data] == [1]
    changed = await client.from_("notes").update({"urgent": True}, count=CountMethod.exact).eq("id", 60).execute()
    assert (changed.count, changed.data[0]["urgent"]) == (1, True)
    with pytest.raises(APIError) as refused:
        await client.from_("notes").update({"body": "z"}).gt("id", 0).max_affected(1).execute()
    assert refused.value.code == "PGRST124"
    gone = await client.from_("notes").delete(count=CountMethod.exact).gte("id", 60).execute()
    assert gone.count == 3
    assert (await client.schema("annex").from_("artists").select("shelf").execute()).data == [{"shelf": 7}]


async def call(client: Any) -> None:
    assert (await client.rpc("add_them", {"a": 2, "b": 3}).execute()).data == 5
    called = (
        await client.rpc("list_artists", {}, get=True, count=CountMethod.exact).select("name").eq("id", 3).execute()
    )
    assert (called.data, called.count) == ([{"name": "Nacre"}], 1)
    late = await client.rpc("find_albums", {"pattern": "%Light"}).gt("year", 2002).order("year").limit(1).execute()
    assert late.data == [{"album": "Second Light", "year": 2004}]


EXPECTED: dict[str, Any] = {
    "filters": [{"name": "Nacre"}],
    "lists": [{"id": 1}, {"id": 3}],
    "contains": [{"id": 1}],
    "json": [{"plays": "12"}],
    "overlaps": [{"id": 1}],
    "ranges": [{"id": 1}],
    "search": [{"id": 1}],
    "logic": [{"id": 1}, {"id": 2}],
    "match": [{"name": "Nacre"}],
    "anyOf": [{"id": 1}, {"id": 3}],
    "page": {"data": [{"id": 2}], "count": 3},
    "head": {"data": None, "count": 3},
    "embeds": {
        "title": "First Light",
        "by": {"name": "Lumen", "passports": {"number": "P-1"}},
        "tracks": [{"title": "Noon"}],
        "tags": [{"name": "loud"}, {"name": "slow"}],
    },
    "inner": [
        {"title": "Dawn", "albums": {"title": "First Light"}},
        {"title": "Noon", "albums": {"title": "First Light"}},
        {"title": "Dusk", "albums": {"title": "Second Light"}},
    ],
    "embeddedOr": [{"id": 1, "tracks": [{"id": 2}]}, {"id": 2, "tracks": []}, {"id": 3, "tracks": [{"id": 4}]}],
    "ambiguous": {"code": "PGRST201", "status": 300},
    "single": {"name": "Lumen"},
    "notSingle": {"code": "PGRST116", "status": 406},
    "maybe": None,
    "csv": "id,country\n1,FR\n2,\n3,DE",
    "insert": [{"id": 60, "body": "a"}, {"id": 61, "body": "nothing"}],
    "upsert": [{"id": 60, "body": "b"}, {"id": 62, "body": "c"}],
    "ignore": [],
    "conflict": {"id": 1, "country": "BE"},
    "update": {"data": [{"urgent": True}], "count": 1},
    "tooMany": {"code": "PGRST124", "status": 400},
    "delete": {"data": None, "count": 3},
    "rpc": 5,
    "rpcGet": {"data": [{"name": "Nacre"}], "count": 1},
    "rpcSet": {"album": "Second Light", "year": 2004},
    "rpcVoid": None,
    "rpcUnknown": {"code": "PGRST202", "status": 404},
    "schema": [{"shelf": 7}],
    "stripped": [{"name": 'Moth, "the"'}],
    "denied": {"code": "42501", "status": 401},
    "spread": {"code": "PGRST127", "status": 400},
}


async def test_postgrest_js(shop: Shop) -> None:
    process = await asyncio.create_subprocess_exec(
        NODE,
        Path(__file__).with_name("shop.mjs"),
        WEB,
        shop.gateway.url,
        shop.gateway.keys.publishable_key,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=node_environment(),
    )
    out, complaint = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complaint.decode()
    report: dict[str, Any] = json.loads(out)
    for name, expected in EXPECTED.items():
        assert report[name] == expected, name
    assert report.keys() == EXPECTED.keys()
