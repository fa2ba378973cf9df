"""Who may open the console where a proxy publishes it: browsers of the networks of ARTI_CONSOLE_ALLOW."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from arti.ops.console.rendering import render
from arti.ops.console.session_guard import html

log = structlog.get_logger()


class AllowedNetworks:
    """Refuses requests under the public host that come from elsewhere; under other names the console is local."""

    def __init__(self, app: ASGIApp, url: str, networks: str) -> None:
        self._app = app
        self._host = (urlsplit(url).netloc or "").lower()
        self._networks = [ip_network(network.strip()) for network in networks.split(",") if network.strip()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._host and Headers(scope=scope).get("host", "").lower() == self._host:
            client = scope.get("client")
            address = client[0] if client else ""
            if not self._is_allowed(address):
                log.warning("the console refused an address that is in no network of its list", address=address)
                error = f"{address or 'This address'} is not in ARTI_CONSOLE_ALLOW, the networks that may come here."
                await html(render("error.html", "Not from here", error=error), 403)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _is_allowed(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)
