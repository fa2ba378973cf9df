"""Files with several tables one under the other, each below a title: each table is read as a file of its own."""

import csv
import io

from arti.imports.readers.csv_reader import find_rows
from arti.imports.readers.text_encoding import decode
from arti.imports.types import FileRejected

_BEGINNING = 4096


def _fill(rows: list[list[str]]) -> list[list[str]]:
    """Return the cells of each row that are not blank."""
    return [[cell for cell in row if cell.strip()] for row in rows]


def split_blocks(content: bytes) -> list[tuple[str, bytes]]:
    """Return (title, content) of each table of a file with several; empty for a file with one table or none.

    A table begins at a line of one cell that follows an empty line, or is the first, above a line of two or more.
    """
    try:
        text = decode(content)
        # Nearly all files begin with a header of several cells; those are not read twice.
        first = next(filter(None, _fill(find_rows(text[:_BEGINNING], is_beginning=True)[0])), [])
        if len(first) != 1:
            return []
        rows, _ = find_rows(text)
    except FileRejected:
        return []
    filled = _fill(rows)
    starts = [
        index
        for index in range(len(rows) - 1)
        if len(filled[index]) == 1 and len(filled[index + 1]) > 1 and (index == 0 or not filled[index - 1])
    ]
    if len(starts) < 2 or any(filled[: starts[0]]):
        return []
    blocks = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        block = io.StringIO(newline="")
        csv.writer(block, lineterminator="\n").writerows(row for row in rows[start:end] if any(row))
        blocks.append((filled[start][0].strip(), block.getvalue().encode()))
    return blocks
