"""Many numbers at once, where they are written plainly: digits, and the one mark that the column has.

A whole batch of cells is compared with one pattern, which costs a tenth of a look at each cell.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from arti.imports.cells.cell_parsers import DOUBTFUL

# Fewer than 16 digits before the mark: no number is above the largest that is stored.
# No part may match nothing in two ways: behind a thousand cells one wrong one would be tried in 2^1000.
_NUMBER = r"-?[0-9]{1,15}+"
_FORMS = {
    None: rf"{_NUMBER}(?:[eE]-[0-9]{{1,2}})?",
    ".": rf"{_NUMBER}(?:\.[0-9]{{1,40}}+)?(?:[eE]-[0-9]{{1,2}})?",
    ",": rf"{_NUMBER}(?:,[0-9]{{1,40}}+)?",
}
_ONE = {mark: re.compile(form) for mark, form in _FORMS.items()}
_ALL = {mark: re.compile(rf"(?:{form}\n)*") for mark, form in _FORMS.items()}
_OR_BLANK = {mark: re.compile(rf"(?:(?:{_FORMS[mark]})?\n)*") for mark in (".", ",")}
# What has two readings, such as 1.234: one mark, and three digits behind it.
_TWO_READINGS = {mark: re.compile(rf"\n-?([1-9][0-9]{{0,2}}\{mark}[0-9]{{3}})(?=\n)") for mark in (".", ",")}


def read_all_plain(cells: Sequence[str], mark: str | None) -> list[Decimal] | None:
    """Return the numbers of cells whose column has this decimal mark; None unless all are written plainly."""
    doubt, mark = is_doubtful(mark), _only_mark(mark)
    text = "\n".join(cells) + "\n"
    if doubt and mark and _TWO_READINGS[mark].search(f"\n{text}"):
        return None
    if text.count("\n") != len(cells) or not _ALL[mark].fullmatch(text):
        return None
    return to_decimals(cells, mark)


def to_decimals(cells: Sequence[str], mark: str | None) -> list[Decimal]:
    """Return the numbers of cells that are written plainly with this mark."""
    return list(map(Decimal, "\n".join(cells).replace(",", ".").split("\n") if _only_mark(mark) == "," else cells))


def read_plain(cell: str, mark: str | None) -> Decimal | None:
    """Return the number of one cell, or None where it is not written plainly."""
    doubt, mark = is_doubtful(mark), _only_mark(mark)
    if doubt and mark and _TWO_READINGS[mark].match(f"\n{cell}\n"):
        return None
    return Decimal(cell.replace(",", ".")) if _ONE[mark].fullmatch(cell) else None


def is_doubtful(mark: str | None) -> bool:
    """Return whether a cell of two readings has both: the column has cells with either mark."""
    return mark is not None and mark.endswith(DOUBTFUL)


def _only_mark(mark: str | None) -> str | None:
    """Return the decimal mark without what is said of the other one: a plain number has one mark at most."""
    return mark[:1] or None if mark else None


@dataclass(frozen=True, slots=True)
class PlainMarks:
    """What plainly written cells tell of their decimal mark: how many settle it, and those with two readings.

    `are_numbers`: whether each of them is a number with this mark or none, and none is blank.
    """

    mark: str
    settled: int
    two_readings: list[str]
    are_numbers: bool


def find_plain_marks(cells: Sequence[str]) -> PlainMarks | None:
    """Return what cells tell of their decimal mark, or None where one of them is not written plainly."""
    text = "\n" + "\n".join(cells) + "\n"
    if "." not in text and "," not in text:  # nothing that tells of a mark, whatever it is
        return PlainMarks(".", 0, [], are_numbers=False)
    for mark, other in ((".", ","), (",", ".")):
        marks = text.count(mark)
        if text.count("\n") != len(cells) + 1 or (other in text and marks):
            return None
        if (marks or mark == ".") and other not in text:
            if not _OR_BLANK[mark].fullmatch(text, 1):
                return None
            two = _TWO_READINGS[mark].findall(text) if marks else []
            return PlainMarks(mark, marks - len(two), two, are_numbers="\n\n" not in text)
    return None
