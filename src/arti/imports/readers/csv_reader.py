"""Read a table from bytes, by content and not by the file's name. Limits bound what a hostile file can cost."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice

from arti.imports.cells.cell_parsers import normalise_whitespace
from arti.imports.readers.header_words import is_header, is_total, plain_name
from arti.imports.readers.text_encoding import decode
from arti.imports.types import FileRejected, SourceTable

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 4_000_000
MAX_CELL = 100_000
_DELIMITERS = (",", ";", "\t", "|")
_RARE_IN_CELLS = frozenset(";\t|")
_MAX_PREAMBLE = 20
# A line behind the last one: where it is no row of its own, a quote is open.
_END = "\x01"
_SNIFFED = 64 * 1024
_SNIFFED_LINES = 50
_BATCH_ROWS = 400
_STATED_DELIMITER = re.compile(r'"?sep=(.)"?.*', re.IGNORECASE)
_HAS_DIGIT = re.compile(r"\d").search
_LOOKS_NUMERIC = re.compile(r"\s*[-(]?[\d€$£][\d.,:/ \u00a0\u202f'%-]*\)?\s*").fullmatch


def read_table(content: bytes, *, is_beginning: bool = False) -> SourceTable:
    """Return the table in a delimited text file, or in its beginning. Raises FileRejected."""
    if len(content) > MAX_BYTES:
        raise FileRejected(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Export a shorter period.")
    text = decode(content)
    table = find_table(*find_rows(text, is_beginning=is_beginning)).table
    check_second_header(table)
    if not is_beginning and text[-1] not in "\r\n" and ends_within_row(table.rows, len(table.header)):
        return replace(table, cut_line=(text.count("\n") or text.count("\r")) + 1)
    return table


def ends_within_row(rows: Sequence[Sequence[str]], width: int) -> bool:
    """Return whether the last row of a text without a last line break lacks cells that the one before has."""
    return len(rows) > 1 and len(rows[-1]) < width == len(rows[-2]) and not is_total(rows[-1][0])


def describe_cut(line: int) -> str:
    """Return what is said of a file that ends within a row."""
    return (
        f"The file ends within a row, in line {line:,}, so it may be cut off: what came below is missing. "
        "Export it again."
    )


def check_second_header(table: SourceTable, rows: Sequence[Sequence[str]] | None = None, first_row: int = 1) -> None:
    """Refuse two exports, one below the other: the numbers below another header would be read as those of the first.

    `rows`: those to look at, from `first_row` on, where the table has not all of them. The same header may come again.
    """
    own = [plain_name(name) for name in table.header]
    rows = table.rows if rows is None else rows
    # A header has no digit, nor has its first cell: of a table of days no other cell has to be looked at.
    if all(map(_HAS_DIGIT, {cells[0] for cells in rows if len(cells) > 1})):
        return
    for row, cells in enumerate(rows, start=first_row):
        if len(cells) < 2 or any(map(_HAS_DIGIT, cells)):
            continue
        names = [plain_name(cell) for cell in cells if cell.strip()]
        if names and names != [name for name in own if name] and is_header(cells, own):
            raise FileRejected(
                f"Row {row} is the header of another table ({', '.join(filter(None, cells))[:80]}). Save the two "
                "tables as two files, and upload both."
            )


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is divided. `stated`: its first line says by what; `quoted_lines`: each whole line is one cell."""

    delimiter: str
    stated: bool = False
    quoted_lines: bool = False


def find_dialect(text: str) -> Dialect:
    """Return how a text is divided, from its beginning. Raises FileRejected for an empty one."""
    if not text.strip():
        raise FileRejected("The file is empty. Export it again.")
    first = text.partition("\n")[0]
    stated = _STATED_DELIMITER.fullmatch(first.strip('\r\n "')) or _STATED_DELIMITER.fullmatch(first.strip("\r\n"))
    if stated:
        return Dialect(stated[1], stated=True)
    delimiter = _find_delimiter(text)
    header = next((line for line in text[:_SNIFFED].splitlines() if line.strip()), "")
    # Some spreadsheets quote each whole line as one cell; the real line is inside. Lines of a caption are not.
    quoted = header.startswith('"') and [len(cells) for cells in csv.reader([header], delimiter=delimiter)] == [1]
    if quoted and delimiter not in header:
        lines = list(islice(csv.reader(io.StringIO(text[:_SNIFFED], newline="")), _SNIFFED_LINES))
        if all(len(cells) <= 1 for cells in lines):
            delimiter = _find_delimiter("\n".join(cells[0] for cells in lines if cells))
    return Dialect(delimiter, quoted_lines=quoted and delimiter in header)


