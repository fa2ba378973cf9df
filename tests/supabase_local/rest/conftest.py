"""A gateway over the schema `shop`, which has every kind of relationship."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from arti.settings import Settings
from supabase_local.keys.signing_keys import LocalKeys
from tests.conftest import Database
from tests.supabase_local.conftest import Gateway, opened

SHOP = Path(__file__).parent / "files" / "shop.sql"
BACK = {"Prefer": "return=representation"}
ONE = {"Accept": "application/vnd.pgrst.object+json"}


@dataclass
class Shop:
    """`http` speaks as anon, `admin` as service_role. Paths are relative to /rest/v1/."""

    gateway: Gateway
    database: Database
    http: httpx.AsyncClient = field(repr=False)
    admin: httpx.AsyncClient = field(repr=False)

    async def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self.http.request(method, f"/rest/v1/{path}", **more)

    async def rows(self, path: str, **more: Any) -> Any:
        """Return the body of a GET that must succeed."""
        response = await self.request("GET", path, **more)
        assert response.status_code in (200, 206), (path, response.text)
        return response.json()


@pytest.fixture
def shop_settings() -> dict[str, Any]:
    """Settings of the gateway that a module overrides."""
    return {}


@pytest.fixture
async def shop(
    database: Database,
    gateway_settings: Callable[..., Settings],
    local_keys: LocalKeys,
    shop_settings: dict[str, Any],
) -> AsyncIterator[Shop]:
    await database.run_script(SHOP.read_text())
    settings = gateway_settings(pgrst_db_schemas="shop,annex,public", **shop_settings)
    async with opened(database, settings, local_keys) as gateway:
        yield Shop(gateway, database, gateway.http, gateway.admin)
