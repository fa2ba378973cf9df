"""A sync brings breakdowns: sources, devices and countries of YouTube, followers of Instagram by place and age."""

from typing import Any

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from tests.conftest import Member, World
from tests.connections.conftest import SimulatorControl, connected
from tests.job_runner import run_due_jobs


async def read(member: Member, artist: str, provider: str, metric: str, dimension: str) -> dict[str, Any]:
    query = {"metric": metric, "provider": provider, "dimension": dimension}
    answer = await member.http.get(f"/api/artists/{artist}/breakdown", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    assert body["parts"], body["note"]
    return body


async def count_days(member: Member, artist: str, period: dict[str, Any]) -> int:
    """Return the days of a period on which YouTube reported views: the simulated one leaves some out."""
    query = {"metric": "consumption.views", "provider": "youtube", "from": period["from"], "to": period["to"]}
    [series] = (await member.http.get(f"/api/artists/{artist}/series", params=query)).json()["series"]
    return sum(point["value"] is not None for point in series["points"])


async def test_a_sync_brings_breakdowns(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    artist = (await connected(world, member, Provider.YOUTUBE))["artist_id"]
    await run_due_jobs(worker_context)
    for dimension in ("traffic_source", "content_type", "device", "subscription"):
        body = await read(member, artist, "youtube", "consumption.views", dimension)
        assert body["total"]["value"] == body["whole"]["value"]
        assert body["period"]["days"] == await count_days(member, artist, body["period"])
        assert body["remainder"]["value"] == 0
    countries = await read(member, artist, "youtube", "consumption.views", "country")
    assert countries["period"]["label"].startswith("28 days up to ")
    assert countries["parts"][0]["amount"] > countries["parts"][-1]["amount"] > 0
    if countries["whole"]["value"] is None:  # a day of the 28 was not reported
        assert {part["share_percent"] for part in countries["parts"]} == {None}
    else:
        assert countries["parts"][0]["share_percent"] > countries["parts"][-1]["share_percent"] > 0
        assert countries["remainder"]["value"] > 0
    ages = await read(member, artist, "youtube", "audience.viewer_share", "age")
    assert 99 < ages["total"]["value"] <= 100.1


async def test_instagram_brings_followers_by_place_age_and_gender(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    member = await world.member()
    artist = (await connected(world, member, Provider.INSTAGRAM))["artist_id"]
    await run_due_jobs(worker_context)
    for dimension in ("country", "city", "age", "gender"):
        body = await read(member, artist, "instagram", "audience.followers", dimension)
        assert body["total"]["value"] <= body["whole"]["value"]
        assert body["remainder"]["value"] == body["whole"]["value"] - body["total"]["value"]
    cities = await read(member, artist, "instagram", "audience.followers", "city")
    names = {part["name"]: part["place"] and part["place"]["country"] for part in cities["parts"]}
    assert names["Berlin"] == "DE"
    assert names["Springfield"] is None
    unknown = (await member.http.get("/api/places/unknown")).json()["items"]
    assert [place["text"] for place in unknown] == ["Springfield"]
