"""Read the rows of a text of any size, batch by batch. Nothing of a file is ever whole in memory."""

import codecs
import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, islice, repeat
from operator import contains
from typing import Any, BinaryIO, Final

from arti.imports.cells.column_evidence import BATCH_ROWS
from arti.imports.cells.flat_rows import FlatRows
from arti.imports.readers.csv_reader import (
    MAX_CELL,
    MAX_COLUMNS,
    Dialect,
    check_swallowed_lines,
    ends_within_row,
    find_dialect,
    find_table,
)
from arti.imports.readers.text_encoding import (
    check_encodings,
    count_accents,
    count_utf8,
    find_magic,
    is_of_a_mac,
    remove_text_guards,
)
from arti.imports.types import FileRejected, SourceTable

MAX_ROWS: Final = 20_000_000
_CHUNK_BYTES = 256 * 1024
_HEAD_BYTES = 256 * 1024
# A line is one piece of memory, and a cell of it may hold MAX_CELL characters.
_LONGEST_LINE = 4 * 1024 * 1024
_MOST_BLANK_ROWS = 100_000

Rows = Sequence[list[str]]
_END = "\x1e"


def find_encoding(source: BinaryIO) -> str:
    """Return the encoding of a text: UTF-8, UTF-16 or a code page of one byte. Reads all of it. Raises FileRejected."""
    source.seek(0)
    head = source.read(2000)
    if magic := find_magic(head):
        raise FileRejected(f"This is {magic}, not a table.")
    encoding = "utf-8"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif head.count(b"\x00") > len(head) // 4:
        encoding = "utf-16-le" if head[1::2].count(b"\x00") >= head[::2].count(b"\x00") else "utf-16-be"
    if _can_decode(source, encoding):
        return "utf-8-sig" if encoding == "utf-8" else encoding
    mac = windows = in_utf8 = others = 0
    source.seek(0)
    while encoding == "utf-8" and (chunk := source.read(_CHUNK_BYTES)):
        accents, utf8 = count_accents(chunk), count_utf8(chunk)
        mac, windows = mac + accents[0], windows + accents[1]
        in_utf8, others = in_utf8 + utf8[0], others + utf8[1]
    check_encodings(in_utf8, others)
    is_mac = is_of_a_mac(head, (mac, windows))
    code_pages = ("mac_roman", "cp1252") if is_mac else ("cp1252", "mac_roman")
    for candidate in code_pages if encoding == "utf-8" else ():
        if _can_decode(source, candidate):
            return candidate
    raise FileRejected("The file is not text in UTF-8, UTF-16 or Windows-1252. Export it again as CSV.")


