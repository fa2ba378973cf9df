"""Compare a file with what is stored, before it is committed."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from arti.imports import store as imports_store
from arti.imports.overlaps import schemas, store
from arti.imports.overlaps.exports import ReadExport, ValueKey, describe_days, key_values, read_others
from arti.imports.overlaps.own_date import OwnDate, find_last_complete_day, make_own_date
from arti.imports.parsers.registry import is_royalties
from arti.imports.stored_files import parse_with_answers
from arti.imports.teams.scope import terms_of_answers
from arti.imports.types import FileRejected
from arti.providers.contract import Observation
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import NotFound
from arti_core.files.file_store import FileStore

_SHOWN = 100


async def compare_with_stored(
    connection: Connection, file_store: FileStore, org_id: UUID, import_id: UUID, *, answered: Mapping[str, str]
) -> schemas.Overlap:
    """Return which values of a preview differ from what is stored, and which of the two stays.

    Raises NotFound, Invalid for a wrong answer.
    """
    row = await imports_store.find_import(connection, org_id, import_id)
    if row is None:
        raise NotFound("import")
    # Of a report of money no value overlaps: a line that is stored already is found by what it says.
    if row["status"] != "previewed" or is_royalties(row["source"]):
        return schemas.Overlap(own_date=None, new=0, same=0, replaced=0, kept=0, imports=[], differing=[])
    file, parsed, answers = await parse_with_answers(
        connection, file_store, org_id, row, row["options"] | answered, provisional=True
    )
    try:
        provider = file.with_answers(answers).provider
    except FileRejected:  # a person has not said yet whose numbers these are
        provider = None
    zone = file.parser.time_zone
    today = clock.today_in(zone)
    observations = [observation for observation in parsed.observations if observation.observed_on < today]
    last_on = find_last_complete_day(observations, today)
    if last_on is None or provider is None:
        return schemas.Overlap(own_date=None, new=0, same=0, replaced=0, kept=0, imports=[], differing=[])
    own = make_own_date(row, last_on)
    days = describe_days(observations, today)
    terms = terms_of_answers(answers)
    newer = await read_others(
        connection, file_store, org_id, row, provider=provider, terms=terms, days=days, newer_than=own
    )
    keys = await key_values(connection, org_id, observations)
    in_file = dict(zip(keys, observations, strict=True))
    stored = await _list_stored(connection, org_id, row, provider, terms, in_file)
    titles = {external_id: asset.title for external_id, asset in parsed.assets.items()}
    names = await imports_store.list_file_names(
        connection, org_id, {UUID(str(each["import_id"])) for each in stored.values() if each["import_id"]}
    )
    return _compare(own, in_file, stored, newer, titles, await _own_dates(connection, org_id, names), names)


async def _list_stored(
    connection: Connection,
    org_id: UUID,
    row: Row,
    provider: str,
    terms: str,
    in_file: Mapping[ValueKey, Observation],
) -> dict[ValueKey, Row]:
    days = [key[3] for key in in_file]
    rows = await store.list_values(
        connection,
        org_id,
        artist_id=row["artist_id"],
        provider=provider,
        terms=terms,
        metrics={key[0] for key in in_file},
        first_on=min(days),
        last_on=max(days),
    )
    by_key = {(each["metric"], each["asset"], each["dimension"], each["observed_on"]): each for each in rows}
    return {key: each for key, each in by_key.items() if key in in_file}


async def _own_dates(connection: Connection, org_id: UUID, names: Mapping[UUID, str]) -> dict[UUID, OwnDate]:
    found = {}
    for id in names:
        row = await imports_store.find_import(connection, org_id, id)
        days = row["summary"].get("held_days") if row else None
        if row and days:
            found[id] = make_own_date(row, date.fromisoformat(days["last_complete"]))
    return found


def _compare(
    own: OwnDate,
    in_file: Mapping[ValueKey, Observation],
    stored: Mapping[ValueKey, Row],
    newer: list[ReadExport],
    titles: Mapping[str, str],
    own_dates: Mapping[UUID, OwnDate],
    names: Mapping[UUID, str],
) -> schemas.Overlap:
    # A value that a newer export confirms has the older one as its source; what it is compared with is the newer.
    newest = {key: export for export in newer for key in export.values}
    counts: dict[UUID | None, Counter[str]] = defaultdict(Counter)
    days: dict[UUID | None, set[date]] = defaultdict(set)
    spans: dict[UUID | None, list[date]] = defaultdict(list)
    differing, new = [], 0
    for key, observation in in_file.items():
        before = stored.get(key)
        if before is None:
            new += 1
            continue
        export = newest.get(key)
        source = UUID(str(export.row["id"])) if export else before["import_id"] and UUID(str(before["import_id"]))
        spans[source].append(key[3])
        if before["value"] == observation.value:
            counts[source]["same"] += 1
            continue
        stays = "stored" if export else "file"
        counts[source]["kept" if export else "replaced"] += 1
        days[source].add(key[3])
        differing.append(
            schemas.DifferingValue(
                row=observation.source_row,
                metric=key[0],
                title=before["title"] or titles.get(key[1] or ""),
                dimension=observation.dimension,
                observed_on=key[3],
                stored=before["value"],
                in_file=observation.value,
                stays=stays,
                import_id=source,
            )
        )
    dates = dict(own_dates) | {UUID(str(export.row["id"])): export.own_date for export in newer}
    file_names = dict(names) | {UUID(str(export.row["id"])): export.row["file_name"] for export in newer}
    overlapped = [
        schemas.OverlappedImport(
            import_id=id,
            file_name=file_names.get(id) if id else None,
            own_date=_show(dates[id]) if id in dates else None,
            same=counts[id]["same"],
            replaced=counts[id]["replaced"],
            kept=counts[id]["kept"],
            first=min(span),
            last=max(span),
            days=len(days[id]),
            reason=explain(own, dates.get(id) if id else None),
        )
        for id, span in spans.items()
    ]
    differing.sort(key=lambda each: (each.observed_on, each.metric), reverse=True)
    return schemas.Overlap(
        own_date=_show(own),
        new=new,
        same=sum(each.same for each in overlapped),
        replaced=sum(each.replaced for each in overlapped),
        kept=sum(each.kept for each in overlapped),
        imports=sorted(overlapped, key=lambda each: (each.first, each.file_name or "")),
        differing=differing[:_SHOWN],
    )


def explain(own: OwnDate, other: OwnDate | None) -> str:
    """Return why an export is newer than the other one, or older, in words."""
    if other is None:
        return "What is stored has no date of its own, so this file's values stay."
    which = "this file's" if own > other else "the stored"
    if own.last_on != other.last_on:
        return f"This file ends on {own.last_on}, the other on {other.last_on}, so {which} values stay."
    if own.in_name or other.in_name:
        moments = [
            f"{each.made_at:%Y-%m-%d %H:%M} ({'in its name' if each.in_name else 'its upload'})"
            for each in (own, other)
        ]
        this, that = moments
        return f"Both end on {own.last_on}. This file is of {this}, the other of {that}, so {which} values stay."
    return (
        f"Both end on {own.last_on} and have no date in their names, so the one uploaded later stays: {which} values."
    )


def _show(own: OwnDate) -> schemas.ExportDate:
    return schemas.ExportDate(
        last_on=own.last_on, named_at=own.made_at if own.in_name else None, uploaded_at=own.uploaded_at
    )
