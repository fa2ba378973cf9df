"""Preview files that were dropped together.

The files find their artists by themselves (`sorting.py`). Those of one artist and platform are previewed together, so
that a daily export gives the others their period, also when they come with several requests.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Final
from uuid import UUID

from arti.imports import preview, service
from arti.imports.batches import store
from arti.imports.batches.sorting import (
    ArtistNames,
    FilePlacement,
    KnownTitle,
    place,
    place_with_neighbours,
    read_texts,
)
from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.history import get_import
from arti.imports.mappings.service import fingerprint_of
from arti.imports.mappings.store import find_mappings
from arti.imports.parsers.registry import holds_money, is_royalties
from arti.imports.preview import RecognisedFile
from arti.imports.readers.archive import UploadedTable, unpack
from arti.imports.readers.artist_name import find_named_artist, list_line_artists
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.store import list_roster
from arti.imports.stored_files import StoredImport, build_hints
from arti.imports.types import FileQuestion, FileRejected, Known, SourceTable
from arti.orgs.authorization import Actor
from arti_core.database import Row
from arti_core.errors import Invalid, NotFound
from arti_core.files.file_store import FileStore

HEAD_BYTES: Final = 64 * 1024  # of a file, to see whose it is

NO_MONEY: Final = "The file holds amounts of money, which you may not import. Ask an admin of the org for money:write."

Key = tuple[UUID, str]  # artist, provider


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A file without an artist: nothing of it is stored."""

    name: str
    title: str | None
    placement: FilePlacement
    refusal: str | None


@dataclass(slots=True)
class _SortedTable:
    table: UploadedTable
    file: RecognisedFile | None
    refusal: str | None
    placement: FilePlacement
    mapping: Row | None = None  # for a table of which a person has said what it holds

    @property
    def provider(self) -> str:
        if self.mapping:
            return f"{self.mapping['source']} {self.mapping['header_sha256'].hex()}"
        return (self.file.parser.provider if self.file else None) or ""


async def add_files(
    actor: Actor,
    file_store: FileStore,
    *,
    batch_id: UUID | None,
    files: Sequence[tuple[str, bytes]],
    artist_id: UUID | None = None,
    placements: Mapping[str, UUID] | None = None,
    may_import_money: bool = True,
    upload_id: UUID | None = None,
) -> tuple[UUID, list[Unplaced]]:
    """Preview files in a new batch or in `batch_id`. Returns the batch, and the files that found no artist.

    `artist_id`: whose files all of them are. `placements`: the artist of each table, by its name; then the others of
    the files are left out, as they were read before. `upload_id`: the upload of a link that the files came with. Raises
    NotFound for an unknown batch or artist.
    """
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None  # files are imported by a person
    if batch_id is None:
        batch_id = await store.insert_batch(connection, org_id, principal.user_id)
    elif not await store.lock_batch(connection, org_id, batch_id):
        raise NotFound("batch")
    tables = [table for name, content in files for table in await asyncio.to_thread(_open, name, content)]
    if placements:
        tables = [table for table in tables if table.name in placements]
        if not tables:
            names = ", ".join(list(placements)[:3])
            raise Invalid(f"None of the files sent is called {names}. Name them as `unplaced` did.", field="placements")
    sorted_tables = await _sort(actor, tables, artist_id, placements or {})
    groups: dict[Key, list[_SortedTable]] = {}
    for one in sorted_tables:
        if not may_import_money and one.file and holds_money(one.file.parser.source):
            one.refusal = NO_MONEY
            one.placement = FilePlacement(None, one.refusal)
        if one.placement.artist_id:
            groups.setdefault((one.placement.artist_id, one.provider), []).append(one)
    _join_unknown_platforms(groups)
    earlier: dict[Key, list[Row]] = {}
    for row in await store.list_items(connection, org_id, batch_id):
        if row["status"] == "previewed" and row["file_id"] and not row["is_large"]:
            earlier.setdefault((row["artist_id"], row["provider"] or ""), []).append(row)
    for key, members in groups.items():
        await _preview_group(actor, file_store, batch_id, key[0], members, earlier.get(key, []), upload_id)
    return batch_id, [_describe(one) for one in sorted_tables if not one.placement.artist_id]


async def place_tables(actor: Actor, heads: Sequence[UploadedTable]) -> list[Unplaced]:
    """Return what the beginning of each table says of it, and whose it is."""
    return [_describe(one) for one in await _sort(actor, heads, None, {})]


def _describe(one: _SortedTable) -> Unplaced:
    return Unplaced(one.table.name, one.file.parser.title if one.file else None, one.placement, one.refusal)


def _open(name: str, content: bytes) -> list[UploadedTable]:
    try:
        return unpack(name, content)
    except FileRejected as error:
        return [UploadedTable(name, content, str(error))]


async def _sort(
    actor: Actor, tables: Sequence[UploadedTable], artist_id: UUID | None, placements: Mapping[str, UUID]
) -> list[_SortedTable]:
    found = [await asyncio.to_thread(_recognise_head, table) for table in tables]
    by_hand = [artist_id or placements.get(table.name) for table in tables]
    if all(by_hand):
        placed = [FilePlacement(id, "chosen") for id in by_hand]
    else:
        roster = ArtistNames(await list_roster(actor.connection, actor.org_id))
        texts = [read_texts(table.name, *_columns(file)) for table, (file, _) in zip(tables, found, strict=True)]
        rows = await store.list_titles_among(actor.connection, actor.org_id, set().union(*texts))
        titles = [
            KnownTitle(row["artist_id"], tuple(filter(None, (row["external_id"], row["isrc"]))), row["title"])
            for row in rows
        ]
        placed = []
        for table, (file, _), words in zip(tables, found, texts, strict=True):
            stated = find_named_artist(file.table, build_hints(table.name, Known())) if file else None
            placed.append(place(table.name, stated, roster, titles, words, _artists_of_lines(file)))
        placed = place_with_neighbours([table.name for table in tables], placed)
    sorted_tables = [
        _SortedTable(table, file, refusal, placement)
        for table, (file, refusal), placement in zip(tables, found, placed, strict=True)
    ]
    await _find_mappings(actor, sorted_tables)
    return sorted_tables


