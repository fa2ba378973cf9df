"""What flows through an import: a table out of a file, questions to a person, the status of each row, observations."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from arti.providers.contract import AssetRecord, Observation
from arti.vocabulary import Provider

Answers = Mapping[str, str]


class FileRejected(Exception):
    """The file cannot be imported. The reason names what it is, and the way out."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A delimited text file. `names` are the header's names, tidied and in small letters; row 1 follows the header."""

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
    """What stands around the file: its name, the period of the files it came with, the tracks we know already."""

    file_name: str
    today: date
    folder: str = ""
    days: tuple[date, date] | None = None
    tracks: Sequence[KnownTrack] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """What the file leaves open. `default` is a guess that a person must confirm."""

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
class TotalCheck:
    """A column's Total row against the sum of its rows: the proof that nothing was lost on the way."""

    column: str
    total: float
    sum: float
    matches: bool


@dataclass(slots=True)
class ParsedFile:
    """What a parser read. It fills this while it walks through the rows."""

    observations: list[Observation] = field(default_factory=list)
    assets: dict[str, AssetRecord] = field(default_factory=dict)
    row_results: list[RowResult] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    totals: list[TotalCheck] = field(default_factory=list)
    daily: bool = False

    def record_row(self, row: int, problems: Sequence[str], *, stored: bool) -> None:
        """Record the status of a row: what was wrong with it, and whether anything of it was stored."""
        if not stored:
            self.row_results.append(RowResult(row, "rejected", "; ".join(problems) or "there is no number in this row"))
        else:
            self.row_results.append(
                RowResult(row, "warning", "; ".join(problems)) if problems else RowResult(row, "accepted")
            )


@dataclass(frozen=True, slots=True)
class Parser:
    """One kind of export file. `read` is pure: rows in, a Reading out; it raises Refused."""

    source: str
    title: str
    provider: Provider
    time_zone: str
    recognises: Callable[[SourceTable], bool]
    questions: Callable[[SourceTable, Hints], list[Question]]
    read: Callable[[SourceTable, Answers, Hints], ParsedFile]


def no_questions(table: SourceTable, hints: Hints) -> list[Question]:
    """The file leaves nothing open."""
    return []
