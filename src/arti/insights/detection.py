"""From stored days to told insights: detect, prove, retrieve, word, verify, write.

The slow steps (detectors, a model) run outside any transaction; the insight, its evidence and its event are one.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from arti.insights import detection_store as store
from arti.insights.computations import Fact, compute
from arti.insights.detection_store import ReportedFinding
from arti.insights.detectors import DailySeries, Finding, SeriesSubject, build_series, detect, detect_stale_data
from arti.insights.knowledge.service import RetrievedPassage, find_passages
from arti.insights.narration.narrator import Narration, narrate
from arti.insights.narration.templates import provider_name, render_template, slot_words
from arti.insights.narration.verifier import agrees, fill, find_violations
from arti.jobs import Job
from arti.providers.terms import terms_of
from arti.settings import Settings
from arti.vocabulary import EventType, Provider
from arti_core.clock import today
from arti_core.database import Connection, Row
from arti_core.errors import Unavailable
from arti_core.outbox import record_event

MAX_NEW: Final = 20  # a person reads no more about one artist at once; the rest is found again tomorrow
MODEL_INSIGHTS_PER_DAY: Final = 200
MODEL_CALLS_AT_ONCE: Final = 4
PASSAGES: Final = 2


@dataclass(frozen=True, slots=True)
class Story:
    """A proven finding with what its words rest on."""

    finding: Finding
    words: dict[str, str]
    passages: tuple[RetrievedPassage, ...]


async def detect_for_artist(job: Job, artist_id: UUID, *, stale_only: bool = False) -> int:
    """Tell what is new about an artist. Returns how many insights were written."""
    async with job.transaction() as connection:
        name = await store.find_artist(connection, job.org_id, artist_id)
        if name is None:
            return 0
        rows = await store.read_series(connection, job.org_id, artist_id)
        reported = await store.list_reported(connection, job.org_id, artist_id)
    found = await asyncio.to_thread(_find, artist_id, rows, today(), stale_only)
    new = [finding for finding in found if not is_reported(finding, reported)][:MAX_NEW]
    if not new:
        return 0
    settings = job.worker_context.settings
    async with job.transaction() as connection:
        proven = await prove(connection, job.org_id, new)
        stories = [
            Story(
                finding,
                slot_words(finding, artist_name=name),
                await _passages(connection, job.org_id, finding, artist_name=name, settings=settings),
            )
            for finding in proven
        ]
        worded = await store.count_model_narrations(connection, job.org_id)
    narrated = await _narrate(stories, left=MODEL_INSIGHTS_PER_DAY - worded, settings=settings)
    written = 0
    async with job.transaction() as connection:
        await store.lock_artist(connection, artist_id)
        reported = await store.list_reported(connection, job.org_id, artist_id)
        for story, narration in zip(stories, narrated, strict=True):
            if narration is not None and not is_reported(story.finding, reported):
                written += await _write(connection, job.org_id, story, narration)
    return written


def _find(artist_id: UUID, rows: Sequence[Row], on: date, stale_only: bool) -> list[Finding]:
    series = [made for row in rows if (made := _series(artist_id, row)) is not None]
    return list(detect_stale_data(series, today=on)) if stale_only else detect(series, today=on)


def _series(artist_id: UUID, row: Row) -> DailySeries | None:
    about = SeriesSubject(
        series_id=row["id"],
        artist_id=artist_id,
        provider=row["provider"],
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
    )
    return build_series(about, row["days"], row["values"], row["definitions"], breaks=row["breaks"])


def is_reported(finding: Finding, reported: Sequence[ReportedFinding]) -> bool:
    """Say whether this finding, or the same one on a neighbouring day, is told already."""
    about = finding.series.about
    what = (finding.detector, about.provider, about.metric, about.asset_id)
    return any(
        finding.fingerprint == one.fingerprint
        or (what == (one.detector, one.provider, one.metric, one.asset_id) and finding.is_same_as(one.happened_on))
        for one in reported
    )


async def prove(connection: Connection, org_id: UUID, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings whose every number the database computes as well, with the database's values."""
    facts = [fact for finding in findings for fact in finding.facts]
    values = iter(await compute(connection, org_id, [fact.computation for fact in facts]))
    proven = []
    for finding in findings:
        computed = [(fact, next(values)) for fact in finding.facts]
        if all(agrees(fact.value, value) for fact, value in computed):
            exact = tuple(replace(fact, value=value) for fact, value in computed if value is not None)
            proven.append(replace(finding, facts=exact))
    return proven


