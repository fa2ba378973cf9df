"""`./arti update` of a running stack of stores and web app: a version that is ready, one that is not, a killed run.

The whole stack, with the measure of its downtime: `./arti test --long update`.
"""

import os
import re
import signal
from collections.abc import Iterator

import pytest

from local_stack.run_state import read_state, running_pid
from local_stack.updates.handover import POSSIBLE
from tests.local_stack.clone import MIGRATION, Clone, clone_of_checkout, git
from tests.local_stack.installation import wait_until

SCALE = "api=0,worker=0,gateway=0,console=0"
SERVER = "src/local_stack/web/server.py"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clone]:
    for made in clone_of_checkout(tmp_path_factory.mktemp("update")):
        made.installation.env.update({"ARTI_BACKUP_URL": "off", "SIMULATORS_URL": ""})
        up = made.arti("up", "--detach", "--scale", SCALE)
        assert up.returncode == 0, up.stdout + up.stderr
        assert set(made.rows) >= {"postgres", "valkey", "web"}
        yield made


def assert_all_up(clone: Clone, commit: str) -> None:
    assert clone.head == commit
    assert git(clone.folder, "status", "--porcelain") == ""
    assert {row.state for row in clone.rows.values()} <= {"up", "external"}


def has_settled(clone: Clone) -> bool:
    state = read_state(clone.data)
    return state is not None and state.ready and state.handover == POSSIBLE


def test_an_update_keeps_the_stores_and_the_process(clone: Clone) -> None:
    before, up = clone.rows, running_pid(clone.data)
    target = clone.commit({MIGRATION: "create table private.of_the_new_version (id int);\n"})
    updated = clone.arti("update")
    assert updated.returncode == 0, updated.stderr
    for part in ("Migrations: of_the_new_version.", "No backup is made: ARTI_BACKUP_URL is off.", "Applied: of_the"):
        assert part in updated.stderr
    downtime = re.search(r"runs\. Downtime (\d+\.\d) s \(web ", updated.stderr)
    assert downtime is not None, updated.stderr
    assert float(downtime[1]) > 0
    assert_all_up(clone, target)
    assert running_pid(clone.data) == up
    after = clone.rows
    assert [after[name].pid == before[name].pid for name in ("postgres", "valkey", "web")] == [True, True, False]
    assert clone.fetchval("select count(*) from private.of_the_new_version") == 0


def test_a_version_that_is_not_ready_is_left_again(clone: Clone) -> None:
    good, postgres = clone.head, clone.rows["postgres"].pid
    text = (clone.origin / SERVER).read_text()
    bad = clone.commit({SERVER: f"{text}\n\ndef run() -> None:\n    raise SystemExit('this never becomes ready')\n"})
    updated = clone.arti("update")
    assert updated.returncode == 1
    assert f"({bad[:10]}) is not ready: Web app failed: this never becomes ready Going back to" in updated.stderr
    assert f"({good[:10]}) runs again. Downtime " in updated.stderr
    assert f"is in {clone.data.log_path('update')}." in updated.stderr
    assert "this never becomes ready" in clone.data.log_path("update").read_text()
    assert_all_up(clone, good)
    assert clone.rows["postgres"].pid == postgres
    clone.commit({SERVER: text})


@pytest.mark.skipif(not os.environ.get("ARTI_TEST_LONG"), reason="part of ./arti test --long update")
def test_a_kill_of_the_update_and_of_up_leaves_what_works(clone: Clone) -> None:
    target = clone.commit({"README.md": "a newer version\n"})
    update, up = clone.start("update"), running_pid(clone.data)
    wait_until(lambda: not has_settled(clone), seconds=100)
    update.kill()
    update.communicate()
    wait_until(lambda: has_settled(clone), seconds=60)  # it went on by itself, in either version
    assert running_pid(clone.data) == up
    assert up is not None
    os.kill(up, signal.SIGKILL)
    wait_until(lambda: not clone.installation.processes(), seconds=60)
    assert clone.arti("up", "--detach", "--scale", SCALE).returncode == 0
    updated = clone.arti("update")
    assert updated.returncode == 0, updated.stderr
    assert "The last update was killed" in updated.stderr
    assert_all_up(clone, target)
