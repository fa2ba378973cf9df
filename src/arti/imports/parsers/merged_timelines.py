"""Song timelines of Spotify for Artists merged by hand: a date, then one column for each song.

The file does not contain what its numbers count, so the user is asked; the file name gives the default.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from arti.imports.cells.cell_parsers import ColumnKind, is_blank, split_number
from arti.imports.cells.day_format import looks_like_a_day, looks_like_a_serial
from arti.imports.parsers.counter_names import is_counter
from arti.imports.parsers.daily import DAY
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    UniqueDays,
    has_valid_shape,
    read_day,
    read_measures,
    with_marks,
)
from arti.imports.readers.track_matching import count_tracks_titled, match_track
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, RowResult, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

_METRICS = {"streams": MeasureColumn("consumption.streams"), "listeners": MeasureColumn("audience.listeners")}
_SAMPLE = 20


def _recognises(table: SourceTable) -> bool:
    """Return whether the table has a column of days and otherwise only numbers, none of them a known counter."""
    if len(table.names) < 2 or table.names.count(DAY) != 1 or not all(table.names) or is_counter(table):
        return False
    at = table.names.index(DAY)
    rows = [row for row in table.rows[:_SAMPLE] if len(row) > at and not is_total(row[at])]
    cells = [cell for row in rows for index, cell in enumerate(row) if index != at and not is_blank(cell)]
    days = [row[at] for row in rows]
    are_days = all(map(looks_like_a_day, days)) or all(map(looks_like_a_serial, days))
    return bool(days and cells) and are_days and all(map(split_number, cells))


def _kinds(table: SourceTable) -> dict[int, ColumnKind]:
    return {index: ColumnKind.DAY if name == DAY else ColumnKind.COUNT for index, name in enumerate(table.names)}


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    guess = next((name for name in _METRICS if name[:-1] in hints.file_name.casefold()), None)
    titles = ", ".join([title for title, name in zip(table.header, table.names, strict=True) if name != DAY][:3])
    text = f"These columns look like songs on Spotify: {titles}, ... What do their daily numbers count?"
    return [FileQuestion("columns", text, "choice", guess, tuple(_METRICS))]


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    column = _METRICS.get(answers.get("columns", ""))
    if column is None:
        raise FileRejected(f"columns must be one of {', '.join(_METRICS)}.")
    parsed, days = ParsedFile(daily=True), UniqueDays()
    date_index = table.names.index(DAY)
    columns = with_marks(table, {index: column for index in range(len(table.header)) if index != date_index})
    track_ids: dict[int, str] = {}
    for index in columns:
        title = table.header[index]
        track = match_track(title, None, hints.known.tracks)
        if track in track_ids.values():
            track = f"{title}|"
        if count_tracks_titled(title, hints.known.tracks) > 1:
            parsed.notes.append(f"Several songs are called {title!r}, so these numbers are stored as a separate song.")
        existing = next((song for song in hints.known.tracks if song.external_id == track), None)
        parsed.assets[track] = AssetRecord(track, "track", existing.title if existing else title)
        track_ids[index] = track
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if is_total(cells[date_index]):
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        day = read_day(parsed, row, table, cells, date_index, hints.today)
        if day and days.add(parsed, row, day):
            _read_row(parsed, row, cells, track_ids, columns, day)
    return parsed


def _read_row(
    parsed: ParsedFile,
    row: int,
    cells: Sequence[str],
    track_ids: Mapping[int, str],
    columns: Mapping[int, MeasureColumn],
    day: date,
) -> None:
    row_only = ParsedFile()
    for index, track in track_ids.items():
        read_measures(row_only, row, cells, {index: columns[index]}, on=day, asset=track)
    parsed.observations += row_only.observations
    problems = [result.reason for result in row_only.row_results if result.reason]
    parsed.record_row(row, problems, stored=bool(row_only.observations))


PARSER = Parser(
    source="spotify_for_artists.merged_song_timelines",
    title="Song timelines of Spotify for Artists, merged into one file",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    kinds=_kinds,
    questions=_questions,
    parse=_parse,
)
