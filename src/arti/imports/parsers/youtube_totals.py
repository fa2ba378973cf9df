"""YouTube Studio, `Totals.csv`: the daily totals of the whole report.

`Table data.csv` broken down by date has the same columns, and a Total row to check against.
"""

from arti.imports.parsers.youtube_columns import BREAKDOWNS, CONTENT, METRICS, TIME_ZONE
from arti.imports.readers.cell_parsers import normalise_whitespace
from arti.imports.readers.measures import (
    UniqueDays,
    check_totals,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_measures,
)
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    breakdowns = names & {*BREAKDOWNS, *CONTENT}
    return table.names[0] == "date" and not breakdowns and len(names & METRICS.keys()) >= len(names) / 2


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, days = ParsedFile(daily=True), UniqueDays()
    columns = find_measure_columns(table, METRICS)
    note_ignored_columns(table, ["date", *METRICS], parsed)
    total = None
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if normalise_whitespace(cells[0]).casefold() == "total":
            total = cells
            parsed.record_row(row, ["the Total row; used as a check, not stored"], stored=True)
            continue
        day = read_day(parsed, row, cells[0], hints.today)
        if day and days.add(parsed, row, day):
            read_measures(parsed, row, cells, columns, on=day)
    if total:
        check_totals(parsed, table, columns, total, [cells for cells in table.rows if cells is not total])
    return parsed


PARSER = Parser(
    source="youtube_studio.totals",
    title="YouTube Studio, totals by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    questions=no_questions,
    parse=_parse,
)
