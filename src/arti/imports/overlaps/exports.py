"""Which export a value is of when several hold its day: the newest by its own date, whatever order they came in."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

from arti.imports.overlaps import store
from arti.imports.overlaps.own_date import OwnDate, find_last_complete_day, make_own_date
from arti.imports.preview import RecognisedFile
from arti.imports.stored_files import parse_with_answers
from arti.imports.teams.scope import terms_of_answers
from arti.imports.types import ParsedFile
from arti.metrics.service import record_observations, resolve_places_of
from arti.providers.contract import Observation
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Conflict
from arti_core.files.file_store import FileStore

# Metric, asset of the provider, dimension with known places, day.
ValueKey: TypeAlias = tuple[str, str | None, str, date]


@dataclass(frozen=True, slots=True)
class ReadExport:
    """A committed export with the values that it holds. `file` is None where its file was deleted."""

    row: Row
    own_date: OwnDate
    values: dict[ValueKey, Observation]
    file: tuple[RecognisedFile, ParsedFile] | None = None


@dataclass(frozen=True, slots=True)
class StandingValues:
    """The observations of an export that are to be stored, and how many a newer export holds differently or too."""

    observations: list[Observation]
    kept: int
    held_days: dict[str, Any]


async def find_standing(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    row: Row,
    *,
    provider: str,
    terms: str,
    time_zone: str,
    observations: Sequence[Observation],
) -> StandingValues:
    """Return what of an export is newer than what other exports say. Only newer exports are read."""
    await store.lock_exports(connection, org_id, row["artist_id"], provider)
    today = clock.today_in(time_zone)
    days = describe_days(observations, today)
    last_on = find_last_complete_day(observations, today)
    if last_on is None:
        return StandingValues(list(observations), 0, days)
    own_date = make_own_date(row, last_on)
    keyed = await key_values(connection, org_id, observations)
    own, held = frozenset(keyed), set[ValueKey]()
    others = _read_each(
        connection, file_store, org_id, row, provider=provider, terms=terms, days=days, newer_than=own_date
    )
    async for export in others:
        held |= own & export.values.keys()
    standing = [each for key, each in zip(keyed, observations, strict=True) if key not in held]
    return StandingValues(standing, len(observations) - len(standing), days)


async def key_values(connection: Connection, org_id: UUID, observations: Sequence[Observation]) -> list[ValueKey]:
    """Return the key of each observation, as it is stored."""
    placed = await resolve_places_of(connection, org_id, observations)
    return [(each.metric, each.asset_external_id, each.dimension, each.observed_on) for each in placed]


def describe_days(observations: Sequence[Observation], today: date) -> dict[str, Any]:
    """Return the range of days that an import holds, for its summary."""
    last = find_last_complete_day(observations, today)
    days = [observation.observed_on for observation in observations]
    return {"held_days": {"first": str(min(days)), "last": str(max(days)), "last_complete": str(last)}} if last else {}


async def read_others(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    row: Row,
    *,
    provider: str,
    terms: str,
    days: dict[str, Any],
    newer_than: OwnDate | None = None,
) -> list[ReadExport]:
    """Return the other exports of the artist from the provider that may hold the same days, the oldest first.

    Those of another scope are of other series.
    """
    others = _read_each(
        connection, file_store, org_id, row, provider=provider, terms=terms, days=days, newer_than=newer_than
    )
    return sorted([export async for export in others], key=lambda export: export.own_date)


async def _read_each(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    row: Row,
    *,
    provider: str,
    terms: str,
    days: dict[str, Any],
    newer_than: OwnDate | None,
) -> AsyncIterator[ReadExport]:
    """Yield other exports one after another: each is a whole file in memory."""
    others = await store.list_other_exports(
        connection, org_id, artist_id=row["artist_id"], provider=provider, import_id=row["id"]
    )
    for other in others:
        known = other["summary"].get("held_days")
        if terms_of_answers(other["options"]) != terms:
            continue
        if known and not _overlaps(known, days.get("held_days")):
            continue
        if known and newer_than and make_own_date(other, date.fromisoformat(known["last_complete"])) < newer_than:
            continue
        export = await _read(connection, file_store, org_id, other)
        if export and (newer_than is None or export.own_date > newer_than):
            yield export
        del export


def _overlaps(one: dict[str, str], other: dict[str, str] | None) -> bool:
    return other is None or (one["first"] <= other["last"] and other["first"] <= one["last"])


async def _read(connection: Connection, file_store: FileStore, org_id: UUID, row: Row) -> ReadExport | None:
    file = None
    if row["file_id"] is None:
        observations, today = await _read_stored(connection, org_id, row), clock.today()
    else:
        recognised, parsed, _ = await parse_with_answers(connection, file_store, org_id, row, row["options"])
        observations, today = parsed.observations, clock.today_in(recognised.parser.time_zone)
        file = recognised, parsed
    last_on = find_last_complete_day(observations, today)
    if last_on is None:
        return None
    keys = await key_values(connection, org_id, observations)
    return ReadExport(row, make_own_date(row, last_on), dict(zip(keys, observations, strict=True)), file)


async def _read_stored(connection: Connection, org_id: UUID, row: Row) -> list[Observation]:
    """Return the values that are stored with an import as their source, where its file can no longer be read."""
    rows = await store.list_values(
        connection,
        org_id,
        artist_id=row["artist_id"],
        provider=row["provider"],
        terms=terms_of_answers(row["options"]),
        metrics=row["summary"].get("metrics", ()),
        first_on=date.min,
        last_on=date.max,
        import_id=row["id"],
    )
    return [
        Observation(
            each["metric"],
            each["observed_on"],
            each["value"],
            each["null_reason"],
            each["asset"],
            each["dimension"],
            source_row=each["source_row"],
        )
        for each in rows
    ]


async def restate_remaining(connection: Connection, file_store: FileStore, org_id: UUID, undone: Row) -> None:
    """Record what the remaining exports say of the days of an undone one: each value is that of the newest.

    A value that somebody entered or pushed is left. Raises Conflict for an export whose file was deleted: what it held
    beside the undone one is not known.
    """
    provider, artist_id = undone["provider"], undone["artist_id"]
    days = {name: value for name, value in undone["summary"].items() if name == "held_days"}
    terms = terms_of_answers(undone["options"])
    others = await read_others(connection, file_store, org_id, undone, provider=provider, terms=terms, days=days)
    held = days.get("held_days") or {"first": str(date.min), "last": str(date.max)}
    newest = {
        key: export.row["id"]
        for export in others
        for key in export.values
        if held["first"] <= str(key[3]) <= held["last"]
    }
    entered = await store.list_days_of_no_export(
        connection, org_id, artist_id=artist_id, provider=provider, terms=terms
    )
    for each in entered:
        newest.pop((each["metric"], each["asset"], each["dimension"], each["observed_on"]), None)
    for export in others:
        if export.file is None:
            name = export.row["file_name"]
            raise Conflict(f"The file {name} was deleted, so what it holds cannot be put back. Import it once more.")
        recognised, parsed = export.file
        await record_observations(
            connection,
            org_id,
            artist_id=artist_id,
            provider=recognised.provider,
            observations=[each for key, each in export.values.items() if newest.get(key) == export.row["id"]],
            assets=list(parsed.assets.values()),
            terms=terms,
            time_zone=recognised.parser.time_zone,
            import_id=export.row["id"],
        )
