"""Keep what was told true: after a restatement the numbers are corrected, after an undo the insight is withdrawn."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from arti.insights import detection_store
from arti.insights.computations import Computation, Fact, compute
from arti.insights.narration.templates import VERSION
from arti.insights.narration.verifier import fill, find_violations, matches_rounded
from arti_core.database import Connection, Row

# Providers restate recent days by a few percent; what moves further is another story and must be told anew.
SMALL_CHANGE: Final = 0.1
_EXACT: Final = frozenset(("milestone", "days_at_least", "rank", "count", "days_since"))
MOST: Final = 500


async def revalidate_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> tuple[int, int]:
    """Recompute every number that was told about an artist. Returns how many insights were corrected and withdrawn."""
    await detection_store.lock_artist(connection, artist_id)
    rows = await connection.fetch(
        """select i.id, i.template, e.slot, e.label, e.unit, e.value, e.computation
           from (select * from insights where org_id = $1 and artist_id = $2 and status <> 'withdrawn'
                 order by created_at desc limit $3) i
           join insight_evidence e on e.org_id = i.org_id and e.insight_id = i.id and e.value is not null
           order by i.id""",
        org_id,
        artist_id,
        MOST,
    )
    recorded_facts: dict[UUID, list[Fact]] = {}
    templates: dict[UUID, Any] = {}
    for row in rows:
        recorded_facts.setdefault(row["id"], []).append(stored_fact(row))
        templates[row["id"]] = row["template"]
    for insight_id, facts in recorded_facts.items():
        facts.sort(key=lambda fact: templates[insight_id]["slots"].index(fact.slot))
    values = iter(
        await compute(connection, org_id, [fact.computation for facts in recorded_facts.values() for fact in facts])
    )
    corrected = withdrawn = 0
    for insight_id, facts in recorded_facts.items():
        now = [next(values) for _ in facts]
        if all(matches_rounded(fact.value, value) for fact, value in zip(facts, now, strict=True)):
            continue
        reason = _find_invalidation(facts, now)
        fresh = [replace(fact, value=value) for fact, value in zip(facts, now, strict=True) if value is not None]
        if reason is None and await _correct(connection, org_id, insight_id, templates[insight_id], fresh):
            corrected += 1
            continue
        await _withdraw(connection, org_id, insight_id, reason or "The restated numbers tell another story.")
        withdrawn += 1
    return corrected, withdrawn


def stored_fact(row: Row) -> Fact:
    """Return a number of an insight as it was stored."""
    computation = row["computation"]
    return Fact(
        row["slot"],
        row["label"],
        row["unit"],
        Computation.from_json(computation),
        row["value"],
        computation.get("rounding", 0),
    )


def _find_invalidation(facts: Sequence[Fact], now: Sequence[float | None]) -> str | None:
    """Return why an insight no longer stands, or None when its numbers moved only a little."""
    if any(value is None for value in now):
        return "The rows behind its numbers are gone."
    for fact, value in zip(facts, now, strict=True):
        if value is None or matches_rounded(fact.value, value):
            continue
        if fact.computation.window.of == "days_since":
            return "New data has come."
        small = abs(value - fact.value) <= SMALL_CHANGE * max(abs(fact.value), 1.0)
        if fact.computation.window.of in _EXACT or not small:
            return "The provider restated the numbers behind it."
    return None


async def _correct(
    connection: Connection, org_id: UUID, insight_id: UUID, template: dict[str, Any], facts: Sequence[Fact]
) -> bool:
    """Put the present values into the stored words. Returns False when the words deny them."""
    words = template["words"]
    if find_violations(template["title"], template["body"], facts=facts, words=words):
        return False
    shown = words | {fact.slot: fact.shown for fact in facts}
    await _set_text(connection, org_id, insight_id, fill(template["title"], shown), fill(template["body"], shown))
    await connection.executemany(
        "update insight_evidence set value = $4, shown = $5 where org_id = $1 and insight_id = $2 and slot = $3",
        [(org_id, insight_id, fact.slot, fact.value, fact.shown) for fact in facts],
    )
    return True


async def _set_text(connection: Connection, org_id: UUID, insight_id: UUID, title: str, body: str) -> None:
    await connection.execute(
        "update insights set title = $3, body = $4, updated_at = now() where org_id = $1 and id = $2",
        org_id,
        insight_id,
        title,
        body,
    )


async def _withdraw(connection: Connection, org_id: UUID, insight_id: UUID, reason: str) -> None:
    await connection.execute(
        """update insights set status = 'withdrawn', withdrawn_reason = $3, updated_at = now()
           where org_id = $1 and id = $2""",
        org_id,
        insight_id,
        reason,
    )


async def rerender_from_template(connection: Connection, org_id: UUID, insight_id: UUID) -> None:
    """Replace a model's words by the template's: the passage that the model had in view is gone."""
    found = await connection.fetchrow(
        "select template from insights where org_id = $1 and id = $2 and narrator <> 'templates' for update",
        org_id,
        insight_id,
    )
    if found is None:
        return
    evidence = await connection.fetch(
        "select slot, shown from insight_evidence where org_id = $1 and insight_id = $2", org_id, insight_id
    )
    plain, words = found["template"]["plain"], found["template"]["words"]
    shown = words | {row["slot"]: row["shown"] for row in evidence}
    await _set_text(connection, org_id, insight_id, fill(plain["title"], shown), fill(plain["body"], shown))
    await connection.execute(
        """update insights set narrator = 'templates', prompt_version = $3, template = template || $4
           where org_id = $1 and id = $2""",
        org_id,
        insight_id,
        VERSION,
        plain,
    )
