"""Certificates of the public addresses, and ports open to other machines."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from arti.ops.monitoring.rules import examine_certificates, examine_ports
from arti.ops.monitoring.surroundings import INVALID, list_certificates, list_unexpected_ports
from arti.settings import Settings
from arti_core.clock import now
from tests.certificates import tls_server

DAY = 86_400


@pytest.mark.parametrize(("days", "is_alert"), [(13, True), (15, False)])
async def test_a_certificate_of_under_fourteen_days_is_an_alert(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, is_alert: bool
) -> None:
    async with tls_server(tmp_path, monkeypatch, ends=now() + timedelta(days=days, hours=1)) as port:
        found = await list_certificates(settings.model_copy(update={"site_url": f"https://localhost:{port}"}))
    assert found["localhost"] == pytest.approx(days * DAY + 3600, abs=60)
    problems = examine_certificates(found)
    assert list(problems) == (["certificate:localhost"] if is_alert else [])
    if is_alert:
        assert "ends in 13 days" in problems["certificate:localhost"].detail


async def test_a_certificate_of_another_name_is_an_alert_and_a_silent_address_is_none(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tls_server(tmp_path, monkeypatch, ends=now() + timedelta(days=90), name="other.test") as port:
        urls = {"site_url": f"https://localhost:{port}", "api_url": "https://127.0.0.1:1"}
        found = await list_certificates(settings.model_copy(update=urls))
    assert found == {"localhost": INVALID}
    assert "not valid" in examine_certificates(found)["certificate:localhost"].detail


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.create_server(("0.0.0.0", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_is_not_expected_is_an_alert_in_production(settings: Settings, open_port: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as inner:
        production = settings.model_copy(update={"arti_environment": "production"})
        found = list_unexpected_ports(production)
        assert open_port in found
        assert inner.getsockname()[1] not in found
        assert str(open_port) in examine_ports(found)["ports"].detail
        named = production.model_copy(update={"expected_ports": f"22,{open_port}"})
        assert open_port not in list_unexpected_ports(named)
        opened = production.model_copy(update={"arti_bind": "0.0.0.0", "arti_api_port": open_port})
        assert open_port not in list_unexpected_ports(opened)
    assert list_unexpected_ports(settings) == []  # a developer's machine has many
