"""A public internet on loopback: names with public addresses, and a TLS server behind them. All else is closed."""

import asyncio
import datetime
import ipaddress
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

PUBLIC = "93.184.216.34"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class FakeInternet:
    """`names`: each look-up uses up one answer, the last stays. `servers`: the local port behind a public address."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    servers: dict[str, int] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[tuple[str, int]] = field(default_factory=list)

    def add(self, name: str, *addresses: str) -> None:
        self.names[name] = [list(addresses)]

    def resolve(self, name: str) -> list[str]:
        self.looked_up.append(name)
        answers = self.names.get(name)
        if answers is None:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@asynccontextmanager
async def open_internet(
    monkeypatch: pytest.MonkeyPatch, folder: Path, serve: Serve, *certified: str
) -> AsyncIterator[FakeInternet]:
    """Serve at PUBLIC with a certificate for the names `certified`, which new clients trust."""
    made = FakeInternet()
    real_lookup, real_connect = socket.getaddrinfo, anyio.connect_tcp

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **options: Any) -> list[Any]:
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in made.resolve(host)]
        return real_lookup(host, port, *arguments, **options)

    async def connect_tcp(remote_host: str, remote_port: int, **options: Any) -> Any:
        made.connected.append((remote_host, remote_port))
        if remote_host not in made.servers:
            raise ConnectionRefusedError(f"{remote_host}:{remote_port} is closed")
        return await real_connect("127.0.0.1", made.servers[remote_host], **options)

    certificate = write_certificate(folder, certified)
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(anyio, "connect_tcp", connect_tcp)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    open_calls: set[asyncio.Event] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended = asyncio.Event()
        open_calls.add(ended)
        try:
            await serve(reader, writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            ended.set()

    async with AsyncExitStack() as stack:
        server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
        stack.callback(server.close)
        made.servers[PUBLIC] = server.sockets[0].getsockname()[1]
        yield made
        for ended in open_calls:
            await ended.wait()


_LONG = datetime.datetime(2200, 1, 1, tzinfo=datetime.UTC)


def write_certificate(folder: Path, names: tuple[str, ...], *, ends: datetime.datetime = _LONG) -> Path:
    """Return a file with a key and a certificate for `names`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file
