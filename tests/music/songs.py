"""Make assets as a sync does, and let the worker match them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti.jobs import WorkerContext
from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import EventType, Provider
from arti_core.database import job_transaction
from arti_core.outbox import record_event
from tests.conftest import Member
from tests.factories.observations import store_observations
from tests.job_runner import run_due_jobs

ISRC = "QZAR22600001"
RELEASED = date(2026, 5, 1)


def track(id: str, title: str, *, seconds: int | None = 180, on: date | None = RELEASED, **more: Any) -> AssetRecord:
    """Return a track of a platform."""
    duration = seconds * 1000 if seconds else None
    return AssetRecord(id, more.pop("kind", "track"), title, None, on, duration_ms=duration, **more)


async def sync(
    worker_context: WorkerContext,
    org_id: UUID,
    artist_id: UUID,
    provider: Provider,
    assets: Sequence[AssetRecord],
    observations: Sequence[Observation] = (),
) -> None:
    """Store what a sync brings, and do the work that follows from it."""
    terms = "own" if provider is Provider.SPOTIFY and observations else f"{provider.value}_api"
    await store_observations(
        worker_context, org_id, artist_id, list(observations), assets, provider=provider, terms=terms
    )
    async with job_transaction(worker_context.pool, org_id) as connection:
        await record_event(
            connection, org_id, EventType.SYNC_FINISHED, {"artist_id": str(artist_id), "provider": provider.value}
        )
    done = await run_due_jobs(worker_context)
    assert ("music.match", "done") in done


async def list_songs(member: Member, artist_id: UUID) -> list[dict[str, Any]]:
    """Return an artist's songs, as the API lists them."""
    answer = await member.http.get(f"/api/artists/{artist_id}/recordings", params={"sort": "title"})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def titles(songs: Sequence[dict[str, Any]]) -> list[str]:
    return [f"{song['title']} ({song['version_title']})" if song["version_title"] else song["title"] for song in songs]


def platforms(song: dict[str, Any]) -> list[str]:
    return sorted(asset["provider"] for asset in song["assets"])


async def waiting(member: Member) -> list[dict[str, Any]]:
    """Return the matches that wait for a person."""
    items: list[dict[str, Any]] = (await member.http.get("/api/match-candidates")).json()["items"]
    return items
