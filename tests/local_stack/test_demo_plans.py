"""The demo's playlists, royalties and calendar, seeded over the API without a running platform."""

from dataclasses import dataclass
from typing import Any

from arti.vocabulary import Role
from arti_core.clock import today
from local_stack.demo.plans_and_money import seed_calendar, seed_playlists, seed_royalties
from local_stack.demo.roster import ROSTER
from local_stack.demo.songs import list_playlist_songs
from tests.conftest import Member, World
from tests.factories.observations import make_artist


@dataclass
class DirectApi:
    """The API of a test, called as the demo calls it."""

    member: Member

    async def call(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        sent = {"data": more["form"], "files": more["files"]} if "form" in more else {"json": body}
        answer = await self.member.http.request(method, path, **(sent if method != "GET" else {}))
        assert answer.status_code < 300, answer.text
        return answer.json()


async def test_playlists_come_and_go_and_royalties_stay_in_their_currencies(world: World) -> None:
    admin = await world.member()
    await world.member(admin.org_id, Role.MANAGER)
    api = DirectApi(admin)
    artists = {each.name: str(await make_artist(world.database, admin.org_id, each.name)) for each in ROSTER[:2]}
    await seed_playlists(api, artists, today())
    await seed_royalties(api, artists, today())
    await seed_calendar(api, artists, today())

    artist = artists[ROSTER[0].name]
    placements = (await api.call("GET", f"/api/artists/{artist}/playlists"))["items"]
    seen = {(item["playlist"]["title"], item["start_known"], item["ended"]) for item in placements}
    assert seen == {
        ("Radio", "before", False),
        ("Release Radar", "between", False),
        ("Fresh Finds", "day", True),
        ("Night Drive", "before", True),
        ("slow sundays", "before", True),
        ("slow sundays", "between", False),
        ("songs for the ferry", "day", False),
    }
    assert {item["song"] for item in placements} == set(list_playlist_songs(ROSTER[0], today=today()))
    totals = await api.call("GET", "/api/royalties/totals?group_by=month")
    assert {item["currency"] for item in totals["overall"]} == {"EUR", "USD"}
    assert len({item["key"] for item in totals["items"]}) == 12
    converted = await admin.http.get("/api/royalties/totals", params={"in": "EUR"})
    assert converted.status_code == 422
    calendar = (await api.call("GET", "/api/calendar"))["items"]
    assert {item["kind"] for item in calendar} >= {"show", "pitch", "note"}
