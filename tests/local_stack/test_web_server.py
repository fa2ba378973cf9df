"""The server of the exported web app."""

import base64
import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest

from arti.settings import Settings
from arti_core import clock
from local_stack.web.server import create_web

EXPORT = Path(__file__).parent / "files" / "export"
SETTINGS = Settings.model_validate(
    {
        "supabase_url": "https://project.example",
        "api_url": "http://127.0.0.1:3002",
        "supabase_publishable_key": "sb_publishable_x",
        "supabase_secret_key": "sb_secret_hush",
        "simulators_url": "",
    }
)


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_web(SETTINGS, EXPORT))
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
        yield client


def hash_of(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


async def test_each_page_allows_its_own_inline_scripts_only(http: httpx.AsyncClient) -> None:
    roster, login = hash_of("self.__next_f=[1]"), hash_of('self.__next_f=["login"]')
    policy = (await http.get("/")).headers["content-security-policy"]
    assert roster in policy
    assert hash_of('console.log("two")') in policy
    assert login not in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]
    assert login in (await http.get("/login/")).headers["content-security-policy"]


async def test_a_page_may_connect_to_the_api_and_the_gateway_only(http: httpx.AsyncClient) -> None:
    policy = (await http.get("/")).headers["content-security-policy"]
    assert "connect-src 'self' http://127.0.0.1:3002 https://project.example wss://project.example;" in policy
    assert "frame-ancestors 'none'" in policy


async def test_an_unknown_page_is_the_exports_own_404(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nothing/here/")
    assert answer.status_code == 404
    assert "<h1>Not here</h1>" in answer.text
    assert hash_of("self.__next_f=[404]") in answer.headers["content-security-policy"]


async def test_hashed_files_are_cached_for_a_year_and_pages_are_revalidated(http: httpx.AsyncClient) -> None:
    chunk = await http.get("/_next/static/chunks/main.js", headers={"Accept-Encoding": "gzip"})
    assert chunk.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert chunk.headers["content-encoding"] == "gzip"
    assert (await http.get("/")).headers["cache-control"] == "no-cache"
    assert (await http.get("/_next/static/chunks/gone.js")).headers["cache-control"] == "no-cache"


async def test_a_text_with_a_brotli_file_is_sent_as_it(tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(EXPORT, out)
    (out / "_next" / "static" / "chunks" / "main.js.br").write_bytes(b"\x0b\x01\x80hey\x03")  # "hey"
    transport = httpx.ASGITransport(app=create_web(SETTINGS, out))
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as http:
        path = "/_next/static/chunks/main.js"
        async with http.stream("GET", path, headers={"Accept-Encoding": "gzip, br"}) as answer:
            assert b"".join([part async for part in answer.aiter_raw()]) == b"\x0b\x01\x80hey\x03"
            assert answer.headers["content-encoding"] == "br"
            assert answer.headers["content-type"].startswith("text/javascript")
            assert answer.headers["vary"] == "Accept-Encoding"
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        plain = await http.get(path, headers={"Accept-Encoding": "identity"})
        assert "content-encoding" not in plain.headers


async def test_a_page_without_its_slash_is_found(http: httpx.AsyncClient) -> None:
    answer = await http.get("/login")
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/login/")


async def test_config_has_addresses_and_no_secret(http: httpx.AsyncClient) -> None:
    answer = await http.get("/config.json")
    assert answer.json() == {
        "apiUrl": "http://127.0.0.1:3002",
        "supabaseUrl": "https://project.example",
        "supabaseKey": "sb_publishable_x",
        "mode": "real",
        "clockAheadSeconds": clock.ahead().total_seconds(),
    }
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/../pyproject.toml", "/%2e%2e/pyproject.toml", "/..%2fpyproject.toml"])
async def test_nothing_but_the_export_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_a_missing_build_is_reported(tmp_path: Path) -> None:
    transport = httpx.ASGITransport(app=create_web(SETTINGS, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://web.test") as client:
        page = await client.get("/")
        assert page.status_code == 503
        assert "not built" in page.text
        assert (await client.get("/config.json")).status_code == 200
