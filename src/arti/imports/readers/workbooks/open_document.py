"""Cells of an ods file whose values alone say too little, and its hidden and merged ones; read in pieces."""

import re
import zipfile
from collections.abc import Iterator
from typing import Final

from arti.imports.readers.workbooks.special_cells import PERCENT, SheetCells
from arti.imports.types import FileRejected

CONTENT: Final = "content.xml"
_CHUNK: Final = 1024 * 1024
_MOST: Final = 500_000
_PART: Final = re.compile(
    rb"<table:table[\s>]|<table:table-row\b([^>]*?)(?:/>|>(.*?)</table:table-row>)",
    re.DOTALL,
)
_CELL: Final = re.compile(
    rb"<table:(?:covered-)?table-cell\b([^>]*?)(?:/>|>(.*?)</table:(?:covered-)?table-cell>)", re.DOTALL
)
_REPEATED: Final = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,7})"')
_SPANNED: Final = re.compile(rb'number-rows-spanned="(\d{1,7})"')
_KIND: Final = re.compile(rb'office:value-type="(\w+)"')
_FORMULA: Final = re.compile(rb'table:formula="(?:of:|oooc:)?=?([^"]*)"')
_TEXT: Final = re.compile(rb"<text:p[^>]*>([^<]*)</text:p>")
_NOTE: Final = re.compile(rb"<office:annotation\b.*?</office:annotation>", re.DOTALL)
_HIDDEN: Final = re.compile(rb'table:visibility="(?:filter|collapse)"')


def read_open_document(archive: zipfile.ZipFile) -> list[SheetCells]:
    """Return what is found of each sheet; rows with values may be hidden. Raises FileRejected where it is too much."""
    sheets: list[SheetCells] = []
    row = count = 0
    for attributes, cells in _iterate_rows(archive):
        if attributes is None:
            sheets.append(SheetCells())
            row = 0
        if attributes is None or not sheets:
            continue
        sheet, times = sheets[-1], _repeated(attributes)
        found, merged, has_values = _find_in_row(cells)
        count += len(found) * times + len(merged)
        if count > _MOST:
            raise FileRejected("The spreadsheet is far larger than an export can be.")
        for at in range(times if found else 0):
            sheet.special.update({(row + at, column): text for column, text in found.items()})
        sheet.merged += [((row, column), (row + rows - 1, column)) for column, rows in merged.items()]
        if has_values and _HIDDEN.search(attributes):
            sheet.hidden_rows += times
        row += times
    return sheets


def _find_in_row(cells: bytes) -> tuple[dict[int, str], dict[int, int], bool]:
    """Return what cells of a row are and over how many rows they go, both by column, and whether any has a value."""
    found: dict[int, str] = {}
    merged: dict[int, int] = {}
    column, has_values = 0, False
    for attributes, inner in _CELL.findall(cells):
        times, kind = _repeated(attributes), _KIND.search(attributes)
        has_values = has_values or kind is not None
        text = _TEXT.search(_NOTE.sub(b"", inner))
        said = ""
        if b'calcext:value-type="error"' in attributes or _is_error(kind, text):
            said = (text[1] if text else b"").decode(errors="replace") or "#ERROR!"
        elif kind is None and (formula := _FORMULA.search(attributes)):
            said = "=" + formula[1].decode(errors="replace")[:40]
        elif kind is not None and kind[1] == b"percentage":
            said = PERCENT
        if said:
            found.update(dict.fromkeys(range(column, column + min(times, _MOST)), said))
        if (spanned := _SPANNED.search(attributes)) and int(spanned[1]) > 1:
            merged[column] = int(spanned[1])
        column += times
    return found, merged, has_values


def _is_error(kind: re.Match[bytes] | None, text: re.Match[bytes] | None) -> bool:
    """Return whether a number is what older programs keep of a formula that has none."""
    return kind is not None and kind[1] == b"float" and text is not None and text[1].startswith((b"#", b"Err:"))


def _repeated(attributes: bytes) -> int:
    found = _REPEATED.search(attributes)
    return int(found[1]) if found else 1


def _iterate_rows(archive: zipfile.ZipFile) -> Iterator[tuple[bytes | None, bytes]]:
    """Yield attributes and cells of each row; (None, empty) before those of each sheet."""
    rest = b""
    with archive.open(CONTENT) as stream:
        while chunk := stream.read(_CHUNK):
            rest += chunk
            end = rest.rfind(b"</table:table-row>") + len(b"</table:table-row>")
            if end >= len(b"</table:table-row>"):
                yield from _parts(rest[:end])
                rest = rest[end:]
    yield from _parts(rest)


def _parts(text: bytes) -> Iterator[tuple[bytes | None, bytes]]:
    for part in _PART.finditer(text):
        yield (None, b"") if part[1] is None else (part[1], part[2] or b"")
