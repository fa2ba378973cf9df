"""Whatever fails while an account is synced: observations, insights, events and messages are as without it.

Real processes, real Valkey, real PostgreSQL: the result is compared with an undisturbed run.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from arti.vocabulary import Provider
from tests.conftest import World
from tests.connections.conftest import SimulatorControl
from tests.connections.fault_runs import (
    DATA_PATHS,
    PROVIDER_FAULTS,
    SEEDS_AT_ONCE,
    STACK_FAULTS,
    Facts,
    FaultPlan,
    connect_with_channel,
    list_differences,
    read_facts,
    run_seeds,
)
from tests.connections.fault_stack import FaultStack, open_stack
from tests.stores import PostgresServer, ValkeyServer

# `./arti test --long faults` runs more, in parts that each have a database of their own.
FIRST, LAST = map(int, os.environ.get("ARTI_TEST_FAULT_SEEDS", "0-26").split("-"))
HALF = 15 if os.environ.get("ARTI_TEST_LONG") else 27
PARTS = [range(first, min(first + HALF, LAST + 1)) for first in range(FIRST, LAST + 1, HALF)]


@pytest.fixture
async def stack(
    world: World, simulator: SimulatorControl, postgres_server: PostgresServer, valkey: ValkeyServer
) -> AsyncIterator[FaultStack]:
    async with open_stack(world, simulator, postgres_server, valkey) as opened:
        yield opened


async def _run_clean(stack: FaultStack) -> dict[Provider, Facts]:
    plans = [replace(FaultPlan.of(seed), provider_fault="none", stack_faults=()) for seed in range(SEEDS_AT_ONCE)]
    clean = dict(zip(DATA_PATHS, await run_seeds(stack, plans), strict=True))
    for facts in clean.values():
        assert facts.observations[1] > 100
        assert facts.events["sync.finished"] == 1
        assert facts.made == (1, 1, 1, 3)
    for provider in (Provider.INSTAGRAM, Provider.YOUTUBE):  # SoundCloud has no past days
        assert clean[provider].deliveries
    return clean


def test_the_seeds_meet_every_fault() -> None:
    plans = [FaultPlan.of(seed) for seed in range(27)]
    assert {fault for plan in plans for fault in plan.stack_faults} == set(STACK_FAULTS)
    assert {plan.provider_fault for plan in plans} == set(PROVIDER_FAULTS)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seeds", PARTS, ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
async def test_faults_of_seeds_change_nothing(stack: FaultStack, seeds: Sequence[int]) -> None:
    clean = await _run_clean(stack)
    differences = []
    for first in seeds[::SEEDS_AT_ONCE]:
        plans = [FaultPlan.of(seed) for seed in seeds if first <= seed < first + SEEDS_AT_ONCE]
        for plan, found in zip(plans, await run_seeds(stack, plans), strict=True):
            differences += [(plan, *difference) for difference in list_differences(found, clean[plan.provider])]
    assert differences == []


async def test_a_killed_worker_is_replaced_when_its_lease_ends(stack: FaultStack) -> None:
    [clean] = await run_seeds(stack, [replace(FaultPlan.of(1), provider_fault="none", stack_faults=())])
    await stack.simulator.inject_fault(Provider.YOUTUBE, "slow", times=15, seconds=0.4, path="/")
    member = await stack.world.member()
    await connect_with_channel(stack, member, Provider.YOUTUBE)
    await stack.until(lambda: stack.have_pages([member.org_id], 1), "a running sync")
    stack.kill("worker")
    assert not await stack.is_quiet([member.org_id])
    # The lease of the dead worker lasts up to 30 seconds.
    async with asyncio.timeout(45):
        await stack.until(lambda: stack.is_quiet([member.org_id]), "another worker to take over")
    assert await read_facts(stack.world.database, member.org_id) == clean
    [row] = await stack.fetch("select max(attempts) as tries from jobs where name = 'connections.sync'")
    assert row["tries"] >= 2


async def test_a_worker_killed_before_it_stores_new_tokens_leaves_an_account_that_needs_a_person(
    stack: FaultStack,
) -> None:
    """The provider has spent the refresh token, which works once, and its answer is under way: nobody has the next."""
    provider = Provider.SOUNDCLOUD
    member = await stack.world.member()
    await connect_with_channel(stack, member, provider)
    await stack.until(lambda: stack.is_quiet([member.org_id]), "the first sync")
    [account] = await stack.fetch("select id, status from accounts where org_id = $1", member.org_id)
    assert account["status"] == "active"
    token_calls, spent = "soundcloud secure.soundcloud.com/oauth/token", "soundcloud done, not answered yet"
    before = (await stack.simulator.calls())[token_calls]
    await stack.simulator.inject_fault(provider, "expired", times=20, path="/me")
    await stack.simulator.inject_fault(provider, "late", times=1, seconds=30, path="oauth/token")
    requested = await member.http.post(f"/api/accounts/{account['id']}/sync")
    assert requested.status_code == 202, requested.text

    async def is_spent() -> bool:
        return (await stack.simulator.calls()).get(spent, 0) == 1

    async def needs_person() -> bool:
        [row] = await stack.fetch("select status from accounts where id = $1", account["id"])
        return str(row["status"]) == "needs_reauth"

    await stack.until(is_spent, "the provider to spend the refresh token")
    assert not await needs_person()
    await stack.cause("kill_worker", [member.org_id])
    await stack.until(needs_person, "the account to ask for a person")
    await stack.until(lambda: stack.is_quiet([member.org_id]), "the end of the sync")
    assert (await stack.simulator.calls())[token_calls] == before + 2  # the lost one, and one that was refused
    events = "select count(*)::int from events where org_id = $1 and type = 'account.needs_reauth'"
    assert (await stack.fetch(events, member.org_id))[0][0] == 1
    [run] = await stack.fetch(
        "select status, error_class from sync_runs where org_id = $1 order by started_at desc limit 1", member.org_id
    )
    assert (run["status"], run["error_class"]) == ("failed", "reauth_required")
