"""A column of shares beside the amounts of a report: whether an amount is after its share is asked, never guessed.

Only of reports of no known platform: of the others it is known that their amount is after the share.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext
from typing import Final

from arti.imports.cells.cell_parsers import find_currency, is_blank, normalise_whitespace
from arti.imports.parsers.royalties.columns import StatementColumns
from arti.imports.readers.header_words import plain_name
from arti.imports.types import Answers, FileQuestion, FileRejected, ParsedFile, ReadsLines, SourceTable
from arti.metrics.money.lines import RoyaltyLines

SHARE: Final = "share"
_SHARES: Final = (
    "share | shares | split | splits | ownership | participacion | reparto | participacao | cota | anteil | beteiligung"
    " | part | quote-part | quotepart | andel | delning"
)
_PERCENTAGES: Final = (
    "percentage | percent | pct | porcentaje | porcentagem | percentagem | prozent | prozentsatz | pourcentage"
    " | procent | procentsats | %"
)
# Whose share it is, and of what.
_BESIDE: Final = (
    "your | my | our | artist | royalty | royalties | label | team | payee | payout | client | rights | owner | holder"
    " | rightsholder | writer | publisher | producer | master | track | song | the | of | in | i | tu | su | mi | de"
    " | del | la | el | artista | dein | ihr | mein | unser | am | an | der | des | votre | ta | ma | notre | artiste"
    " | du | sua | seu | minha | do | da | din | min | var"
)
_NAMES: Final = frozenset(f"{_SHARES} | {_PERCENTAGES}".split(" | "))
_WORDS_BESIDE: Final = frozenset(_BESIDE.split(" | "))
_PERCENT_NAMES: Final = frozenset(_PERCENTAGES.split(" | "))
_WORDS: Final = re.compile(r"[\w'-]+|%")
_CURRENCY: Final = re.compile(r"[ _(]+(?:in )?[a-z]{3}\)?$")
# What such an amount is called is what was paid, whatever shares stand beside it.
_PAID: Final = re.compile(r"payable|\bdue\b|\bpaid\b|payout|pagar|pagado|pago\b|payer\b|paye\b|auszahl|betala|utbetal")
_NUMBER: Final = re.compile(r"(\d+)(?:[.,](\d+))?")
_WHOLE: Final = Decimal(1)
_PRECISION: Final = 100


@dataclass(frozen=True, slots=True)
class ShareColumn:
    """`per`: 100 for percent, 1 for fractions; None where its values are certainly no shares, but amounts."""

    index: int
    per: Decimal | None
    is_certain: bool

    def read(self, cell: str) -> Decimal | None:
        """Return the share in a cell, between 0 and 1; None where there is none."""
        number = _NUMBER.fullmatch(normalise_whitespace(cell).replace("%", "").strip())
        if number is None or self.per is None:
            return None
        value = Decimal(f"{number[1]}.{number[2] or 0}") / (Decimal(100) if "%" in cell else self.per)
        return value if value <= 1 else None

    def is_whole(self, cell: str) -> bool:
        return is_blank(cell) or self.read(cell) == _WHOLE


def find_shares(table: SourceTable, columns: StatementColumns) -> list[ShareColumn]:
    """Return the columns of shares. `table`: its first rows are enough."""
    amounts = {index for index, _ in columns.amounts}
    return [
        _describe(table, index)
        for index, name in enumerate(table.header)
        if index not in amounts and _names_share(plain_name(name))
    ]


def _names_share(name: str) -> bool:
    words = {*_WORDS.findall(_CURRENCY.sub("", name).replace("_", " "))}
    return not words.isdisjoint(_NAMES) and words <= _NAMES | _WORDS_BESIDE


def _describe(table: SourceTable, index: int) -> ShareColumn:
    name = plain_name(table.header[index])
    cells = [cell.strip() for cell in table.column(index) if not is_blank(cell)]
    has_sign = any("%" in cell for cell in cells)
    is_share = has_sign or not _PERCENT_NAMES.isdisjoint(_WORDS.findall(name.replace("_", " ")))
    is_money = not is_share and (_CURRENCY.search(name) is not None or any(map(find_currency, cells)))
    fractions = ShareColumn(index, _WHOLE, is_certain=is_share)
    if not has_sign and not is_money and all(fractions.read(cell) is not None for cell in cells):
        return fractions
    percent = replace(fractions, per=Decimal(100))
    fits = not is_money and all(percent.read(cell) is not None for cell in cells)
    return percent if is_share or fits else replace(fractions, per=None)


def share_questions(table: SourceTable, columns: StatementColumns) -> list[FileQuestion]:
    """Return what a report leaves open of its shares: nothing where each is the whole."""
    amount = _name_amount(table, columns)
    choices, example = [amount], None
    for share in find_shares(table, columns):
        name = table.header[share.index]
        cell = next((cell for cell in table.column(share.index) if not share.is_whole(cell)), None)
        if cell is None or (share.is_certain and _PAID.search(plain_name(amount))):
            continue
        example = example or (name, cell.strip())
        choices += [_multiply(name, amount)] if share.per is not None else []
        choices += [] if share.is_certain else [name]
    if example is None:
        return []
    name, cell = example
    names = " or ".join(choices)
    text = f"Beside the amounts stands the column {name!r}, like {cell}. Which is what was paid: {names}?"
    return [FileQuestion(SHARE, text, "choice", None, tuple(choices))]


def choose_amount(table: SourceTable, columns: StatementColumns, answers: Answers) -> StatementColumns:
    """Return the columns with the amount that the answer names, where it is that of the shares. Raises FileRejected."""
    chosen = answers.get(SHARE, "").strip()
    shares = find_shares(table, columns) if chosen else []
    amount = _name_amount(table, columns)
    names = [table.header[share.index] for share in shares]
    if chosen and chosen not in (amount, *names, *(_multiply(name, amount) for name in names)):
        raise FileRejected(f"{SHARE} must be {' or '.join((amount, *names))}.")
    for share, name in zip(shares, names, strict=True):
        if chosen == name:
            return replace(columns, amount=share.index, amounts=((share.index, columns.amounts[0][1]),))
    return columns


def with_shares(
    table: SourceTable, columns: StatementColumns, answers: Answers, reader: ReadsLines, parsed: ParsedFile
) -> ReadsLines:
    """Return the reader that takes the shares of the amounts where the answer says so, and else names them."""
    amount, chosen = _name_amount(table, columns), answers.get(SHARE, "").strip()
    for share in find_shares(table, columns):
        name = table.header[share.index]
        if chosen == _multiply(name, amount):
            return _OfShare(share, reader, parsed, takes=True)
        if not chosen and share.per is not None:
            if not (share.is_certain and _PAID.search(plain_name(amount))):
                reader = _OfShare(share, reader, parsed, takes=False)
            elif not all(map(share.is_whole, table.column(share.index))):
                parsed.notes.append(f"{amount!r} is taken for what was paid, after the shares in {name!r}.")
    return reader


def _name_amount(table: SourceTable, columns: StatementColumns) -> str:
    return " / ".join(table.header[index] for index, _ in columns.amounts)


def _multiply(name: str, amount: str) -> str:
    return f"{name} × {amount}"


@dataclass(frozen=True, slots=True)
class _OfShare:
    """Takes the share of each amount; without `takes` it names the lines that have one, below those looked at."""

    share: ShareColumn
    reader: ReadsLines
    parsed: ParsedFile
    takes: bool

    def read(self, first_row: int, rows: Sequence[Sequence[str]]) -> RoyaltyLines:
        lines, wrong = self.reader.read(first_row, rows), set[int]()
        for place, row in enumerate(lines.row):
            cell = rows[row - first_row][self.share.index]
            value = self.share.read(cell)
            if not self.takes:
                if not self.share.is_whole(cell):
                    said = f"the share {cell.strip()[:40]!r} was not taken of the amount"
                    self.parsed.record_row(row, [said], stored=True)
            elif value is None:
                self.parsed.record_row(row, [f"{cell.strip()[:40]!r} is no share"], stored=False)
                wrong.add(place)
            else:
                with localcontext(prec=_PRECISION):
                    lines.amount[place] *= value
        return lines.without(wrong) if wrong else lines
