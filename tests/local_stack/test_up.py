"""`./arti up` with other ports and a data folder of its own: it starts, restarts, and leaves no process."""

import os
import signal
import socket
from pathlib import Path

import httpx2 as httpx
import psutil

from local_stack.data_directory import DataDirectory
from local_stack.run_state import read_state
from tests.local_stack.database_passwords import assert_logins_apart
from tests.local_stack.installation import Installation, wait_until


def test_up_serves_and_leaves_no_process(installation: Installation) -> None:
    up = installation.arti("up", "--detach", "--no-build")
    assert up.returncode == 0, up.stdout + up.stderr
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    rows = {row.service: row for row in state.services}
    assert {name: row.state for name, row in rows.items()} == dict.fromkeys(rows, "up")
    assert set(rows) == {"postgres", "valkey", "gateway", "simulators", "console", "web", "api", "worker", "backup"}
    for row in rows.values():
        assert row.title in up.stdout
    assert "Sign in" in up.stdout

    assert httpx.get(f"{rows['api'].url}/healthz").status_code == 200
    assert httpx.get(f"{rows['api'].url}/readyz").status_code == 200
    config = httpx.get(f"{rows['web'].url}/config.json").json()
    assert config["apiUrl"] == rows["api"].url
    assert config["supabaseUrl"] == rows["gateway"].url
    jwks = httpx.get(f"{rows['gateway'].url}/auth/v1/.well-known/jwks.json").json()
    assert [key["alg"] for key in jwks["keys"]] == ["ES256"]

    assert (installation.data / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert rows["postgres"].pid is not None
    assert psutil.Process(rows["postgres"].pid).uids().effective != 0
    processes = installation.processes()
    assert "postgres" in {process.name() for process in processes.values()}
    commands = "\n".join(processes)
    assert (
        DataDirectory(installation.data).secrets.read_text().split('"redis_password": "')[1].split('"')[0]
        not in commands
    )

    again = installation.arti("up")
    assert again.returncode == 1
    assert "already running" in again.stderr
    assert installation.arti("status").returncode == 0
    assert "ready to accept connections" in installation.arti("logs", "postgres").stdout
    assert "There are: api, " in installation.arti("logs", "nobody").stderr

    assert_logins_apart({name: row.pid for name, row in rows.items() if row.pid is not None})

    down = installation.arti("down")
    assert down.stdout == "ARTi has stopped.\n"
    assert installation.processes() == {}
    assert installation.arti("status").returncode == 1
    log = (installation.data / "logs" / "postgres.log").read_text()
    assert "database system is shut down" in log  # an orderly end, not a kill


def test_kill_9_of_up_leaves_no_process_and_no_damage(installation: Installation) -> None:
    assert installation.arti("up", "--detach", "--no-build").returncode == 0
    state = read_state(DataDirectory(installation.data))
    assert state is not None
    assert len(installation.processes()) >= len(state.services)
    os.kill(state.pid, signal.SIGKILL)
    wait_until(lambda: not installation.processes())
    assert installation.arti("status").returncode == 1
    assert installation.arti("up", "--detach", "--no-build").returncode == 0


def test_a_service_that_dies_is_restarted(installation: Installation) -> None:
    assert installation.arti("up", "--detach", "--no-build").returncode == 0
    folder = DataDirectory(installation.data)

    def web() -> tuple[str, int]:
        state = read_state(folder)
        assert state is not None
        return next((row.state, row.restarts) for row in state.services if row.service == "web")

    state = read_state(folder)
    assert state is not None
    pid = next(row.pid for row in state.services if row.service == "web")
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: web() == ("up", 1))
    assert "restarted once" in installation.arti("status").stdout


def test_a_taken_port_is_named_with_the_remedy(installation: Installation) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        up = installation.arti("up", "--no-build", ARTI_API_PORT=str(port))
    assert up.returncode == 1
    assert f"Port {port} (api) is taken by " in up.stderr
    assert f"process {os.getpid()}" in up.stderr
    assert "set ARTI_API_PORT" in up.stderr
    assert "Traceback" not in up.stderr
    assert installation.processes() == {}


def test_an_impossible_data_folder_is_named(installation: Installation, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    up = installation.arti("up", "--no-build", ARTI_DATA=str(tmp_path / "file" / "data"))
    assert up.returncode == 1
    assert "set ARTI_DATA to another folder" in up.stderr
    assert len(up.stderr.splitlines()) == 1
