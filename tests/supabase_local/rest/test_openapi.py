"""The OpenAPI description at the root, limited to the privileges of the role."""

from typing import Any

import httpx2 as httpx

from tests.supabase_local.rest.conftest import Shop


async def described(http: httpx.AsyncClient) -> dict[str, Any]:
    response = await http.get("/rest/v1/")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/openapi+json; charset=utf-8"
    definition: dict[str, Any] = response.json()
    return definition


async def test_tables_columns_and_functions(shop: Shop) -> None:
    document = await described(shop.http)
    assert (document["swagger"], document["basePath"]) == ("2.0", "/rest/v1/")
    assert set(document["paths"]["/artists"]) == {"get", "post", "patch", "delete"}
    assert document["paths"]["/artists"]["get"]["summary"] == "Who plays"
    assert document["paths"]["/artists"]["get"]["description"] == "Everybody whose records are on sale."
    assert set(document["paths"]["/album_sums"]) == {"get"}  # a view that is not updatable
    artists = document["definitions"]["artists"]
    assert artists["required"] == ["id", "name", "genres", "mood"]
    assert artists["properties"]["id"] == {
        "type": "integer",
        "format": "integer",
        "description": "Note:\nThis is a Primary Key.<pk/>",
    }
    assert artists["properties"]["name"] == {"type": "string", "format": "text", "description": "As on the sleeve"}
    assert artists["properties"]["genres"] == {"type": "array", "items": {"type": "string"}, "format": "text[]"}
    assert artists["properties"]["data"] == {"format": "jsonb"}
    assert artists["properties"]["mood"] == {"type": "string", "format": "shop.mood", "enum": ["calm", "wild"]}
    album = document["definitions"]["albums"]["properties"]
    assert album["title"]["maxLength"] == 40
    assert "<fk table='artists' column='id'/>" in album["artist_id"]["description"]
    assert set(document["paths"]["/rpc/add_them"]) == {"get", "post"}
    assert set(document["paths"]["/rpc/write_note"]) == {"post"}
    body = document["paths"]["/rpc/add_them"]["post"]["parameters"][0]["schema"]
    assert (body["required"], set(body["properties"])) == (["a"], {"a", "b"})
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation.get("parameters", ()):
                name = parameter.get("$ref", "").removeprefix("#/parameters/")
                assert not name or name in document["parameters"]


async def test_description_is_limited_to_the_privileges_of_the_role(shop: Shop) -> None:
    anonymous, service = await described(shop.http), await described(shop.admin)
    assert {"/hidden", "/diary", "/rpc/closed", "/secrets"}.isdisjoint(anonymous["paths"])
    assert "/diary" in service["paths"]
    assert "/hidden" not in service["paths"]
    await shop.database.run_script("grant select (id) on shop.hidden to anon")
    partly = await described(shop.http)
    assert set(partly["paths"]["/hidden"]) == {"get"}
    assert set(partly["definitions"]["hidden"]["properties"]) == {"id"}
    annex = await shop.request("GET", "", headers={"Accept-Profile": "annex"})
    assert set(annex.json()["paths"]) == {"/", "/artists"}
    assert set(annex.json()["paths"]["/artists"]) == {"get"}
