"""Spotify for Artists, list of songs: totals of a period that the file does not contain.

song,listeners,streams,saves,release_date. In the all-time list Spotify writes 0 for all listeners and saves.
"""

from datetime import timedelta

from arti.imports.cells.cell_parsers import read_title
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.measures import (
    MeasureColumn,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_measures,
    read_period,
)
from arti.imports.readers.sum_rows import (
    SumRow,
    confirm_sum_rows,
    find_sum_rows,
    record_sum_row,
    sum_row_questions,
)
from arti.imports.readers.track_matching import count_tracks_titled, match_track
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, SourceTable
from arti.providers.contract import AssetRecord
from arti.vocabulary import Provider

COLUMNS = {
    "listeners": MeasureColumn("audience.listeners"),
    "streams": MeasureColumn("consumption.streams"),
    "saves": MeasureColumn("engagement.saves"),
}
_THING = "a song"
_LONGEST_ANNOUNCED = timedelta(days=366)


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    # Without saves it may be any platform's list of songs.
    return names >= {"song", "release_date", "saves"} and "title" not in names


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints)
    questions = period_questions(period=period, last=last, today=hints.today, subject="these songs' numbers")
    return questions + sum_row_questions(_find_sum_rows(table, hints), _THING)


def _find_sum_rows(table: SourceTable, hints: Hints) -> list[SumRow]:
    return find_sum_rows(table, table.names.index("song"), find_measure_columns(table, COLUMNS), hints.known.artists)


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    columns = find_measure_columns(table, COLUMNS)
    song_index, release_index = table.names.index("song"), table.names.index("release_date")
    note_ignored_columns(table, ["song", "release_date", *COLUMNS], parsed)
    sum_rows = confirm_sum_rows(_find_sum_rows(table, hints), _THING, answers)
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if row in sum_rows:
            record_sum_row(parsed, table, columns, sum_rows[row], sum_rows, on=last, dimension=dimension)
            continue
        title, problems = read_title(cells[song_index]), []
        if not title:
            parsed.record_row(row, ["the song has no title"], stored=False)
            continue
        try:
            released_on = table.parse_day(cells, release_index)
            if released_on and released_on > hints.today + _LONGEST_ANNOUNCED:
                raise ValueError(f"{released_on} is in the future")
        except ValueError as error:
            released_on, problems = None, [f"release date: {error}"]
        if problems and count_tracks_titled(title, hints.known.tracks) > 1:
            problems.append(f"several songs are called {title!r}, so it is not certain which one this is")
            parsed.record_row(row, problems, stored=False)
            continue
        track = match_track(title, released_on, hints.known.tracks)
        if track in parsed.assets:
            track = f"{title}|{released_on or ''}"
        if track in parsed.assets:
            parsed.record_row(row, [f"the song {title!r} is already in an earlier row"], stored=False)
            continue
        parsed.assets[track] = AssetRecord(track, "track", title, released_on=released_on)
        read_measures(parsed, row, cells, columns, on=last, asset=track, dimension=dimension, problems=problems)
    _note_empty_columns(table, parsed)
    return parsed


def _note_empty_columns(table: SourceTable, parsed: ParsedFile) -> None:
    values: dict[str, list[float | None]] = {column.metric: [] for column in COLUMNS.values()}
    for observation in parsed.observations:
        values[observation.metric].append(observation.value)
    if not any(values["consumption.streams"]):
        return
    for name in ("listeners", "saves"):
        column_values = values[COLUMNS[name].metric]
        if column_values and not any(column_values):
            parsed.notes.append(f"All songs have 0 {name}; Spotify's all-time list never contains them.")


PARSER = Parser(
    source="spotify_for_artists.songs",
    title="Spotify for Artists, list of songs",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, COLUMNS, other_days=["release_date"]),
    questions=_questions,
    parse=_parse,
)
