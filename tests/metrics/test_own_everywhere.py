"""An own source is used wherever a platform is: permissions, goals of campaigns, rules, questions by its name."""

from datetime import timedelta

from arti.vocabulary import Role
from arti_core import clock
from tests.conftest import World
from tests.factories.observations import make_artist

YESTERDAY = clock.today() - timedelta(days=1)


async def test_an_own_source_is_used_like_a_platform(world: World) -> None:
    member = await world.member()
    artist = await make_artist(world.database, member.org_id)
    await member.http.post("/api/metrics", json={"name": "Link clicks", "unit": "clicks", "kind": "flow"})
    await member.http.post("/api/sources", json={"name": "Linkfire"})
    values = [
        {"metric": "own.link_clicks", "artist_id": str(artist), "on": str(YESTERDAY - timedelta(days=n)), "value": 10}
        for n in range(40)
    ]
    await member.http.post("/api/sources/own.linkfire/observations", json={"observations": values})
    question = {"question": "How many link clicks in the last 7 days?", "artist_id": str(artist)}
    answer = (await member.http.post("/api/ask", json=question)).json()
    assert ("70" in answer["answer"], "Linkfire" in answer["answer"]) == (True, True), answer
    campaign = {
        "artist_id": str(artist),
        "name": "Link",
        "goal_metric": "own.link_clicks",
        "goal_provider": "own.linkfire",
        "starts_on": str(YESTERDAY - timedelta(days=6)),
        "ends_on": str(YESTERDAY),
    }
    made = (await member.http.post("/api/campaigns", json=campaign)).json()
    result = (await member.http.get(f"/api/campaigns/{made['id']}/result")).json()
    assert (result["unit"], result["during"]["value"], result["before"]["value"]) == ("clicks", 70, 70)
    refused = await member.http.delete("/api/metrics/own.link_clicks")
    assert (refused.status_code, "1 campaign" in refused.json()["message"]) == (409, True)
    closed = await world.member(member.org_id, Role.ANALYST)
    path = f"/api/artists/{artist}/summary?days=28"
    assert len((await closed.http.get(path)).json()["tiles"]) == 1
    body = {"platforms": {"own.linkfire": {"can_read": False}}}
    assert (await member.http.put(f"/api/admin/users/{closed.user_id}", json=body)).status_code == 200
    assert (await closed.http.get(path)).json()["tiles"] == []
