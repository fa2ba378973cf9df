"""Spotify for Artists, timeline of one song: date,streams. The song's title is only in the file's name."""

from arti.imports.cell_parsers import normalise_whitespace
from arti.imports.file_name_hints import title_in_name
from arti.imports.measures import Days, MeasureColumn, day_of, fits, read_cells
from arti.imports.track_matching import count_same_title, identify
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, Parser, Question, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

_STREAMS = MeasureColumn("consumption.streams")
_NAMES = {"streams", "écoutes"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return len(names) == 2 and "date" in names and bool(names & _NAMES)


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    known = tuple(dict.fromkeys(track.title for track in hints.tracks))[:100]
    guess = title_in_name(hints.file_name)
    return [Question("song", "Which song is this the timeline of?", "text", guess, known)]


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    title = normalise_whitespace(answers.get("song", ""))[:300]
    if not title:
        raise FileRejected("song must be the title of the song.")
    reading, days = ParsedFile(daily=True), Days()
    track = identify(title, None, hints.tracks)
    if count_same_title(title, hints.tracks) > 1:
        reading.notes.append(f"Several songs are called {title!r}; these streams are kept apart from all of them.")
    known = next((song for song in hints.tracks if song.external_id == track), None)
    reading.assets[track] = AssetRecord(track, "track", known.title if known else title)
    date_place = table.names.index("date")
    for row, cells in enumerate(table.rows, start=1):
        if fits(reading, row, cells, len(table.header)):
            day = day_of(reading, row, cells[date_place], hints.today)
            if day and days.is_new(reading, row, day):
                read_cells(reading, row, cells, {1 - date_place: _STREAMS}, on=day, asset=track)
    return reading


PARSER = Parser(
    source="spotify_for_artists.song_timeline",
    title="Spotify for Artists, timeline of one song",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
