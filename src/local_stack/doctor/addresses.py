"""The public addresses: names, certificates, what answers there, and that webhooks come through."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from arti.settings import Settings
from arti_core import clock
from arti_core.errors import ArtiError
from arti_core.http_client import OutboundClient
from arti_core.setting_checks import is_private_host
from local_stack.doctor.diagnosis import Diagnosis, ok, problem, skipped, warning

_SECONDS = 8.0
_SOON_SECONDS = 14 * 86_400
# Proxies renew when a third is left. Authorities of one's own certify for hours, public ones for six days and more.
_LAST_SHARE = 0.25
_PROXY = "Start the proxy: docs/operating.md, and deploy/Caddyfile."


def public_addresses(settings: Settings) -> dict[str, str]:
    """Return the public URLs by the setting that names them, without those of this machine."""
    named = {
        "SITE_URL": settings.site_url,
        "API_URL": settings.api_url,
        "API_EXTERNAL_URL": settings.public_supabase_url,
        "ARTI_CONSOLE_URL": settings.arti_console_url,
    }
    return {name: url for name, url in named.items() if url and not is_private_host(urlsplit(url).hostname or "")}


async def check_addresses(settings: Settings) -> AsyncIterator[Diagnosis]:
    """Yield what is wrong with names and certificates, and which parts answer."""
    addresses = public_addresses(settings)
    if not addresses:
        yield skipped("addresses", "All addresses are of this machine. Set ARTI_DOMAIN to be reached from elsewhere.")
        return
    good = set()
    for place in sorted({urlsplit(url).netloc for url in addresses.values()}):
        host, port = urlsplit(f"//{place}").hostname or "", urlsplit(f"//{place}").port or 443
        found = await _check_name(host)
        yield found
        if found.state == "problem":
            continue
        certificate = await _check_certificate(host, port)
        yield certificate
        if certificate.state != "problem":
            good.add(place)
    client = OutboundClient(allowed_hosts=frozenset(urlsplit(f"//{place}").hostname or "" for place in good))
    try:
        for name, path, statuses in (
            ("SITE_URL", "/config.json", {200}),
            ("API_URL", "/healthz", {200}),
            ("API_EXTERNAL_URL", "/auth/v1/health", {200, 401}),
            # Unsigned: it is refused by its signature, and so came through.
            ("API_URL", "/webhooks/insight-created", {401}),
        ):
            url = addresses.get(name)
            if url and urlsplit(url).netloc in good:
                yield await _check_answer(client, name, url, path, statuses)
    finally:
        await client.close()


async def _check_name(host: str) -> Diagnosis:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except OSError:
        remedy = "Add an A record, and AAAA for IPv6, at your DNS provider; it may take an hour to be seen."
        return problem("DNS", f"{host} leads nowhere.", remedy)
    leads_to = sorted({str(entry[4][0]) for entry in found})
    text = f"{host} leads to {', '.join(leads_to)}."
    if all(is_private_host(address) for address in leads_to):
        return warning("DNS", text, "This is an address of a private network: only browsers in it get there.")
    return ok("DNS", text)


async def _check_certificate(host: str, port: int) -> Diagnosis:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(host, port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        return problem("certificates", f"The certificate of {host} is refused: {error.verify_message}.", _PROXY)
    except (OSError, TimeoutError) as error:
        return problem("certificates", f"Nothing speaks TLS at {host}:{port} ({type(error).__name__}).", _PROXY)
    certificate, version = writer.get_extra_info("peercert"), writer.get_extra_info("ssl_object").version()
    writer.close()
    ends, begins = (ssl.cert_time_to_seconds(certificate[name]) for name in ("notAfter", "notBefore"))
    left = ends - clock.now().timestamp()
    text = f"{host}: {version}, good for {_show_time(left)}."
    if is_renewal_late(left, lifetime=ends - begins):
        return warning("certificates", text, "See the proxy's log: it should have been renewed by now.")
    return ok("certificates", text)


def is_renewal_late(left: float, *, lifetime: float) -> bool:
    """Return whether a certificate should have been renewed, from the seconds it is still and was ever good for."""
    return left < min(_SOON_SECONDS, _LAST_SHARE * lifetime)


def _show_time(seconds: float) -> str:
    hours = round(seconds / 3600)
    return f"{hours} hours" if hours < 48 else f"{round(hours / 24)} days"


async def _check_answer(client: OutboundClient, name: str, url: str, path: str, statuses: set[int]) -> Diagnosis:
    method = "POST" if "webhooks" in path else "GET"
    area = "webhooks" if "webhooks" in path else "addresses"
    try:
        body: dict[str, str] | None = {} if method == "POST" else None
        answer = await client.call(method, f"{url}{path}", json=body, timeout_seconds=_SECONDS)
    except ArtiError as error:
        return problem(area, f"{name}: {error.message}", _PROXY)
    if answer.status not in statuses:
        text = f"{url}{path} answers {answer.status}, not {' or '.join(map(str, sorted(statuses)))}."
        return problem(area, text, f"Something else may answer there, or the service is down. {_PROXY}")
    if method == "GET" and "strict-transport-security" not in answer.headers:
        return warning(area, f"{url}{path} answers without Strict-Transport-Security.", "Let the proxy pass it on.")
    return ok(area, f"{url}{path} answers.")
