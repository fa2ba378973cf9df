"""The database console, and somebody who is signed in to it."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any

import httpx2 as httpx
import pytest
from pydantic import SecretStr

from arti.ops.console.app import create_console
from arti.settings import Settings

PASSWORD = "open sesame 123"
BASE = "http://127.0.0.1:54323"


@asynccontextmanager
async def console_http_client(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_console(settings)
    transport = httpx.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@dataclass
class Operator:
    """Somebody who is signed in, and fills in forms as a browser would."""

    http: httpx.AsyncClient

    async def see(self, path: str, *, status: Any = 200, **query: Any) -> str:
        """Load a page; `as_` is query for as "as"."""
        query = {name.rstrip("_"): str(value) for name, value in query.items()}
        answer = await self.http.get(path, params=query or None)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, path: str, form: dict[str, str], *, status: int = 303, page: str = "/sql") -> httpx.Response:
        """Post `form` with the token of `page`."""
        token = re.search(r'name="csrf" value="([^"]+)"', await self.see(page))
        assert token
        answer = await self.http.post(path, data={"csrf": token[1]} | form)
        assert answer.status_code == status, answer.text
        return answer

    async def run(self, sql: str, *, as_: object = "", mode: str = "read only", status: int = 200) -> str:
        return (await self.send("/sql", {"sql": sql, "as": str(as_), "mode": mode}, status=status)).text

    async def fields(self, path: str) -> dict[str, str]:
        """Return what a form page would send if it were sent untouched."""
        page = await self.see(path)
        found: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", page):
            name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
            if name and name[1] != "csrf":
                found[unescape(name[1])] = unescape(value[1]) if value else ""
        for name_, value_ in re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n?(.*?)</textarea>', page, re.S):
            found[unescape(name_)] = unescape(value_)
        for name_, inside in re.findall(r'<select[^>]* name="([^"]*)"[^>]*>(.*?)</select>', page, re.S):
            chosen = re.search(r'value="([^"]*)" selected', inside) or re.search(r'value="([^"]*)"', inside)
            found[unescape(name_)] = unescape(chosen[1]) if chosen else ""
        return found


@pytest.fixture
def console_settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"arti_console_password": SecretStr(PASSWORD)})


@pytest.fixture
async def console_client(console_settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with console_http_client(console_settings) as client:
        yield client


@pytest.fixture
async def operator_console(console_client: httpx.AsyncClient) -> Operator:
    answer = await console_client.post("/login", data={"password": PASSWORD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/tables")
    return Operator(console_client)
