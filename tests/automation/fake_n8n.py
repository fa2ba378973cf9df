"""A server that speaks the part of n8n's API that ARTi uses."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.automation.fake_receivers import run_server
from tests.conftest import free_port

KEY = "n8n_api_of_this_test"


@dataclass
class FakeN8n:
    """Keeps credentials and workflows. `refuse`: the path that answers `status`."""

    credentials: dict[str, Any] = field(default_factory=dict)
    workflows: dict[str, Any] = field(default_factory=dict)
    refuse: str = ""
    status: int = 500

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = target.partition("?")[0].removeprefix("/api/v1/")
        if headers.get("x-n8n-api-key") != KEY:
            status, answer = 401, {"message": "unauthorized"}
        elif self.refuse and self.refuse in f"{method} {path}":
            status, answer = self.status, {"message": "it is broken"}
        else:
            status, answer = self._answer(method, path, json.loads(body) if body else {})
        text = json.dumps(answer).encode()
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n".encode() + text)

    def _answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        kind, _, rest = path.partition("/")
        kept = self.credentials if kind == "credentials" else self.workflows
        one, _, action = rest.partition("/")
        if kind == "executions":
            run = {"id": "7", "status": "success", "startedAt": "2026-03-03T10:00:00.000Z", "stoppedAt": None}
            return 200, {"data": [run]}
        if method == "GET" and path == "workflows":
            return 200, {"data": list(kept.values()), "nextCursor": None}
        if method == "POST" and not rest:
            made = f"{kind[:1]}{len(kept) + 1}"
            kept[made] = {**body, "id": made, "active": False}
            return 200, kept[made]
        if one not in kept:
            return 404, {"message": "Not Found"}
        if action == "activate":
            kept[one]["active"] = True
        if action == "archive":
            kept[one] |= {"active": False, "isArchived": True}
        if method == "DELETE":
            return 200, dict(kept.pop(one))
        return 200, kept[one]


@pytest.fixture
def n8n_port() -> int:
    return free_port()


@pytest.fixture
async def n8n(n8n_port: int) -> AsyncIterator[FakeN8n]:
    made = FakeN8n()
    async with run_server(made.serve, port=n8n_port):
        yield made
