"""Parse the stored file of an import again, with the hints of its first parsing."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from arti.imports import preview, store
from arti.imports.column_mapping import make_parser
from arti.imports.preview import RecognisedFile
from arti.imports.teams.scope import ARTIST_TEAM
from arti.imports.types import Answers, FileRejected, Hints, Known, KnownTrack, ParsedFile, Parser
from arti.metrics.sources.known import get_provider, list_metrics
from arti.music.releases.store import list_labels_of
from arti.music.store import find_artist, list_titles
from arti.vocabulary import OWN_PREFIX, Provider
from arti_core import clock
from arti_core.database import Connection, Row
from arti_core.errors import Conflict, Invalid, NotFound
from arti_core.files.file_store import FileStore


@dataclass(frozen=True, slots=True)
class StoredImport:
    """An import, with its file's content where this request has parsed it; None for a refused file."""

    id: UUID
    recognised: RecognisedFile | None = None
    parsed: ParsedFile | None = None


async def parse_stored_file(connection: Connection, file_store: FileStore, org_id: UUID, row: Row) -> StoredImport:
    """Parse an import's file for its questions and row results."""
    if row["status"] == "refused":
        return StoredImport(row["id"])
    recognised, parsed, _ = await parse_with_answers(
        connection, file_store, org_id, row, row["options"], provisional=True
    )
    return StoredImport(row["id"], recognised, parsed)


async def parse_with_answers(
    connection: Connection,
    file_store: FileStore,
    org_id: UUID,
    row: Row,
    answered: Mapping[str, str],
    *,
    provisional: bool = False,
) -> tuple[RecognisedFile, ParsedFile, Answers]:
    hints = await find_stored_hints(connection, org_id, row)
    content = await _read_file(connection, file_store, org_id, row)
    # Of an own source only what a person has mapped is read by its mapping.
    parser = await find_own_parser(connection, org_id, row["source"])
    recognised = await asyncio.to_thread(
        preview.recognise_file, content, hints, parser, prefer=(row["source"],) if row["source"] else ()
    )
    if row["status"] in ("committed", "undone"):
        # A question that is newer than the commit was answered by the guess of then.
        answered = preview.provisional_answers(recognised.questions) | dict(answered)
    try:
        if provisional:
            answers = preview.provisional_answers(recognised.questions) | dict(answered)
            parsed = await asyncio.to_thread(preview.parse_provisionally, recognised, answers, hints)
            return recognised, parsed, answers
        answers = preview.check_answers(recognised.questions, answered)
        parsed = await asyncio.to_thread(preview.parse_file, recognised, answers, hints)
        return recognised.with_answers(answers), parsed, answers
    except FileRejected as error:
        raise Invalid(str(error), field="options") from None


async def _read_file(connection: Connection, file_store: FileStore, org_id: UUID, row: Row) -> bytes:
    """Return the file of an import as it was uploaded. Raises Conflict for one that was deleted, Damaged."""
    if row["file_id"] is None:
        raise Conflict(f"The file {row['file_name']} was deleted, so it cannot be read again. Upload it once more.")
    file = await file_store.find(connection, org_id, row["file_id"])
    return await file_store.read(connection, file, at_most=file.size)


async def find_own_parser(connection: Connection, org_id: UUID, provider: str | None) -> Parser | None:
    """Return the parser of a source of the org's own; None for a platform, whose files are recognised."""
    if provider is None or not provider.startswith(OWN_PREFIX):
        return None
    source = await get_provider(connection, org_id, provider, field="source")
    return make_parser(source, await list_metrics(connection, org_id))


async def list_known(connection: Connection, org_id: UUID, artist_id: UUID) -> Known:
    """Return what is stored of the artist that a file of theirs may name. Raises NotFound."""
    artist = await find_artist(connection, org_id, artist_id)
    if artist is None:
        raise NotFound("artist")
    tracks = await list_titles(connection, org_id, artist_id, Provider.SPOTIFY, ["track"])
    videos = await list_titles(connection, org_id, artist_id, Provider.YOUTUBE, ["video", "short"])
    playlists = await list_titles(connection, org_id, artist_id, Provider.SPOTIFY, ["playlist"])
    named = [
        [KnownTrack(row["external_id"], row["title"], row["released_on"]) for row in rows]
        for rows in (tracks, videos, playlists)
    ]
    return Known(
        (artist["name"], *artist["aliases"]),
        tracks=named[0],
        videos=named[1],
        playlists=named[2],
        scope=await store.find_last_scope(connection, org_id, artist_id) or ARTIST_TEAM,
        labels=await list_labels_of(connection, org_id, artist_id),
    )


async def find_stored_hints(connection: Connection, org_id: UUID, row: Row) -> Hints:
    """Return the hints with which an import's file is read again."""
    known = await list_known(connection, org_id, row["artist_id"])
    if row["status"] in ("committed", "undone"):
        # What is matched now stays matched, whatever exists later; whose file it is was asked then.
        identified = set(row["summary"].get("identified", ()))
        stored = [
            [one for one in each if one.external_id in identified]
            for each in (known.tracks, known.videos, known.playlists)
        ]
        known = Known(
            known.artists,
            tracks=stored[0],
            videos=stored[1],
            playlists=stored[2],
            scope=ARTIST_TEAM,  # of an import from before it was asked
        )
    # What was not over when the file was committed is not over when it is read again.
    return build_hints(row["file_name"], known, read_at=row["committed_at"])


def build_hints(name: str, known: Known, *, days: Any = None, read_at: datetime | None = None) -> Hints:
    folder, _, file_name = name.rpartition("/")
    read_at = read_at or clock.now()
    return Hints(file_name, read_at.date(), folder, days, known, read_at)
