"""45 forms in which spreadsheets and people hand on the same table."""

import csv
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from arti.imports.cells.cell_parsers import ColumnKind
from tests.factories.workbooks import Cell, make_workbook
from tests.imports.matrix.languages import MONTHS, TOTALS, total_word

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?")
_TINY = re.compile(r"-?\d+(?:\.\d+)?[eE]-\d+")
_NUMBERS = frozenset({ColumnKind.COUNT, ColumnKind.NUMBER, ColumnKind.SHARE})
_DAYS = frozenset({ColumnKind.DAY, ColumnKind.OTHER_DAY})


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it is changed: its title line, its rows with the header first, and what its columns hold.

    `days`: the day of each cell that is one. `positional`: the order of its columns or rows is part of its meaning.
    """

    path: str
    language: str
    title: str
    rows: list[list[str]]
    kinds: Mapping[int, ColumnKind]
    days: Mapping[str, date]
    positional: bool = False

    def columns(self, kinds: frozenset[ColumnKind]) -> list[int]:
        return [index for index, kind in self.kinds.items() if kind in kinds]

    def map_cells(self, kinds: frozenset[ColumnKind], change: Callable[[str], str]) -> "Sheet | None":
        """Return the sheet with other cells in some columns; None where nothing changes."""
        columns = set(self.columns(kinds))
        body = [[change(cell) if index in columns else cell for index, cell in enumerate(row)] for row in self.rows[1:]]
        return None if body == self.rows[1:] else replace(self, rows=[self.rows[0], *body])

    def write(self, delimiter: str = ",", *, quoting: int = csv.QUOTE_MINIMAL, line: str = "\n") -> str:
        text = io.StringIO(newline="")
        if line == "\r" and any("\n" in cell for row in self.rows for cell in row):
            quoting = csv.QUOTE_ALL  # the writer takes no other line break for one
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=line)  # type: ignore[arg-type]
        if self.title:
            writer.writerow([self.title])
        writer.writerows(self.rows)
        return text.getvalue()


Form = Callable[[Sheet], "bytes | None"]


def _encode(encoding: str, bom: bytes = b"") -> Form:
    def form(sheet: Sheet) -> bytes | None:
        try:
            return bom + sheet.write().encode(encoding)
        except UnicodeEncodeError:
            return None

    return form


def _write(delimiter: str = ",", *, quoting: int = csv.QUOTE_MINIMAL, line: str = "\n", first: str = "") -> Form:
    return lambda sheet: (first + sheet.write(delimiter, quoting=quoting, line=line)).encode()


def _quoted_lines(sheet: Sheet) -> bytes | None:
    lines = sheet.write().splitlines()
    if any("\n" in cell or "\r" in cell for row in sheet.rows for cell in row) or sheet.title:
        return None
    return "\n".join('"' + line.replace('"', '""') + '"' for line in lines).encode()


def _number(group: str, mark: str, delimiter: str, *, indian: bool = False) -> Form:
    """Write numbers with grouped digits and another decimal mark."""

    def change(cell: str) -> str:
        text = cell.replace(",", "").strip()
        if _TINY.fullmatch(text):
            return text.replace(".", mark)
        if not _PLAIN.fullmatch(text):
            return cell
        sign, digits = ("-", text[1:]) if text[0] == "-" else ("", text)
        whole, point, part = digits.partition(".")
        if indian and len(whole) > 3:
            head, tail = whole[:-3], whole[-3:]
            pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)][::-1]
            whole = ",".join([*pairs, tail])
        elif group and len(whole) > 3:
            whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", group, whole)
        return f"{sign}{whole}{mark if point else ''}{part}"

    def form(sheet: Sheet) -> bytes | None:
        changed = sheet.map_cells(_NUMBERS, change)
        return changed.write(delimiter).encode() if changed else None

    return form


def _cells(kinds: frozenset[ColumnKind], change: Callable[[str], str]) -> Form:
    def form(sheet: Sheet) -> bytes | None:
        changed = sheet.map_cells(kinds, change)
        return changed.write().encode() if changed else None

    return form


def _day(write: Callable[[date, str], str]) -> Form:
    def form(sheet: Sheet) -> bytes | None:
        def change(cell: str) -> str:
            day = sheet.days.get(cell)
            return cell if day is None else write(day, sheet.language)

        changed = sheet.map_cells(_DAYS, change)
        return changed.write().encode() if changed else None

    return form


def _in_words(day: date, language: str) -> str:
    month = MONTHS[language].split()[day.month - 1]
    match language:
        case "en":
            return f"{month} {day.day}, {day.year}"
        case "de":
            return f"{day.day}. {month} {day.year}"
        case "es" | "pt":
            return f"{day.day} de {month} de {day.year}"
        case _:
            return f"{day.day} {month} {day.year}"


def _in_short_words(day: date, language: str) -> str:
    if language in ("de", "fr"):
        return f"{day.day:02}-{MONTHS['en'].split()[day.month - 1][:3]}-{day.year % 100:02}"
    month = MONTHS[language].split()[day.month - 1]
    return f"{day.day} {month if len(month) < 5 else month[:3]} {day.year}"


def _sum_row(word: str, place: Callable[[int], int]) -> Form:
    """Add a row of sums, as a spreadsheet's subtotal does."""

    def form(sheet: Sheet) -> bytes | None:
        if sheet.positional or any(row[0].strip() in TOTALS for row in sheet.rows):
            return None
        numbers = set(sheet.columns(frozenset({ColumnKind.COUNT, ColumnKind.NUMBER})))
        name = next((index for index in range(len(sheet.rows[0])) if index not in numbers), None)
        if name != 0 or not numbers:
            return None
        total = [""] * len(sheet.rows[0])
        total[0] = total_word(word, sheet.language)
        for index in numbers:
            cells = [row[index].replace(",", "") for row in sheet.rows[1:] if index < len(row)]
            if any(":" in cell for cell in cells):
                continue
            total[index] = f"{sum((Decimal(cell) for cell in cells if _PLAIN.fullmatch(cell)), Decimal(0)):f}"
        body = sheet.rows[1:]
        at = place(len(body))
        return replace(sheet, rows=[sheet.rows[0], *body[:at], total, *body[at:]]).write().encode()

    return form


