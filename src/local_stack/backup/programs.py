"""Run PostgreSQL's own programs: what they write as a stream, and their last line when they fail."""

import asyncio
import os
import re
import shutil
import socket
import ssl
import struct
import subprocess
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from arti.settings import SETTING_NAMES
from arti_core.errors import Unavailable
from local_stack.binaries import postgres_bin

_READ_BYTES = 1024 * 1024
_CONNECT_SECONDS: Final = 10.0
_SSL_REQUEST: Final = struct.pack("!II", 8, 80877103)
_IN_CLEAR: Final = ("disable", "allow", "prefer")


@dataclass(frozen=True, slots=True)
class Login:
    """A database URL in the form that the programs take: the password in the environment, never in the command."""

    dsn: str

    @property
    def address(self) -> str:
        parts = urlsplit(self.dsn)
        place = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=f"{parts.username or ''}@{place}").geturl()

    @property
    def environment(self) -> dict[str, str]:
        # Without PGSSLMODE and its like: the wheel's programs refuse them.
        kept = {name: value for name, value in os.environ.items() if name not in SETTING_NAMES and name[:5] != "PGSSL"}
        return kept | {"PGPASSWORD": unquote(urlsplit(self.dsn).password or ""), "LC_ALL": "C"}


def newest_programs() -> Path:
    """Return the folder with the newest pg_dump and pg_restore: the wheel's, or this system's where that is newer."""
    system = shutil.which("pg_dump")
    # Not resolved: Debian's is a link to a wrapper that goes by its name.
    folders = [postgres_bin(), *([Path(system).parent] if system else [])]
    return max(folders, key=read_version)


def read_version(folder: Path) -> int:
    """Return the major version of the pg_dump in `folder`, 0 where it gives none."""
    done = subprocess.run([folder / "pg_dump", "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)\.", done.stdout)
    return int(found[1]) if found else 0


@asynccontextmanager
async def login_without_tls(dsn: str) -> AsyncIterator[Login]:
    """Give a login for the wheel's programs, which know no TLS.

    Where `dsn` wants TLS it leads to a socket in a folder of this user alone, and this process passes on what comes
    there over TLS, verified as `dsn` says. Raises OSError for certificates that cannot be read.
    """
    parts = urlsplit(dsn)
    query = dict(parse_qsl(parts.query))
    if query.get("sslmode", "prefer") in _IN_CLEAR:
        yield Login(dsn)
        return
    context = _read_tls(query)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            server_reader, server_writer = await _connect(parts.hostname or "", parts.port or 5432, context)
            await asyncio.gather(_copy(reader, server_writer), _copy(server_reader, writer))
        writer.close()

    with TemporaryDirectory(prefix="arti-") as folder:
        async with await asyncio.start_unix_server(serve, f"{folder}/.s.PGSQL.5432"):
            kept = {name: value for name, value in query.items() if not name.startswith("ssl")}
            netloc = f"{parts.netloc.rpartition('@')[0]}@"
            place = urlencode(kept | {"host": folder, "port": "5432"})
            yield Login(parts._replace(netloc=netloc, query=place).geturl())


def _read_tls(query: Mapping[str, str]) -> ssl.SSLContext:
    """Return what verifies the server as libpq and asyncpg do with these parameters."""
    own = Path.home() / ".postgresql" / "root.crt"
    root = query.get("sslrootcert") or os.environ.get("PGSSLROOTCERT") or (str(own) if own.exists() else "")
    context = ssl.create_default_context(cafile=None if root in ("", "system") else root)
    context.check_hostname = query["sslmode"] == "verify-full"
    if query["sslmode"] == "require" and not root:
        context.verify_mode = ssl.CERT_NONE
    if certificate := query.get("sslcert"):
        context.load_cert_chain(certificate, query.get("sslkey"))
    return context


async def _connect(host: str, port: int, context: ssl.SSLContext) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    plain = await asyncio.to_thread(socket.create_connection, (host, port), _CONNECT_SECONDS)
    try:
        plain.setblocking(False)
        await loop.sock_sendall(plain, _SSL_REQUEST)
        if await loop.sock_recv(plain, 1) != b"S":
            raise ConnectionError("The server has no TLS.")
        return await asyncio.open_connection(sock=plain, ssl=context, server_hostname=host)
    except BaseException:
        plain.close()
        raise


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await source.read(_READ_BYTES):
            target.write(piece)
            await target.drain()
    target.close()


class Program:
    """One run of a program, with its output as a stream."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self._command, self._environment = command, environment
        self.messages = ""

    async def read(self, *, feed: AsyncIterator[bytes] | None = None) -> AsyncIterator[bytes]:
        """Yield its output. `feed` is its input, read to the end even if the program stops earlier.

        Raises Unavailable when it fails, at the end, and what `feed` raises; ends it when the reader stops.
        """
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.DEVNULL if feed is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(self._environment),
            cwd="/",
            limit=_READ_BYTES,
        )
        assert process.stdout is not None  # both are pipes
        assert process.stderr is not None
        messages = asyncio.create_task(process.stderr.read())
        feeding = asyncio.create_task(_feed(process, feed)) if feed is not None else None
        try:
            while chunk := await process.stdout.read(_READ_BYTES):
                yield chunk
            if feeding is not None:
                await feeding
            self.messages = (await messages).decode(errors="replace")
            if await process.wait():
                raise Unavailable(f"{Path(self._command[0]).name} failed: {last_message(self.messages)}")
        finally:
            if process.returncode is None:
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
            for task in (messages, feeding):
                if task is not None:
                    task.cancel()


async def _feed(process: asyncio.subprocess.Process, chunks: AsyncIterator[bytes]) -> None:
    assert process.stdin is not None  # a pipe
    broken = False
    try:
        async for chunk in chunks:
            if broken:
                continue
            try:
                process.stdin.write(chunk)
                await process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError):
                broken = True
    finally:
        with suppress(BrokenPipeError, ConnectionResetError):
            process.stdin.close()


def last_message(text: str) -> str:
    """Return the last line with text in it, cut to 300 characters."""
    return next((line.strip()[:300] for line in reversed(text.splitlines()) if line.strip()), "no message")
