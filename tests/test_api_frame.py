"""What every answer of the API has in common."""

from uuid import uuid4

from tests.conftest import World


async def test_unknown_path_answers_in_our_error_form(world: World) -> None:
    answer = await world.anonymous.get("/nowhere")
    assert answer.status_code == 404
    assert answer.json()["error"] == "not_found"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_a_stranger_is_turned_away(world: World) -> None:
    member = await world.member()
    assert (await world.client("not.a.token", member.org_id).get("/api/artists")).status_code in (401, 404)
    assert (await world.client(member.token, uuid4()).get("/api/artists")).status_code == 404
