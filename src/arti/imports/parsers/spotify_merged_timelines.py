"""Several song timelines of Spotify for Artists that somebody merged: a date, then one column a song.

Nothing in such a file says what its numbers are, so a person is asked; a file name that says it is a default.
"""

from collections.abc import Sequence
from datetime import date

from arti.imports.cell_parsers import parse_day, parse_number
from arti.imports.measures import Days, MeasureColumn, day_of, fits, read_cells
from arti.imports.track_matching import count_same_title, identify
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, Parser, Question, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

_METRICS = {"streams": MeasureColumn("consumption.streams"), "listeners": MeasureColumn("audience.listeners")}
_SAMPLE = 20


def _recognises(table: SourceTable) -> bool:
    """A column of days, and numbers only. Asked last, when no known export fits."""
    if len(table.names) < 2 or table.names[0] != "date" or not all(table.names):
        return False
    try:
        days = [parse_day(cells[0]) for cells in table.rows[:_SAMPLE] if cells]
        numbers = [parse_number(cell) for cells in table.rows[:_SAMPLE] for cell in cells[1:]]
    except ValueError:
        return False
    return bool(days) and None not in days and any(number is not None for number in numbers)


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    guess = next((name for name in _METRICS if name[:-1] in hints.file_name.casefold()), None)
    shown = ", ".join(table.header[1:4])
    text = f"Are the columns ({shown}, ...) songs of this artist on Spotify, and what are their daily numbers?"
    return [Question("columns", text, "choice", guess, tuple(_METRICS))]


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    column = _METRICS.get(answers.get("columns", ""))
    if column is None:
        raise FileRejected(f"columns must be one of {', '.join(_METRICS)}.")
    reading, days = ParsedFile(daily=True), Days()
    songs = []
    for title in table.header[1:]:
        track = identify(title, None, hints.tracks)
        if track in songs:
            track = f"{title}|"
        if count_same_title(title, hints.tracks) > 1:
            reading.notes.append(f"Several songs are called {title!r}; these numbers are kept apart from all of them.")
        known = next((song for song in hints.tracks if song.external_id == track), None)
        reading.assets[track] = AssetRecord(track, "track", known.title if known else title)
        songs.append(track)
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        day = day_of(reading, row, cells[0], hints.today)
        if day and days.is_new(reading, row, day):
            _read_row(reading, row, cells, songs, column, day)
    return reading


def _read_row(
    reading: ParsedFile, row: int, cells: Sequence[str], songs: Sequence[str], column: MeasureColumn, day: date
) -> None:
    own = ParsedFile()
    for place, track in enumerate(songs, start=1):
        read_cells(own, row, cells, {place: column}, on=day, asset=track)
    reading.observations += own.observations
    problems = [result.reason for result in own.row_results if result.reason]
    reading.record_row(row, problems, stored=bool(own.observations))


PARSER = Parser(
    source="spotify_for_artists.merged_song_timelines",
    title="Song timelines of Spotify for Artists, merged into one file",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
