"""A gap as a query to the distributor: a text, and its rows as CSV without formulas. Pure."""

import csv
import io
import re
from collections.abc import Sequence

from arti.metrics.money.reconciliation.schemas import GapRow, RoyaltyGap

_COLUMNS = (
    *("kind", "source", "statement", "row", "month", "store", "country", "title", "isrc", "type", "quantity", "amount"),
    "currency",
)
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet runs: what begins like a formula gets an apostrophe, numbers do not."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


def write_csv(rows: Sequence[GapRow]) -> str:
    """Return rows as CSV, with a header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in rows:
        shown = row.model_dump(mode="json")
        writer.writerow(["" if shown[name] is None else safe_cell(str(shown[name])) for name in _COLUMNS])
    return text.getvalue()


def write_text(gap: RoyaltyGap, note: str, rows: Sequence[GapRow], *, more: bool) -> str:
    """Return the query in words."""
    isrcs = sorted({row.isrc for row in rows if row.isrc})
    statements = sorted({row.statement for row in rows if row.statement})
    lines = [
        f"Query about royalties{f' of {gap.source}' if gap.source else ''}",
        "",
        gap.sentence,
        "",
        f"Attached: {'the first ' if more else ''}{len(rows):,} rows. {note}",
        *(
            [f"Statements: {'; '.join(statements[:10])}{' and more' if len(statements) > 10 else ''}"]
            if statements
            else []
        ),
        *([f"ISRC: {', '.join(isrcs[:20])}{' and more' if len(isrcs) > 20 else ''}"] if isrcs else []),
        *[f"Sum: {each.amount:f} {each.currency}" for each in gap.amounts],
        "",
        "Please check these lines and send what is missing, or the reason.",
    ]
    return "\n".join(" ".join(line.split()) for line in lines) + "\n"
