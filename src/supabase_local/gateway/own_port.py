"""One service at a port of its own, as in upstream's architecture: GoTrue on 9999, PostgREST on 3000, Realtime on 4000.

There it has upstream's paths, without the prefix that the gateway takes away, and the key of browsers may be left out:
it is the gateway in front that asks for one. The gateway's paths are served too, so that a proxy may send either.
"""

from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

# Upstream's own paths, and where the gateway has them. The first that fits holds.
_PATHS: Final = {
    "auth": (("/", "/auth/v1/"),),
    "rest": (("/", "/rest/v1/"),),
    "realtime": (("/socket/", "/realtime/v1/"), ("/api/", "/realtime/v1/api/")),
}


class OwnPort:
    """The gateway's `app`, which serves `service` alone, under upstream's paths."""

    def __init__(self, app: ASGIApp, service: str, publishable_key: str) -> None:
        self._app = app
        self._paths = _PATHS[service]
        self._prefix = f"/{service}/v1"
        self._key = (b"apikey", publishable_key.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket"):
            scope["path"] = self._path(scope["path"])
            scope["raw_path"] = scope["path"].encode()
            if scope["type"] == "http" and not any(name == b"apikey" for name, _ in scope["headers"]):
                scope["headers"] = [*scope["headers"], self._key]
        await self._app(scope, receive, send)

    def _path(self, path: str) -> str:
        if path in ("/healthz", "/metrics") or f"{path}/".startswith(f"{self._prefix}/"):
            return path
        for own, at_gateway in self._paths:
            if path.startswith(own):
                return at_gateway + path.removeprefix(own)
        return path
