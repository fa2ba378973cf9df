"""PostgreSQL and Valkey of a test session, which a test may kill and start again."""

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from local_stack import postgres
from local_stack.binaries import valkey_server

_PORTS_OF_A_WORKER = 2_500
_returned: set[int] = set()


def free_port() -> int:
    """Return a free port below those that the system gives to outgoing connections: one of them could take it.

    No port is returned twice, and each worker of pytest-xdist has ports of its own: whoever has one may not listen yet.
    """
    first = 10_000 + _PORTS_OF_A_WORKER * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    while True:
        port = first + secrets.randbelow(_PORTS_OF_A_WORKER)
        if port in _returned:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _returned.add(port)
            return port


@dataclass
class PostgresServer:
    """A real PostgreSQL that gives up safety against a crash of the machine, not of itself."""

    cluster: postgres.Cluster
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        self.process = postgres.start_server(self.cluster, fast_and_unsafe=True)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()

    async def kill(self) -> None:
        """Kill the server and everything that serves a connection, and start it again on what is on disk."""
        leader = psutil.Process(self.process.pid)
        for process in (leader, *leader.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        await self._restart()

    async def stop_immediately(self) -> None:
        """Stop the server without a checkpoint, as `pg_ctl stop -m immediate`, and start it again."""
        self.stop()
        await self._restart()

    async def _restart(self) -> None:
        """Start the server, again while it ends: what it left may still hold its memory, another process its port."""
        waiting = asyncio.create_task(postgres.wait_for_server(self.cluster))
        while not waiting.done():
            if self.process.poll() is not None:
                (self.cluster.folder / "postmaster.pid").unlink(missing_ok=True)
                self.start()
            await asyncio.sleep(0.1)
        await waiting


@dataclass
class ValkeyServer:
    """A real Valkey with a password, which keeps nothing."""

    folder: Path
    port: int = field(default_factory=free_port)
    password: str = field(default_factory=lambda: secrets.token_hex(8))
    process: subprocess.Popen[bytes] = field(init=False)

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        options = {
            "--port": str(self.port),
            "--bind": "127.0.0.1",
            "--requirepass": self.password,
            "--save": "",
            "--maxmemory-policy": "noeviction",
            "--dir": str(self.folder),
        }
        words = [word for option in options.items() for word in option]
        self.process = subprocess.Popen([str(valkey_server()), *words], stdout=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self.process.poll() is None, "Valkey ended at its start"
            assert time.monotonic() < until, "Valkey did not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill the server and start it again, empty."""
        self.process.kill()
        self.process.wait()
        self.start()

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
