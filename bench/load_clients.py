"""The clients of bench/load, which count what they are told, and the memory of the services."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import psutil
from throwaway_server import percentile

SLOW_SECONDS = 30.0  # of an import, after which it is printed where it stands


@dataclass
class Answers:
    """What the clients of one load were told."""

    statuses: Counter[int] = field(default_factory=Counter)
    without_wait: int = 0  # 429 and 503 without Retry-After
    errors: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)  # ms, of normal responses

    def wrong(self) -> int:
        bad = sum(count for status, count in self.statuses.items() if status >= 400 and status not in (429, 503))
        return bad + self.without_wait + sum(self.errors.values())

    def text(self) -> str:
        statuses = " ".join(f"{status}: {count:,}" for status, count in sorted(self.statuses.items()))
        errors = " ".join(f"{name}: {count:,}" for name, count in self.errors.items()) or "none"
        times = (
            f"p50 {percentile(self.times, 50):.0f} ms, p99 {percentile(self.times, 99):.0f} ms" if self.times else ""
        )
        return f"{statuses or '-'}; without Retry-After {self.without_wait}; errors {errors}; {times}"


class Connection:
    """One kept connection of a client, opened again when it was closed."""

    def __init__(self, port: int, answers: Answers) -> None:
        self._port, self._answers = port, answers
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes = b""
    ) -> tuple[int, bytes, float]:
        """Send a request; return status, body and the seconds to wait for the next. 0 is an error, which is noted."""
        lines = [f"{method} {path} HTTP/1.1", "Host: bench", *(f"{name}: {value}" for name, value in headers.items())]
        lines += [f"Content-Length: {len(body)}"] if body or method != "GET" else []
        began = time.monotonic()
        try:
            status, said, content = await asyncio.wait_for(
                self._exchange("\r\n".join((*lines, "", "")).encode() + body), 120
            )
        except (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError, IndexError) as error:
            self._answers.errors[f"{type(error).__name__} ({path.split('?')[0]})"] += 1
            self.close()
            return 0, b"", 0.5
        self._answers.statuses[status] += 1
        if status < 400:
            self._answers.times.append((time.monotonic() - began) * 1000)
        if said.get("connection") == "close":
            self.close()
        wait = float(said.get("retry-after", 0))
        self._answers.without_wait += status in (429, 503) and not wait
        return status, content, min(wait, 5.0) if status in (429, 503) else 0.0

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        fresh = self._streams is None
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        try:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
        except (OSError, asyncio.IncompleteReadError):
            self.close()
            if fresh:
                raise
            return await self._exchange(request)  # a kept connection had been idle for too long, as any client knows
        lines = head.decode().split("\r\n")
        said = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        if said.get("transfer-encoding") == "chunked":
            content = b""
            while size := int(await reader.readline(), 16):
                content += (await reader.readexactly(size + 2))[:-2]
            await reader.readexactly(2)
        else:
            content = await reader.readexactly(int(said.get("content-length", 0)))
        return int(lines[0].split()[1]), said, content

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
        self._streams = None


async def insist(connection: Connection, path: str, headers: dict[str, str], body: bytes) -> bytes:
    """Send a request until it is taken; say when that takes long, and why."""
    began = printed = time.monotonic()
    headers |= {"Idempotency-Key": str(uuid4())}
    while True:
        status, content, wait = await connection.send("POST", path, headers, body)
        if 200 <= status < 300:
            return content
        if status not in (0, 409, 429, 503):
            raise SystemExit(f"bench/load: POST {path}: {status} {content[:500]!r}")
        if time.monotonic() - printed >= SLOW_SECONDS:
            printed = time.monotonic()
            print(f"  POST {path} for {printed - began:.0f} s: {status} {content[:200]!r}", flush=True)
        await asyncio.sleep(wait or 0.5)


class Memory:
    """The memory of each service: PostgreSQL's is the sum of its processes."""

    def __init__(self, pids: dict[str, int]) -> None:
        self._pids = pids
        self._highest = 0  # KB of PostgreSQL

    async def watch(self, every: float) -> None:
        """Note what PostgreSQL has, once a second, and print what each service has from time to time."""
        began = printed = time.monotonic()
        while True:
            now = sum(map(_proportional_size, (pid := self._pids["postgres"], *_children(pid))))
            self._highest = max(self._highest, now)
            if time.monotonic() - printed >= every:
                printed = time.monotonic()
                sizes = " ".join(f"{name} {size:.0f}" for name, size in self.read().items())
                print(f"  after {printed - began:.0f} s, MB (PSS): {sizes}", flush=True)
            await asyncio.sleep(1)

    def reset_peaks(self) -> None:
        self._highest = 0
        for pid in self._processes():
            with_file(pid, "clear_refs", "5")

    def read(self, *, peak: bool = False) -> dict[str, float]:
        """Return MB by service: PSS, or the peak of the resident memory since the last reset."""
        sizes: Counter[str] = Counter()
        for name, pid in self._pids.items():
            if peak and name == "postgres":
                sizes[name] = self._highest
                continue
            for each in (pid, *_children(pid)):
                sizes[name] += _field(each, "status", "VmHWM:") if peak else _proportional_size(each)
        return {name: round(size / 1024, 1) for name, size in sizes.items()}

    def _processes(self) -> Iterator[int]:
        for pid in self._pids.values():
            yield from (pid, *_children(pid))


def _field(pid: int, name: str, wanted: str) -> int:
    lines = with_file(pid, name).splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(wanted)), 0)


def _proportional_size(pid: int) -> int:
    return _field(pid, "smaps_rollup", "Pss:")


def _children(pid: int) -> list[int]:
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]


def with_file(pid: int, name: str, text: str = "") -> str:
    try:
        file = Path(f"/proc/{pid}/{name}")
        return str(file.write_text(text)) if text else file.read_text()
    except OSError:  # it ended in the meantime
        return ""
