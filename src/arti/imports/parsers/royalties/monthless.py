"""Statements that do not say of which month they are: the user is asked, and each line gets the answer."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.parsers.royalties import statement
from arti.imports.parsers.royalties.formats import FORMATS, MONTH_OF_STATEMENT
from arti.imports.parsers.royalties.months import read_month
from arti.imports.types import (
    Answers,
    FileQuestion,
    FileRejected,
    Hints,
    ParsedFile,
    Parser,
    ReadsLines,
    SourceTable,
)
from arti.metrics.money.lines import RoyaltyLines

MONTH: Final = "month"
_IN_NAME: Final = re.compile(r"(?<!\d)(20\d{2})[-_ ]?(0[1-9]|1[0-2])(?!\d)")


def _with_month(table: SourceTable, month: str) -> SourceTable:
    """Return the table with a last column that holds the month."""
    rows = _add_month(table.rows, len(table.header), month)
    title = MONTH_OF_STATEMENT.capitalize()
    return replace(table, header=(*table.header, title), names=(*table.names, MONTH_OF_STATEMENT), rows=rows)


def _add_month(rows: Sequence[Sequence[str]], width: int, month: str) -> list[list[str]]:
    return [[*(cells if any(cell.strip() for cell in cells[width:]) else cells[:width]), month] for cells in rows]


@dataclass(frozen=True, slots=True)
class _WithMonth:
    """Reads batches of rows, each with the answered month."""

    reader: ReadsLines
    width: int
    month: str

    def read(self, first_row: int, rows: Sequence[Sequence[str]]) -> RoyaltyLines:
        return self.reader.read(first_row, _add_month(rows, self.width, self.month))


def _ask_month(parser: Parser) -> Parser:
    """Return a parser for the same report without its months."""

    def recognises(table: SourceTable) -> bool:
        without_rows = replace(table, rows=())
        return MONTH_OF_STATEMENT not in table.names and parser.recognises(_with_month(without_rows, ""))

    def kinds(table: SourceTable) -> dict[int, ColumnKind]:
        found = parser.kinds(_with_month(replace(table, rows=()), ""))
        return {index: kind for index, kind in found.items() if index < len(table.header)}

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        named = _IN_NAME.search(hints.file_name)
        text = "Of which month is this statement, or of which its first? Like 2026-03; the file does not say it."
        guess = f"{named[1]}-{named[2]}" if named else None
        return [
            FileQuestion(MONTH, text, "text", guess, example=f"{hints.today:%Y-%m}"),
            *parser.questions(_with_month(table, ""), hints),
        ]

    def answered_month(answers: Answers) -> str:
        month = read_month(answers.get(MONTH, ""), None)
        if month is None:
            raise FileRejected(f"{MONTH} must be a month like 2026-03.")
        return f"{month:%Y-%m}"

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        return parser.parse(_with_month(table, answered_month(answers)), answers, hints)

    def open_lines(table: SourceTable, answers: Answers, hints: Hints, parsed: ParsedFile) -> ReadsLines:
        assert parser.open_lines is not None  # every report of money has it
        month = answered_month(answers)
        reader = parser.open_lines(_with_month(replace(table, rows=()), month), answers, hints, parsed)
        return _WithMonth(reader, len(table.header), month)

    return replace(parser, recognises=recognises, kinds=kinds, questions=questions, parse=parse, open_lines=open_lines)


PARSERS = tuple(
    _ask_month(parser)
    for parser, form in zip(statement.PARSERS, FORMATS, strict=True)
    if MONTH_OF_STATEMENT in form.months
)
