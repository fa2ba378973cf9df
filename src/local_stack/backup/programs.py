"""Run PostgreSQL's own programs: what they write as a stream, and their last line when they fail."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from arti.settings import SETTING_NAMES
from arti_core.errors import Unavailable

_READ_BYTES = 1024 * 1024


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
        kept = {name: value for name, value in os.environ.items() if name not in SETTING_NAMES}
        return kept | {"PGPASSWORD": unquote(urlsplit(self.dsn).password or ""), "LC_ALL": "C"}


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
