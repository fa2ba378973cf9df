"""A browser that records its redirects."""

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2 as httpx

if TYPE_CHECKING:
    from tests.supabase_local.conftest import Gateway

SITE = "http://127.0.0.1:3000"


class Browser:
    """Follows redirects one by one, as a browser does, and stops at a page of the site."""

    def __init__(self) -> None:
        self.http = httpx.AsyncClient(timeout=20, follow_redirects=False)
        self.trail: list[str] = []

    async def open(self, url: str) -> str:
        while not url.startswith((SITE, "https://app.example/")):
            response = await self.http.get(url)
            assert response.status_code in (302, 303), response.text
            url = response.headers["location"]
            self.trail.append(url)
        return url


def start(gateway: "Gateway", provider: str = "google", **query: str) -> str:
    return f"{gateway.url}/auth/v1/authorize?{urlencode({'provider': provider} | query)}"


def fragment(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).fragment, keep_blank_values=True))


def query(url: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))


async def user_of(gateway: "Gateway", token: str) -> dict[str, Any]:
    response = await gateway.http.get("/auth/v1/user", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200, response.text
    user: dict[str, Any] = response.json()
    return user
