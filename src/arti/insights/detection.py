"""From stored days to insights: detect, verify, group, retrieve passages, choose clauses, verify again, write.

Detectors and model calls run outside any transaction; an insight, its evidence and its event are one transaction.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from arti.insights import detection_store as store
from arti.insights.detection_store import ReportedFinding
from arti.insights.detectors import DailySeries, Finding, Placed, SeriesSubject, build_series, detect, detect_stale_data
from arti.insights.knowledge.openai_client import has_model
from arti.insights.knowledge.service import RetrievedPassage, find_passage, find_passages
from arti.insights.knowledge.store import has_chunks
from arti.insights.model_use.service import choose_clauses
from arti.insights.narration.narrator import TEMPLATES, is_worth_asking
from arti.insights.narration.offers import Narration, choose_by_template, offer_clauses
from arti.insights.stories import store as stories_store
from arti.insights.stories.creation import add_parts, create_insight, take_in, verify_findings
from arti.insights.stories.grouping import Story, group_findings
from arti.insights.stories.past_numbers import summarise_past
from arti.jobs import JobRun
from arti.music.store import find_artist_name
from arti.orgs.locale_store import read_language
from arti.providers.terms import OWN, OWN_LABEL, terms_of
from arti.settings import Settings
from arti.vocabulary import PLATFORM_NAMES, Provider
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Unavailable

MAX_VERIFIED: Final = 200
MAX_NEW: Final = 20  # as many stories as a person reads about one artist at once; the rest is found again the next day
MODEL_INSIGHTS_PER_DAY: Final = 200
MODEL_CALLS_AT_ONCE: Final = 4
PASSAGES: Final = 2


async def detect_for_artist(job: JobRun, artist_id: UUID, *, stale_only: bool = False) -> int:
    """Publish what is new about an artist. Returns how many insights were created."""
    async with job.transaction() as connection:
        name = await find_artist_name(connection, job.org_id, artist_id)
        if name is None:
            return 0
        rows = await store.read_series(connection, job.org_id, artist_id)
        reported = await store.list_reported(connection, job.org_id, artist_id)
        placed = await store.list_placed(connection, job.org_id, artist_id)
        syncing = await store.list_syncing_providers(connection, job.org_id, artist_id)
        events = await stories_store.list_events(connection, job.org_id, artist_id)
        open_stories = await stories_store.list_open_stories(connection, job.org_id, artist_id)
    series = [built for row in rows if (built := _build_series(artist_id, row)) is not None]
    found = await asyncio.to_thread(_detect, artist_id, series, placed, stale_only)
    new = [finding for finding in found if not is_reported(finding, reported) and not is_premature(finding, syncing)]
    if not new:
        return 0
    settings = job.worker_context.settings
    async with job.transaction() as connection:
        verified = await verify_findings(connection, job.org_id, new[:MAX_VERIFIED])
        stories = group_findings(verified, events=events, open_stories=open_stories, today_in=clock.today_in)
        stories = summarise_past(stories, series, open_stories=open_stories, today=clock.today())
        chosen = [story for story in stories if story.lead is not None][:MAX_NEW]
        passages = [
            [
                *await _cite_cause(connection, job.org_id, story),
                *await _find_passages(connection, job.org_id, story, artist_name=name, settings=settings),
            ][:PASSAGES]
            for story in chosen
        ]
        model_texts = await store.count_model_narrations(connection, job.org_id)
        language = await read_language(connection, job.org_id)
    narrations = await _narrate(job, chosen, model_budget=MODEL_INSIGHTS_PER_DAY - model_texts)
    created = 0
    async with job.transaction() as connection:
        await store.lock_artist(connection, artist_id)
        reported = await store.list_reported(connection, job.org_id, artist_id)
        for story in stories:  # another job may have written some of it between the two reads
            story.parts = [part for part in story.parts if not is_reported(part, reported)]
        for story, cited, (narration, narrator) in zip(chosen, passages, narrations, strict=True):
            if story.lead is not None and not is_reported(story.lead, reported):
                created += await create_insight(
                    connection,
                    job.org_id,
                    story,
                    narration,
                    cited,
                    narrator=narrator,
                    artist_name=name,
                    language=language,
                )
        for story in stories:
            if story.insight_id is not None:
                await add_parts(
                    connection, job.org_id, story.insight_id, story.parts, artist_name=name, language=language
                )
                await take_in(connection, job.org_id, story.insight_id, story)
    return created


def _detect(artist_id: UUID, series: Sequence[DailySeries], placed: Sequence[Row], stale_only: bool) -> list[Finding]:
    today_in = clock.today_in
    if stale_only:
        return list(detect_stale_data(series, today_in=today_in))
    return detect(series, today_in=today_in, placed=[_build_placed(artist_id, row) for row in placed])


def _build_placed(artist_id: UUID, row: Row) -> Placed:
    about = SeriesSubject(
        series_id=row["series_id"],
        artist_id=artist_id,
        provider=row["provider"],
        metric="consumption.streams",
        metric_name="Streams",
        unit="streams",
        kind="flow",
        asset_id=row["asset_id"],
        asset_key=row["song_key"] or "",
        asset_title=row["song"] or "",
        terms=row["terms"],
        imported=True,
        time_zone=row["time_zone"],
    )
    streams = build_series(about, [row["to_on"]], [row["streams"]], [1])
    assert streams is not None
    was_there = row["start_known"] == "before"
    return Placed(
        streams=streams,
        listeners_id=row["listeners_id"],
        listeners=row["listeners"],
        title=row["title"],
        kind=row["kind"],
        playlist_key=str(row["playlist_id"]),
        from_on=row["from_on"],
        to_on=row["to_on"],
        entered=None if was_there else (row["started_not_before"], row["started_not_after"]),
        left=(row["ended_not_before"], row["ended_not_after"]) if row["ended"] else None,
    )


def _build_series(artist_id: UUID, row: Row) -> DailySeries | None:
    about = SeriesSubject(
        series_id=row["id"],
        artist_id=artist_id,
        provider=row["provider"],
        provider_name=row["provider_name"] or "",
        metric=row["metric"],
        metric_name=row["metric_name"],
        unit=row["unit"],
        kind=row["kind"],
        higher_is_better=row["higher_is_better"],
        asset_id=row["asset_id"],
        asset_key=row["asset_key"] or "",
        asset_title=row["asset_title"] or "",
        terms=row["terms"],
        imported=row["imported"],
        time_zone=row["time_zone"],
        changed_on=row["changed_on"],
        unbroken_metric=row["unbroken_metric"] or "",
        unbroken_name=row["unbroken_name"] or "",
        interval_days=row["interval_days"],
        released_on=row["released_on"],
    )
    return build_series(about, row["days"], row["values"], row["definitions"], gains=row["gains"])


def is_reported(finding: Finding, reported: Sequence[ReportedFinding]) -> bool:
    """Return whether this finding, or the same one on a neighbouring day, is an insight already."""
    about = finding.series.about
    subject = (finding.detector, about.provider, about.metric, about.asset_id)
    return any(
        finding.fingerprint == other.fingerprint
        or (
            subject == (other.detector, other.provider, other.metric, other.asset_id)
            and finding.is_same_as(other.happened_on)
        )
        for other in reported
    )


def is_premature(finding: Finding, syncing: Collection[str]) -> bool:
    """Return whether a finding says that data is stale which a sync may be bringing right now."""
    about = finding.series.about
    return finding.detector == "stale_data" and about.terms not in (OWN, OWN_LABEL) and about.provider in syncing


async def _cite_cause(connection: Connection, org_id: UUID, story: Story) -> Sequence[RetrievedPassage]:
    """Return the passage that names the day of a story, where a document is what may be its cause."""
    if story.cause is None or story.cause.chunk_id is None:
        return ()
    cited = await find_passage(connection, org_id, story.cause.chunk_id)
    return () if cited is None else (cited,)


async def _find_passages(
    connection: Connection, org_id: UUID, story: Story, *, artist_name: str, settings: Settings
) -> Sequence[RetrievedPassage]:
    """Return passages that name the artist or the work; similarity alone would always find something."""
    assert story.lead is not None
    about = story.lead.series.about
    if not terms_of(about.terms).may_reach_model or not await has_chunks(connection, org_id):
        return ()
    # Spotify's terms forbid embedding its content, so titles of its works are not part of the query.
    title = about.asset_title if about.provider != Provider.SPOTIFY else ""
    platform = PLATFORM_NAMES.get(about.provider, about.provider_name)
    query = f"{artist_name} {title}: {about.metric_name} on {platform}, release, press, campaign"
    try:
        found = await find_passages(
            connection, org_id, question=query, artist_id=about.artist_id, limit=8, settings=settings
        )
    except Unavailable:
        return ()
    names = [name.lower() for name in (artist_name, about.asset_title) if len(name) > 2]
    matching = [
        passage
        for passage in found
        if any(name in f"{passage.title}\n{passage.text}".lower() for name in names)
        and (story.cause is None or passage.chunk_id != story.cause.chunk_id)
    ]
    return matching[:PASSAGES]


async def _narrate(job: JobRun, stories: Sequence[Story], *, model_budget: int) -> list[tuple[Narration, str]]:
    """Return the clauses of each story and who chose them. Only the first `model_budget` may use the model."""
    limit, settings = asyncio.Semaphore(MODEL_CALLS_AT_ONCE), job.worker_context.settings

    async def choose(position: int, story: Story) -> tuple[Narration, str]:
        assert story.lead is not None
        offer = offer_clauses(story.lead, cause_on=story.cause.on if story.cause else None)
        may = position < model_budget and terms_of(story.lead.series.about.terms).may_reach_model
        if may and has_model(settings) and is_worth_asking(offer):
            async with limit:
                if chosen := (await choose_clauses(job, offer)).narration:
                    return chosen, settings.openai_model
        return choose_by_template(offer), TEMPLATES

    return await asyncio.gather(*(choose(position, story) for position, story in enumerate(stories)))
