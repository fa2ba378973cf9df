"""The memory of a file that was read whole goes back, and few jobs hold one at once."""

import asyncio
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from arti.imports import preview
from arti.imports.large.service import READ_JOB
from arti.jobs import WorkerContext
from arti.worker import HANDLERS
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.jobs import list_due_jobs, run_job
from tests.conftest import Database, World
from tests.factories.observations import make_artist

_READ = """
from datetime import date, timedelta
from pathlib import Path
from arti.imports import preview
from arti.imports.types import Hints

def read(rows):
    lines = ["Date,Content,Video title,Video publish time,Duration,Views"]
    for n in range(rows):
        lines.append(f"{date(2022, 1, 1) + timedelta(n // 100)},loadVideo{n % 100:02},Song {n % 100},,212,{n}")
    hints = Hints("Chart data.csv", date(2026, 12, 1))
    file = preview.recognise_file("\\n".join(lines).encode(), hints)
    assert len(preview.parse_file(file, preview.provisional_answers(file.questions), hints).observations) == rows

def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))

read(100)
before = resident()
read(50_000)
print(resident() - before)
"""


def chart(kind: int) -> bytes:
    lines = ["Date,Content,Video title,Video publish time,Duration,Views"]
    title = f"Night Drive {kind}" + " and on" * 20
    lines += [f"{date(2000, 1, 1) + timedelta(day)},abcDEF12345,{title},,212,{day}" for day in range(9_000)]
    return "\n".join(lines).encode()


def test_a_file_that_was_read_leaves_no_memory_behind() -> None:
    """Entries of caches that were made among its objects kept three times as much."""
    path = {"PYTHONPATH": str(Path(preview.__file__).parents[2])}
    read = subprocess.run([sys.executable, "-c", _READ], check=True, stdout=subprocess.PIPE, text=True, env=path)
    assert int(read.stdout) < 25, f"{read.stdout} MB"


async def test_two_jobs_at_most_hold_a_whole_file(
    world: World, database: Database, worker_context: WorkerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = await world.member()
    artist = str(await make_artist(database, member.org_id))
    monkeypatch.setattr("arti.imports.large.unpacking.SMALL_BYTES", 1024 * 1024)
    for kind in range(4):
        files = {"file": (f"Chart data {kind}.csv", chart(kind))}
        made = await member.http.post("/api/imports", data={"artist_id": artist}, files=files)
        assert made.json()["imports"][0]["status"] == "reading", made.text
    recognise, lock, third = preview.recognise_file, threading.Lock(), threading.Event()
    now = [0]
    most = 0

    def counted(*args: object, **options: object) -> object:
        nonlocal most
        with lock:
            now[0] += 1
            most = max(most, now[0])
            if now[0] > 2:
                third.set()
        third.wait(0.3)
        try:
            return recognise(*args, **options)  # type: ignore[arg-type]
        finally:
            with lock:
                now[0] -= 1

    monkeypatch.setattr(preview, "recognise_file", counted)
    async with cross_tenant_transaction(worker_context.pool) as connection:
        due = await list_due_jobs(connection, total_slots=100, org_slots=100)
    reads = [job for job in due if job["name"] == READ_JOB]
    runs = (run_job(worker_context, HANDLERS, job["org_id"], job["id"]) for job in reads)
    assert await asyncio.gather(*runs) == ["done"] * 4
    assert most == 2
    listed = (await member.http.get("/api/imports")).json()
    assert {each["status"] for each in listed["items"]} == {"previewed"}
