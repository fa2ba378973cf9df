"""Every endpoint authenticates and authorizes alike: the series endpoint answers as one of the usual ones."""

from uuid import uuid4

import pytest

from tests.conftest import World

PATHS = ("/api/artists", f"/api/artists/{uuid4()}/series")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": ""}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Authorization": "Bearer"}, 401),
        ({"Authorization": "Bearer not-a-token"}, 401),
        ({"X-ARTi-Org": ""}, 422),
        ({"X-ARTi-Org": "not-an-id"}, 404),
        ({"X-ARTi-Org": str(uuid4())}, 404),
    ],
)
async def test_refusals_are_the_same_on_both_routes(world: World, headers: dict[str, str], status: int) -> None:
    member = await world.member()
    answers = [await member.http.get(path, headers=headers) for path in PATHS]
    assert [answer.status_code for answer in answers] == [status, status]
    bodies = [{name: value for name, value in answer.json().items() if name != "request_id"} for answer in answers]
    assert bodies[0] == bodies[1]
