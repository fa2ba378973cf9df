"""The OpenAPI description of ARTi's tables by role, and n8n's Supabase node, which reads it."""

from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx

from arti.vocabulary import Role
from tests.supabase_local.conftest import Gateway
from tests.supabase_local.rest.test_openapi import described


class Node:
    """n8n's Supabase node, version 1: the requests that its source makes, one after the other."""

    def __init__(self, gateway: Gateway, key: str) -> None:
        headers = {"apikey": key, "Authorization": f"Bearer {key}", "Prefer": "return=representation"}
        self.http = httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20)

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        profile = "Accept-Profile" if method in ("GET", "HEAD") else "Content-Profile"
        response = await self.http.request(method, path, json=body, params=query or None, headers={profile: "public"})
        assert response.status_code in (200, 201), response.text
        return response.json()

    async def tables(self) -> list[str]:
        return [path.replace("/", "", 1) for path in (await self.call("GET", "/"))["paths"] if path != "/"]

    async def columns(self, table: str) -> dict[str, Any]:
        definition: dict[str, Any] = (await self.call("GET", "/"))["definitions"][table]["properties"]
        return definition


async def test_n8n_reads_and_writes(gateway: Gateway) -> None:
    org = await gateway.org("Night Owl")
    node = Node(gateway, gateway.keys.secret_key)
    async with node.http:
        assert {"artists", "campaigns", "insights", "orgs"} <= set(await node.tables())
        columns = await node.columns("artists")
        assert {"id", "org_id", "name", "country"} <= set(columns)
        assert columns["genres"]["type"] == "array"
        created = await node.call(
            "POST", "/artists", [{"org_id": str(org), "name": "Lumen"}, {"org_id": str(org), "name": "Nacre"}]
        )
        assert [row["name"] for row in created] == ["Lumen", "Nacre"]
        selected = await node.call("GET", "/artists", name="eq.Lumen", org_id=f"eq.{org}")
        assert [UUID(row["org_id"]) for row in selected] == [org]
        both = await node.call("GET", "/artists", **{"or": "(name.eq.Lumen,name.ilike.nac*)"}, limit="50")
        assert len(both) == 2
        none = await node.call("GET", "/artists", **{"and": "(name.eq.Lumen,country.eq.FR)"}, limit="50", offset="0")
        assert none == []
        changed = await node.call("PATCH", "/artists", {"country": "FR"}, **{"or": "(name.eq.Lumen)"})
        assert [row["country"] for row in changed] == ["FR"]
        text = await node.call("GET", f"/artists?country=is.null&select=name&org_id=eq.{org}")
        assert text == [{"name": "Nacre"}]
        gone = await node.call("DELETE", "/artists", name="eq.Nacre", country="is.null")
        assert [row["name"] for row in gone] == ["Nacre"]


async def test_members_see_their_tables_and_rows(gateway: Gateway) -> None:
    session = await gateway.sign_up("ada@example.test")
    org, foreign = await gateway.org("Night Owl"), await gateway.org("Day Lark")
    await gateway.join(session, org, Role.MANAGER)
    artist, _ = await gateway.artist(org, "Lumen"), await gateway.artist(foreign, "Stranger")
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=20) as http:
        document = await described(http)
        assert "get" in document["paths"]["/artists"]
        assert set(document["paths"]["/orgs"]) == {"get", "patch"}
        orgs = await http.get("/rest/v1/orgs?select=name,artists(name)")
        assert orgs.json() == [{"name": "Night Owl", "artists": [{"name": "Lumen"}]}]
        count = await http.get("/rest/v1/artists?select=id", headers={"Prefer": "count=exact"})
        assert (count.json(), count.headers["content-range"]) == ([{"id": str(artist)}], "0-0/1")
        created = await http.post("/rest/v1/rpc/create_org", json={"org_name": f"New {uuid4().hex[:4]}"})
        assert UUID(created.json())
    anonymous = await described(gateway.http)
    assert set(anonymous["paths"]) == {"/"}