def find_rows(text: str, *, is_beginning: bool = False) -> tuple[list[list[str]], str]:
    """Return the rows of a delimited text, or of its beginning, and its delimiter. Raises FileRejected."""
    dialect = find_dialect(text)
    rows = _split(text.partition("\n")[2] if dialect.stated else text, dialect.delimiter, is_beginning=is_beginning)
    if dialect.quoted_lines:
        rows = _split(
            "\n".join(dialect.delimiter.join(cells) for cells in rows), dialect.delimiter, is_beginning=is_beginning
        )
    return rows, dialect.delimiter


def _find_delimiter(text: str) -> str:
    """Return the delimiter that divides the first rows into the most regular table."""
    sample = text[:_SNIFFED]

    def regularity(delimiter: str) -> tuple[float, bool, int, int]:
        reader = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter, skipinitialspace=True)
        rows = list(islice((row for row in reader if any(cell.strip() for cell in row)), _SNIFFED_LINES + 1))
        if len(text) > _SNIFFED and 1 < len(rows) <= _SNIFFED_LINES:
            rows.pop()  # cut off
        if not rows:
            return 0.0, False, 0, 0
        widths = [len(row) for row in rows]
        usual, times = Counter(width for width in widths if width > 1).most_common(1)[0] if max(widths) > 1 else (1, 0)
        # A table's first line divides like the others: in 2025-02-27;16,481 below Date;Views only the semicolon does.
        in_header = next((True for width in widths[:_MAX_PREAMBLE] if width == usual), False) and widths[0] > 1
        # In "Lagos, Nigeria;Lviv, Ukraine" above "13,7;5,7" both divide; only the comma leaves the other in cells.
        others = _RARE_IN_CELLS - {delimiter}
        undivided = sum(not others.isdisjoint(cell) for row in rows for cell in row)
        return times / len(widths), in_header, times and -undivided, -_DELIMITERS.index(delimiter)

    return max(_DELIMITERS, key=regularity)


def _split(text: str, delimiter: str, *, is_beginning: bool) -> list[list[str]]:
    csv.field_size_limit(MAX_CELL)
    rows: list[list[str]] = []
    cells = 0
    lines = chain(io.StringIO(text, newline=""), (_END,))
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    try:
        while batch := list(islice(reader, _BATCH_ROWS)):
            widths = [*map(len, batch)]
            cells += sum(widths)
            if max(widths) > MAX_COLUMNS:
                raise FileRejected(f"A line has more than {MAX_COLUMNS} columns. ARTi does not support such an export.")
            if len(rows) + len(batch) > MAX_ROWS + 2 or cells > MAX_CELLS:
                raise FileRejected(f"The file has more than {MAX_ROWS:,} rows. Export a shorter period.")
            rows += batch
    except csv.Error:
        raise FileRejected(
            f"A cell near line {reader.line_num} is longer than {MAX_CELL:,} characters, or a quote is not closed."
        ) from None
    is_open = rows[-1:] != [[_END]]
    if not is_open:
        rows.pop()
    if is_open or reader.line_num != len(rows) + 1:  # cells that hold line breaks
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
        ends = [reader.line_num for _ in reader]
        check_swallowed_lines(rows, ends, delimiter)
        if is_open and not is_beginning:
            first = ends[-2] + 1 if len(ends) > 1 else 1
            raise FileRejected(
                f"A quote in line {first} or below it does not close before the end of the file, which may be cut off. "
                "Close or remove the quote, or export the file again."
            )
    return rows


