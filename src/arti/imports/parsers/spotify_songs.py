"""Spotify for Artists, list of songs: totals of a period that the file does not name.

song,listeners,streams,saves,release_date. In the all-time list Spotify writes 0 for every listener and save.
"""

from arti.imports.cell_parsers import normalise_whitespace, parse_day
from arti.imports.file_name_hints import period_in_name
from arti.imports.measures import (
    MeasureColumn,
    fits,
    note_unknown,
    number_columns,
    period_questions,
    read_cells,
    read_period,
)
from arti.imports.track_matching import identify
from arti.imports.types import Answers, Hints, ParsedFile, Parser, Question, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

COLUMNS = {
    "listeners": MeasureColumn("audience.listeners"),
    "streams": MeasureColumn("consumption.streams"),
    "saves": MeasureColumn("engagement.saves"),
}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "song" in names and "release_date" in names and bool(names & COLUMNS.keys()) and "title" not in names


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    period, last = period_in_name(hints)
    return period_questions(period=period, last=last, latest=hints.today, what="these songs' numbers")


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    reading = ParsedFile()
    columns = number_columns(table, COLUMNS)
    song, released = table.names.index("song"), table.names.index("release_date")
    note_unknown(table, ["song", "release_date", *COLUMNS], reading)
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        title, problems = normalise_whitespace(cells[song])[:300], []
        if not title:
            reading.record_row(row, ["the song has no title"], stored=False)
            continue
        try:
            released_on = parse_day(cells[released])
        except ValueError as error:
            released_on, problems = None, [f"release date: {error}"]
        track = identify(title, released_on, hints.tracks)
        if track in reading.assets:
            track = f"{title}|{released_on or ''}"
        if track in reading.assets:
            reading.record_row(row, [f"the song {title!r} of the same day stands in an earlier row"], stored=False)
            continue
        reading.assets[track] = AssetRecord(track, "track", title, released_on=released_on)
        read_cells(reading, row, cells, columns, on=last, asset=track, dimension=dimension, problems=problems)
    _note_empty_columns(table, reading)
    return reading


def _note_empty_columns(table: SourceTable, reading: ParsedFile) -> None:
    streams = [seen.value for seen in reading.observations if seen.metric == "consumption.streams"]
    for name in ("listeners", "saves"):
        values = [seen.value for seen in reading.observations if seen.metric == COLUMNS[name].metric]
        if values and any(streams) and not any(values):
            reading.notes.append(f"Every song has 0 {name}: Spotify writes that into its all-time list. Kept as it is.")


PARSER = Parser(
    source="spotify_for_artists.songs",
    title="Spotify for Artists, list of songs",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
