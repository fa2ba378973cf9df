"""The numbers of compared songs: each the roll-up of its items on a platform, over the period and the one before."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from arti.metrics.comparison.candidates import ComparedCandidate
from arti.metrics.growth import growth_percent
from arti.metrics.songs.rollup import SENTENCES, Part, Sum, roll_up_by_recording
from arti.metrics.songs.service import read_parts
from arti.providers.terms import source_of
from arti_core.database import Connection, Row

Note = Literal["no_previous", "definition_break", "small_base"]


async def read_song_figures(
    connection: Connection,
    org_id: UUID,
    candidate: ComparedCandidate,
    *,
    to_on: date,
    days: int,
    breaks: Collection[date],
    known_on: date | None,
) -> tuple[dict[UUID, dict[str, Any]], dict[UUID, list[Part]]]:
    """Return the fields of a figure for each song, and the items that are counted in it."""
    rows: Sequence[Row] = [row for rows in candidate.rows.values() for row in rows]
    first = to_on - timedelta(days=days - 1)
    before = (first - timedelta(days=days), first - timedelta(days=1))
    now = await _sums(connection, org_id, rows, (first, to_on), known_on)
    earlier = await _sums(connection, org_id, rows, before, known_on)
    figures: dict[UUID, dict[str, Any]] = {}
    counted: dict[UUID, list[Part]] = {}
    for id, sum_now in now.items():
        sum_before = earlier.get(id)
        percent, note = _change(sum_now, sum_before, breaks)
        figures[id] = {
            "value": sum_now.value,
            "value_note": _why_not(sum_now),
            "level": None,
            "previous": sum_before.value if sum_before else None,
            "change_percent": percent,
            "change_note": note,
            "as_of": to_on if sum_now.value is not None else None,
            "stale": False,
            "source": sorted({source_of(part.terms) for part in sum_now.counted}),
            "series_ids": [part.series_id for part in sum_now.counted],
        }
        counted[id] = sum_now.counted
    return figures, counted


async def _sums(
    connection: Connection, org_id: UUID, rows: Sequence[Row], period: tuple[date, date], known_on: date | None
) -> Mapping[UUID, Sum]:
    parts = await read_parts(connection, org_id, rows, {row["series_id"]: period for row in rows}, known_on)
    return {id: sums[0] for id, sums in roll_up_by_recording(parts).items()}


def _why_not(one: Sum) -> str | None:
    return SENTENCES[one.refused[0].reason] if one.value is None and one.refused else None


def _change(now: Sum, before: Sum | None, breaks: Collection[date]) -> tuple[float | None, Note | None]:
    """Return the change in percent, or why there is none: only the same items are compared, under one definition."""
    if breaks:
        return None, "definition_break"
    if now.value is None or before is None or before.value is None:
        return None, "no_previous"
    if {part.series_id for part in now.counted} != {part.series_id for part in before.counted}:
        return None, "no_previous"
    percent = growth_percent(now.value, before.value)
    return (None, "small_base") if percent is None else (round(percent, 1), None)
