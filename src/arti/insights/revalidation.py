"""Keep published insights true: correct restated numbers, withdraw insights whose numbers are no longer valid."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from arti.insights import detection_store
from arti.insights import revalidation_store as store
from arti.insights.computations import Computation, Fact, Window, compute, is_reproduced, show_value
from arti.insights.narration.reading import FORM, fact_of, is_readable, read_narration
from arti.insights.stories.store import delete_parts, list_numbers_of_parts
from arti.language.catalogue import DEFAULT_LANGUAGE, LanguageCode
from arti.language.locale_formats import show_day
from arti.language.pieces import as_plain
from arti.orgs.locale_store import read_language
from arti.vocabulary import PLATFORM_NAMES
from arti_core import clock
from arti_core.database import Connection, Row

# Providers restate recent days by a few percent. A larger change makes another finding.
MAX_CORRECTION: Final = 0.1
_EXACT: Final = frozenset(("milestone", "days_at_least", "rank", "count", "days_since"))
MAX_INSIGHTS: Final = 500
# A new level is withdrawn when less than this share of the change is left; after four months it is history.
LEAST_LEFT: Final = 0.4
LEVEL_DAYS: Final = 14
LEVEL_NEWS_DAYS: Final = 120


async def revalidate_artist(connection: Connection, org_id: UUID, artist_id: UUID) -> tuple[int, int]:
    """Recompute every published number about an artist. Returns how many insights were corrected and withdrawn."""
    await detection_store.lock_artist(connection, artist_id)
    rows = await store.list_recorded_numbers(connection, org_id, artist_id, limit=MAX_INSIGHTS)
    recorded_facts: dict[UUID, list[Fact]] = {}
    templates: dict[UUID, Any] = {}
    for row in rows:
        recorded_facts.setdefault(row["id"], []).append(fact_of(dict(row)))
        templates[row["id"]] = row["template"]
    for insight_id, facts in recorded_facts.items():
        facts.sort(key=lambda fact: templates[insight_id]["slots"].index(fact.slot))
    values = iter(
        await compute(connection, org_id, [fact.computation for facts in recorded_facts.values() for fact in facts])
    )
    withdrawn_for = await _find_crossed(connection, org_id, recorded_facts)
    withdrawn_for |= await _find_gone_back(connection, org_id, recorded_facts)
    language = await read_language(connection, org_id)
    corrected = withdrawn = 0
    for insight_id, facts in recorded_facts.items():
        current = [next(values) for _ in facts]
        if insight_id in withdrawn_for:
            await store.withdraw(connection, org_id, insight_id, withdrawn_for[insight_id])
            withdrawn += 1
            continue
        if all(is_reproduced(fact.value, value) for fact, value in zip(facts, current, strict=True)):
            continue
        reason = _find_invalidation(facts, current)
        restated = [replace(fact, value=value) for fact, value in zip(facts, current, strict=True) if value is not None]
        if reason is None and await _correct(connection, org_id, insight_id, templates[insight_id], restated, language):
            corrected += 1
            continue
        await store.withdraw(
            connection, org_id, insight_id, reason or "After a restatement, the numbers contradict the text."
        )
        withdrawn += 1
    await _drop_parts(connection, org_id, artist_id)
    return corrected, withdrawn


async def _drop_parts(connection: Connection, org_id: UUID, artist_id: UUID) -> None:
    """Delete the parts of insights whose numbers have changed: detection finds them again, with the present ones."""
    rows = await list_numbers_of_parts(connection, org_id, artist_id, limit=MAX_INSIGHTS)
    numbers = [(row["id"], number) for row in rows for number in row["numbers"]]
    values = await compute(connection, org_id, [Computation.from_json(number["computation"]) for _, number in numbers])
    changed = {
        part_id
        for (part_id, number), value in zip(numbers, values, strict=True)
        if not is_reproduced(number["value"], value)
    }
    if changed:
        await delete_parts(connection, org_id, sorted(changed))


async def _find_gone_back(
    connection: Connection, org_id: UUID, recorded_facts: Mapping[UUID, Sequence[Fact]]
) -> dict[UUID, str]:
    """Return the new levels of the last months from which most of the change is gone again, with the reason."""
    today = clock.today()
    levels: dict[UUID, tuple[Fact, Fact]] = {}
    for insight_id, facts in recorded_facts.items():
        by_slot = {fact.slot: fact for fact in facts}
        if {"after", "before", "days"} <= by_slot.keys():
            since = by_slot["after"].computation.window.from_on
            if LEVEL_DAYS <= (today - since).days <= LEVEL_NEWS_DAYS:
                levels[insight_id] = by_slot["before"], by_slot["after"]
    latest = await compute(
        connection,
        org_id,
        [
            replace(after.computation, window=Window("median", today - timedelta(days=LEVEL_DAYS), today))
            for _, after in levels.values()
        ],
    )
    gone = {}
    for (insight_id, (before, after)), value in zip(levels.items(), latest, strict=True):
        if value is not None and (value - before.value) / (after.value - before.value) < LEAST_LEFT:
            usual = show_value(value, unit=after.unit)
            gone[insight_id] = f"The level has gone back: the usual value of the last two weeks is {usual}."
    return gone


async def _find_crossed(
    connection: Connection, org_id: UUID, recorded_facts: Mapping[UUID, Sequence[Fact]]
) -> dict[UUID, str]:
    """Return the insights that compare days across a change of definition which became known later, with the reason."""
    spans = []
    for insight_id, facts in recorded_facts.items():
        items = [fact.computation for fact in facts if fact.computation.window.of != "days_since"]
        windows = [(window, item) for item in items for window in (item.window, item.base) if window is not None]
        if windows:
            first = min(window.from_on - timedelta(days=item.differenced) for window, item in windows)
            last = max(window.to_on for window, _ in windows)
            spans.append((insight_id, items[0].series_id, first, last))
    return {row["insight_id"]: _describe_break(row) for row in await store.list_crossed(connection, org_id, spans)}


def _describe_break(row: Row) -> str:
    platform = PLATFORM_NAMES.get(row["provider"], row["provider"])
    since = show_day(row["since_on"], DEFAULT_LANGUAGE)
    return f"{platform} changed what it counts on {since}: numbers from before and after that day are not compared."


def _find_invalidation(facts: Sequence[Fact], current: Sequence[float | None]) -> str | None:
    """Return why an insight is no longer valid, or None when its numbers changed only a little."""
    if any(value is None for value in current):
        return "Its numbers can no longer be computed from the stored data."
    for fact, value in zip(facts, current, strict=True):
        if value is None or is_reproduced(fact.value, value):
            continue
        if fact.computation.window.of == "days_since":
            return "New data has arrived."
        is_small = abs(value - fact.value) <= MAX_CORRECTION * max(abs(fact.value), 1.0)
        if fact.computation.window.of in _EXACT or not is_small:
            return "The provider restated its numbers."
    return None


async def _correct(
    connection: Connection,
    org_id: UUID,
    insight_id: UUID,
    template: dict[str, Any],
    facts: Sequence[Fact],
    language: LanguageCode,
) -> bool:
    """Tell the stored clauses with the current values. Returns False when those do not bear them."""
    if template.get("form") != FORM or not is_readable(template, facts):
        return False
    text = read_narration(template, facts, language)
    await store.update_text(connection, org_id, insight_id, title=as_plain(text.title), body=as_plain(text.body))
    await store.update_numbers(connection, org_id, insight_id, [(fact.slot, fact.value, fact.shown) for fact in facts])
    return True
