"""Parsers of royalty and sales reports. Amounts are exact, negative lines are kept, currencies apart."""

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.cells.column_evidence import BATCH_ROWS
from arti.imports.parsers.royalties.columns import StatementColumns, find_columns
from arti.imports.parsers.royalties.currencies import currency_questions, describe_currencies, open_reader
from arti.imports.parsers.royalties.formats import FORMATS, RoyaltyFormat
from arti.imports.parsers.royalties.line_reader import LineReader
from arti.imports.parsers.royalties.months import describe_spans
from arti.imports.parsers.royalties.shares import choose_amount, find_shares, share_questions, with_shares
from arti.imports.types import (
    AS_WRITTEN,
    Answers,
    FileQuestion,
    Hints,
    ParsedFile,
    Parser,
    ReadsLines,
    SourceTable,
)

# Reports of which it is not known whether their amount is after the share in another column.
_PLAIN_REPORTS = frozenset({"label_report"})
REPEATED_IDS = "The ids of the lines are not unique, so lines are known by what they say."


def _make_parser(form: RoyaltyFormat) -> Parser:
    def recognises(table: SourceTable) -> bool:
        return form.required <= set(table.names) and find_columns(table, form) is not None

    def kinds(table: SourceTable) -> dict[int, ColumnKind]:
        columns = find_columns(table, form)
        assert columns is not None  # `recognises` has found them
        # A later column of days counts where the first one is empty.
        filled = columns.months[:1] and all(map(str.strip, table.column(columns.months[0])))
        days = dict.fromkeys(columns.months[:1] if filled else columns.months, ColumnKind.OTHER_DAY)
        amounts = dict.fromkeys((index for index, _ in columns.amounts), ColumnKind.NUMBER)
        shares = [] if form.source not in _PLAIN_REPORTS else find_shares(table, columns)
        amounts |= dict.fromkeys((share.index for share in shares if not share.is_certain), ColumnKind.NUMBER)
        return days | amounts | dict.fromkeys(columns.quantity, ColumnKind.COUNT)

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        columns = find_columns(table, form)
        if columns is None:
            return []
        return currency_questions(table, columns) + (
            share_questions(table, columns) if form.source in _PLAIN_REPORTS else []
        )

    def open_lines(table: SourceTable, answers: Answers, hints: Hints, parsed: ParsedFile) -> ReadsLines:
        columns = find_columns(table, form)
        assert columns is not None
        parsed.money_source = form.source

        def open_one(settled: StatementColumns, currency: str | None) -> LineReader:
            return LineReader(table, form, settled, currency, hints.today, parsed)

        if form.source not in _PLAIN_REPORTS:
            return open_reader(table, columns, answers, parsed, open_one)
        chosen = choose_amount(table, columns, answers)
        reader = open_reader(table, chosen, answers, parsed, open_one)
        return with_shares(table, columns, answers, reader, parsed)

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        parsed = ParsedFile()
        reader = open_lines(table, answers, hints, parsed)
        for start in range(0, len(table.rows), BATCH_ROWS):
            parsed.money.extend(reader.read(start + 1, table.rows[start : start + BATCH_ROWS]))
        ids = [id for id in parsed.money.external_id if id]
        if len(set(ids)) < len(ids):
            # A line whose id comes again would be taken for the same line.
            parsed.notes.append(REPEATED_IDS)
            parsed.money.external_id = [None] * len(parsed.money)
        parsed.notes += describe_spans(parsed.spans)
        parsed.notes += describe_currencies(parsed.money.totals()) if len(parsed.money) else []
        return parsed

    return Parser(
        source=f"royalties.{form.source}",
        title=form.title,
        provider=None,
        time_zone="UTC",
        recognises=recognises,
        kinds=kinds,
        questions=questions,
        parse=parse,
        open_lines=open_lines,
        words="royalties" if form.has_plain_names else AS_WRITTEN,
    )


PARSERS = tuple(map(_make_parser, FORMATS))
