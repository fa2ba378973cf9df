"""No change is lost or repeated when the replication connection is lost."""

import asyncio
import time
from contextlib import suppress

import asyncpg

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.supabase_local.conftest import opened, with_own_gateway
from tests.supabase_local.realtime.conftest import Stage
from tests.supabase_local.realtime.phoenix_client import TASKS, Socket, add_task, member, socket

SLOTS = """select count(*) from pg_replication_slots
           where slot_name like 'supabase_realtime%' and database = current_database()"""


async def kill_the_reader(stage: Stage) -> None:
    await stage.get(
        """select count(pg_terminate_backend(pid)) from pg_stat_activity
           where application_name = 'supabase-local-realtime' and datname = current_database()"""
    )


async def drop_slots(stage: Stage) -> None:
    """As when a slot has held back too much, or the database was restored: between two looks it is free."""
    until = time.monotonic() + 10
    while True:
        try:
            await stage.get("select count(pg_drop_replication_slot(slot_name)) from pg_replication_slots")
            return
        except asyncpg.ObjectInUseError:
            assert time.monotonic() < until


async def receive_numbers(ada: Socket, count: int) -> list[int]:
    return [int((await ada.receive_change())["record"]["name"]) for _ in range(count)]


async def test_no_change_is_lost_or_repeated_when_the_connection_is_killed(stage: Stage) -> None:
    async with socket(stage.gateway) as ada:
        await ada.join([TASKS], stage.token)
        hearing = asyncio.create_task(receive_numbers(ada, 120))
        for n in range(120):
            await add_task(stage.gateway, stage.team, str(n))
            if n in (20, 50, 51, 90):
                await kill_the_reader(stage)
        assert await hearing == list(range(120))
        assert await ada.is_silent()


async def test_lost_slot_makes_clients_rejoin(stage: Stage) -> None:
    async with socket(stage.gateway) as ada:
        await ada.join([TASKS], stage.token)
        await drop_slots(stage)
        await add_task(stage.gateway, stage.team)
        frame = await ada.receive()
        assert (frame["event"], frame["payload"]["status"]) == ("system", "error")
        assert "missed" in frame["payload"]["message"]
        assert (await ada.receive())["event"] == "phx_error"
        await ada.join([TASKS], stage.token)
        await add_task(stage.gateway, stage.team)
        assert (await ada.receive_change())["type"] == "INSERT"


async def test_orphaned_slots_are_dropped_if_none_is_free(
    stage: Stage, settings: Settings, local_keys: LocalKeys
) -> None:
    for n in range(int(await stage.get("show max_replication_slots"))):
        with suppress(asyncpg.ConfigurationLimitExceededError):
            await stage.run(f"select pg_create_logical_replication_slot('supabase_realtime_{n:016x}', 'pgoutput')")
    own = with_own_gateway(settings, local_keys)
    async with opened(stage.gateway.database, own, local_keys) as fresh, socket(fresh) as ada:
        session = await member(fresh, stage.team)
        await ada.join([TASKS], session["access_token"])
        await add_task(fresh, stage.team)
        assert (await ada.receive_change())["type"] == "INSERT"
    assert await stage.get(SLOTS) <= 1  # each gateway drops its own slot when it stops
