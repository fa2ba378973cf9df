"""Load of a benchmark over HTTP: wrk, or a plain client of our own where there is none."""

import asyncio
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from throwaway_server import percentile

CONNECTIONS = 32


@dataclass(frozen=True)
class Round:
    """What one round of a load generator saw."""

    per_second: float
    p50_ms: float
    p99_ms: float
    count: int


@dataclass(frozen=True)
class Question:
    """One GET with its headers."""

    path: str
    headers: tuple[tuple[str, str], ...]


def client_name() -> str:
    return "wrk" if shutil.which("wrk") else "own client"


def run_load(port: int, questions: Sequence[Question], seconds: int, home: Path) -> Round:
    """Ask the questions in turn over 32 kept connections. Ends the program at an answer that is not 200."""
    if shutil.which("wrk"):
        return _run_wrk(port, questions, seconds, home)
    return asyncio.run(_run_own_client(port, questions, seconds))


def _run_wrk(port: int, questions: Sequence[Question], seconds: int, home: Path) -> Round:
    script = home / "load.lua"
    made = ",\n".join(_wrk_request(question) for question in questions)
    script.write_text(
        f"""local made
local place = 0
function init() made = {{{made}}} end
function request() place = (place + 1) % {len(questions)}; return made[place + 1] end
function response(status) if status ~= 200 then print("status " .. status); os.exit(3) end end
"""
    )
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script)]
    done = subprocess.run([*command, f"http://127.0.0.1:{port}"], capture_output=True, text=True, check=False)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    count = re.search(r"(\d+) requests in", done.stdout)
    if done.returncode or not rate or not count:
        raise SystemExit(f"The load ended early: {done.stdout[-500:]}{done.stderr[-500:]}")
    return Round(float(rate[1]), _milliseconds(done.stdout, "50%"), _milliseconds(done.stdout, "99%"), int(count[1]))


def _wrk_request(question: Question) -> str:
    headers = ", ".join(f'["{name}"] = "{value}"' for name, value in question.headers)
    return f'wrk.format("GET", "{question.path}", {{{headers}}})'


def _milliseconds(text: str, part: str) -> float:
    found = re.search(rf"{re.escape(part)}\s+([\d.]+)(us|ms|s)", text)
    assert found, text
    return float(found[1]) * {"us": 0.001, "ms": 1, "s": 1000}[found[2]]


class _Client(asyncio.Protocol):
    """One kept connection that asks again as soon as it is answered."""

    def __init__(self, made: Sequence[bytes], place: int, until: float, times: list[float]) -> None:
        self._made, self._place, self._until, self._times = made, place, until, times
        self._answer = bytearray()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        if time.monotonic() >= self._until:
            self._transport.close()
            return
        self._began = time.monotonic()
        self._transport.write(self._made[self._place % len(self._made)])
        self._place += CONNECTIONS

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head = self._answer.find(b"\r\n\r\n")
        if head < 0:
            return
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", self._answer[: head + 2])
        if not self._answer.startswith(b"HTTP/1.1 200") or not length:
            self.ended.set_exception(SystemExit(f"The load ended early: {bytes(self._answer[:500])!r}"))
            self._transport.close()
        elif len(self._answer) >= head + 4 + int(length[1]):
            self._answer.clear()
            self._times.append((time.monotonic() - self._began) * 1000)
            self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


async def _run_own_client(port: int, questions: Sequence[Question], seconds: int) -> Round:
    made = [
        "\r\n".join(
            [
                f"GET {question.path} HTTP/1.1",
                "Host: a",
                *(f"{name}: {value}" for name, value in question.headers),
                "",
                "",
            ]
        ).encode()
        for question in questions
    ]
    times: list[float] = []
    began = time.monotonic()
    loop = asyncio.get_running_loop()
    clients = [
        (await loop.create_connection(partial(_Client, made, place, began + seconds, times), "127.0.0.1", port))[1]
        for place in range(CONNECTIONS)
    ]
    await asyncio.gather(*(client.ended for client in clients))
    return Round(len(times) / (time.monotonic() - began), percentile(times, 50), percentile(times, 99), len(times))
