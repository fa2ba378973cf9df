"""Read the sheets of a spreadsheet file (xlsx, xlsm, ods, xls) as tables of text."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine

from arti.imports.cells.cell_parsers import TWO_READINGS
from arti.imports.readers.csv_reader import MAX_BYTES, MAX_CELLS
from arti.imports.readers.workbooks.open_document import CONTENT, read_open_document
from arti.imports.readers.workbooks.special_cells import (
    PERCENT,
    Places,
    SheetCells,
    count_hidden_rows,
    find_special_cells,
)
from arti.imports.types import FileRejected

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s[^>]*?\br="([A-Z]{0,3})(\d{1,7})"')
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d+)"')
_MOST_REPEATED = 2_000_000
_CHUNK = 1024 * 1024
_NUMBER = re.compile(r"[^\w]*[\d.,\s]+[^\w]*")
HIDDEN = " (hidden)"

Range = tuple[tuple[int, int], tuple[int, int]]


def is_workbook(content: bytes) -> bool:
    """Return whether a file is a spreadsheet: a zip with the parts of one, or Excel's old format."""
    if content.startswith(_OLD_EXCEL):
        return True
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return False
    return "[Content_Types].xml" in names or {"mimetype", "content.xml"} <= names


def read_sheets(content: bytes) -> list[tuple[str, bytes]]:
    """Return (title, CSV) of each sheet that is not empty. Raises FileRejected."""
    try:
        if not content.startswith(_OLD_EXCEL):
            _check_size(content)
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        known = _find_special_cells(content)
        sheets = []
        for at, found in enumerate(workbook.sheets_metadata):
            sheet = workbook.get_sheet_by_name(found.name)
            start, own = sheet.start or (0, 0), known[at] if at < len(known) else SheetCells()
            rows = _replace_special(sheet.to_python(), start, own.special)
            _fill_merged(rows, start, sheet.merged_cell_ranges or own.merged)
            is_hidden = found.visible is not python_calamine.SheetVisibleEnum.Visible
            name = f"{found.name}{HIDDEN}" if is_hidden else found.name
            sheets.append((f"{name} ({own.hidden_rows:,} hidden rows)" if own.hidden_rows else name, rows))
    except (python_calamine.CalamineError, *_DAMAGED):
        raise FileRejected("The spreadsheet is damaged or protected by a password. Save it again.") from None
    tables = [(name, _write(rows)) for name, rows in sheets if rows]
    if not tables:
        raise FileRejected("The spreadsheet is empty.")
    return tables


def is_partly_hidden(title: str) -> bool:
    """Return whether a title says that its sheet, or rows of it, are hidden."""
    return title.endswith((HIDDEN, " hidden rows)"))


def _find_special_cells(content: bytes) -> list[SheetCells]:
    """Return what is found of each sheet beside its values."""
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if CONTENT in archive.namelist():
            return read_open_document(archive)
        places, hidden = find_special_cells(archive), count_hidden_rows(archive)
        return [SheetCells(special, count) for special, count in zip(places, hidden, strict=True)]


def _fill_merged(rows: list[list[Any]], start: tuple[int, int], ranges: Iterable[Range]) -> None:
    """Write the text or day of cells that are merged over several rows into each of them; a number counts once.

    In a row that also has cells merged over columns, which are headings of groups, it is moved to the names below.
    """
    ranges = list(ranges)
    groups = {first for (first, column), (_, last_column) in ranges if last_column > column}
    for (first, column), (last, _) in ranges:
        at, place = first - start[0], column - start[1]
        if not (0 <= at < len(rows) and 0 <= place < len(rows[at])):
            continue
        value = rows[at][place]
        if isinstance(value, date) or (isinstance(value, str) and not _NUMBER.fullmatch(value.strip())):
            for row in rows[at + 1 : last - start[0] + 1]:
                if place < len(row) and row[place] == "":
                    row[place] = value
            if first in groups and last > first:
                rows[at][place] = ""


def _replace_special(rows: list[list[Any]], start: tuple[int, int], special: Places) -> list[list[Any]]:
    """Write what cells are into rows of values, of which the first cell stands at `start`."""
    for (row, column), text in special.items():
        at, place = row - start[0], column - start[1]
        if 0 <= at < len(rows) and 0 <= place < len(rows[at]):
            value = rows[at][place]
            if text is not PERCENT:
                rows[at][place] = text
            elif isinstance(value, int | float):
                rows[at][place] = f"{value * 100:.12g}%"
    return rows


def _check_size(content: bytes) -> None:
    """Refuse what would unpack to far more than an export: two cells far apart make a sheet of all between them."""
    unpacked = 0
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            rows = columns = 1
            tail = b""
            with archive.open(member) as stream:
                while chunk := stream.read(_CHUNK):
                    unpacked += len(chunk)
                    if unpacked > 10 * MAX_BYTES:
                        raise FileRejected("The spreadsheet is far larger than an export can be.")
                    text = tail + chunk
                    for place, row in _CELL.findall(text):
                        rows, columns = max(rows, int(row)), max(columns, _column(place))
                    repeated = [int(number) for number in _REPEATED.findall(text)]
                    if max(repeated, default=0) > _MOST_REPEATED:
                        raise FileRejected("The spreadsheet is far larger than an export can be.")
                    tail = text[-200:]
            if rows * columns > MAX_CELLS:
                raise FileRejected(f"A sheet has {rows:,} rows and {columns:,} columns. Save only the table.")


def _column(place: bytes) -> int:
    number = 0
    for code in place:
        number = number * 26 + code - 64
    return number


def _write(rows: Iterable[Iterable[object]]) -> bytes:
    text = io.StringIO(newline="")
    rows = list(rows)
    fractions = {at for row in rows for at, value in enumerate(row) if isinstance(value, float) and value % 1}
    csv.writer(text, lineterminator="\n").writerows(
        [_guard(value) if at in fractions and isinstance(value, str) else _text(value) for at, value in enumerate(row)]
        for row in rows
    )
    return text.getvalue().encode()


def _guard(text: str) -> str:
    """Return a text among numbers; one that may be another number than it looks is named as one."""
    return f"text: {text}" if TWO_READINGS.fullmatch(text.strip()) else text


def _text(value: object) -> str:
    """Return a cell as text. A number with three decimals gets a fourth, so that it has one reading."""
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        text = repr(value)
        return f"{text}0" if "e" not in text and len(text.partition(".")[2]) == 3 else text
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if isinstance(value, timedelta):  # as it is shown: in a column of hours it is no number
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
    return str(value)
