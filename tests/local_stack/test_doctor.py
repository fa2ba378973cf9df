"""`./arti doctor`: each fault that it looks for is found, and what is well is said to be well."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from arti.settings import Settings
from arti_core import clock
from local_stack.data_directory import DataDirectory
from local_stack.doctor import machine
from local_stack.doctor.addresses import check_addresses, is_renewal_late
from local_stack.doctor.command import examine
from local_stack.doctor.diagnosis import Diagnosis
from local_stack.doctor.external_services import check_mail, check_providers, check_services
from local_stack.environment import PORTS
from tests.automation.fake_receivers import FakeMailServer, run_server
from tests.conftest import free_port
from tests.connections.conftest import simulators_url

__all__ = ["simulators_url"]
HOST = "app.label.example"


async def collect(findings: AsyncIterator[Diagnosis]) -> list[Diagnosis]:
    return [finding async for finding in findings]


def states(findings: list[Diagnosis], area: str = "") -> list[str]:
    return [finding.state for finding in findings if not area or finding.area == area]


async def test_settings_that_do_not_fit_end_it_with_all_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("TWILIO_FROM", "+4930123456")
    monkeypatch.setenv("ARTI_CONSOLE_URL", "https://db.example")
    found = await collect(examine(DataDirectory(tmp_path)))
    assert states(found, "settings") == ["problem", "problem"]
    monkeypatch.setenv("ARTI_API_PORT", "http")
    assert "ARTI_API_PORT" in (await collect(examine(DataDirectory(tmp_path))))[-1].text


async def test_a_taken_port_and_a_full_disk_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name in PORTS:
        monkeypatch.setenv(name, str(free_port()))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("ARTI_GATEWAY_PORT", str(taken.getsockname()[1]))
        monkeypatch.setattr(machine, "_LEAST_FREE", 2**62)
        found = await collect(examine(DataDirectory(tmp_path)))
    assert set(states(found, "disk")) == {"problem"}
    assert any("ARTI_GATEWAY_PORT" in finding.text for finding in found if finding.state == "problem")


async def test_mail_is_tried_with_its_login_and_sent_when_wanted(settings: Settings) -> None:
    assert states(await collect(check_mail(settings, ""))) == ["warning"]
    server = FakeMailServer()
    async with run_server(server.serve) as port:
        with_mail = settings.model_copy(
            update={"smtp_url": SecretStr(f"smtp://127.0.0.1:{port}"), "mail_from": "Label <arti@label.example>"}
        )
        assert states(await collect(check_mail(with_mail, ""))) == ["ok"]
        assert server.mails == []
        assert states(await collect(check_mail(with_mail, "ada@label.example"))) == ["ok", "ok"]
        assert server.mails[0]["To"] == "ada@label.example"
    [closed] = await collect(check_mail(with_mail, "ada@label.example"))
    assert (closed.state, "SMTP_URL" in closed.remedy) == ("problem", True)


async def test_an_app_that_a_provider_refuses_is_found(settings: Settings, simulators_url: str) -> None:
    simulated = settings.model_copy(update={"simulators_url": simulators_url})
    assert states(await collect(check_providers(simulated))) == ["ok", "skipped", "ok", "ok"]
    wrong = simulated.model_copy(update={"simulator_client_secret": SecretStr("a wrong one")})
    refused = await collect(check_providers(wrong))
    assert states(refused) == ["problem", "skipped", "problem", "problem"]
    assert "a wrong one" not in "".join(finding.text for finding in refused)


async def test_credentials_that_a_service_refuses_are_found(settings: Settings) -> None:
    answers = [b"401 Unauthorized", b"200 OK"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %s\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" % answers.pop(0))

    async with run_server(serve) as port:
        model = settings.model_copy(update={"openai_base_url": f"http://127.0.0.1:{port}/v1"})
        assert states(await collect(check_services(model)), "model") == ["problem"]  # 401
        second = await collect(check_services(model))
        assert states(second, "model") == ["ok"], second


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of HOST that signs itself, good for ten days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))  # OpenSSL goes by the machine's clock
        .not_valid_after(clock.now() + timedelta(days=10))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "certificate.pem"
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(encoded + made.public_bytes(serialization.Encoding.PEM))
    return file


async def test_names_and_certificates(settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    public = settings.model_copy(
        update={"site_url": f"https://{HOST}:{port}", "api_url": "https://nowhere.label.invalid"}
    )
    resolve = socket.getaddrinfo
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: resolve({HOST: "127.0.0.1"}.get(host, host), *more, **named)
    )
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    async with server:
        unknown = await collect(check_addresses(public))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        known = await collect(check_addresses(public))
    assert states(unknown, "certificates") == ["problem"]
    assert states(known, "certificates") == ["warning"], "it ends within 14 days"
    assert states(known, "DNS") == ["warning", "problem"]
    assert states(known, "addresses") == ["problem"], "nothing answers behind the TLS"


@pytest.mark.parametrize(
    ("left", "lifetime", "is_late"),
    [
        pytest.param(13 * 24, 90 * 24, True, id="a quarter of a year"),
        pytest.param(15 * 24, 90 * 24, False, id="a quarter of a year, in time"),
        pytest.param(5 * 24, 6 * 24, False, id="six days"),
        pytest.param(1 * 24, 6 * 24, True, id="six days, one left"),
        pytest.param(11, 12, False, id="twelve hours, of an authority of one's own"),
        pytest.param(2, 12, True, id="twelve hours, two left"),
    ],
)
def test_a_certificate_is_late_by_its_share(left: int, lifetime: int, is_late: bool) -> None:
    assert is_renewal_late(left * 3600, lifetime=lifetime * 3600) is is_late


async def test_an_unsigned_webhook_is_json(
    settings: Settings, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The API refuses what is no JSON before it looks at a signature: that says nothing of the way to it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status = 200 if head.startswith(b"get") else 401 if b"content-type: application/json" in head else 415
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    public = settings.model_copy(update={"api_url": f"https://{HOST}:{server.sockets[0].getsockname()[1]}"})
    resolve = socket.getaddrinfo
    here = {HOST: "127.0.0.1", HOST.encode(): "127.0.0.1"}
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, *more, **named: resolve(here.get(host, host), *more, **named)
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with server:
        found = await collect(check_addresses(public))
    assert states(found, "webhooks") == ["ok"], found
