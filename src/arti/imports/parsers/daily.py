"""Exports of a day and its numbers, a row a day: what they have in common."""

from collections.abc import Callable, Mapping

from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    MeasureColumn,
    UniqueDays,
    check_totals,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_measures,
)
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions

DAY = "date"


def parse_days(
    table: SourceTable, columns: Mapping[str, MeasureColumn], hints: Hints, *, aliases: tuple[str, ...] = ()
) -> ParsedFile:
    """Parse a table of a day and numbers. `aliases`: columns that are known and not stored."""
    parsed, days = ParsedFile(daily=True), UniqueDays()
    measures, date_index = find_measure_columns(table, columns), table.names.index(DAY)
    note_ignored_columns(table, [DAY, *columns, *aliases], parsed)
    total = None
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if is_total(cells[date_index]):
            total = cells
            parsed.record_row(row, ["the Total row; used as a check, not stored"], stored=True)
            continue
        day = read_day(parsed, row, table, cells, date_index, hints.today)
        if day and days.add(parsed, row, day):
            read_measures(parsed, row, cells, measures, on=day)
    if total:
        check_totals(parsed, table, measures, total, [cells for cells in table.rows if cells is not total])
    return parsed


def make_daily_parser(
    source: str,
    title: str,
    *,
    provider: str,
    time_zone: str,
    columns: Mapping[str, MeasureColumn],
    recognises: Callable[[SourceTable], bool],
    aliases: tuple[str, ...] = (),
) -> Parser:
    """Return the parser of an export whose rows are days."""

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        return parse_days(table, columns, hints, aliases=aliases)

    return Parser(
        source=source,
        title=title,
        provider=provider,
        time_zone=time_zone,
        recognises=recognises,
        kinds=lambda table: find_kinds(table, columns, day=DAY),
        questions=no_questions,
        parse=parse,
    )
