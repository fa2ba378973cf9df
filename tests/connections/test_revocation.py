"""When an org is deleted its consents end at the providers, where they have a request for it."""

from typing import Any
from uuid import UUID

import httpx2 as httpx

from arti.connections.tokens import VAULT_KIND, open_tokens
from arti.jobs import WorkerContext
from arti.providers.oauth import ProviderTokens
from arti.vocabulary import Provider
from tests.conftest import Member, World
from tests.connections.conftest import SimulatorControl, connected
from tests.job_runner import run_due_jobs

CHANNELS = "/youtube/www.googleapis.com/youtube/v3/channels?part=id&mine=true"
ME = "/soundcloud/api.soundcloud.com/me"


async def erase_org(world: World, worker_context: WorkerContext, admin: Member) -> None:
    requested = await admin.http.post("/api/orgs/current/erasure", json={"name": "Night Owl Records"})
    assert requested.status_code == 202, requested.text
    await world.database.as_owner(
        "update private.org_erasures set due_at = clock.now() - interval '1 second' where org_id = $1", admin.org_id
    )
    await world.database.as_owner("update jobs set run_at = clock.now() where name = 'privacy.erase_org'")
    assert ("privacy.erase_org", "done") in await run_due_jobs(worker_context)
    assert (await admin.http.get("/auth/me")).json()["orgs"] == []


async def tokens_of(
    world: World, worker_context: WorkerContext, org_id: UUID, account: dict[str, Any]
) -> ProviderTokens:
    rows = await world.database.as_owner(
        "select sealed from private.vault where kind = $1 and ref = $2", VAULT_KIND, account["id"]
    )
    return open_tokens(worker_context.vault, org_id, UUID(account["id"]), rows[0]["sealed"])


async def test_tokens_are_refused_by_the_provider_afterwards(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, simulators_url: str
) -> None:
    admin = await world.member()
    tokens = {
        provider: await tokens_of(
            world, worker_context, admin.org_id, await connected(world, admin, provider, f"Artist {provider}")
        )
        for provider in (Provider.YOUTUBE, Provider.SOUNDCLOUD, Provider.SPOTIFY, Provider.INSTAGRAM)
    }

    async def statuses() -> list[int]:
        async with httpx.AsyncClient(base_url=simulators_url) as http:
            youtube = {"Authorization": f"Bearer {tokens[Provider.YOUTUBE].access_token}"}
            soundcloud = {"Authorization": f"OAuth {tokens[Provider.SOUNDCLOUD].access_token}"}
            return [
                (await http.get(CHANNELS, headers=youtube)).status_code,
                (await http.get(ME, headers=soundcloud)).status_code,
            ]

    assert await statuses() == [200, 200]
    await erase_org(world, worker_context, admin)
    assert await statuses() == [401, 401]
    calls = await simulator.calls()
    assert calls["youtube oauth2.googleapis.com/revoke"] == 1
    assert calls["soundcloud secure.soundcloud.com/sign-out"] == 1


async def test_a_provider_that_does_not_answer_keeps_no_org_alive(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl
) -> None:
    admin = await world.member()
    await connected(world, admin, Provider.YOUTUBE, "Other Artist")
    await simulator.inject_fault(Provider.YOUTUBE, "server_error", times=99)
    await erase_org(world, worker_context, admin)
