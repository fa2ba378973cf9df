"""YouTube Studio, `Chart data.csv`: long form, one row for each day and video (or country, traffic source, ...).

It contains the top rows only, so they need not sum to the totals. A day that YouTube writes as 0 is 0.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from arti.imports.cells.cell_parsers import ColumnKind
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
        width, date_index, key, columns = len(table.header), self._date_index, self._key, self._columns
        add, days, subjects, observe = self._taken.add, self._days, self._subjects, parsed.observations.append
        parsed.row_results.accept(1, len(table.rows))  # those that are no different get no result of their own
        for row, cells in enumerate(table.rows, start=1):
            day = days.get(cells[date_index]) if len(cells) == width and cells[0] else None
            subject = subjects.get(cells[key]) if day else None
            numbers = _read_plain(cells, columns) if subject else None
            if day is None or subject is None or numbers is None:
                self._read_row(row, cells)
                continue
            segment, video, dimension = subject
            if add(parsed, row, day, segment=segment):
                for metric, value in numbers:
                    observe(Observation(metric, day, value, None, video, dimension, 1, row))
        return parsed

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


def _read_plain(cells: Sequence[str], columns: Mapping[int, MeasureColumn]) -> list[tuple[str, float]] | None:
    """Return (metric, value) of cells that are whole numbers, or else plain ones; None where there is more to say."""
    found = []
    for index, column in columns.items():
        cell = cells[index]
        if cell.isdigit() and cell.isascii() and len(cell) < 15 and column.scale == 1:
            found.append((column.metric, float(cell)))
            continue
        try:
            value, _ = column.read(cell)
        except ValueError:
            return None
        if value is None or value < 0 or (value % 1 and kind_of(column.metric) is ColumnKind.COUNT):
            return None
        found.append((column.metric, value))
    return found


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
