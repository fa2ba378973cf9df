"""What a supervisor leaves to the program that replaces it, and what that one does with it."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import psutil

from local_stack.data_directory import DataDirectory
from local_stack.run_state import acquire_lock
from local_stack.supervision.service_spec import Service
from local_stack.supervision.supervisor import Supervisor
from local_stack.updates.downtime import Outages
from local_stack.updates.handover import Handover, HandoverRequest, fingerprint
from tests.local_stack.test_supervisor import STAYS, nothing, service


def services_in(folder: Path) -> list[Service]:
    return [
        replace(service(folder, "store", STAYS, stage=0), essential=True),
        service(folder, "api", STAYS, stage=1),
    ]


async def test_essential_services_run_on_under_the_next_supervisor(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    first = Supervisor(services, nothing)
    await first.start([0, 1])
    pids = {status.service: status.pid for status in first.statuses}
    processes = await first.release()
    assert processes == {"store": pids["store"]}
    assert not psutil.pid_exists(pids["api"] or 0)
    assert psutil.Process(processes["store"]).status() != psutil.STATUS_ZOMBIE

    second = Supervisor(services, nothing, processes)
    await second.start([0, 1])
    rows = {status.service: status for status in second.statuses}
    assert rows["store"].pid == pids["store"]
    assert {row.state for row in rows.values()} == {"up"}

    os.kill(processes["store"], signal.SIGKILL)  # and it is watched again
    async with asyncio.timeout(20):
        while rows["store"].restarts == 0 or rows["store"].state != "up":
            await asyncio.sleep(0.05)
    assert rows["store"].pid != pids["store"]
    await second.stop()
    assert {row.state for row in rows.values()} == {"stopped"}


async def test_only_what_would_start_the_same_way_is_kept(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path / "data")
    folder.prepare()
    store = services_in(tmp_path)[0]
    fingerprints = {"store": fingerprint(store)}
    supervisor = Supervisor([store], nothing)
    await supervisor.start([0])
    processes = await supervisor.release()
    with acquire_lock(folder) as lock:
        handover = Handover(lock, processes, fingerprints)
        assert await handover.keep([replace(store, log=tmp_path / "elsewhere")]) == processes
        assert psutil.pid_exists(processes["store"])
        assert await handover.keep([replace(store, command=(*store.command, "--more"))]) == {}
    assert not psutil.pid_exists(processes["store"])


async def test_a_killed_update_does_not_leave_the_services_stopped(tmp_path: Path) -> None:
    folder = DataDirectory(tmp_path / "data")
    folder.prepare()
    request = HandoverRequest()
    request.handle_signal()
    assert request.requested.is_set()
    async with asyncio.timeout(5):
        await request.wait_for_code(folder, asyncio.Event())  # no update holds the lock


def test_downtime_is_counted_from_answer_to_answer() -> None:
    outages = Outages(10.0)
    for at, answered in ((10.1, True), (10.2, False), (12.0, False), (13.1, True), (13.2, True)):
        outages.add(at=at, answered=answered)
    assert round(outages.total, 6) == 3.0
    assert not outages.was_down
