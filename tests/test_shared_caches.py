"""A shared cache in front of a service: nobody gets an answer that was made for somebody else."""

from pathlib import Path

import httpx2 as httpx

from arti.settings import Settings
from arti.vocabulary import Role
from local_stack.web.server import create_web
from tests.conftest import World
from tests.isolation.operation_calls import make_call, operations
from tests.isolation.seeding import SeededOrg, TenantTables
from tests.shared_cache import SharedCache


async def test_answers_of_the_api_are_never_kept(world: World) -> None:
    owner, other = await world.member(role=Role.ADMIN), await world.member(role=Role.ADMIN)
    document = world.document
    cache = SharedCache()
    async with TenantTables.of(world.database) as tables:
        calls = [make_call(document, method, path, SeededOrg(tables)) for _, method, path in operations(document)]
    urls = [(call.path, call.query) for call in calls if call.method.upper() == "GET"]
    assert len(urls) > 40
    for path, query in urls:
        for client in (owner.http, other.http, world.anonymous):
            await cache.get(client, path, params=query)
    assert cache.hits == []


async def test_files_of_the_web_app_are_kept_so_the_cache_is_one(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "_next" / "static").mkdir(parents=True)
    (tmp_path / "_next" / "static" / "a.js").write_text("1")
    (tmp_path / "index.html").write_text("<!doctype html><title>A</title>")
    cache = SharedCache()
    transport = httpx.ASGITransport(app=create_web(settings, tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://app.test") as client:
        for path in ("/_next/static/a.js", "/config.json", "/"):
            for _ in range(2):
                assert (await cache.get(client, path)).status_code == 200
    assert [hit.removeprefix("http://app.test") for hit in cache.hits] == ["/_next/static/a.js"]
