"""Whose word the servers take for a caller's address, with what deploy/ sets as FORWARDED_ALLOW_IPS."""

import re
from ipaddress import ip_network

import httpx2 as httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from local_stack.data_directory import CHECKOUT

CALLER, FORGED, EDGE = "198.51.100.7", "203.0.113.66", "10.244.3.9"
APP_PLATFORM = (CHECKOUT / "deploy" / "digitalocean" / "app.yaml").read_text()


def trusted_proxies() -> str:
    found = re.search(r'key: FORWARDED_ALLOW_IPS, value: "([^"]+)"', APP_PLATFORM)
    assert found is not None
    return found[1]


async def seen_address(forwarded: str, *, peer: str = EDGE, allowed: str | None = None) -> str:
    """Return the address that a server of ours sees: uvicorn reads the setting in each of them."""

    async def show(scope: Scope, receive: Receive, send: Send) -> None:
        client = Request(scope).client
        await PlainTextResponse(client.host if client else "")(scope, receive, send)

    server = ProxyHeadersMiddleware(show, allowed or trusted_proxies())  # type: ignore[arg-type]
    transport = httpx.ASGITransport(app=server, client=(peer, 50000))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
        return (await http.get("/", headers={"X-Forwarded-For": forwarded})).text


@pytest.mark.parametrize(
    "forwarded", [CALLER, f"{FORGED}, {CALLER}", f"{FORGED}, 10.1.2.3, {CALLER}", f"{FORGED}, {CALLER}, 10.244.0.1"]
)
async def test_what_a_caller_wrote_before_their_address_is_not_trusted(forwarded: str) -> None:
    assert await seen_address(forwarded) == CALLER


async def test_a_caller_who_is_no_proxy_is_not_trusted_at_all() -> None:
    assert await seen_address(FORGED, peer=CALLER) == CALLER


async def test_everybodys_word_would_be_the_callers() -> None:
    """Why no file says `*`."""
    assert await seen_address(f"{FORGED}, {CALLER}", allowed="*") == FORGED


def test_only_private_networks_are_proxies() -> None:
    networks = [ip_network(text) for text in trusted_proxies().split(",")]
    assert networks
    for network in networks:
        assert network.is_private or network == ip_network("100.64.0.0/10"), network


def test_no_file_of_deploy_trusts_everybody() -> None:
    for file in (CHECKOUT / "deploy").rglob("*"):
        if file.is_file():
            said = re.findall(r"FORWARDED_ALLOW_IPS\W+(?:value)?\W*(\*)", file.read_text())
            assert not said, file
