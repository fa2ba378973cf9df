"""Syncs with what follows from them, while something fails: faults drawn from seeds, and what must be as without.

Real processes of the API, the gateway and the worker, real Valkey, real PostgreSQL and the simulators. What would only
wait is hurried: pauses between attempts and the lease of a worker that is gone. Three seeds run at once, one of each
provider, and meet the same two faults of the stack, each at a moment of its own.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

from arti.vocabulary import Provider
from arti_core import clock
from tests.conftest import Database, Member
from tests.connections.conftest import give_consent
from tests.connections.fault_stack import FaultStack, PatientClient

# A path of each provider with daily values, so that the consent before it is not disturbed. Spotify has none.
DATA_PATHS: Final = {
    Provider.INSTAGRAM: "/media",
    Provider.YOUTUBE: "/playlistItems",
    Provider.SOUNDCLOUD: "/me/tracks",
}
PROVIDER_FAULTS: Final = (
    *("none", "slow", "garbage", "empty", "html", "changed", "server_error", "rate_limited", "expired"),
)
# Those of requests come while the person connects, all others while the account is synced.
REQUEST_FAULTS: Final = ("kill_api", "kill_gateway")
STACK_FAULTS: Final = (
    *("kill_worker", "kill_postgres", "kill_api", "flush_valkey", "full_disk", "kill_valkey", "everything"),
    *("freeze_worker", "stop_postgres", "kill_gateway", "connections", "clock_jump", "stale_check"),
)
CROWDED_DAYS_AGO: Final = 5  # news on any date, so that there is something to deliver
SEEDS_AT_ONCE: Final = len(DATA_PATHS)


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What one seed meets: a fault of its provider, and two of the stack, the first after so many pages."""

    seed: int
    provider: Provider
    provider_fault: str
    times: int
    after_pages: int
    stack_faults: tuple[str, ...]

    @staticmethod
    def of(seed: int) -> "FaultPlan":
        """Return the plan of a seed. Three in a row, from a multiple of three, have one provider each."""
        random, place = Random(seed), seed // SEEDS_AT_ONCE
        fault, times = random.choice(PROVIDER_FAULTS), random.choice((1, 2))
        return FaultPlan(
            seed,
            provider=list(DATA_PATHS)[seed % SEEDS_AT_ONCE],
            provider_fault=fault,
            times=1 if fault == "expired" else times,  # a renewed token that is rejected too needs a person
            after_pages=random.choice((0, 1, 2)),
            stack_faults=tuple(STACK_FAULTS[(2 * place + each) % len(STACK_FAULTS)] for each in (0, 1)),
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """What is left of a run, independent of ids, runs and times."""

    observations: tuple[str, int]  # hash and number
    revisions: int
    insights: list[tuple[object, ...]]
    events: dict[str, int]
    deliveries: list[tuple[object, ...]]
    made: tuple[object, ...]  # what the person made: artists, accounts, channels, rules


def list_differences(found: Facts, clean: Facts) -> list[tuple[str, object, object]]:
    """Return what differs, each with what is there only now and what was there only without faults."""
    differences: list[tuple[str, object, object]] = []
    for name in ("observations", "revisions", "events", "made"):
        now, before = getattr(found, name), getattr(clean, name)
        if now != before:
            differences.append((name, now, before))
    for name in ("insights", "deliveries"):
        now, before = Counter(getattr(found, name)), Counter(getattr(clean, name))
        if now != before:
            differences.append((name, list((now - before).elements()), list((before - now).elements())))
    return differences


async def read_facts(database: Database, org_id: UUID) -> Facts:
    """Return what an org has now."""

    async def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await database.as_owner(sql, org_id)]

    [(digest, number)] = await rows(
        """select md5(string_agg(row::text, '|' order by row::text)), count(*) from (
             select s.provider, s.metric, a.external_id, s.dimension,
               o.observed_on, o.value, o.null_reason, o.definition
             from observations o join series s on s.org_id = o.org_id and s.id = o.series_id
             left join assets a on a.org_id = s.org_id and a.id = s.asset_id where o.org_id = $1) row"""
    )
    [(revisions,)] = await rows("select count(*) from observation_revisions where org_id = $1")
    [made] = await rows(
        """select (select count(*) from artists where org_id = $1), (select count(*) from accounts where org_id = $1),
             (select count(*) from channels where org_id = $1), (select count(*) from rules where org_id = $1)"""
    )
    events = await rows("select type, count(*) from events where org_id = $1 group by type")
    return Facts(
        observations=(str(digest), int(str(number))),
        revisions=int(str(revisions)),
        insights=await rows(
            """select i.detector, i.provider, i.metric, a.external_id, i.happened_on, i.status, i.title, i.body
               from insights i left join assets a on a.org_id = i.org_id and a.id = i.asset_id
               where i.org_id = $1 order by 1, 2, 3, 4, 5, 7, 8"""
        ),
        events={str(type): int(str(count)) for type, count in events},
        deliveries=await rows(
            """select subject, regexp_replace(body, '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}', 'id', 'g'),
                 case when period_until is null then status else 'gathers' end
               from deliveries where org_id = $1 order by 1, 2"""
        ),
        made=made,
    )


