"""What a process sees of its surroundings: certificates of the public addresses, and ports open to other machines."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import psutil

from arti.settings import Settings
from arti_core.clock import now

_CONNECT_SECONDS: Final = 5.0
INVALID: Final = -1.0


async def list_certificates(settings: Settings) -> dict[str, float]:
    """Return for each public https address the seconds until its certificate ends; INVALID when it is none.

    An address that does not answer is left out: that is another problem.
    """
    urls = {urlsplit(url) for url in (settings.site_url, settings.api_url, settings.public_supabase_url)}
    places = sorted({(url.hostname, url.port or 443) for url in urls if url.scheme == "https" and url.hostname})
    found = await asyncio.gather(*(_read_certificate(host, port) for host, port in places))
    return {host: seconds for (host, _), seconds in zip(places, found, strict=True) if seconds is not None}


async def _read_certificate(host: str, port: int) -> float | None:
    try:
        async with asyncio.timeout(_CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    except ssl.SSLError:
        return INVALID
    except (OSError, TimeoutError):
        return None
    try:
        certificate = writer.get_extra_info("ssl_object").getpeercert()
        ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
        return (ends - now()).total_seconds()
    finally:
        writer.close()


def list_unexpected_ports(settings: Settings) -> list[int]:
    """Return the ports of this machine that other machines may reach and that nobody named, in production.

    ARTi's own are expected where ARTI_BIND opens them, as in a container. A firewall is not looked at.
    """
    if not settings.is_production:
        return []
    expected = {int(port) for port in settings.expected_ports.split(",") if port.strip()}
    if not _is_loopback(settings.arti_bind):
        expected |= {
            *(settings.arti_web_port, settings.arti_api_port, settings.arti_worker_port, settings.arti_gateway_port)
        }
    listening = (found.laddr for found in psutil.net_connections("tcp") if found.status == psutil.CONN_LISTEN)
    return sorted({place.port for place in listening if not _is_loopback(place.ip)} - expected)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
