"""The clock of Python: it flows, can be moved, and is read from the environment when a process starts."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from arti_core import clock


@pytest.fixture(autouse=True)
def restore_clock() -> Iterator[None]:
    before = clock.ahead()
    yield
    clock.move(before)


def _move_to(instant: str) -> None:
    clock.move(datetime.fromisoformat(instant) - datetime.fromtimestamp(time.time(), UTC))


def test_a_moved_clock_runs_on() -> None:
    _move_to("2027-01-03T09:00:00Z")
    first = clock.now()
    time.sleep(0.01)
    assert datetime(2027, 1, 3, 9, tzinfo=UTC) <= first < clock.now() < datetime(2027, 1, 3, 9, 1, tzinfo=UTC)
    assert clock.timestamp() == pytest.approx(clock.now().timestamp(), abs=1)


def test_the_day_depends_on_the_time_zone() -> None:
    _move_to("2027-03-01T03:00:00Z")
    assert clock.today() == date(2027, 3, 1)
    assert clock.today_in("America/Los_Angeles") == date(2027, 2, 28)
    assert clock.today_in("Pacific/Kiritimati") == date(2027, 3, 1)


def test_a_new_process_reads_how_far_it_is_ahead_from_its_environment() -> None:
    def run(value: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from arti_core import clock; print(clock.now().isoformat(), clock.ahead())"],
            env={"PYTHONPATH": "src", clock.ENVIRONMENT_VARIABLE: value},
            capture_output=True,
            text=True,
            check=False,
        )

    real = datetime.fromtimestamp(time.time(), UTC)
    moved = datetime.fromisoformat(run("864000").stdout.split()[0])
    assert timedelta(days=9, hours=23) < moved - real < timedelta(days=10, minutes=5)
    assert run("").stdout.split()[1] == "0:00:00"
    assert "must be a number of seconds" in run("tomorrow").stderr
