"""Spotify for Artists, timeline of one song: date,streams. The title is only in the file name."""

from arti.imports.cells.cell_parsers import normalise_whitespace
from arti.imports.parsers.spotify.audience import COLUMNS
from arti.imports.readers.file_name_hints import guess_title
from arti.imports.readers.measures import (
    MeasureColumn,
    UniqueDays,
    find_kinds,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_measures,
    with_marks,
)
from arti.imports.readers.track_matching import count_tracks_titled, match_track
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

_STREAMS = MeasureColumn("consumption.streams")
_NAMES = {"streams"}
_OTHER_TABLES = {"song", "country", "city", "gender", "age", "source", "segment", "plays"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "date" in names and names & COLUMNS.keys() == _NAMES and not names & _OTHER_TABLES


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    titles = tuple(dict.fromkeys(track.title for track in hints.known.tracks))[:100]
    guess = guess_title(hints.file_name)
    return [FileQuestion("song", "Which song is this timeline for?", "text", guess, titles)]


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    title = normalise_whitespace(answers.get("song", ""))[:300]
    if not title:
        raise FileRejected("song must be the title of the song.")
    parsed, days = ParsedFile(daily=True), UniqueDays()
    track = match_track(title, None, hints.known.tracks)
    if count_tracks_titled(title, hints.known.tracks) > 1:
        parsed.notes.append(f"Several songs are called {title!r}, so these streams are stored as a separate song.")
    existing = next((song for song in hints.known.tracks if song.external_id == track), None)
    parsed.assets[track] = AssetRecord(track, "track", existing.title if existing else title)
    date_index = table.names.index("date")
    columns = with_marks(table, {table.names.index("streams"): _STREAMS})
    note_ignored_columns(table, ["date", *_NAMES], parsed)
    for row, cells in enumerate(table.rows, start=1):
        if has_valid_shape(parsed, row, cells, len(table.header)):
            day = read_day(parsed, row, table, cells, date_index, hints.today)
            if day and days.add(parsed, row, day):
                read_measures(parsed, row, cells, columns, on=day, asset=track)
    return parsed


PARSER = Parser(
    source="spotify_for_artists.song_timeline",
    title="Spotify for Artists, timeline of one song",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, dict.fromkeys(_NAMES, _STREAMS), day="date"),
    questions=_questions,
    parse=_parse,
)
