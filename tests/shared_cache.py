"""A cache between clients and a service, as a content network is one."""

from typing import Any

import httpx2 as httpx


class SharedCache:
    """Keeps what RFC 9111 lets a shared cache keep, and what careless ones keep: answers without Cache-Control too.

    `Authorization` is no part of its key, as in caches that are told to ignore it.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[dict[str, str], httpx.Response]] = {}
        self.hits: list[str] = []

    async def get(self, client: httpx.AsyncClient, url: str, **arguments: Any) -> httpx.Response:
        request = client.build_request("GET", url, **arguments)
        key = str(request.url)
        if key in self._kept:
            chosen, kept = self._kept[key]
            if all(request.headers.get(name, "") == value for name, value in chosen.items()):
                self.hits.append(key)
                return kept
        answer = await client.send(request)
        rules = {rule.strip().partition("=")[0] for rule in answer.headers.get("cache-control", "").split(",")}
        varies = [name.strip().lower() for name in answer.headers.get("vary", "").split(",") if name.strip()]
        if answer.status_code < 500 and not rules & {"no-store", "private", "no-cache"} and "*" not in varies:
            names = [name for name in varies if name != "authorization"]
            self._kept[key] = ({name: request.headers.get(name, "") for name in names}, answer)
        return answer
