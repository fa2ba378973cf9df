"""Write a story: the insight of its lead, its evidence and event, and its parts with theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog

from arti.insights import detection_store
from arti.insights.computations import Fact, compute, is_confirmed
from arti.insights.detectors import Finding
from arti.insights.knowledge.service import RetrievedPassage
from arti.insights.narration.clauses import find_misplaced
from arti.insights.narration.narrator import PROMPT_VERSION
from arti.insights.narration.offers import Narration, choose_by_template, offer_clauses, slot_words
from arti.insights.narration.reading import as_template, is_readable, read_narration
from arti.insights.stories import store
from arti.insights.stories.grouping import NEAR, RELEASE_DAYS, Story, direction_of
from arti.insights.stories.sentences import cause_json, cause_words, next_step_key
from arti.language.catalogue import LanguageCode
from arti.language.pieces import as_plain
from arti.vocabulary import EventType
from arti_core.database import Connection
from arti_core.outbox import record_event

log = structlog.get_logger()


async def verify_findings(connection: Connection, org_id: UUID, findings: Sequence[Finding]) -> list[Finding]:
    """Return the findings whose every number the database confirms, with the database's values."""
    facts = [fact for finding in findings for fact in finding.facts]
    values = iter(await compute(connection, org_id, [fact.computation for fact in facts]))
    verified = []
    for finding in findings:
        computed = [(fact, next(values)) for fact in finding.facts]
        if all(is_confirmed(fact.value, value) for fact, value in computed):
            exact = tuple(replace(fact, value=value) for fact, value in computed if value is not None)
            verified.append(replace(finding, facts=exact))
    return verified


async def create_insight(
    connection: Connection,
    org_id: UUID,
    story: Story,
    narration: Narration,
    passages: Sequence[RetrievedPassage],
    *,
    narrator: str,
    artist_name: str,
    language: LanguageCode,
) -> bool:
    """Verify once more against the current rows, then write insight, evidence, parts and event; whether it did.

    A quiet story has no event, so nobody is notified of it; the summary of what was past has one.
    """
    assert story.lead is not None
    verified = await verify_findings(connection, org_id, [story.lead])
    if not verified:
        return False
    [finding] = verified
    about, next_step = finding.series.about, next_step_key(finding, story.cause)
    words = dict(slot_words(finding, artist_name=artist_name))
    if story.cause is not None:
        words |= cause_words(story.cause)
    template = as_template(narration, words, finding.facts, next_step=next_step)
    if not bears(template, finding):
        return False
    text = read_narration(template, finding.facts, language)
    await detection_store.delete_withdrawn(connection, org_id, finding.fingerprint)
    insight_id = await detection_store.add_insight(
        connection,
        org_id,
        {
            "artist_id": about.artist_id,
            "series_id": about.series_id,
            "asset_id": about.asset_id,
            "detector": finding.detector,
            "fingerprint": finding.fingerprint,
            "severity": story.severity,
            "provider": about.provider,
            "metric": about.metric,
            "happened_on": finding.happened_on,
            "period_from": finding.period_from,
            "period_to": finding.period_to,
            "title": as_plain(text.title),
            "body": as_plain(text.body),
            "template": template,
            "narrator": narrator,
            "prompt_version": PROMPT_VERSION,
            "confidence": finding.confidence,
            "direction": direction_of(finding),
            "cause": cause_json(story),
            "next_step": as_plain(text.next_step),
            "quiet": story.quiet,
        },
    )
    if insight_id is None:
        return False
    evidence = [_number_evidence(fact) for fact in finding.facts]
    evidence += [_passage_evidence(index, passage) for index, passage in enumerate(passages, start=1)]
    await detection_store.add_evidence(connection, org_id, insight_id, evidence)
    await add_parts(connection, org_id, insight_id, story.parts, artist_name=artist_name, language=language)
    await take_in(connection, org_id, insight_id, story)
    if not story.quiet or finding.detector == "past_numbers":
        payload = {"insight_id": str(insight_id), "artist_id": str(about.artist_id)}
        await record_event(connection, org_id, EventType.INSIGHT_CREATED, payload)
    return True


async def take_in(connection: Connection, org_id: UUID, insight_id: UUID, story: Story) -> None:
    """Make quiet insights of the same cause, of which nobody was notified, parts of a story."""
    if taken := await store.list_untouched(connection, org_id, story.takes_in) if story.takes_in else []:
        await store.copy_as_parts(connection, org_id, insight_id, taken)
        await store.move_parts(connection, org_id, insight_id, taken)
        await store.delete_insights(connection, org_id, taken)
    if story.lead is not None and story.cause is not None and story.cause.kind == "release" and not story.quiet:
        first, last = story.cause.on - NEAR, story.cause.on + RELEASE_DAYS
        await store.move_rises(connection, org_id, insight_id, story.lead.series.about.artist_id, first, last)


def bears(template: Mapping[str, Any], finding: Finding) -> bool:
    """Return whether a finding's numbers have the roles of their slots and bear what its clauses say."""
    misplaced = find_misplaced(finding.facts)
    if misplaced or not is_readable(template, finding.facts):
        log.warning("finding refused", detector=finding.detector, shape=finding.shape, misplaced=misplaced)
        return False
    return True


async def add_parts(
    connection: Connection,
    org_id: UUID,
    insight_id: UUID,
    findings: Sequence[Finding],
    *,
    artist_name: str,
    language: LanguageCode,
) -> int:
    """Write what else was found as parts of an insight. Returns how many are new."""
    rows: list[tuple[Any, ...]] = []
    for finding in await verify_findings(connection, org_id, findings):
        about = finding.series.about
        words = slot_words(finding, artist_name=artist_name)
        template = as_template(choose_by_template(offer_clauses(finding)), words, finding.facts)
        if not bears(template, finding):
            continue
        numbers = [
            {
                "slot": fact.slot,
                "label": fact.label,
                "unit": fact.unit,
                "value": fact.value,
                "shown": fact.shown,
                "computation": fact.computation.as_json() | {"rounding": fact.rounding},
            }
            for fact in finding.facts
        ]
        title = as_plain(read_narration(template, finding.facts, language).title)
        rows.append(
            (
                *(about.series_id, about.asset_id, about.provider, about.metric, finding.detector),
                *(finding.fingerprint, finding.happened_on, finding.period_from, finding.period_to),
                *(title, template, numbers),
            )
        )
    return await store.add_parts(connection, org_id, insight_id, rows)


def _number_evidence(fact: Fact) -> tuple[object, ...]:
    item = fact.computation
    computation = item.as_json() | {"rounding": fact.rounding}
    return (fact.slot, fact.label, fact.unit, fact.value, fact.shown, computation, item.series_id, None)


def _passage_evidence(index: int, passage: RetrievedPassage) -> tuple[object, ...]:
    computation = {"op": "passage", "document_id": str(passage.document_id), "model": passage.model}
    return (f"passage_{index}", passage.title, "passage", None, passage.title, computation, None, passage.chunk_id)
