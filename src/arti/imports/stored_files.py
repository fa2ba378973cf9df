"""The stored file of an import, recognised and parsed once more under the hints that it was read with."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from arti.imports import preview, store
from arti.imports.preview import RecognisedFile
from arti.imports.types import Answers, FileRejected, Hints, KnownTrack, ParsedFile
from arti.music.store import list_tracks
from arti.vocabulary import Provider
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Invalid


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import, with what its file holds where this step has parsed it: nothing for a file that was refused."""

    id: UUID
    found: RecognisedFile | None = None
    parsed: ParsedFile | None = None


async def parse_stored_file(connection: Connection, org_id: UUID, row: Row) -> StoredImport:
    """Parse an import's file once more, for its questions and the results of its rows."""
    if row["status"] == "refused":
        return StoredImport(row["id"])
    found, parsed, _ = await parse_with_answers(connection, org_id, row, row["options"], provisional=True)
    return StoredImport(row["id"], found, parsed)


async def parse_with_answers(
    connection: Connection, org_id: UUID, row: Row, given: Mapping[str, str], *, provisional: bool = False
) -> tuple[RecognisedFile, ParsedFile, Answers]:
    hints = await _stored_hints(connection, org_id, row)
    content = await store.read_file(connection, org_id, row["id"])
    found = await asyncio.to_thread(preview.recognise_file, content, hints)
    try:
        if provisional:
            answers = preview.provisional(found.questions) | dict(given)
        else:
            answers = preview.check_answers(found.questions, given)
        return found, await asyncio.to_thread(preview.read, found, answers, hints), answers
    except FileRejected as refused:
        raise Invalid(str(refused), field="options") from None


async def list_known_tracks(connection: Connection, org_id: UUID, artist_id: UUID) -> list[KnownTrack]:
    rows = await list_tracks(connection, org_id, artist_id, Provider.SPOTIFY)
    return [KnownTrack(row["external_id"], row["title"], row["released_on"]) for row in rows]


async def _stored_hints(connection: Connection, org_id: UUID, row: Row) -> Hints:
    tracks = await list_known_tracks(connection, org_id, row["artist_id"])
    if row["status"] in ("committed", "undone"):
        identified = set(row["summary"].get("identified", ()))
        tracks = [track for track in tracks if track.external_id in identified]
    return hints_of(row["file_name"], tracks)


def hints_of(name: str, tracks: list[KnownTrack], *, days: Any = None) -> Hints:
    folder, _, own = name.rpartition("/")
    return Hints(own, clock.today(), folder, days, tracks)
