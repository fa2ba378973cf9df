"""Cells of an xlsx file whose values alone say too little: errors, formulas without a value, numbers in percent.

They are found in the text of the sheets, which is read in pieces.
"""

import re
import zipfile
from collections.abc import Iterator
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
_FORMATS_OF_CELLS: Final = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_FORMAT_OF_CELL: Final = re.compile(rb"<(?:\w+:)?xf\b[^>]*")
_NUMBER_OF_FORMAT: Final = re.compile(rb'numFmtId="(\d+)"')
_SHEET: Final = re.compile(rb'<(?:\w+:)?sheet\s[^>]*?name="([^"]*)"[^>]*?\b\w+:id="([^"]*)"')
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*")
_ATTRIBUTE: Final = re.compile(rb'\b(Id|Target)="([^"]*)"')
_IN_PERCENT: Final = frozenset({9, 10})

Places = dict[tuple[int, int], str]


def find_special_cells(archive: zipfile.ZipFile) -> list[Places]:
    """Return for each sheet, in their order, what cells are by (row, column) from 0: PERCENT, or a text to show.

    Raises FileRejected where there are too many.
    """
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return []
    in_percent = _find_percent_styles(archive.read("xl/styles.xml")) if "xl/styles.xml" in names else frozenset()
    targets = {}
    for relation in _RELATION.findall(archive.read("xl/_rels/workbook.xml.rels")):
        said = dict(_ATTRIBUTE.findall(relation))
        target = said.get(b"Target", b"").decode()
        targets[said.get(b"Id", b"")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    paths = [targets.get(id, "") for _, id in _SHEET.findall(archive.read("xl/workbook.xml"))]
    return [_find_in_sheet(archive, path, in_percent) if path in names else {} for path in paths]


def _find_percent_styles(styles: bytes) -> frozenset[int]:
    """Return the styles of cells that show their number in percent."""
    own = {int(id) for id, code in _FORMAT.findall(styles) if b"%" in code}
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
