"""Write a story: the insight of its lead, its evidence and event, and its parts with theirs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from arti.insights import detection_store
from arti.insights.computations import Fact, compute
from arti.insights.detectors import Finding
from arti.insights.knowledge.service import RetrievedPassage
from arti.insights.narration.templates import RenderedText, render_template, slot_words
from arti.insights.narration.verifier import fill_slots, find_violations, is_confirmed
from arti.insights.stories import store
from arti.insights.stories.grouping import Story, direction_of
from arti.insights.stories.sentences import CAUSE_NOTE, cause_json, describe_cause, suggest_next_step
from arti.vocabulary import EventType
from arti_core.database import Connection
from arti_core.outbox import record_event


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
    text: RenderedText,
    passages: Sequence[RetrievedPassage],
    *,
    artist_name: str,
) -> bool:
    """Verify once more against the current rows, then write insight, evidence, parts and event; whether it did.

    A quiet story has no event, so nobody is notified of it.
    """
    assert story.lead is not None
    verified = await verify_findings(connection, org_id, [story.lead])
    if not verified:
        return False
    [finding] = verified
    words = slot_words(finding, artist_name=artist_name)
    plain, about = render_template(finding), finding.series.about
    if story.cause is not None:
        words["cause"] = describe_cause(story.cause)
        text, plain = (replace(each, body=each.body + CAUSE_NOTE) for each in (text, plain))
    if find_violations(text.title, text.body, facts=finding.facts, words=words):
        return False
    shown = {**words, **{fact.slot: fact.shown for fact in finding.facts}}
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
            "title": fill_slots(text.title, shown),
            "body": fill_slots(text.body, shown),
            "template": {
                "title": text.title,
                "body": text.body,
                "words": words,
                "plain": {"title": plain.title, "body": plain.body},
                "slots": [fact.slot for fact in finding.facts],
            },
            "narrator": text.narrator,
            "prompt_version": text.prompt_version,
            "confidence": finding.confidence,
            "direction": direction_of(finding),
            "cause": cause_json(story),
            "next_step": suggest_next_step(finding, story.cause),
            "quiet": story.quiet,
        },
    )
    if insight_id is None:
        return False
    evidence = [_number_evidence(fact) for fact in finding.facts]
    evidence += [_passage_evidence(index, passage) for index, passage in enumerate(passages, start=1)]
    await detection_store.add_evidence(connection, org_id, insight_id, evidence)
    await add_parts(connection, org_id, insight_id, story.parts, artist_name=artist_name)
    if not story.quiet:
        payload = {"insight_id": str(insight_id), "artist_id": str(about.artist_id)}
        await record_event(connection, org_id, EventType.INSIGHT_CREATED, payload)
    return True


async def add_parts(
    connection: Connection, org_id: UUID, insight_id: UUID, findings: Sequence[Finding], *, artist_name: str
) -> int:
    """Write what else was found as parts of an insight. Returns how many are new."""
    rows: list[tuple[Any, ...]] = []
    for finding in await verify_findings(connection, org_id, findings):
        words, plain, about = (
            slot_words(finding, artist_name=artist_name),
            render_template(finding),
            finding.series.about,
        )
        if find_violations(plain.title, plain.body, facts=finding.facts, words=words):
            continue
        shown = {**words, **{fact.slot: fact.shown for fact in finding.facts}}
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
        rows.append(
            (
                *(about.series_id, about.asset_id, about.provider, about.metric, finding.detector),
                *(finding.fingerprint, finding.happened_on, finding.period_from, finding.period_to),
                *(fill_slots(plain.title, shown), numbers),
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
