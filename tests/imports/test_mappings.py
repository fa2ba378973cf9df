"""A table that no parser knows: a person says what its columns hold once, and the next one is read by itself."""

from typing import Any

from arti.vocabulary import Role
from tests.conftest import Member, World
from tests.factories.imports import commit_import, count_stored
from tests.imports.test_batches import commit, drop, roster

TABLE = b"Day,Link,Country,Visits,Cost\n2026-03-01,a,Germany,%d,1\n2026-03-02,a,Germany,5,2\n"
MAPPING = '{"day": "Day", "column_3": "by country", "column_4": "own.visits"}'


async def define(member: Member) -> None:
    source = {"name": "Smart links", "cadence": "day", "how": "file", "time_zone": "UTC"}
    assert (await member.http.post("/api/sources", json=source)).status_code == 201
    metric = {"name": "Visits", "unit": "visits", "kind": "flow"}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201


async def map_by_hand(member: Member, artist: Any) -> dict[str, Any]:
    answer = await member.http.post(
        "/api/imports",
        data={"artist_id": str(artist), "source": "own.smart_links", "mapping": MAPPING},
        files={"file": ("links.csv", TABLE % 3)},
    )
    assert answer.status_code == 201, answer.text
    return await commit_import(member, answer.json()["imports"][0])


async def test_the_next_file_with_the_header_is_read_as_the_first_was_mapped(world: World) -> None:
    member, other = await world.member(), await world.member()
    artists = await roster(world, member, "Mira Sol", "Vera Lumen")
    await roster(world, other, "Vera Lumen")
    before = await drop(member, [("Vera Lumen.csv", TABLE % 4)])
    assert "does not recognise a file with the columns Day, Link" in before["items"][0]["refusal"]
    await define(member)
    await map_by_hand(member, artists["Mira Sol"])
    [kept] = (await member.http.get("/api/import-mappings")).json()
    assert (kept["source"], kept["header"]) == ("own.smart_links", ["Day", "Link", "Country", "Visits", "Cost"])
    # Another artist's file, in another case of the header, with no question left.
    batch = await drop(member, [("Vera Lumen.csv", (TABLE % 4).replace(b"Visits", b"VISITS"))])
    [item] = batch["items"]
    assert (item["provider"], item["open"], item["artist_name"]) == ("own.smart_links", [], "Vera Lumen")
    assert item["placed_by"].endswith("columns as kept")
    assert (await commit(member, batch))["new"] == 2
    assert await count_stored(world, member.org_id, "own.visits", "country=DE") == (4, 17)
    # Another order of columns is another table, and another org knows nothing of it.
    turned = b"Link,Day,Country,Visits,Cost\na,2026-03-01,Germany,3,1\n"
    assert (await drop(member, [("Vera Lumen.csv", turned)]))["items"][0]["status"] == "refused"
    assert (await drop(other, [("Vera Lumen.csv", TABLE % 4)]))["items"][0]["status"] == "refused"
    assert (await other.http.get("/api/import-mappings")).json() == []
    assert (await other.http.delete(f"/api/import-mappings/{kept['id']}")).status_code == 404


async def test_a_later_answer_replaces_the_kept_one_and_it_can_be_forgotten(world: World) -> None:
    member = await world.member()
    artists = await roster(world, member, "Mira Sol")
    await define(member)
    await map_by_hand(member, artists["Mira Sol"])
    batch = await drop(member, [("Mira Sol.csv", TABLE % 8)])
    id = batch["items"][0]["id"]
    done = await commit(member, batch, answers={id: {"column_3": "leave out"}})
    assert [result["result"] for result in done["results"]] == ["committed"]
    [kept] = (await member.http.get("/api/import-mappings")).json()
    assert kept["options"]["column_3"] == "leave out"
    analyst = await world.member(member.org_id, Role.ANALYST)
    assert (await analyst.http.delete(f"/api/import-mappings/{kept['id']}")).status_code == 204
    assert (await drop(member, [("Mira Sol.csv", TABLE % 9)]))["items"][0]["status"] == "refused"


async def test_a_refused_table_is_mapped_where_it_lies(world: World) -> None:
    member, other = await world.member(), await world.member()
    await roster(world, member, "Mira Sol")
    await define(member)
    [refused] = (await drop(member, [("Mira Sol.csv", TABLE % 3)]))["items"]
    path = f"/api/imports/{refused['id']}/mapping"
    assert (await other.http.post(path, json={"source": "own.smart_links"})).status_code == 404
    assert (await member.http.post(path, json={"source": "own.nothing"})).status_code == 422
    assert (await member.http.post(path, json={"source": "spotify"})).status_code == 422
    answer = await member.http.post(path, json={"source": "own.smart_links"})
    assert answer.status_code == 201, answer.text
    preview = (await member.http.get(f"/api/imports/{answer.json()['id']}")).json()
    assert [question["key"] for question in preview["questions"]][:2] == ["day", "column_2"]
    assert (await member.http.get(f"/api/imports/{refused['id']}")).status_code == 404
    options = {"day": "Day", "column_4": "own.visits"}
    assert (await commit_import(member, preview, options))["summary"]["recorded"]["new"] == 2
    assert (
        await member.http.post(f"/api/imports/{preview['id']}/mapping", json={"source": "own.smart_links"})
    ).status_code == 409
    assert len((await member.http.get("/api/import-mappings")).json()) == 1
