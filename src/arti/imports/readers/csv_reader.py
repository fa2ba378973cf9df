"""Read a table from bytes, by content and not by the file's name. Limits bound what a hostile file can cost."""

import csv
import io
from collections import Counter

from arti.imports.readers.cell_parsers import normalise_whitespace
from arti.imports.types import FileRejected, SourceTable

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_CELLS = 4_000_000
_MAX_CELL = 100_000
_DELIMITERS = (",", ";", "\t", "|")
_MAX_HEADER_LINE = 20
_MAGIC = {
    b"%PDF": "a PDF",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save it as CSV",
    b"\x1f\x8b": "a gzip file; unpack it first",
    b"PK\x03\x04": "a zip file inside a zip file, or a spreadsheet; save it as CSV",
}


def read_table(content: bytes) -> SourceTable:
    """Return the table in a delimited text file. Raises FileRejected."""
    if len(content) > MAX_BYTES:
        raise FileRejected(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Export a shorter period.")
    text = decode(content)
    if not text.strip():
        raise FileRejected("The file is empty. Export it again.")
    lines = text.splitlines()
    delimiter, body = _sniff(lines, text)
    header = _split(body.split("\n", 1)[0], delimiter)
    if header and len(header[0]) == 1 and delimiter in header[0][0]:
        # Some spreadsheets quote each whole line as one cell; the real line is inside.
        outer = [_split(line, delimiter)[:1] for line in body.splitlines() if line.strip()]
        return _with_header([cells for row in outer for cells in _split(row[0][0], delimiter)[:1]])
    return _with_header(_split(body, delimiter))


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252. Raises FileRejected."""
    for magic, name in _MAGIC.items():
        if content.startswith(magic):
            raise FileRejected(f"This is {name}, not a CSV export.")
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        if "\x00" in text:
            raise FileRejected("The file contains NUL bytes, so it is not a text file. Export it again as CSV.")
        return text.removeprefix("\ufeff")
    raise FileRejected("The file is not text in UTF-8, UTF-16 or Windows-1252. Export it again as CSV.")


def _candidates(content: bytes) -> tuple[str, ...]:
    if content.startswith(b"\xef\xbb\xbf"):
        return ("utf-8-sig",)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    sample = content[:2000]
    if sample.count(b"\x00") > len(sample) // 4:
        return ("utf-16-le",) if sample[1::2].count(b"\x00") >= sample[::2].count(b"\x00") else ("utf-16-be",)
    return ("utf-8", "cp1252")


def _sniff(lines: list[str], text: str) -> tuple[str, str]:
    first = lines[0].strip("\r\n")
    if first.lower().startswith("sep=") and len(first) > 4:
        return first[4], text.split("\n", 1)[1] if "\n" in text else ""
    counts: Counter[str] = Counter()
    for line in lines[:_MAX_HEADER_LINE]:
        # Each line votes, so that a comma in one long title does not outvote the semicolons.
        best = max(_DELIMITERS, key=lambda delimiter: line.count(delimiter))
        counts[best] += bool(line.count(best))
    return (counts.most_common(1)[0][0] if counts.total() else ","), text


def _split(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            cells += len(row)
            if len(row) > MAX_COLUMNS:
                raise FileRejected(f"A line has more than {MAX_COLUMNS} columns. ARTi does not support such an export.")
            if len(rows) > MAX_ROWS or cells > MAX_CELLS:
                raise FileRejected(f"The file has more than {MAX_ROWS:,} rows. Export a shorter period.")
            rows.append(row)
    except csv.Error:
        raise FileRejected(f"A cell is longer than {_MAX_CELL:,} characters, or a quote is not closed.") from None
    return rows


def _with_header(rows: list[list[str]]) -> SourceTable:
    titles = []
    for index, row in enumerate(rows[:_MAX_HEADER_LINE]):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) < 2:
            titles += [normalise_whitespace(cell) for cell in filled]
            continue
        header = tuple(normalise_whitespace(cell) for cell in row)
        while header and not header[-1]:
            header = header[:-1]
        names = tuple(name.casefold() for name in header)
        body = rows[index + 1 :]
        while body and not any(cell.strip() for cell in body[-1]):
            body = body[:-1]
        return SourceTable(header, names, body, tuple(titles))
    beginning = f" It begins with {titles[0][:60]!r}." if titles else ""
    raise FileRejected(f"There is no table with two or more columns in this file.{beginning}")