def check_swallowed_lines(rows: Sequence[Sequence[str]], lines: Sequence[int], delimiter: str) -> None:
    """Refuse a file in which a quote that never closes has swallowed lines. `lines`: the last line of each row.

    A caption may hold line breaks; what it may not hold is a line that divides like the file's rows, with numbers where
    they have numbers.
    """
    spans = [index for index, line in enumerate(lines) if line - (lines[index - 1] if index else 0) > 1]
    if not spans:
        return
    usual = Counter(len(row) for index, row in enumerate(rows) if len(row) > 1).most_common(1)
    width = usual[0][0] if usual else 0
    whole = [row for index, row in enumerate(rows) if len(row) == width and index not in set(spans)][1:_SNIFFED_LINES]
    numeric = [index for index in range(width) if whole and all(_LOOKS_NUMERIC(row[index]) for row in whole)]
    for index in spans:
        first = (lines[index - 1] if index else 0) + 1
        for place, cell in enumerate(rows[index]):
            inner_lines = cell.splitlines()
            if len(inner_lines) > 1 and any(at > place for at in numeric):
                inner_lines[0] = delimiter.join(["0"] * place + inner_lines[:1])  # the cells before it are good
            else:
                inner_lines = inner_lines[1:]
            for inner in inner_lines:
                parts = next(csv.reader([inner], delimiter=delimiter, skipinitialspace=True), [])
                if len(parts) == width > 1 and numeric and all(_LOOKS_NUMERIC(parts[at]) for at in numeric):
                    raise FileRejected(
                        f"A quote in line {first} does not close, so the lines up to {lines[index]} are one cell. "
                        "Close or remove the quote, or export the file again."
                    )


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table, the index of its first row below the header, and whether a column of row numbers was left out."""

    table: SourceTable
    start: int
    without_index: bool


def find_table(rows: list[list[str]], delimiter: str) -> FoundTable:
    """Return the table below the lines that a report or a pivot table puts above it. Raises FileRejected."""
    # A header stands among the first lines.
    filled = [[cell for cell in row if cell.strip()] for row in rows[: 2 * _MAX_PREAMBLE + _SNIFFED_LINES]]
    start = _find_header(filled)
    if start is None:
        titles = [normalise_whitespace(cells[0]) for cells in filled if cells]
        beginning = f" It begins with {titles[0][:60]!r}." if titles else ""
        raise FileRejected(f"There is no table with two or more columns in this file.{beginning}")
    header = tuple(normalise_whitespace(cell) for cell in rows[start])
    while header and not header[-1]:
        header = header[:-1]
    body = rows[start + 1 :]
    while body and not any(cell.strip() for cell in body[-1]):
        body = body[:-1]
    above = tuple(normalise_whitespace(" ".join(cells)) for cells in filled[:start] if cells)
    # The row numbers that pandas puts first.
    has_index = not header[0] and len(header) > 1 and all(row[:1] == [str(at)] for at, row in enumerate(body))
    if has_index and body:
        header, body = header[1:], [row[1:] for row in body]
    table = SourceTable(header, tuple(name.casefold() for name in header), body, above, delimiter)
    return FoundTable(table, start + 1, has_index and bool(body))


def _find_header(filled: list[list[str]]) -> int | None:
    """Return the index of the header, or None.

    It is the first line of two cells or more, unless such lines, which name no columns, stand above an empty line or a
    wider table.
    """
    first = next((index for index, cells in enumerate(filled[:_MAX_PREAMBLE]) if len(cells) > 1), None)
    if first is None or (is_header(filled[first]) and any(filled[first + 1 : first + 2])):
        return first
    found = _find_later_header(filled, first)
    if found > first:
        block = next((index for index in range(first, found) if not filled[index]), found)
        data = [cells for cells in filled[first + 1 : block] if len(cells) > 2 and any(map(_LOOKS_NUMERIC, cells))]
        if filled[found] == filled[first]:
            return first
        if len(data) > 1 and not any(map(_LOOKS_NUMERIC, filled[first])):
            raise FileRejected(
                f"The file holds two tables, one below the other: {', '.join(filled[first])[:60]} and "
                f"{', '.join(filled[found])[:60]}. Save them as two files, and upload both."
            )
    return found


def _find_later_header(filled: list[list[str]], first: int) -> int:
    """Return the index of the header, which is `first` or below it."""
    usual = Counter(len(cells) for cells in filled[first : first + _SNIFFED_LINES] if len(cells) > 1).most_common(1)[0][
        0
    ]
    for index in range(first, min(_MAX_PREAMBLE, len(filled) - 1)):
        after_break = index > first and not filled[index - 1]
        wide = len(filled[index]) >= usual > len(filled[first])
        if len(filled[index]) > 1 and (after_break or wide) and not any(map(_LOOKS_NUMERIC, filled[index])):
            return index
    return first
