"""YouTube Studio, `Chart data.csv`: long form, one row for each day and video (or country, traffic source, ...).

It contains the top rows only, so they need not sum to the totals. A day that YouTube writes as 0 is 0.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from itertools import chain, repeat

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.cells.column_evidence import BATCH_ROWS
from arti.imports.parsers.youtube.columns import (
    ATTRIBUTES,
    BREAKDOWNS,
    CONTENT,
    METRICS,
    TIME_ZONE,
    parse_video_id,
    read_segment,
)
from arti.imports.parsers.youtube.videos import record_video_asset
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    UniqueDays,
    find_day,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    kind_of,
    note_ignored_columns,
    read_day,
    read_measures,
    read_split,
)
from arti.imports.types import Answers, Hints, ParsedFile, Parser, RowResult, SourceTable, no_questions
from arti.providers.contract import Observation
from arti.vocabulary import Provider

# Of a tuple of all values: a third of the time of a call by name.
_make_observation = partial(tuple.__new__, Observation)
_SUBJECTS = frozenset({*BREAKDOWNS, *CONTENT})


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "date" in names and bool(names & _SUBJECTS) and bool(names & METRICS.keys())


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    return _Reader(table, hints).read()


class _Reader:
    """Reads the rows of one table. What a cell says of a day or a subject is found out once."""

    def __init__(self, table: SourceTable, hints: Hints) -> None:
        self._table, self._hints = table, hints
        self._parsed, self._taken = ParsedFile(daily=True), UniqueDays()
        self._columns = find_measure_columns(table, METRICS)
        self._date_index = table.names.index("date")
        self._breakdown = next((name for name in table.names if name in BREAKDOWNS), None)
        named = (name for name in table.names if name == (self._breakdown or name) and name in _SUBJECTS)
        self._subject = table.names.index(next(named))
        # The cell by which rows of one subject are known: the ids of cities are those of a map.
        self._key = table.names.index("city name") if "city name" in table.names else self._subject
        self._days: dict[str, date] = {}
        self._subjects: dict[str, tuple[str, str | None, str]] = {}

    def read(self) -> ParsedFile:
        parsed, table = self._parsed, self._table
        note_ignored_columns(table, ["date", *CONTENT, *BREAKDOWNS, *ATTRIBUTES, *METRICS], parsed)
        parsed.row_results.accept(1, len(table.rows))  # those that are no different get no result of their own
        for start in range(0, len(table.rows), BATCH_ROWS):
            rows = table.rows[start : start + BATCH_ROWS]
            if not self._read_together(start + 1, rows):
                for row, cells in enumerate(rows, start=start + 1):
                    self._read_known(row, cells)
        return parsed

    def _read_together(self, first_row: int, rows: Sequence[Sequence[str]]) -> bool:
        """Read rows column by column. Returns False, having read none, where there is more to say of one of them."""
        if {*map(len, rows)} != {len(self._table.header)}:
            return False
        cells = list(zip(*rows, strict=True))
        self._find_days(rows, cells[self._date_index])
        days = [day for day in map(self._days.get, cells[self._date_index]) if day]
        subjects = [subject for subject in map(self._subjects.get, cells[self._key]) if subject]
        if not (len(days) == len(subjects) == len(rows)) or not all(cells[0]):
            return False
        values = [_read_column(cells[index], column) for index, column in self._columns.items()]
        segments, videos, dimensions = zip(*subjects, strict=True)
        if None in values or not self._taken.add_all(first_row, list(zip(segments, days, strict=True))):
            return False
        about = (videos, dimensions, repeat(1), range(first_row, first_row + len(rows)))
        observed = [
            map(_make_observation, zip(repeat(column.metric), days, found or (), repeat(None), *about, repeat(None)))
            for column, found in zip(self._columns.values(), values, strict=True)
        ]
        self._parsed.observations.extend(chain.from_iterable(zip(*observed, strict=True)))
        return True

    def _find_days(self, rows: Sequence[Sequence[str]], cells: Sequence[str]) -> None:
        """Read the days of cells that came in no row before."""
        for cell in {*cells} - self._days.keys():
            try:
                self._days[cell] = find_day(self._table, rows[cells.index(cell)], self._date_index, self._hints.today)
            except ValueError:
                continue  # its rows say so, one by one

    def _read_known(self, row: int, cells: Sequence[str]) -> None:
        """Read a row by itself: at once where its day and its subject are known and its numbers plain."""
        parsed = self._parsed
        day = self._days.get(cells[self._date_index]) if len(cells) == len(self._table.header) and cells[0] else None
        subject = self._subjects.get(cells[self._key]) if day else None
        values = [_read_plain(cells[index], column) for index, column in self._columns.items()] if subject else [None]
        if day is None or subject is None or None in values:
            self._read_row(row, cells)
            return
        segment, video, dimension = subject
        if self._taken.add(parsed, row, day, segment=segment):
            for column, value in zip(self._columns.values(), values, strict=True):
                parsed.observations.append(Observation(column.metric, day, value, None, video, dimension, 1, row))

    def _read_row(self, row: int, cells: Sequence[str]) -> None:
        parsed, table = self._parsed, self._table
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            return
        if is_total(cells[self._subject]):
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            return
        day = read_day(parsed, row, table, cells, self._date_index, self._hints.today)
        if day is None:
            return
        self._days[cells[self._date_index]] = day
        dimension, video, problems = "", None, list[str]()
        if self._breakdown:
            segment = read_segment(self._breakdown, table.names, cells)
            try:
                dimension = read_split(BREAKDOWNS[self._breakdown], segment) if segment else ""
            except ValueError as error:
                parsed.record_row(row, [str(error)], stored=False)
                return
        else:
            video, problems = record_video_asset(parsed, table, cells, self._hints)
            segment = video or ""
        if not segment:
            parsed.record_row(row, ["the row has no name or valid video id"], stored=False)
            return
        if not video or parse_video_id(cells[self._subject]):  # else its title says which video it is
            self._subjects[cells[self._key]] = segment, video, dimension
        if self._taken.add(parsed, row, day, segment=segment):
            read_measures(
                parsed, row, cells, self._columns, on=day, asset=video, dimension=dimension, problems=problems
            )


def _read_column(cells: Sequence[str], column: MeasureColumn) -> list[float] | None:
    """Return the numbers of cells, each distinct one read once; None where there is more to say of one of them."""
    text = "".join(cells)
    if text.isdigit() and text.isascii() and all(cells) and max(map(len, cells)) < 15 and column.scale == 1:
        return list(map(float, cells))
    found: dict[str, float] = {}
    for cell in {*cells}:
        value = _read_plain(cell, column)
        if value is None:
            return None
        found[cell] = value
    return [found[cell] for cell in cells]


def _read_plain(cell: str, column: MeasureColumn) -> float | None:
    """Return the number in a cell of which there is nothing to say, or None."""
    if cell.isdigit() and cell.isascii() and len(cell) < 15 and column.scale == 1:
        return float(cell)
    try:
        value, _ = column.read(cell)
    except ValueError:
        return None
    if value is None or value < 0 or (value % 1 and kind_of(column.metric) is ColumnKind.COUNT):
        return None
    return value


PARSER = Parser(
    source="youtube_studio.chart",
    title="YouTube Studio, chart data by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, METRICS, day="date", other_days=["video publish time"]),
    questions=no_questions,
    parse=_parse,
)