async def _find_mappings(actor: Actor, tables: Sequence[_SortedTable]) -> None:
    # What a person said of a header comes before what is ready for it.
    mappable = [one for one in tables if (one.file.parser.words if one.file else not one.table.refusal)]
    unknown = [(one, fingerprint_of(one.table.content)) for one in mappable]
    headers = [header for _, header in unknown if header]
    mappings = await find_mappings(actor.connection, actor.org_id, headers) if headers else {}
    for one, header in unknown:
        if header in mappings:
            one.mapping, one.refusal, one.file = mappings[header], None, None
            one.placement = replace(one.placement, reason=f"{one.placement.reason}; columns as kept")


def _artists_of_lines(file: RecognisedFile | None) -> list[str]:
    """Return whom the first lines of a report of money name."""
    return list_line_artists(file.table) if file and is_royalties(file.parser.source) else []


def _columns(file: RecognisedFile | None) -> tuple[SourceTable | None, dict[int, ColumnKind]]:
    return (file.table, file.parser.kinds(file.table)) if file else (None, {})


def _recognise_head(table: UploadedTable) -> tuple[RecognisedFile | None, str | None]:
    """Return what a file is by its first rows, or why it is refused."""
    if table.refusal:
        return None, table.refusal
    content, is_cut = table.content, len(table.content) > HEAD_BYTES
    if is_cut:
        content = content[: max(content.rfind(b"\n", 0, HEAD_BYTES), 0) or HEAD_BYTES]
    try:
        return preview.recognise_file(content, build_hints(table.name, Known()), is_beginning=is_cut), None
    except FileRejected as error:
        return None, str(error)


def _join_unknown_platforms(groups: dict[Key, list[_SortedTable]]) -> None:
    """Put an artist's files of no named platform beside those of their only platform: they learn it from them."""
    for artist_id in {artist_id for artist_id, provider in groups if not provider}:
        known = [key for key in groups if key[0] == artist_id and key[1]]
        if len(known) == 1:
            groups[known[0]] += groups.pop((artist_id, ""))


async def _preview_group(
    actor: Actor,
    file_store: FileStore,
    batch_id: UUID,
    artist_id: UUID,
    members: Sequence[_SortedTable],
    earlier: Sequence[Row],
    upload_id: UUID | None,
) -> None:
    """Preview files of one artist and platform, and again those of earlier requests: each may learn from the others."""
    connection, org_id, principal = actor.connection, actor.org_id, actor.principal
    assert principal is not None
    placed_by = [one.placement.reason for one in members]
    tables = [one.table for one in members]
    upload_ids: list[list[UUID]] = [[upload_id] if upload_id else [] for _ in members]
    if any(row["questions"] for row in earlier) or any(one.file and one.file.questions for one in members):
        for row in earlier:
            file = await file_store.find(connection, org_id, row["file_id"])
            content = await file_store.read(connection, file, at_most=file.size)
            tables.append(UploadedTable(row["file_name"], content))
            placed_by.append(row["placed_by"])
            upload_ids.append(row["upload_ids"])
            await service.delete_import(connection, file_store, org_id, row["id"])
    mapping = members[0].mapping
    imports = await service.preview_tables(
        connection,
        file_store,
        org_id,
        artist_id=artist_id,
        tables=tables,
        principal=principal,
        source=mapping["source"] if mapping else None,
        mapping=mapping["options"] if mapping else None,
    )
    rows = [await get_import(connection, org_id, stored.id, lock=False) for stored in imports]
    last_days = {days["last"] for row in rows if (days := row["summary"].get("days"))}
    for stored, row, reason, uploads in zip(imports, rows, placed_by, upload_ids, strict=True):
        questions = stored.recognised.questions if stored.recognised and row["status"] == "previewed" else []
        await store.insert_item(
            connection,
            org_id,
            batch_id,
            stored.id,
            placed_by=reason[:300],
            questions=[public_question(question, row) for question in questions],
            open_keys=find_open_keys(stored, row, last_days),
            upload_ids=uploads,
        )


def public_question(question: FileQuestion, row: Row) -> dict[str, object]:
    public = {name: value for name, value in asdict(question).items() if name != "example"}
    return public | {"default": row["options"].get(question.key, question.default)}


def find_open_keys(stored: StoredImport, row: Row, last_days: set[str]) -> list[str]:
    """Return the questions that only a person can answer: those without a guess, or with one that nothing speaks for.

    The last day of a period is guessed to be yesterday where neither the file's name nor its neighbours say it.
    """
    if stored.recognised is None or row["status"] != "previewed":
        return []
    return _find_open([question.key for question in stored.recognised.questions], row, last_days)


def _find_open(keys: Sequence[str], row: Row, last_days: set[str]) -> list[str]:
    options = row["options"]
    of_name = guess_period(build_hints(row["file_name"], Known()))[1]
    return [
        key
        for key in keys
        if not options.get(key) or (key == "period_to" and of_name is None and options[key] not in last_days)
    ]


def open_keys_of(row: Row) -> list[str]:
    """Return the keys of the open questions of a batch's import, as `store.list_items` returns it."""
    if row["status"] != "previewed":
        return []
    return _find_open([each["key"] for each in row["questions"]], row, set()) if row["is_large"] else row["open"]
