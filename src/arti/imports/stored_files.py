"""Parse the stored file of an import again, with the hints of its first parsing."""

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
    """An import, with its file's content where this request has parsed it; None for a refused file."""

    id: UUID
    recognised: RecognisedFile | None = None
    parsed: ParsedFile | None = None


async def parse_stored_file(connection: Connection, org_id: UUID, row: Row) -> StoredImport:
    """Parse an import's file for its questions and row results."""
    if row["status"] == "refused":
        return StoredImport(row["id"])
    recognised, parsed, _ = await parse_with_answers(connection, org_id, row, row["options"], provisional=True)
    return StoredImport(row["id"], recognised, parsed)


async def parse_with_answers(
    connection: Connection, org_id: UUID, row: Row, answered: Mapping[str, str], *, provisional: bool = False
) -> tuple[RecognisedFile, ParsedFile, Answers]:
    hints = await _stored_hints(connection, org_id, row)
    content = await store.read_file(connection, org_id, row["id"])
    recognised = await asyncio.to_thread(preview.recognise_file, content, hints)
    try:
        if provisional:
            answers = preview.provisional_answers(recognised.questions) | dict(answered)
        else:
            answers = preview.check_answers(recognised.questions, answered)
        return recognised, await asyncio.to_thread(preview.parse_file, recognised, answers, hints), answers
    except FileRejected as error:
        raise Invalid(str(error), field="options") from None


async def list_known_tracks(connection: Connection, org_id: UUID, artist_id: UUID) -> list[KnownTrack]:
    rows = await list_tracks(connection, org_id, artist_id, Provider.SPOTIFY)
    return [KnownTrack(row["external_id"], row["title"], row["released_on"]) for row in rows]


async def _stored_hints(connection: Connection, org_id: UUID, row: Row) -> Hints:
    tracks = await list_known_tracks(connection, org_id, row["artist_id"])
    if row["status"] in ("committed", "undone"):
        identified = set(row["summary"].get("identified", ()))
        tracks = [track for track in tracks if track.external_id in identified]
    return build_hints(row["file_name"], tracks)


def build_hints(name: str, tracks: list[KnownTrack], *, days: Any = None) -> Hints:
    folder, _, file_name = name.rpartition("/")
    return Hints(file_name, clock.today(), folder, days, tracks)