def _can_decode(source: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(0)
    try:
        while chunk := source.read(_CHUNK_BYTES):
            if "\x00" in decoder.decode(chunk):
                raise FileRejected("The file contains NUL bytes, so it is not a text file. Export it again as CSV.")
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def is_plain(text: str, delimiter: str) -> bool:
    """Return whether a mere split divides a text as csv.reader does.

    It has no quotes, no carriage returns and no blanks at the beginning of cells.
    """
    return not ('"' in text or "\r" in text or f"{delimiter} " in text or "\n " in text or text[:1] == " ")


def _batches_of_lines(text: str) -> Iterator[str]:
    """Yield about BATCH_ROWS lines at a time."""
    size = min(BATCH_ROWS * (len(text) // (text.count("\n") or 1) + 1), MAX_CELL // 2)
    start = 0
    while start < len(text):
        end = text.find("\n", start + size) + 1 or len(text)
        yield text[start:end]
        start = end


def divide(lines: str, delimiter: str, width: int) -> FlatRows | None:
    """Return the rows of plain lines, or None where one of them has another width, or a cell may be too long.

    Divided by the delimiter alone, the last cell of a line and the first of the next are one, with the break between
    them; each such pair has to have just one, and no other cell any.
    """
    lines = lines.removesuffix("\n")
    step = width - 1
    cells = lines.split(delimiter) if step else []
    pairs = cells[step:-1:step]
    count, left = divmod(len(cells) - 1, step) if step else (0, 1)
    is_regular = not left and lines.count("\n") == len(pairs) == count - 1 and all(map(contains, pairs, repeat("\n")))
    if not is_regular or len(lines) > MAX_CELL:
        return None
    ends = "\n".join((cells[0], *pairs, cells[-1])).split("\n")
    return FlatRows([ends[::2], *(cells[index::step] for index in range(1, step)), ends[1::2]])


def _closes_its_quotes(chunk: str, delimiter: str) -> bool:
    """Return whether no quote is open at the end of a piece that ends with a line."""
    if '"' not in chunk:
        return True
    lines = chain(io.StringIO(chunk, newline=""), [_END])
    try:
        return deque(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), maxlen=1)[0] == [_END]
    except csv.Error:
        return False


class TextTable:
    """The table of a text: its head, with the first rows only, and all rows in batches, as often as they are asked."""

    def __init__(self, source: BinaryIO) -> None:
        self.bytes_read = 0
        # Once all rows are read: the line within which the file ends, where that is not the end of a row.
        self.cut_line: int | None = None
        self._source = source
        self._lines = 0
        self._ends_with_line = True
        self._encoding = find_encoding(source)
        text = next(self._chunks(_HEAD_BYTES), "")
        self._dialect = find_dialect(text)
        rows = list(islice(self._read_lines(io.StringIO(text, newline="")), BATCH_ROWS))
        self._found = find_table(rows, self._dialect.delimiter)

    @property
    def head(self) -> SourceTable:
        """The header, and some rows below it."""
        return self._found.table

    def batches(self) -> Iterator[Rows]:
        """Yield the rows below the header. Raises FileRejected."""
        count = blank = 0
        last: Rows = ()
        for rows in self._all_batches():
            last = [*last[-1:], rows[0]] if len(rows) == 1 else rows[-2:]
            count += len(rows)
            if count > MAX_ROWS:
                raise FileRejected(f"The file has more than {MAX_ROWS:,} rows. Export a shorter period.")
            filled = len(rows)
            while filled and not any(map(str.strip, rows[filled - 1])):
                filled -= 1
            left = len(rows) - filled
            if filled:  # blank rows at the end of the file are no rows of the table
                yield [*([[]] * blank), *rows[:filled]] if blank else rows[:filled] if left else rows
                blank = 0
            blank += left
            if blank > _MOST_BLANK_ROWS:
                raise FileRejected(f"The file has more than {_MOST_BLANK_ROWS:,} blank lines one after the other.")
        is_cut = not self._ends_with_line and ends_within_row(last, len(self._found.table.header))
        self.cut_line = self._lines if is_cut else None

    def _all_batches(self) -> Iterator[Rows]:
        """Yield the rows below the header, with the blank ones at the end.

        A piece of the text without quotes is divided at once; csv.reader takes the others, and all that follows where
        a quote goes on into the next piece.
        """
        chunks = self._chunks(_CHUNK_BYTES)
        dialect, width = self._dialect, len(self._found.table.header)
        is_simple = not (dialect.quoted_lines or dialect.stated or self._found.without_index)
        skipped, line = self._found.start, 0
        while is_simple and (chunk := next(chunks, None)) is not None:
            if not skipped and is_plain(chunk, dialect.delimiter):
                for lines in _batches_of_lines(chunk):
                    rows = divide(lines, dialect.delimiter, width)
                    yield from self._read_batches((lines,), 0, line) if rows is None else (rows,)
                    line += lines.count("\n")
                continue
            closed, pieces = _closes_its_quotes(chunk, dialect.delimiter), (chunk,)
            batches = self._read_batches(pieces if closed else chain(pieces, chunks), skipped, line)
            skipped = 0
            yield from batches
            line += chunk.count("\n")
        yield from self._read_batches(chunks, skipped, line)

    def _read_batches(self, chunks: Iterable[str], skipped: int, line: int) -> Iterator[Rows]:
        """Yield batches of rows by csv.reader. `line`: how many lines came before."""
        reader = self._read_lines(chain.from_iterable(io.StringIO(chunk, newline="") for chunk in chunks))
        try:
            for _ in range(skipped):
                next(reader, None)
            before = reader.line_num
            while rows := list(islice(reader, BATCH_ROWS)):
                _check(rows, line + before, line + reader.line_num, self._dialect)
                before = reader.line_num
                yield [row[1:] for row in rows] if self._found.without_index else rows
        except csv.Error:
            number = f"{line + reader.line_num:,}"
            raise FileRejected(
                f"A cell at line {number} is longer than {MAX_CELL:,} characters, or a quote is not closed."
            ) from None

    def _read_lines(self, lines: Iterator[str]) -> Any:
        csv.field_size_limit(MAX_CELL)
        delimiter = self._dialect.delimiter
        if self._dialect.stated:
            next(lines, None)
        reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
        if not self._dialect.quoted_lines:
            return reader
        return csv.reader((delimiter.join(cells) for cells in reader), delimiter=delimiter, skipinitialspace=True)

    def _chunks(self, size: int) -> Iterator[str]:
        """Yield the text in pieces that end with a line."""
        self._source.seek(0)
        self._lines, self._ends_with_line = 0, True
        decoder = codecs.getincrementaldecoder(self._encoding)()
        text = rest = ""
        while chunk := self._source.read(size):
            self.bytes_read = self._source.tell()
            text = decoder.decode(chunk)
            if "\ufeff" in text:
                text = text.replace("\ufeff", "")
            text = rest + text
            # A carriage return at the very end may be half of the end of a line.
            end = text.rfind("\n") + 1 or text.rfind("\r", 0, len(text) - 1) + 1
            if end:
                self._lines += text.count("\n", 0, end) or text.count("\r", 0, end)
                yield remove_text_guards(text[:end])
            rest = text[end:]
            if len(rest) > _LONGEST_LINE:
                raise FileRejected(f"A line is longer than {_LONGEST_LINE:,} characters, so this is no table.")
        if rest:
            self._lines += 1
            self._ends_with_line = rest[-1] in "\r\n"
            yield remove_text_guards(rest)


def _check(rows: Rows, line: int, last_line: int, dialect: Dialect) -> None:
    """Refuse rows that are too wide, or that an unclosed quote has made of several lines. `line`: before the rows."""
    if max(map(len, rows)) > MAX_COLUMNS:
        raise FileRejected(f"A line has more than {MAX_COLUMNS} columns. ARTi does not support such an export.")
    if last_line - line != len(rows) and not dialect.quoted_lines:
        heights = (1 + sum(len(cell.splitlines()) - 1 for cell in row if "\n" in cell or "\r" in cell) for row in rows)
        check_swallowed_lines(rows, list(accumulate(heights, initial=line))[1:], dialect.delimiter)
