"""Changes of definition over REST: the same for everybody, read by members, written by none."""

import httpx2 as httpx

from arti.vocabulary import Role
from tests.conftest import World
from tests.supabase_local.conftest import Gateway


async def test_definitions_are_read_over_rest_and_not_written(world: World, gateway: Gateway) -> None:
    session = await gateway.sign_up("reader@example.test")
    await gateway.join(session, await world.org(), Role.ADMIN)
    headers = {"apikey": gateway.keys.publishable_key, "Authorization": f"Bearer {session['access_token']}"}
    async with httpx.AsyncClient(base_url=f"{gateway.url}/rest/v1", headers=headers, timeout=20) as rest:
        query = "provider=eq.youtube&metric=eq.consumption.views&order=since_on.desc&limit=1"
        [latest] = (
            await rest.get(f"/metric_definitions?{query}&select=since_on,continued_as,scope,announced_on")
        ).json()
        assert latest == {
            "since_on": "2026-08-24",
            "continued_as": "consumption.engaged_views",
            "scope": ["all"],
            "announced_on": "2026-08-27",
        }
        [coming] = (await rest.get("/metric_definitions?since_on=is.null&select=metric,announced_on")).json()
        assert coming == {"metric": "reach.unique", "announced_on": "2026-02-18"}
        kept = (await rest.get("/metric_definition_revisions?select=id,revision")).json()
        assert {"id": "youtube-views-2025-03-31", "revision": 0} in kept
        for table in ("metric_definitions", "metric_definition_revisions"):
            assert (await rest.patch(f"/{table}?id=neq.x", json={"note": "mine"})).status_code == 403
            assert (await rest.delete(f"/{table}?id=neq.x")).status_code == 403
