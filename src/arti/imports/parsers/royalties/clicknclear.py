"""ClicknClear's royalty report has no header, and rows of several kinds: totals, recordings, compositions, mixes.

`arrange` gives such a table one header (github.com/ClicknClear/cnc-reporting-spec). T rows are totals: row type, income
type, start, end, number, currency, brought forward, due, total due. S,M rows: date, licensee, title, performers, ISRC,
UPC, label, territory, currency, six numbers, amount due. S,P rows: writers, ISWC, and two numbers more.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from arti.imports.cells.day_format import parse_day
from arti.imports.types import SourceTable

HEADER: Final = (
    *("Row type", "Income type", "Date of sale", "Licensee name", "Title", "Performed by", "ISRC", "UPC"),
    *("Territory licensed", "Currency", "Amount due to rightsholder"),
)
_INCOME_TYPES: Final = frozenset({"m", "p", "pr"})
_SAMPLE: Final = 5


def _is_row(cells: Sequence[str]) -> bool:
    texts = [cell.strip() for cell in cells[:3]]
    if len(texts) < 3 or texts[0].lower() not in ("t", "s") or texts[1].lower() not in _INCOME_TYPES:
        return False
    try:
        return parse_day(texts[2]) is not None
    except ValueError:
        return False


def arrange(table: SourceTable) -> SourceTable:
    """Return ClicknClear's rows below one header; any other table as it is."""
    if len(table.header) < 9 or not _is_row(table.header) or not all(map(_is_row, table.rows[:_SAMPLE])):
        return table
    rows = [_arrange_row(cells) for cells in (table.header, *table.rows)]
    return replace(table, header=HEADER, names=tuple(name.casefold() for name in HEADER), rows=rows)


def _arrange_row(cells: Sequence[str]) -> list[str]:
    filled = list(cells)
    while filled and not filled[-1].strip():
        filled.pop()
    kind, income, day = (cell.strip() for cell in (*filled, "", "", "")[:3])
    if kind.upper() == "T":
        return ["Total", income, day, *[""] * 6, *filled[5:6], filled[-1]] if len(filled) > 5 else filled
    if len(filled) < 14:
        return filled  # too short: refused with its number of cells
    title, performers = filled[4:6]
    if income.upper() == "P":
        codes, territory, currency = ["", ""], filled[8], filled[9]
    else:
        # UPCs are written with 14 digits.
        codes, territory, currency = [filled[6], filled[7].strip()[-13:]], filled[9], filled[10]
    return [kind, income, day, filled[3], title, performers, *codes, territory, currency, filled[-1]]
