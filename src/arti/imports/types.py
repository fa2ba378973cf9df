"""Types of an import: the table of a file, questions to the user, the status of each row, observations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider

Answers = Mapping[str, str]


class FileRejected(Exception):
    """The file cannot be imported. The text is for the user: what the file is, and what to do."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A delimited text file. `names` are the header's, normalised and case-folded; row 1 follows the header."""

    header: tuple[str, ...]
    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    titles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownTrack:
    external_id: str
    title: str
    released_on: date | None


@dataclass(frozen=True, slots=True)
class Hints:
    """Context of a file: its name, the period of the files uploaded with it, the artist's stored tracks."""

    file_name: str
    today: date
    folder: str = ""
    days: tuple[date, date] | None = None
    tracks: Sequence[KnownTrack] = ()


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What the file does not contain. `default` is a guess that the user confirms."""

    key: str
    text: str
    kind: Literal["text", "day", "choice"]
    default: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowResult:
    row: int
    status: Literal["accepted", "warning", "rejected"]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnTotal:
    """A column's Total cell and the sum of its rows."""

    column: str
    total: float
    sum: float
    matches: bool


@dataclass(slots=True)
class ParsedFile:
    """What a parser read; filled row by row."""

    observations: list[Observation] = field(default_factory=list)
    assets: dict[str, AssetRecord] = field(default_factory=dict)
    row_results: list[RowResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: list[ColumnTotal] = field(default_factory=list)
    daily: bool = False

    def record_row(self, row: int, problems: Sequence[str], *, stored: bool) -> None:
        """Record the status of a row: its problems, and whether any of its values is stored."""
        if not stored:
            self.row_results.append(RowResult(row, "rejected", "; ".join(problems) or "the row has no number"))
        else:
            self.row_results.append(
                RowResult(row, "warning", "; ".join(problems)) if problems else RowResult(row, "accepted")
            )


@dataclass(frozen=True, slots=True)
class Parser:
    """One kind of export file. `parse` is pure and raises FileRejected."""

    source: str
    title: str
    provider: Provider
    time_zone: str
    recognises: Callable[[SourceTable], bool]
    questions: Callable[[SourceTable, Hints], list[FileQuestion]]
    parse: Callable[[SourceTable, Answers, Hints], ParsedFile]


def no_questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    """Return no questions: the file contains everything."""
    return []
