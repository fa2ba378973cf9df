"""Spotify for Artists, playlists: totals of each playlist over a period that the file does not contain.

title,author,listeners,streams,date_added, sometimes with song first. There is no id: title, author and day form one.
"""

from arti.imports.readers.cell_parsers import normalise_whitespace, parse_day
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.measures import (
    MeasureColumn,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_measures,
    read_period,
)
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

COLUMNS = {"listeners": MeasureColumn("audience.listeners"), "streams": MeasureColumn("consumption.streams")}
_REQUIRED = {"title", "author", "streams"}


def _recognises(table: SourceTable) -> bool:
    return set(table.names) >= _REQUIRED


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints)
    return period_questions(period=period, last=last, latest=hints.today, subject="these playlists' numbers")


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    columns = find_measure_columns(table, COLUMNS)
    indexes = {name: index for index, name in enumerate(table.names)}
    note_ignored_columns(table, ["title", "author", "song", "date_added", *COLUMNS], parsed)
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        title, author = (
            normalise_whitespace(cells[indexes["title"]])[:300],
            normalise_whitespace(cells[indexes["author"]])[:200],
        )
        song = normalise_whitespace(cells[indexes["song"]])[:300] if "song" in indexes else ""
        problems: list[str] = []
        added_on = None
        if "date_added" in indexes:
            try:
                added_on = parse_day(cells[indexes["date_added"]])
            except ValueError as error:
                problems.append(f"date added: {error}")
        playlist = f"playlist:{title}|{author}|{added_on or ''}"
        row_dimension = f"{dimension},song={song}" if song else dimension
        if not title or (playlist in parsed.assets and not song):
            reason = f"the playlist {title!r} is already in an earlier row" if title else "the playlist has no title"
            parsed.record_row(row, [reason], stored=False)
            continue
        added = {"added_on": str(added_on)} if added_on else {}
        details = {"curator": author} | added if author not in ("", "-") else added
        parsed.assets[playlist] = AssetRecord(playlist, "playlist", title, details=details)
        read_measures(parsed, row, cells, columns, on=last, asset=playlist, dimension=row_dimension, problems=problems)
    return parsed


PARSER = Parser(
    source="spotify_for_artists.playlists",
    title="Spotify for Artists, playlists",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    parse=_parse,
)
