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

from arti.imports.readers.csv_reader import MAX_BYTES, MAX_CELLS
from arti.imports.readers.workbooks.special_cells import PERCENT, Places, find_special_cells
from arti.imports.types import FileRejected

_DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s[^>]*?\br="([A-Z]{0,3})(\d{1,7})"')
_REPEATED = re.compile(rb'number-(?:columns|rows)-repeated="(\d+)"')
_MOST_REPEATED = 2_000_000
_CHUNK = 1024 * 1024


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
        special = _find_special_cells(content)
        sheets = []
        for at, found in enumerate(workbook.sheets_metadata):
            sheet = workbook.get_sheet_by_name(found.name)
            rows = _replace_special(sheet.to_python(), sheet.start or (0, 0), special[at] if at < len(special) else {})
            is_hidden = found.visible is not python_calamine.SheetVisibleEnum.Visible
            sheets.append((f"{found.name} (hidden)" if is_hidden else found.name, rows))
    except (python_calamine.CalamineError, *_DAMAGED):
        raise FileRejected("The spreadsheet is damaged or protected by a password. Save it again.") from None
    tables = [(name, _write(rows)) for name, rows in sheets if rows]
    if not tables:
        raise FileRejected("The spreadsheet is empty.")
    return tables


def _find_special_cells(content: bytes) -> list[Places]:
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return find_special_cells(archive)


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
    csv.writer(text, lineterminator="\n").writerows([_text(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _text(value: object) -> str:
    """Return a cell as text. A number with three decimals gets a fourth, so that it has one reading."""
    if isinstance(value, float):
        if value.is_integer():
            return str(int(value))
        text = repr(value)
        return f"{text}0" if "e" not in text and len(text.partition(".")[2]) == 3 else text
    if isinstance(value, datetime):
        return str(value.date()) if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(round(value.total_seconds()))
    return str(value)
