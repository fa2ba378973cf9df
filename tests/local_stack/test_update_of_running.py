"""`./arti update` of a running stack: `./arti test --long update`.

A version that is ready, two that are not, and runs that are killed.
"""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import psutil
import pytest

from local_stack.run_state import read_state, running_pid
from local_stack.updates.handover import POSSIBLE
from tests.local_stack.clone import MIGRATION, Clone, clone_of_checkout, git
from tests.local_stack.installation import wait_until

pytestmark = [
    pytest.mark.skipif(not os.environ.get("ARTI_TEST_LONG"), reason="minutes: ./arti test --long update runs it"),
    pytest.mark.timeout(900),
]
MOST_SECONDS = 10
BROKEN_WORKER = "\n\ndef run() -> None:\n    raise SystemExit('this worker never becomes ready')\n"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    for made in clone_of_checkout(tmp_path_factory.mktemp("update")):
        up = made.arti("up", "--detach")
        assert up.returncode == 0, up.stdout + up.stderr
        yield made


def assert_all_up(clone: Clone, commit: str) -> None:
    assert clone.head == commit
    assert git(clone.folder, "status", "--porcelain") == ""
    assert {row.state for row in clone.rows.values()} == {"up"}
    assert httpx.get(f"{clone.rows['api'].url}/readyz", timeout=20).status_code == 200
    assert clone.arti("status").returncode == 0


def has_settled(clone: Clone) -> bool:
    state = read_state(clone.data)
    return state is not None and state.ready and state.handover == POSSIBLE


def test_an_update_takes_seconds_and_keeps_the_stores(clone: Clone) -> None:
    before, process = clone.rows, running_pid(clone.data)
    text = (clone.origin / "src/arti/worker.py").read_text()
    target = clone.commit(
        {
            "src/arti/worker.py": f"{text}\n# of the new version\n",
            MIGRATION: "create table private.of_the_new_version (id int);\n",
        }
    )
    updated = clone.arti("update", seconds=600)
    assert updated.returncode == 0, updated.stderr
    print(updated.stderr)
    downtime = re.search(r"runs\. Downtime (\d+\.\d) s \(", updated.stderr)
    assert downtime is not None, updated.stderr
    assert 0 < float(downtime[1]) < MOST_SECONDS
    assert_all_up(clone, target)
    assert running_pid(clone.data) == process
    after = clone.rows
    assert {name for name in before if before[name].pid == after[name].pid} == {"postgres", "valkey"}
    assert clone.fetchval("select count(*) from private.of_the_new_version") == 0
    backup = re.search(r"Backup (\S+) is made and was read back", updated.stderr)
    assert backup is not None
    assert backup[1] in clone.arti("backup", "list").stdout
    assert not list((clone.folder / ".arti" / "update").glob("*/"))


def test_a_version_whose_worker_fails_is_left_again(clone: Clone) -> None:
    good, stores = clone.head, clone.rows["postgres"].pid
    text = (clone.origin / "src/arti/worker.py").read_text()
    bad = clone.commit({"src/arti/worker.py": text + BROKEN_WORKER})
    updated = clone.arti("update", seconds=600)
    assert updated.returncode == 1
    print(updated.stderr)
    for part in (
        f"ARTi 0.1.0 ({bad[:10]}) is not ready: Worker failed: this worker never becomes ready",
        f"Going back to 0.1.0 ({good[:10]}).",
        f"ARTi 0.1.0 ({good[:10]}) runs again. Downtime ",
        f"What the new version wrote is in {clone.data.log_path('update')}.",
        "The backup from before: ",
    ):
        assert part in updated.stderr
    assert "this worker never becomes ready" in clone.data.log_path("update").read_text()
    assert_all_up(clone, good)
    assert clone.rows["postgres"].pid == stores
    clone.commit({"src/arti/worker.py": text})


def test_a_version_whose_up_dies_is_left_again(clone: Clone) -> None:
    good = clone.head
    text = (clone.origin / "src/local_stack/up.py").read_text()
    clone.commit({"src/local_stack/up.py": f"{text}\nraise RuntimeError('this up does not start')\n"})
    updated = clone.arti("update", seconds=600)
    print(updated.stderr)
    assert updated.returncode == 1
    assert "is not ready: ./arti up has ended." in updated.stderr
    assert_all_up(clone, good)
    clone.commit({"src/local_stack/up.py": text})


@pytest.mark.parametrize("with_up", [False, True], ids=["the update", "the update and up"])
def test_a_kill_while_it_switches_leaves_what_works(clone: Clone, with_up: bool) -> None:
    target = clone.commit({"README.md": f"a newer version, {with_up}\n"})
    update = clone.start("update")
    wait_until(lambda: not has_settled(clone), seconds=300)
    up = running_pid(clone.data)
    update.kill()
    if with_up and up is not None:
        os.kill(up, signal.SIGKILL)
    update.communicate()
    if with_up:
        wait_until(lambda: not clone.installation.processes(), seconds=60)
        started = clone.arti("up", "--detach", seconds=300)
        assert started.returncode == 0, started.stderr
    wait_until(lambda: has_settled(clone), seconds=120)
    updated = clone.arti("update", seconds=600)
    print(updated.stderr)
    assert updated.returncode == 0, updated.stderr
    assert "The last update was killed" in updated.stderr
    assert_all_up(clone, target)


def test_a_kill_while_it_builds_changes_nothing(clone: Clone) -> None:
    before, up = clone.head, running_pid(clone.data)
    target = clone.commit({"README.md": "one more version\n"})
    update = clone.start("update")
    wait_until(lambda: list((clone.folder / ".arti" / "update").glob("*/.complete")), seconds=300)
    update.kill()
    update.communicate()
    assert running_pid(clone.data) == up
    assert_all_up(clone, before)
    updated = clone.arti("update", seconds=600)
    assert updated.returncode == 0, updated.stderr
    assert_all_up(clone, target)


def test_down_ends_what_an_update_kept(clone: Clone) -> None:
    postgres = clone.rows["postgres"].pid
    assert postgres is not None
    assert clone.arti("down").stdout == "ARTi has stopped.\n"
    assert not psutil.pid_exists(postgres)
    assert "database system is shut down" in Path(clone.data.log_path("postgres")).read_text()
