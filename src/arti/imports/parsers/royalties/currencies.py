"""In which currency the amounts of a report are, and which column holds them.

A name of a column says it, a column of codes, the sign beside an amount, or an answer. Where two of these disagree the
user is asked; a line whose own signs disagree is rejected. Amounts of two currencies are never added up.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Final

from arti.imports.cells.cell_parsers import is_blank
from arti.imports.parsers.royalties.columns import CURRENCY_CODE, StatementColumns
from arti.imports.parsers.royalties.row_reader import names_sum_of_group
from arti.imports.readers.header_words import is_total
from arti.imports.types import Answers, FileQuestion, FileRejected, ParsedFile, ReadsLines, SourceTable
from arti.metrics.money.lines import RoyaltyLines

CURRENCY: Final = "currency"
CURRENCY_FROM: Final = "currency_from"
AMOUNT: Final = "amount"


def currency_questions(table: SourceTable, columns: StatementColumns) -> list[FileQuestion]:
    """Return what a report leaves open of its amounts. `table`: its first rows are enough."""
    found: list[FileQuestion] = []
    if _has_two_amounts(table, columns):
        names = tuple(table.header[index] for index, _ in columns.amounts)
        text = f"Rows have more than one amount. Which column is what was paid: {' or '.join(names)}?"
        found.append(FileQuestion(AMOUNT, text, "choice", None, names))
    elif columns.currency is not None and (other := _other_currency(table, columns)):
        names = table.header[columns.amount], table.header[columns.currency]
        text = f"The column {names[0]!r} says another currency than the column {names[1]!r} ({other}). Which is right?"
        # Of a report from before it was asked, the lines were in the currencies of the column.
        found.append(FileQuestion(CURRENCY_FROM, text, "choice", None, names[::-1]))
    if columns.currency is None and not columns.stated_currency:
        found.append(
            FileQuestion(CURRENCY, "In which currency are the amounts? Its code, like EUR.", "text", example="EUR")
        )
    return found


def _has_two_amounts(table: SourceTable, columns: StatementColumns) -> bool:
    """Return whether a row has amounts in two columns that do not say the same."""
    places = [index for index, _ in columns.amounts]
    if len(places) < 2:
        return False
    currencies = {code for _, code in columns.amounts}
    return any(
        len(said := [cells[at].strip() for at in places if not is_blank(cells[at])]) > 1
        and (len({*said}) > 1 or len(currencies) > 1)
        and not _is_sum(cells, columns)
        for cells in table.rows
        if len(cells) == len(table.header)
    )


def _is_sum(cells: Sequence[str], columns: StatementColumns) -> bool:
    return any(map(is_total, cells[:2])) or names_sum_of_group(cells, columns)


def _other_currency(table: SourceTable, columns: StatementColumns) -> str:
    """Return a code in the column of currencies that the name of the amount's column does not say."""
    if columns.only_currency is None or columns.currency is None:
        return ""
    codes = (code.strip().upper() for code in table.column(columns.currency))
    return next((code for code in codes if CURRENCY_CODE.fullmatch(code) and code != columns.only_currency), "")


def open_reader(
    table: SourceTable,
    columns: StatementColumns,
    answers: Answers,
    parsed: ParsedFile,
    open_lines: Callable[[StatementColumns, str | None], ReadsLines],
) -> ReadsLines:
    """Return the reader of the amounts that the answers name. Raises FileRejected.

    Without an answer a line has its amount in one of the columns, and is in the currency of that one.
    """
    found = [_with_amount(columns, index, code) for index, code in columns.amounts]
    if AMOUNT in answers and len(found) > 1:
        names = [table.header[index] for index, _ in columns.amounts]
        found = [found[_choose(answers, AMOUNT, names)]]
    if CURRENCY_FROM in answers and columns.currency is not None and columns.only_currency:
        names = [table.header[columns.amount], table.header[columns.currency]]
        of_header = _choose(answers, CURRENCY_FROM, names) == 0
        found = [
            replace(found[0], currency=None, only_currency=None)
            if of_header
            else replace(found[0], stated_currency=None, only_currency=None)
        ]
    answered = answers.get(CURRENCY, "").strip().upper() or None
    readers = []
    for one in found:
        currency = one.stated_currency or answered
        if one.currency is None and not (currency and CURRENCY_CODE.fullmatch(currency)):
            raise FileRejected(f"{CURRENCY} must be a code like EUR.")
        readers.append(open_lines(one, currency))
    return readers[0] if len(readers) == 1 else _EachAmount(found, readers, parsed)


def _with_amount(columns: StatementColumns, index: int, code: str | None) -> StatementColumns:
    """Return the columns with one of the amounts; one that names its currency beside others is in that."""
    if len(columns.amounts) == 1:
        return columns
    if code:
        return replace(columns, amount=index, currency=None, stated_currency=code, only_currency=None)
    return replace(columns, amount=index, stated_currency=None, only_currency=None)


def _choose(answers: Answers, key: str, choices: Sequence[str]) -> int:
    chosen = answers[key].strip()
    if chosen not in choices:
        raise FileRejected(f"{key} must be {' or '.join(choices)}.")
    return choices.index(chosen)


@dataclass(frozen=True, slots=True)
class _EachAmount:
    """Reads each row with the one column in which it has an amount. A row with two that differ is rejected."""

    columns: Sequence[StatementColumns]
    readers: Sequence[ReadsLines]
    parsed: ParsedFile

    def read(self, first_row: int, rows: Sequence[Sequence[str]]) -> RoyaltyLines:
        lines, row = RoyaltyLines(), first_row
        for place, found in groupby(rows, self._find_place):
            run = list(found)
            if place is None:
                for at in range(len(run)):
                    self.parsed.record_row(row + at, ["the row has more than one amount"], stored=False)
            else:
                lines.extend(self.readers[place].read(row, run))
            row += len(run)
        return lines

    def _find_place(self, cells: Sequence[str]) -> int | None:
        """Return the place of the column with the amount of a row, None where it has several."""
        filled = [
            place
            for place, columns in enumerate(self.columns)
            if len(cells) > columns.amount and not is_blank(cells[columns.amount])
        ]
        amounts = {(cells[self.columns[place].amount].strip(), self.columns[place].stated_currency) for place in filled}
        return (filled or [0])[0] if len(amounts) < 2 or _is_sum(cells, self.columns[0]) else None


def describe_currencies(totals: Mapping[str, tuple[Decimal, int]]) -> list[str]:
    """Return the note that a report has amounts in several currencies."""
    if len(totals) < 2:
        return []
    parts = ", ".join(f"{code} ({lines:,})" for code, (_, lines) in sorted(totals.items()))
    return [f"The lines are in several currencies, which are never added up: {parts}."]
