"""A throw-away PostgreSQL for benchmarks that count its time, and the processor time of other processes.

The server runs with fsync and the settings of ./arti up, and counts its statements with pg_stat_statements.
"""

import secrets
import signal
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil

from arti_core.migrations import apply_migrations
from local_stack import postgres

CHECKOUT = Path(__file__).resolve().parents[1]
_COUNTING = {
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "top",
    "pg_stat_statements.track_planning": "on",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running_postgres(home: Path, settings: Mapping[str, str] | None = None) -> Iterator[postgres.Cluster]:
    """Run a server under `home` until the end of the block; an existing cluster there is taken up again."""
    folder, password = home / "postgres" / "data", home / "password"
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not password.exists():
        password.touch(mode=0o600)
        password.write_text(secrets.token_hex(16))
    cluster = postgres.Cluster(folder, free_port(), password.read_text())
    for place in (home, folder.parent):  # as root the server runs as nobody and must be able to enter
        place.chmod(place.stat().st_mode | 0o011)
    postgres.init_cluster(cluster)
    made = "".join(f"{name} = '{value}'\n" for name, value in (_COUNTING | dict(settings or {})).items())
    (folder / "postgresql.auto.conf").write_text(made)
    server = postgres.start_server(cluster)
    try:
        yield cluster
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


async def apply_schema(cluster: postgres.Cluster) -> None:
    """Bring the database to the newest migration, and count its statements."""
    await postgres.wait_for_server(cluster, seconds=300)
    await postgres.prepare_database(cluster)
    await postgres.set_passwords(cluster)
    await apply_migrations(cluster.dsn("postgres"), CHECKOUT / "supabase" / "migrations")
    await postgres.set_passwords(cluster)
    owner = await asyncpg.connect(cluster.dsn(postgres.SUPERUSER))
    await owner.execute("create schema if not exists counting")
    await owner.execute("create extension if not exists pg_stat_statements schema counting")
    await owner.close()


class StatementClock:
    """Tells how long the server has worked at the statements of the other roles: planning and execution."""

    def __init__(self, owner: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._owner = owner

    async def read(self) -> float:
        """Return milliseconds since the server's start."""
        total: float = await self._owner.fetchval(
            """select coalesce(sum(total_exec_time + total_plan_time), 0) from counting.pg_stat_statements
               where userid <> (select oid from pg_roles where rolname = session_user)"""
        )
        return total


def postmaster_pid(cluster: postgres.Cluster) -> int:
    return int((cluster.folder / "postmaster.pid").read_text().split()[0])


class ProcessorClock:
    """Tells how long a process and its children use the processor."""

    def __init__(self, pid: int) -> None:
        self._leader = psutil.Process(pid)
        self._before = self._read()

    def seconds(self) -> float:
        """Return the seconds since the start of this clock; those of a child that has ended are not counted."""
        return sum(time - self._before.get(pid, 0) for pid, time in self._read().items())

    def _read(self) -> dict[int, float]:
        processes = (self._leader, *self._leader.children(recursive=True))
        return {process.pid: sum(process.cpu_times()[:2]) for process in processes}


def percentile(times: Sequence[float], part: int) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, len(ordered) * part // 100)]
