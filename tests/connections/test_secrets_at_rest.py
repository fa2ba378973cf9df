"""What opens an account, a channel or a webhook stands in clear nowhere: tables, a dump, PostgreSQL and Redis."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arti.jobs import WorkerContext
from arti.vocabulary import Provider
from tests.automation.conftest import SLACK_URL
from tests.conftest import World
from tests.connections.conftest import SimulatorControl, connect, make_artist
from tests.privacy.search import search_dump, search_redis, search_tables

NAME = "Velvet Harbor"


def texts_in(value: Any) -> Iterator[str]:
    """Yield the texts of an opened secret that are long enough to be one."""
    if isinstance(value, dict):
        for name, part in value.items():
            if "scope" not in name:  # what the account allows is shown to members
                yield from texts_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from texts_in(part)
    elif isinstance(value, str) and len(value) >= 12 and " " not in value:
        yield value


@pytest.mark.timeout(300)
async def test_no_secret_stands_in_clear_anywhere(
    world: World, worker_context: WorkerContext, simulator: SimulatorControl, redis_url: str, tmp_path: Path
) -> None:
    member, database = await world.member(), world.database
    artist = await make_artist(world, member, NAME)
    for provider in Provider:
        assert "connected=" in await connect(world, member, provider, artist, NAME)
    slack = {"kind": "slack", "name": "Team", "secret": SLACK_URL}
    n8n = {"kind": "n8n", "name": "Flow", "target": {"url": "https://n8n.label.test/webhook/zyx-planted-address"}}
    given = [
        ("/api/channels", slack),
        ("/api/channels", n8n),
        ("/api/webhook-sources", {"source": "custom"}),
        ("/api/webhook-sources", {"source": "meta", "secret": "zyx-planted-app-secret"}),
        ("/api/upload-links", {"artist_id": str(artist)}),
    ]
    secrets = {SLACK_URL, "zyx-planted-app-secret", "zyx-planted-address"}
    for path, body in given:
        answer = await member.http.post(path, json=body)
        assert answer.status_code == 201, answer.text
        shown = answer.json()
        secrets |= {shown[name] for name in ("secret", "verify_token") if shown.get(name)}
        if path == "/api/upload-links":
            secrets.add(shown["url"].partition("#")[2])
    rows = await database.as_owner("select kind, ref, sealed from private.vault where org_id = $1", member.org_id)
    kinds = {row["kind"] for row in rows}
    for row in rows:
        opened = worker_context.vault.open(row["sealed"], owner_id=member.org_id, kind=row["kind"], ref=row["ref"])
        secrets |= {text for text in texts_in(opened) if not text.startswith("https://www.")}
    assert {"account", "channel", "webhook_source"} <= kinds
    assert len(secrets) >= 12

    await database.as_owner("checkpoint")
    [place] = await database.as_owner("select oid from pg_database where datname = $1", database.name)
    folder = database.cluster.folder
    files = [*(folder / "pg_wal").glob("0*"), *(folder / "base" / str(place["oid"])).iterdir()]
    assert sum(file.stat().st_size for file in files) > 10_000_000
    stored = [file.read_bytes() for file in files]
    for secret in secrets:
        assert await search_tables(database, secret) == {}, secret
        assert search_dump(database, tmp_path, secret) == 0, secret
        assert await search_redis(redis_url, secret) == [], secret
        assert not any(secret.encode() in content for content in stored), secret
