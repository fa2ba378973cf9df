"""The supervisor with small services: order, restarts, and no process left behind."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from local_stack.data_directory import CHECKOUT
from local_stack.supervision.entrypoint import EXIT_CONFIG
from local_stack.supervision.service_spec import Service
from local_stack.supervision.supervisor import BACKOFF_SECONDS, Supervisor
from tests.conftest import free_port
from tests.local_stack.installation import wait_until


def service(folder: Path, name: str, code: str, *, stage: int = 0, ready_line: str = "ready") -> Service:
    return Service(
        name=name,
        title=name,
        command=(sys.executable, "-u", "-c", code),
        log=folder / f"{name}.log",
        env=dict(os.environ),
        stage=stage,
        ready_line=ready_line,
        stop_seconds=3,
    )


def nothing() -> None:
    """Ignore a change of state."""


STAYS = "import time; print('ready'); time.sleep(600)"
IGNORES_TERM = "import signal, time; signal.signal(15, signal.SIG_IGN); print('ready'); time.sleep(600)"


async def until(true: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end, "the condition never became true"
        await asyncio.sleep(0.02)


async def test_a_service_that_dies_is_restarted_and_reported(tmp_path: Path) -> None:
    supervisor = Supervisor([service(tmp_path, "one", STAYS)], nothing)
    await supervisor.start([0])
    status = supervisor.statuses[0]
    first = status.pid
    assert (status.state, status.restarts) == ("up", 0)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    await until(lambda: status.state == "restarting")
    assert "SIGKILL" in status.note
    await until(lambda: status.state == "up")
    assert (status.restarts, status.note) == (1, "")
    assert status.pid not in (None, first)
    await supervisor.stop()


async def test_the_pauses_between_restarts_grow(tmp_path: Path) -> None:
    dies = "import sys; sys.exit('it broke')"
    notes: list[str] = []
    supervisor = Supervisor([service(tmp_path, "one", dies)], lambda: notes.append(supervisor.statuses[0].note))
    await supervisor.start([0])  # returns although the service never came up
    await until(lambda: supervisor.statuses[0].restarts >= 3)
    await supervisor.stop()
    pauses = [note for note in dict.fromkeys(notes) if note]
    assert pauses == [f"ended with 1, again in {pause} s: it broke" for pause in BACKOFF_SECONDS[: len(pauses)]]
    assert len(pauses) == 3


async def test_a_service_that_refuses_its_settings_is_not_restarted(tmp_path: Path) -> None:
    refuses = f"import sys; print('X is not set.'); sys.exit({EXIT_CONFIG})"
    supervisor = Supervisor([service(tmp_path, "one", refuses)], nothing)
    await supervisor.start([0])
    status = supervisor.statuses[0]
    assert (status.state, status.note, status.restarts) == ("failed", "X is not set.", 0)
    await supervisor.stop()


async def test_a_missing_program_is_named(tmp_path: Path) -> None:
    absent = Service("one", "one", ("/nowhere/program",), tmp_path / "one.log", {})
    supervisor = Supervisor([absent], nothing)
    await supervisor.start([0])
    assert supervisor.statuses[0].state == "failed"
    assert "/nowhere/program" in supervisor.statuses[0].note
    await supervisor.stop()


async def test_services_start_in_stages_and_stop_in_reverse(tmp_path: Path) -> None:
    record = tmp_path / "record"
    code = (
        "import signal, sys, time\n"
        f"def write(word): open({str(record)!r}, 'a').write(word + chr(10))\n"
        "def end(*_): write('stop {0}'); sys.exit(0)\n"
        "signal.signal(15, end); time.sleep({1}); write('start {0}'); print('ready'); time.sleep(600)"
    )
    services = [
        service(tmp_path, "store", code.format("store", 0.4), stage=0),
        service(tmp_path, "api", code.format("api", 0), stage=1),
    ]
    supervisor = Supervisor(services, nothing)
    await supervisor.start([0, 1])
    await supervisor.stop()
    assert record.read_text().split("\n")[:-1] == ["start store", "start api", "stop api", "stop store"]
    assert [row.state for row in supervisor.statuses] == ["stopped", "stopped"]


async def test_a_service_that_ignores_the_signal_is_killed(tmp_path: Path) -> None:
    supervisor = Supervisor([service(tmp_path, "one", IGNORES_TERM)], nothing)
    await supervisor.start([0])
    pid = supervisor.statuses[0].pid
    assert pid is not None
    await supervisor.stop()
    assert not psutil.pid_exists(pid)


_PARENT = """
import asyncio, json, sys
from pathlib import Path
from tests.local_stack.test_supervisor import STAYS, IGNORES_TERM, nothing, service
from local_stack.supervision.supervisor import Supervisor

GRANDCHILD = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']); "
    "print('child', child.pid); print('ready'); child.wait()"
)

async def main():
    folder = Path(sys.argv[1])
    services = [
        service(folder, "stays", STAYS),
        service(folder, "stubborn", IGNORES_TERM),
        service(folder, "parent", GRANDCHILD),
    ]
    supervisor = Supervisor(services, nothing)
    await supervisor.start([0])
    print(json.dumps([row.pid for row in supervisor.statuses]), flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_kill_9_of_the_supervisor_leaves_no_process(tmp_path: Path) -> None:
    supervisor = subprocess.Popen(
        [sys.executable, "-c", _PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": f"{CHECKOUT / 'src'}{os.pathsep}{CHECKOUT}"},
        cwd=CHECKOUT,
    )
    assert supervisor.stdout is not None
    left = [psutil.Process(pid) for pid in json.loads(supervisor.stdout.readline())]
    left += [child for process in left for child in process.children(recursive=True)]
    left += psutil.Process(supervisor.pid).children(recursive=True)  # the watchdog as well
    assert len({process.pid for process in left}) == 5
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    wait_until(lambda: not any(process.is_running() for process in left))


ANSWERS = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *args): pass
server = http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
print("ready"); server.serve_forever()
"""
GREETS = """
import os, socketserver
class Handler(socketserver.BaseRequestHandler):
    def handle(self):
        if self.request.recv(4) == b"PING": self.request.sendall(b"+")
server = socketserver.TCPServer(("127.0.0.1", int(os.environ["PORT"])), Handler)
print("ready"); server.serve_forever()
"""


@pytest.mark.parametrize("kind", ["http", "socket"])
async def test_a_frozen_service_is_reported_within_thirty_seconds_and_its_return_too(tmp_path: Path, kind: str) -> None:
    port = free_port()
    made = service(tmp_path, "one", ANSWERS if kind == "http" else GREETS)
    url, probe = (f"http://127.0.0.1:{port}/", b"") if kind == "http" else ("", b"PING")
    made = replace(made, env=os.environ | {"PORT": str(port)}, port=port, health_url=url, probe=probe)
    supervisor = Supervisor([made], nothing)
    await supervisor.start([0])
    status = supervisor.statuses[0]
    assert status.is_well
    assert status.pid is not None
    os.kill(status.pid, signal.SIGSTOP)
    began = time.monotonic()
    await until(lambda: not status.is_well, seconds=60)
    assert time.monotonic() - began < 30
    assert (status.state, status.restarts) == ("up", 0)
    assert "does not answer: frozen" in status.problem
    os.kill(status.pid, signal.SIGCONT)
    await until(lambda: status.is_well, seconds=30)
    await supervisor.stop()
