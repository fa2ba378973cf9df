"""YouTube Studio, `Totals.csv`: a day and its numbers. The safe daily series of the whole report.

The same form comes as `Table data.csv` broken down by date, with a Total row as its checksum.
"""

from arti.imports.cell_parsers import normalise_whitespace
from arti.imports.measures import Days, check_totals, day_of, fits, note_unknown, number_columns, read_cells
from arti.imports.parsers.youtube_columns import BREAKDOWNS, CONTENT, METRICS, TIME_ZONE
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    broken_down = names & {*BREAKDOWNS, *CONTENT}
    return table.names[0] == "date" and not broken_down and len(names & METRICS.keys()) >= len(names) / 2


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    reading, days = ParsedFile(daily=True), Days()
    columns = number_columns(table, METRICS)
    note_unknown(table, ["date", *METRICS], reading)
    total = None
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        if normalise_whitespace(cells[0]).casefold() == "total":
            total = cells
            reading.record_row(row, ["the Total row: a checksum, not a day"], stored=True)
            continue
        day = day_of(reading, row, cells[0], hints.today)
        if day and days.is_new(reading, row, day):
            read_cells(reading, row, cells, columns, on=day)
    if total:
        check_totals(reading, table, columns, total, [cells for cells in table.rows if cells is not total])
    return reading


PARSER = Parser(
    source="youtube_studio.totals",
    title="YouTube Studio, totals by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    questions=no_questions,
    read=_read,
)
