"""Bring the files of a base backup to a moment: replay the archived log, and open the database for the caller alone."""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import asyncpg

from arti_core.errors import ArtiError, Conflict, Unavailable
from local_stack import postgres
from local_stack.backup.programs import last_message
from local_stack.backup.repository import PARTIAL, Manifest, Repository

_AHEAD: Final = 24  # segments of 16 MB that wait to be replayed
_BEHIND: Final = 64  # segments that are kept after that: the server may go back to the last checkpoint
_AT_ONCE: Final = 4
_LAST_COMMIT: Final = re.compile(r"last completed transaction was at log time ([0-9-]+ [0-9:]+)")
_WAIT_SECONDS: Final = 0.02
# The path of a socket has at most 107 bytes, and a data folder may lie deep.
_SHORT_FOLDER: Final = "/tmp" if os.path.isdir("/tmp") else None  # noqa: S108  a closed folder is made in it

# What the server runs for a segment that it wants: wait until it was fetched. One that is not listed ends the replay.
_RESTORE_COMMAND = """grep -qx %f listed || exit 1; echo %f > wanted; \
while [ ! -e %f ]; do [ ! -e failed ] || exit 255; sleep 0.05; done; cp %f "{data}/%p\""""


@asynccontextmanager
async def recover(
    repository: Repository, manifest: Manifest, cluster: postgres.Cluster, *, to: datetime | None
) -> AsyncIterator[str]:
    """Replay the log up to `to`, or to its end, and yield a URL that opens the database as its superuser.

    Nobody else can log in meanwhile: the server listens on a socket in a closed folder. It is stopped afterwards.
    Raises Conflict when the log ends before `to`, Unavailable, Damaged.
    """
    uid = postgres.unprivileged_user()
    with (
        tempfile.TemporaryDirectory(prefix="arti-restore-", dir=cluster.folder.parent) as name,
        tempfile.TemporaryDirectory(prefix="arti-", dir=_SHORT_FOLDER) as short_name,
    ):
        folder, sockets = Path(name), Path(short_name)
        spool = folder / "log"
        spool.mkdir(mode=0o700)
        (folder / "hba").write_text("local all all trust\n")
        (folder / "server.log").touch()
        for path in (folder, sockets, spool, folder / "hba", folder / "server.log"):
            if uid is not None:
                os.chown(path, uid, -1)
        (cluster.folder / "recovery.signal").touch()
        segments = await repository.list_segments(manifest.stream, manifest.first_segment)
        (spool / "listed").write_text("".join(f"{name.removesuffix(PARTIAL)}\n" for name in segments))
        command = postgres.server_command(cluster)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(sockets),
            "hba_file": str(folder / "hba"),
            "restore_command": f"cd {spool} && {_RESTORE_COMMAND.format(data=cluster.folder)}",
            "recovery_target_timeline": "current",
            "recovery_target_action": "promote",
            "log_min_messages": "info",
            "checkpoint_timeout": "1h",  # one at the end is enough
            "max_wal_size": "8GB",
        }
        if to is not None:
            settings["recovery_target_time"] = to.isoformat()
        for setting, value in settings.items():
            command += ["-c", f"{setting}={value}"]
        with (folder / "server.log").open("ab") as log:
            server = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=uid,
                group=uid,
                extra_groups=[] if uid is not None else None,
                cwd="/",
            )
        fetching = asyncio.create_task(_fetch_log(repository, manifest.stream, segments, spool))
        dsn = f"postgresql://{postgres.SUPERUSER}@/{postgres.DATABASE}?host={sockets}&port={cluster.port}"
        try:
            await _wait_until_open(dsn, server, folder / "server.log", fetching, to)
            yield dsn
        finally:
            fetching.cancel()
            await asyncio.gather(fetching, return_exceptions=True)
            if server.returncode is None:
                server.send_signal(signal.SIGINT)
                await server.wait()
    (cluster.folder / "recovery.signal").unlink(missing_ok=True)


async def _wait_until_open(
    dsn: str, server: asyncio.subprocess.Process, log: Path, fetching: "asyncio.Task[None]", to: datetime | None
) -> None:
    """Wait until the replay has ended. As long as it goes on it may take any time."""
    while True:
        if server.returncode is not None:
            text = await asyncio.to_thread(log.read_text, errors="replace")
            last = _LAST_COMMIT.search(text)
            if "before configured recovery target was reached" in text and to is not None:
                until = f" at {last[1].replace(' ', 'T')}Z" if last else ""
                raise Conflict(
                    f"The archived log ends{until}, before {to:%Y-%m-%dT%H:%M:%SZ}. "
                    "Give an earlier moment, or leave out --to for the last one."
                )
            fatal = [line.partition("FATAL:")[2] for line in text.splitlines() if "FATAL:" in line]
            raise Unavailable(f"The restored server does not start: {last_message((fatal or [text])[-1])}")
        if fetching.done() and fetching.exception() is not None:
            error = fetching.exception()
            raise error if isinstance(error, ArtiError) else Unavailable(f"The log cannot be fetched: {error!r}")
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            connection = await asyncpg.connect(dsn, statement_cache_size=0, timeout=5)
            try:
                if not await connection.fetchval("select pg_is_in_recovery()"):
                    return
            finally:
                await connection.close()
        await asyncio.sleep(0.1)


async def _fetch_log(repository: Repository, stream: str, segments: list[str], spool: Path) -> None:
    """Fetch the segments ahead of the replay, some at once, and delete those that lie far behind it."""
    names = [name.removesuffix(PARTIAL) for name in segments]
    limit = asyncio.Semaphore(_AT_ONCE)
    tasks: dict[int, asyncio.Task[None]] = {}

    async def fetch(number: int) -> None:
        async with limit:
            data = await repository.get_segment(stream, segments[number])
            draft = spool / f"{names[number]}.new"
            await asyncio.to_thread(draft.write_bytes, data)
            draft.chmod(0o644)
            draft.replace(spool / names[number])

    try:
        while True:
            wanted = _wanted(spool, names)
            for number in range(wanted, min(wanted + _AHEAD, len(names))):
                if number not in tasks:
                    tasks[number] = asyncio.create_task(fetch(number))
            for number in [number for number in tasks if number < wanted - _BEHIND]:
                if tasks[number].done():
                    (spool / names[number]).unlink(missing_ok=True)
                    del tasks[number]  # so that it is fetched again if the server goes back that far
            for task in [task for task in tasks.values() if task.done()]:
                task.result()
            await asyncio.sleep(_WAIT_SECONDS)
    except BaseException:
        (spool / "failed").touch()
        for task in tasks.values():
            task.cancel()
        await asyncio.gather(*tasks.values(), return_exceptions=True)
        raise


def _wanted(spool: Path, names: list[str]) -> int:
    """Return the number of the segment that the server asked for last."""
    try:
        return names.index((spool / "wanted").read_text().strip())
    except (FileNotFoundError, ValueError):  # not yet, or half written
        return 0


def remove_folder(folder: Path) -> None:
    """Delete a folder that a restore has made."""
    shutil.rmtree(folder, ignore_errors=True)