async def run_seeds(stack: FaultStack, plans: Sequence[FaultPlan]) -> list[Facts]:
    """Connect an account for each plan and do everything that follows, with the faults of the plans."""
    await stack.simulator.http.post("/_simulator/reset")
    await stack.simulator.set_page_size(20)
    crowded = (clock.now() - timedelta(days=CROWDED_DAYS_AGO)).date().isoformat()
    for provider in DATA_PATHS:
        await stack.simulator.inject_fault(provider, "crowded_day", times=1, name=crowded)
    for plan in plans:
        if plan.provider_fault != "none":
            times = plan.times * 5 if plan.provider_fault == "slow" else plan.times
            path = DATA_PATHS[plan.provider]
            await stack.simulator.inject_fault(plan.provider, plan.provider_fault, times=times, seconds=0.3, path=path)
    first, random = plans[0], Random(plans[0].seed)
    members = [await stack.world.member() for _ in plans]
    org_ids = [member.org_id for member in members]
    connecting = asyncio.gather(
        *(connect_with_channel(stack, member, plan.provider) for member, plan in zip(members, plans, strict=True))
    )
    for fault in first.stack_faults:
        if fault in REQUEST_FAULTS:
            await asyncio.sleep(random.uniform(0, 0.3))
            await stack.cause(fault, org_ids)
    await stack.until(lambda: _is_done(connecting), "the accounts")
    await connecting
    await stack.until(lambda: stack.have_pages(org_ids, first.after_pages), "the first pages")
    for fault in first.stack_faults:
        if fault not in REQUEST_FAULTS:
            await stack.cause(fault, org_ids)
            await asyncio.sleep(random.uniform(0, 0.5))
    await stack.until(lambda: stack.is_quiet(org_ids), "everything to be done")
    return [await read_facts(stack.world.database, org_id) for org_id in org_ids]


async def _is_done(work: "asyncio.Future[list[None]]") -> bool:
    return work.done()


async def connect_with_channel(
    stack: FaultStack, member: Member, provider: Provider, name: str = "Velvet Harbor"
) -> None:
    """Make an artist over REST, be notified of everything, and connect an account, as a person who tries again."""
    token = {"Authorization": f"Bearer {member.token}"}
    async with (
        PatientClient(stack, "gateway", {"apikey": stack.keys.publishable_key, **token}) as rest,
        PatientClient(stack, "api", {"X-ARTi-Org": str(member.org_id), **token}) as api,
    ):
        artist = {"org_id": str(member.org_id), "id": str(uuid4()), "name": name}
        once = {"Prefer": "resolution=ignore-duplicates"}
        await rest.send("POST", "/rest/v1/artists?on_conflict=org_id,id", json=artist, headers=once)
        channel = {"kind": "email", "name": "Team", "target": {"address": "team@example.test"}}
        made = await api.send("POST", "/api/channels", json=channel)
        assert made.status_code == 201, made.text
        for event_type in ("insight.created", "sync.failed", "account.needs_reauth"):
            rule = {"name": event_type, "event_type": event_type, "channel_id": made.json()["id"]}
            answer = await api.send("POST", "/api/rules", json=rule)
            assert answer.status_code == 201, answer.text
        wanted = {"provider": provider, "artist_id": artist["id"]}
        while not (await api.send("GET", "/api/accounts")).json()["items"]:
            started = await api.send("POST", "/api/accounts/connect", json=wanted)
            assert started.status_code == 200, started.text
            back = await give_consent(started.json()["authorize_url"], name)
            answer = await api.send("GET", back.removeprefix(stack.world.settings.api_url))
            query = parse_qs(urlsplit(answer.headers["location"]).query)
            if "consent_state" in query:
                consent = {"state": query["consent_state"][0], "code": query["consent_code"][0]}
                await api.send("POST", "/api/accounts/connect/finish", json=consent)
