"""Statements that do not say of which month they are: the user is asked, and each line gets the answer."""

import re
from dataclasses import replace
from typing import Final

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.parsers.royalties import statement
from arti.imports.parsers.royalties.formats import FORMATS, MONTH_OF_STATEMENT
from arti.imports.parsers.royalties.row_reader import read_month
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable

MONTH: Final = "month"
_IN_NAME: Final = re.compile(r"(?<!\d)(20\d{2})[-_ ]?(0[1-9]|1[0-2])(?!\d)")


def _with_month(table: SourceTable, month: str) -> SourceTable:
    """Return the table with a last column that holds the month."""
    width = len(table.header)
    rows = [[*(cells if any(cell.strip() for cell in cells[width:]) else cells[:width]), month] for cells in table.rows]
    title = MONTH_OF_STATEMENT.capitalize()
    return replace(table, header=(*table.header, title), names=(*table.names, MONTH_OF_STATEMENT), rows=rows)


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

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        month = read_month(answers.get(MONTH, ""), None)
        if month is None:
            raise FileRejected(f"{MONTH} must be a month like 2026-03.")
        return parser.parse(_with_month(table, f"{month:%Y-%m}"), answers, hints)

    return replace(parser, recognises=recognises, kinds=kinds, questions=questions, parse=parse)


PARSERS = tuple(
    _ask_month(parser)
    for parser, form in zip(statement.PARSERS, FORMATS, strict=True)
    if MONTH_OF_STATEMENT in form.months
)
