"""The outbound client refuses private addresses in every form, and connects to the address it checked."""

import asyncio
import socket

import pytest

from arti_core.errors import Unavailable
from arti_core.http_client import AddressNotAllowed, OutboundClient, is_public

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2002:c0a8:101::",
    "2001:db8::1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b:1::a00:1",
    "fec0::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_recognized(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_public_addresses_are_recognized(address: str) -> None:
    assert is_public(address)


REFUSED = [
    "https://127.0.0.1/",
    "https://localhost/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://user:pass@example.org/",
    "http://example.org/",
    "ftp://example.org/",
    "file:///etc/passwd",
    "https:///nohost",
    "gopher://127.0.0.1/",
    "https://127.0.0.1.:443/",
    "https://169.254.169.254/latest/meta-data/",
]


@pytest.mark.parametrize("url", REFUSED)
async def test_no_connection_is_made_to_a_refused_address(url: str) -> None:
    http_client = OutboundClient()
    try:
        with pytest.raises((AddressNotAllowed, Unavailable)):
            await http_client.call("GET", url)
    finally:
        await http_client.close()


async def test_a_name_that_leads_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def rebinding(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("93.184.216.34", "127.0.0.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", rebinding)
    http_client = OutboundClient()
    try:
        with pytest.raises(AddressNotAllowed, match="private"):
            await http_client.call("GET", "https://rebinding.example/")
    finally:
        await http_client.close()


async def test_an_allowed_host_is_called_and_its_body_is_capped() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1]
        body = b"x" * (11 * 1024 * 1024) if path == b"/big" else b"hello"
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body)
        try:
            await writer.drain()
        except ConnectionError:
            pass
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    http_client = OutboundClient(allowed_hosts=frozenset({f"127.0.0.1:{port}"}))
    try:
        assert (await http_client.call("GET", f"http://127.0.0.1:{port}/")).body == b"hello"
        with pytest.raises(Unavailable, match="more than 10 MiB"):
            await http_client.call("GET", f"http://127.0.0.1:{port}/big")
    finally:
        await http_client.close()
        server.close()
