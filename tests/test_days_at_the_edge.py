"""The first and last days of the calendar, in every zone, end no read with a fault: arithmetic has no answer there."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from arti.jobs import WorkerContext
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import daily_observations, make_artist, store_observations

EDGES = {
    "date": ("0001-01-01", "9999-12-31"),
    "date-time": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"),
}
REQUIRED = {"metric": "consumption.streams", "provider": "spotify", "dimension": "city", "scope": "catalogue"}


def formats_of(schema: dict[str, Any]) -> Iterator[str]:
    for each in (schema, *schema.get("anyOf", [])):
        if each.get("format") in EDGES:
            yield each["format"]


async def test_no_read_fails_at_the_edges_of_the_calendar(world: World, worker_context: WorkerContext) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    numbers = daily_observations("consumption.streams", clock.today(), [5.0] * 60)
    await store_observations(worker_context, member.org_id, artist, numbers)
    tried = 0
    for path, methods in world.document["paths"].items():
        parameters = methods.get("get", {}).get("parameters", [])
        url = path.replace("{artist_id}", str(artist))
        for parameter in parameters:
            url = url.replace(f"{{{parameter['name']}}}", str(uuid4()))
        needed = {
            each["name"]: REQUIRED.get(each["name"], str(artist))
            for each in parameters
            if each["in"] == "query" and each.get("required")
        }
        for parameter in parameters:
            for kind in formats_of(parameter["schema"]):
                for edge in EDGES[kind]:
                    answer = await member.http.get(url, params=needed | {parameter["name"]: edge})
                    assert answer.status_code < 500, (url, parameter["name"], edge)
                    tried += 1
    assert tried > 100


async def test_messages_are_not_sent_again_since_the_edge_of_the_calendar(world: World) -> None:
    member = await world.member()
    for edge in EDGES["date-time"]:
        answer = await member.http.post("/api/deliveries/replay", json={"since": edge})
        assert (answer.status_code, answer.json()["field"]) == (422, "since")
