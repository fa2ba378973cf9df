"""A TLS server on loopback with a certificate of its own, which new clients trust."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.fake_internet import write_certificate


@asynccontextmanager
async def tls_server(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, ends: datetime, name: str = "localhost"
) -> AsyncIterator[int]:
    """Serve nothing but the handshake. Gives the port."""
    certificate = write_certificate(folder, (name,), ends=ends.astimezone(UTC))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    async def handle(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