def _rows(change: Callable[[list[list[str]]], list[list[str]]], *, unless_titled: bool = False) -> Form:
    def form(sheet: Sheet) -> bytes | None:
        if sheet.positional or (unless_titled and sheet.title):
            return None
        return replace(sheet, rows=change(sheet.rows)).write().encode()

    return form


def _header_again(rows: list[list[str]]) -> list[list[str]]:
    """Put the header and a blank line into the middle, and two blank columns to the right."""
    middle = len(rows) // 2 + 1
    again = [rows[0]] if len(rows) > 2 else []
    return [[*row, "", ""] for row in (*rows[:middle], *again, [""], *rows[middle:])]


def _workbook(sheet: Sheet) -> bytes | None:
    numbers, days = set(sheet.columns(_NUMBERS)), set(sheet.columns(_DAYS))

    def cell(index: int, text: str) -> Cell:
        plain = text.replace(",", "").strip()
        if index in numbers and _PLAIN.fullmatch(plain):
            return float(plain) if "." in plain else int(plain)
        return sheet.days.get(text, text) if index in days else text

    body: list[list[Cell]] = [[cell(index, text) for index, text in enumerate(row)] for row in sheet.rows[1:]]
    above: list[list[Cell]] = [[sheet.title]] if sheet.title else []
    return make_workbook({"Sheet1": [*above, [*sheet.rows[0]], *body]})


def _preamble(sheet: Sheet) -> bytes | None:
    if sheet.title:
        return None
    return f"Artist,The Example Act\nReport,Example\n\n{sheet.write()}".encode()