async def _passages(
    connection: Connection, org_id: UUID, finding: Finding, *, artist_name: str, settings: Settings
) -> tuple[RetrievedPassage, ...]:
    """Return passages about this artist or work: nearness alone would always bring something."""
    about = finding.series.about
    if not terms_of(about.terms).may_reach_model or not await store.has_chunks(connection, org_id):
        return ()
    # Spotify's content reaches no embedding either: titles of its works stay out of the question.
    title = about.asset_title if about.provider != Provider.SPOTIFY else ""
    question = (
        f"{artist_name} {title}: {about.metric_name} on {provider_name(about.provider)}, release, press, campaign"
    )
    try:
        found = await find_passages(
            connection, org_id, question=question, artist_id=about.artist_id, limit=8, settings=settings
        )
    except Unavailable:
        return ()
    names = [name.lower() for name in (artist_name, about.asset_title) if len(name) > 2]
    fitting = [one for one in found if any(name in f"{one.title}\n{one.text}".lower() for name in names)]
    return tuple(fitting[:PASSAGES])


async def _narrate(stories: Sequence[Story], *, left: int, settings: Settings) -> list[Narration | None]:
    """Word the stories. Beyond what a day may cost, the templates do."""
    gate = asyncio.Semaphore(MODEL_CALLS_AT_ONCE)

    async def word(position: int, story: Story) -> Narration | None:
        async with gate:
            return await narrate(
                story.finding,
                words=story.words,
                passages=[passage.text for passage in story.passages],
                settings=settings,
                use_model=position < left,
            )

    return await asyncio.gather(*(word(position, story) for position, story in enumerate(stories)))


async def _write(connection: Connection, org_id: UUID, story: Story, narration: Narration) -> bool:
    """Verify once more against the rows as they are now; write insight, evidence and event. Returns whether it did."""
    proven = await prove(connection, org_id, [story.finding])
    if not proven:
        return False
    [finding] = proven
    wording, plain, about = narration.wording, render_template(finding), finding.series.about
    if find_violations(wording.title, wording.body, facts=finding.facts, words=story.words):
        return False
    shown = story.words | {fact.slot: fact.shown for fact in finding.facts}
    await store.delete_withdrawn(connection, org_id, finding.fingerprint)
    insight_id = await store.add_insight(
        connection,
        org_id,
        {
            "artist_id": about.artist_id,
            "series_id": about.series_id,
            "asset_id": about.asset_id,
            "detector": finding.detector,
            "fingerprint": finding.fingerprint,
            "severity": finding.severity,
            "provider": about.provider,
            "metric": about.metric,
            "happened_on": finding.happened_on,
            "period_from": finding.period_from,
            "period_to": finding.period_to,
            "title": fill(wording.title, shown),
            "body": fill(wording.body, shown),
            "template": {
                "title": wording.title,
                "body": wording.body,
                "words": story.words,
                "plain": {"title": plain.title, "body": plain.body},
                "slots": [fact.slot for fact in finding.facts],
            },
            "narrator": narration.narrator,
            "prompt_version": narration.prompt_version,
            "confidence": finding.confidence,
        },
    )
    if insight_id is None:
        return False
    evidence = [_number(fact) for fact in finding.facts]
    evidence += [_passage(index, passage) for index, passage in enumerate(story.passages, start=1)]
    await store.add_evidence(connection, org_id, insight_id, evidence)
    payload = {"insight_id": str(insight_id), "artist_id": str(about.artist_id)}
    await record_event(connection, org_id, EventType.INSIGHT_CREATED, payload)
    return True


def _number(fact: Fact) -> tuple[object, ...]:
    item = fact.computation
    computation = item.as_json() | {"rounding": fact.rounding}
    return (fact.slot, fact.label, fact.unit, fact.value, fact.shown, computation, item.series_id, None)


def _passage(index: int, passage: RetrievedPassage) -> tuple[object, ...]:
    computation = {"op": "passage", "document_id": str(passage.document_id), "model": passage.model}
    return (f"passage_{index}", passage.title, "passage", None, passage.title, computation, None, passage.chunk_id)
