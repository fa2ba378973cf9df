"""The schema cache is reloaded on NOTIFY and when a request has an unknown name."""

import asyncio
import time

import pytest

from supabase_local.rest.schema_cache import loader
from tests.supabase_local.rest.conftest import Shop


async def test_reloads_on_notify(shop: Shop) -> None:
    assert (await shop.request("GET", "fresh")).status_code == 404
    await shop.database.run_script(
        """create table shop.fresh (id integer primary key, artist_id integer references shop.artists (id));
           insert into shop.fresh values (1, 2); grant select on shop.fresh to anon;
           notify pgrst, 'reload schema'"""
    )
    until = time.monotonic() + 30
    while (response := await shop.request("GET", "fresh?select=id,artists(name)")).status_code == 404:
        assert time.monotonic() < until, response.text
        await asyncio.sleep(0.05)
    assert response.json() == [{"id": 1, "artists": {"name": 'Moth, "the"'}}]
    await shop.database.run_script("alter table shop.fresh add note text default 'n'; notify pgrst, 'reload schema'")
    while (response := await shop.request("GET", "fresh?select=note")).status_code == 400:
        assert time.monotonic() < until, response.text
        await asyncio.sleep(0.05)
    assert response.json() == [{"note": "n"}]


async def test_unknown_names_reload_at_most_every_five_seconds(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "_RELOAD_SECONDS", 3600.0)
    assert (await shop.request("GET", "artists?select=id")).status_code == 200
    await shop.database.run_script(
        """create table shop.quiet (id integer); grant select on shop.quiet to anon;
           alter table shop.tags add colour text;
           create function shop.quietly() returns integer language sql as 'select 1';
           grant execute on function shop.quietly() to anon"""
    )
    for path, status in (("quiet", 404), ("tags?select=colour", 400), ("rpc/quietly", 404)):
        assert (await shop.request("GET", path)).status_code == status
    monkeypatch.setattr(loader, "_RELOAD_SECONDS", 0.0)
    for path in ("tags?select=colour", "quiet", "rpc/quietly"):
        assert (await shop.request("GET", path)).status_code == 200, path
