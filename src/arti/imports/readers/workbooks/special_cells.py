"""Cells of an xlsx file whose values alone say too little: errors, formulas without a value, numbers in percent.

They are found in the text of the sheets, which is read in pieces.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from arti.imports.types import FileRejected

PERCENT: Final = "%"
_CHUNK: Final = 1024 * 1024
_MOST: Final = 500_000
_CELL: Final = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_STYLE: Final = re.compile(rb'\bs="(\d+)"')
_VALUE: Final = re.compile(rb"<(?:\w+:)?v>([^<]+)</")
_FORMULA: Final = re.compile(rb"<(?:\w+:)?f\b[^>]*?(?:/>|>([^<]*)</)")
_FORMAT: Final = re.compile(rb'<(?:\w+:)?numFmt\s[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
# What a format writes beside a number: a percent sign there shows the number itself.
_LITERAL: Final = re.compile(rb"&quot;.*?&quot;|[\\\\_*].")
_FORMATS_OF_CELLS: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT_OF_CELL: Final = re.compile(rb"<(?:\w+:)?xf\b[^>]*")
_NUMBER_OF_FORMAT: Final = re.compile(rb'numFmtId="(\d+)"')
_SHEET: Final = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?name="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*")
_ATTRIBUTE: Final = re.compile(rb'\b(Id|Target)="([^"]*)"')
_HIDDEN_ROW: Final = re.compile(rb'<(?:\w+:)?row\s(?=[^>]*\bhidden="(?:1|true)")[^>]*[^/>]>')
_IN_PERCENT: Final = frozenset({9, 10})

Places = dict[tuple[int, int], str]


@dataclass(slots=True)
class SheetCells:
    """`special`: what cells are, by (row, column) from 0: PERCENT, or a text to show. `merged`: (first, last) cells."""

    special: Places = field(default_factory=dict)
    hidden_rows: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)


def find_special_cells(archive: zipfile.ZipFile) -> list[Places]:
    """Return for each sheet, in their order, what cells are by (row, column) from 0: PERCENT, or a text to show.

    Raises FileRejected where there are too many.
    """
    names = set(archive.namelist())
    in_percent = _find_percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else frozenset()
    return [_find_in_sheet(archive, path, in_percent) if path in names else {} for path in _list_sheets(archive)]


def count_hidden_rows(archive: zipfile.ZipFile) -> list[int]:
    """Return for each sheet, in their order, how many rows with cells are hidden, as by a filter."""
    names = set(archive.namelist())
    return [_count_hidden(archive, path) if path in names else 0 for path in _list_sheets(archive)]


def _count_hidden(archive: zipfile.ZipFile, path: str) -> int:
    count, rest = 0, b""
    with archive.open(path) as stream:
        while chunk := stream.read(_CHUNK):
            rest += chunk
            end = rest.rfind(b">") + 1
            count += sum(1 for _ in _HIDDEN_ROW.finditer(rest, 0, end))
            rest = rest[end:]
    return count


def _list_sheets(archive: zipfile.ZipFile) -> list[str]:
    """Return where the sheets of an xlsx file are, in their order; nothing of another file."""
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= set(archive.namelist()):
        return []
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(_ATTRIBUTE.findall(relation))
        target = said.get(b"Target", b"").decode()
        targets[said.get(b"Id", b"")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return [targets.get(id, "") for _, id in _SHEET.findall(archive.read("xl/workbook.xml"))]


def _find_percent_styles(styles: bytes) -> frozenset[int]:
    """Return the styles of cells that show their number in percent."""
    own = {int(id) for id, code in _FORMAT.findall(styles) if b"%" in _LITERAL.sub(b"", code)}
    cells = _FORMATS_OF_CELLS.search(styles)
    found = []
    for at, form in enumerate(_FORMAT_OF_CELL.findall(cells[0]) if cells else ()):
        number = _NUMBER_OF_FORMAT.search(form)
        if number and int(number[1]) in _IN_PERCENT | own:
            found.append(at)
    return frozenset(found)


def _find_in_sheet(archive: zipfile.ZipFile, path: str, in_percent: frozenset[int]) -> Places:
    found: Places = {}
    for attributes, inner in _iterate_cells(archive, path):
        place, style = _PLACE.search(attributes), _STYLE.search(attributes)
        if place is None:
            continue
        value, formula = _VALUE.search(inner), _FORMULA.search(inner)
        said = ""
        if b't="e"' in attributes:
            said = (value[1] if value else b"#ERROR!").decode(errors="replace")
        elif formula and not value and b't="str"' not in attributes:
            said = "=" + (formula[1] or b"").decode(errors="replace")[:40]
        elif value and style and int(style[1]) in in_percent:
            said = PERCENT
        if said:
            found[int(place[2]) - 1, _column(place[1])] = said
            if len(found) > _MOST:
                raise FileRejected("The spreadsheet is far larger than an export can be.")
    return found


def _iterate_cells(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[bytes, bytes]]:
    rest = b""
    with archive.open(path) as stream:
        while chunk := stream.read(_CHUNK):
            rest += chunk
            end = rest.rfind(b"</row>") if b"</row>" in chunk else rest.rfind(b":row>")
            if end > 0:
                yield from _CELL.findall(rest[:end])
                rest = rest[end:]
    yield from _CELL.findall(rest)


def _column(place: bytes) -> int:
    number = 0
    for code in place:
        number = number * 26 + code - 64
    return number - 1