def _extra_column(name: str, cell: str) -> Form:
    def form(sheet: Sheet) -> bytes | None:
        if sheet.positional or "top_ten" in sheet.path:  # each further column of it is a song
            return None
        rows = [[*sheet.rows[0], name], *([*row, cell] for row in sheet.rows[1:])]
        return replace(sheet, rows=rows).write().encode()

    return form


FORMS: dict[str, Form] = {
    "utf-8": _encode("utf-8"),
    "utf-8 with a mark": _encode("utf-8", b"\xef\xbb\xbf"),
    "utf-16 le": _encode("utf-16-le", b"\xff\xfe"),
    "utf-16 be": _encode("utf-16-be", b"\xfe\xff"),
    "utf-16 le without a mark": _encode("utf-16-le"),
    "windows-1252": _encode("cp1252"),
    "macroman": _encode("mac_roman"),
    "lines end in CRLF": _write(line="\r\n"),
    "lines end in CR": _write(line="\r"),
    "semicolons": _write(";"),
    "tabs": _write("\t"),
    "pipes": _write("|"),
    "a line sep=": _write(";", first="sep=;\n"),
    "every cell quoted": _write(quoting=csv.QUOTE_ALL),
    "every line quoted": _quoted_lines,
    "a blank after each comma": lambda sheet: re.sub(r",(?=\")", ", ", sheet.write(quoting=csv.QUOTE_ALL)).encode(),
    "decimal comma": _number("", ",", ";"),
    "grouping dots": _number(".", ",", ";"),
    "grouping commas": _number(",", ".", ","),
    "grouping blanks": _number(" ", ",", ";"),
    "grouping narrow blanks": _number("\u202f", ",", ";"),
    "grouping apostrophes": _number("’", ".", ","),
    "indian groups": _number("", ".", ",", indian=True),
    "whole numbers with .0": _cells(
        frozenset({ColumnKind.COUNT}), lambda cell: f"{cell}.0" if cell.isascii() and cell.isdigit() else cell
    ),
    "percent signs": _cells(
        frozenset({ColumnKind.SHARE}), lambda cell: f"{cell} %" if _PLAIN.fullmatch(cell) else cell
    ),
    "days M/D/YYYY": _day(lambda day, _: f"{day.month}/{day.day}/{day.year}"),
    "days M/D/YY": _day(lambda day, _: f"{day.month}/{day.day}/{day.year % 100:02}"),
    "days DD/MM/YYYY": _day(lambda day, _: f"{day:%d/%m/%Y}"),
    "days D.M.YYYY": _day(lambda day, _: f"{day.day}.{day.month}.{day.year}"),
    "days DD-MM-YYYY": _day(lambda day, _: f"{day:%d-%m-%Y}"),
    "days YYYY/MM/DD": _day(lambda day, _: f"{day:%Y/%m/%d}"),
    "days YYYYMMDD": _day(lambda day, _: f"{day:%Y%m%d}"),
    "days with a time": _day(lambda day, _: f"{day}T00:00:00Z"),
    "days as a spreadsheet's numbers": _day(lambda day, _: str((day - date(1899, 12, 30)).days)),
    "days in words": _day(_in_words),
    "days in short words": _day(_in_short_words),
    "a workbook": _workbook,
    "a total at the end": _sum_row("Total", lambda length: length),
    "a grand total at the beginning": _sum_row("Grand total", lambda length: 0),
    "a preamble of two cells": _preamble,
    "an index column": _rows(lambda rows: [["", *rows[0]], *([str(at), *row] for at, row in enumerate(rows[1:]))]),
    "columns in another order": _rows(lambda rows: [row[::-1] for row in rows if len(row) == len(rows[0])]),
    "a column more": _extra_column("Note", "x"),
    "a column of numbers more": _extra_column("Score", "7"),
    "a header again, blank lines and columns": _rows(_header_again),
}
