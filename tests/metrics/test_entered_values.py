"""Numbers of an own source that a person types in: once a week, stored like any other, refused in words."""

from datetime import timedelta
from typing import Any

from arti.vocabulary import Role
from arti_core import clock
from local_stack.demo.own_source import add_link_clicks
from tests.conftest import World
from tests.factories.observations import make_artist

LAST = clock.today() - timedelta(days=clock.today().weekday() + 1)


async def test_weekly_numbers_are_typed_shown_and_corrected(world: World) -> None:
    member = await world.member(role=Role.MANAGER)
    artist = await make_artist(world.database, member.org_id)
    metric = {"name": "Link clicks", "unit": "clicks", "kind": "flow"}
    assert (await member.http.post("/api/metrics", json=metric)).status_code == 201
    source = {"name": "Linkfire", "cadence": "week"}
    assert (await member.http.post("/api/sources", json=source)).status_code == 201
    path = "/api/sources/own.linkfire/observations"

    def week(weeks_ago: int, value: float | None, **more: Any) -> dict[str, Any]:
        day = LAST - timedelta(weeks=weeks_ago)
        return {"metric": "own.link_clicks", "artist_id": str(artist), "on": str(day), "value": value} | more

    analyst = await world.member(member.org_id, Role.ANALYST)
    values = {"observations": [week(n, 100 + n) for n in range(4)]}
    first = await analyst.http.post(path, json=values)
    assert (first.status_code, first.json()) == (200, {"new": 4, "restated": 0, "unchanged": 0, "unfinished": 0})
    assert (await analyst.http.post(path, json=values)).json() == {
        "new": 0,
        "restated": 0,
        "unchanged": 4,
        "unfinished": 0,
    }
    corrected = await analyst.http.post(path, json={"observations": [week(0, 150)]})
    assert corrected.json() == {"new": 0, "restated": 1, "unchanged": 0, "unfinished": 0}
    [tile] = (await member.http.get(f"/api/artists/{artist}/summary?days=28")).json()["tiles"]
    assert (tile["provider"], tile["metric"], tile["unit"], tile["value"]) == (
        *("own.linkfire", "own.link_clicks", "clicks"),
        150 + 101 + 102 + 103,
    )
    rows = (await member.http.get("/api/observations", params={"series_id": tile["series_id"]})).json()["items"]
    assert ([row["value"] for row in rows], len(rows[-1]["revisions"])) == ([103, 102, 101, 150], 1)
    overlap = week(0, 5) | {"on": str(LAST - timedelta(days=3))}
    refused = await analyst.http.post(path, json={"observations": [overlap]})
    assert (refused.status_code, refused.json()["field"]) == (422, "observations.0.on")
    for body, field in ((week(0, None), "null_reason"), (week(0, 1, metric="own.nothing"), "metric")):
        refused = await analyst.http.post(path, json={"observations": [body]})
        assert (refused.status_code, refused.json()["field"]) == (422, f"observations.0.{field}")
    creator = await world.member(member.org_id, Role.CREATOR)
    assert (await creator.http.post(path, json=values)).status_code == 403
    assert (await (await world.member()).http.post(path, json=values)).status_code == 404


async def test_the_demo_enters_link_clicks(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)

    async def call(method: str, path: str, body: object) -> Any:
        answer = await member.http.request(method, path, json=body)
        assert answer.status_code < 400, answer.text
        return answer.json()

    await add_link_clicks(call, str(artist), today=clock.today())
    [tile] = (await member.http.get(f"/api/artists/{artist}/summary?days=28")).json()["tiles"]
    assert (tile["name"], tile["value"] > 3000, tile["change"] > 0) == ("Link clicks", True, True)
