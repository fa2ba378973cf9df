"""Spotify for Artists, playlists: what each playlist brought over a period that the file does not name.

title,author,listeners,streams,date_added, at times led by song. There is no id: title, author and day make one.
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
from arti.imports.types import Answers, Hints, ParsedFile, Parser, Question, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

COLUMNS = {"listeners": MeasureColumn("audience.listeners"), "streams": MeasureColumn("consumption.streams")}
_NEEDED = {"title", "author", "streams"}


def _recognises(table: SourceTable) -> bool:
    return set(table.names) >= _NEEDED


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    period, last = period_in_name(hints)
    return period_questions(period=period, last=last, latest=hints.today, what="these playlists' numbers")


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    reading = ParsedFile()
    columns = number_columns(table, COLUMNS)
    places = {name: place for place, name in enumerate(table.names)}
    note_unknown(table, ["title", "author", "song", "date_added", *COLUMNS], reading)
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        title, author = (
            normalise_whitespace(cells[places["title"]])[:300],
            normalise_whitespace(cells[places["author"]])[:200],
        )
        song = normalise_whitespace(cells[places["song"]])[:300] if "song" in places else ""
        problems: list[str] = []
        added_on = None
        if "date_added" in places:
            try:
                added_on = parse_day(cells[places["date_added"]])
            except ValueError as error:
                problems.append(f"date added: {error}")
        playlist = f"playlist:{title}|{author}|{added_on or ''}"
        cut = f"{dimension},song={song}" if song else dimension
        if not title or (playlist in reading.assets and not song):
            why = f"the playlist {title!r} stands in an earlier row" if title else "the playlist has no title"
            reading.record_row(row, [why], stored=False)
            continue
        added = {"added_on": str(added_on)} if added_on else {}
        details = {"curator": author} | added if author not in ("", "-") else added
        reading.assets[playlist] = AssetRecord(playlist, "playlist", title, details=details)
        read_cells(reading, row, cells, columns, on=last, asset=playlist, dimension=cut, problems=problems)
    return reading


PARSER = Parser(
    source="spotify_for_artists.playlists",
    title="Spotify for Artists, playlists",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
