"""Song timelines of Spotify for Artists merged by hand: a date, then one column for each song.

The file does not contain what its numbers count, so the user is asked; the file name gives the default.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from arti.imports.cells.cell_parsers import ColumnKind, is_blank, split_number
from arti.imports.cells.day_format import looks_like_a_day
from arti.imports.parsers.counter_names import is_counter
from arti.imports.readers.measures import (
    MeasureColumn,
    UniqueDays,
    has_valid_shape,
    read_day,
    read_measures,
    with_marks,
)
from arti.imports.readers.track_matching import count_tracks_titled, match_track
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

_METRICS = {"streams": MeasureColumn("consumption.streams"), "listeners": MeasureColumn("audience.listeners")}
_SAMPLE = 20


def _recognises(table: SourceTable) -> bool:
    """Return whether the table has a column of days and otherwise only numbers, none of them a known counter."""
    if len(table.names) < 2 or table.names[0] != "date" or not all(table.names) or is_counter(table):
        return False
    cells = [cell for row in table.rows[:_SAMPLE] for cell in row[1:] if not is_blank(cell)]
    days = [row[0] for row in table.rows[:_SAMPLE] if row]
    return bool(days and cells) and all(map(looks_like_a_day, days)) and all(map(split_number, cells))


def _kinds(table: SourceTable) -> dict[int, ColumnKind]:
    return {0: ColumnKind.DAY} | dict.fromkeys(range(1, len(table.names)), ColumnKind.COUNT)


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    guess = next((name for name in _METRICS if name[:-1] in hints.file_name.casefold()), None)
    titles = ", ".join(table.header[1:4])
    text = f"These columns look like songs on Spotify: {titles}, ... What do their daily numbers count?"
    return [FileQuestion("columns", text, "choice", guess, tuple(_METRICS))]


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    column = _METRICS.get(answers.get("columns", ""))
    if column is None:
        raise FileRejected(f"columns must be one of {', '.join(_METRICS)}.")
    parsed, days = ParsedFile(daily=True), UniqueDays()
    columns = with_marks(table, dict.fromkeys(range(1, len(table.header)), column))
    track_ids = []
    for title in table.header[1:]:
        track = match_track(title, None, hints.known.tracks)
        if track in track_ids:
            track = f"{title}|"
        if count_tracks_titled(title, hints.known.tracks) > 1:
            parsed.notes.append(f"Several songs are called {title!r}, so these numbers are stored as a separate song.")
        existing = next((song for song in hints.known.tracks if song.external_id == track), None)
        parsed.assets[track] = AssetRecord(track, "track", existing.title if existing else title)
        track_ids.append(track)
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        day = read_day(parsed, row, table, cells, 0, hints.today)
        if day and days.add(parsed, row, day):
            _read_row(parsed, row, cells, track_ids, columns, day)
    return parsed


def _read_row(
    parsed: ParsedFile,
    row: int,
    cells: Sequence[str],
    track_ids: Sequence[str],
    columns: Mapping[int, MeasureColumn],
    day: date,
) -> None:
    row_only = ParsedFile()
    for index, track in enumerate(track_ids, start=1):
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
