"""How a mail reaches a server: in clear, by STARTTLS, by TLS from the first byte, or not at all."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from arti_core import clock, mail
from tests.automation.fake_receivers import FakeMailServer, run_server

MESSAGE = mail.compose(
    sender="ARTi <arti@localhost>",
    recipient="ada@example.test",
    subject="Grüße, Ada",
    text="plain",
    html="<p>html</p>",
    message_id="7@arti",
)


async def send(url: str) -> mail.MailResult:
    return await mail.send(url, MESSAGE, timeout_seconds=5)


async def test_in_clear() -> None:
    sink = FakeMailServer()
    async with run_server(sink.serve) as port:
        for options in ("", "?starttls=never"):
            assert (await send(f"smtp://127.0.0.1:{port}{options}")).state == "sent"
    assert sink.mails[0]["Subject"] == "Grüße, Ada"
    assert sink.mails[0]["Message-ID"] == "<7@arti>"


async def test_required_tls_that_is_not_offered() -> None:
    sink = FakeMailServer()
    async with run_server(sink.serve) as port:
        ended = await send(f"smtp://127.0.0.1:{port}?starttls=always")
    assert (ended.state, sink.mails) == ("later", [])
    assert "Check SMTP_URL" in (ended.error or "")


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "both.pem").write_bytes(private + certificate.public_bytes(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "both.pem")
    return context


async def test_an_untrusted_certificate(tmp_path: Path) -> None:
    sink = FakeMailServer()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, ssl=self_signed(tmp_path))
    port = server.sockets[0].getsockname()[1]
    try:
        ended = await send(f"smtps://localhost:{port}")
    finally:
        server.close()
    assert (ended.state, sink.mails) == ("later", [])


async def test_no_server_listens(unused_tcp_port: int) -> None:
    assert (await send(f"smtp://127.0.0.1:{unused_tcp_port}")).state == "later"


@pytest.mark.parametrize(("code", "state"), [(250, "sent"), (451, "later"), (550, "refused"), (0, "unknown")])
async def test_replies_are_classified(code: int, state: str) -> None:
    sink = FakeMailServer(answers=[code])
    async with run_server(sink.serve) as port:
        assert (await send(f"smtp://127.0.0.1:{port}")).state == state
