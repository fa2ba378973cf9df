"""Types of an import: the table of a file, questions to the user, the status of each row, observations."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from heapq import merge
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.cells.day_format import ANY_FORMAT, DayFormat, parse_day
from arti.metrics.money.lines import RoyaltyLines
from arti.providers.contract import AssetRecord, Observation, PlaylistSnapshot

Answers = Mapping[str, str]


class FileRejected(Exception):
    """The file cannot be imported. The text is for the user: what the file is, and what to do."""


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A delimited text file. `names` are the header's, normalised and case-folded; row 1 follows the header.

    `marks`: the decimal mark of the columns that have one; `day_formats`: of the columns of days; `fractions`: the
    columns of shares that are written as fractions of 1, not in percent; `cut_line`: the line within which the file
    ends, where that is not the end of a row.
    """

    header: tuple[str, ...]
    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    titles: tuple[str, ...] = ()
    delimiter: str = ","
    marks: Mapping[int, str] = field(default_factory=dict)
    day_formats: Mapping[int, DayFormat] = field(default_factory=dict)
    fractions: frozenset[int] = frozenset()
    cut_line: int | None = None

    def column(self, index: int) -> Iterator[str]:
        """Yield the cells of a column."""
        return (cells[index] for cells in self.rows if len(cells) > index)

    def parse_day(self, cells: Sequence[str], index: int) -> date | None:
        """Return the day in a row's cell, or None when it is blank. Raises ValueError, in words."""
        return parse_day(cells[index], self.day_formats.get(index, ANY_FORMAT))


@dataclass(frozen=True, slots=True)
class KnownTrack:
    external_id: str
    title: str
    released_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of an artist: the names, tracks and playlists on Spotify, and videos on YouTube.

    `scope`: whose team exported the org's last file, see arti.imports.teams.scope; `labels`: of the artist's releases.
    """

    artists: Sequence[str] = ()
    tracks: Sequence[KnownTrack] = ()
    videos: Sequence[KnownTrack] = ()
    playlists: Sequence[KnownTrack] = ()
    scope: str | None = None
    labels: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Hints:
    """Context of a file: its name, the period of the files uploaded with it, and what is stored of its artist.

    `today`: the present day where the file's source counts days; it is not over, so nothing is read of it.
    """

    file_name: str
    today: date
    folder: str = ""
    days: tuple[date, date] | None = None
    known: Known = Known()
    read_at: datetime | None = None

    def in_zone(self, time_zone: str) -> "Hints":
        """Return the hints with the day in the time zone in which a file's source counts days."""
        return replace(self, today=self.read_at.astimezone(ZoneInfo(time_zone)).date()) if self.read_at else self


@dataclass(frozen=True, slots=True)
class FileQuestion:
    """What the file does not contain. `default` is a guess that the user confirms.

    `example`: an answer with which the rows are read before the user has answered; it is never stored.
    """

    key: str
    text: str
    kind: Literal["text", "day", "choice"]
    default: str | None = None
    choices: tuple[str, ...] = ()
    example: str = "?"


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


class RowResults:
    """The results of a file's rows. Rows that are plainly accepted are kept as ranges, the others one by one."""

    def __init__(self) -> None:
        self._named: list[RowResult] = []
        self._accepted: list[tuple[int, int]] = []

    def append(self, result: RowResult) -> None:
        """Add the result of a row."""
        self._named.append(result)

    def accept(self, first: int, last: int) -> None:
        """Accept the rows from `first` to `last` that have no result of their own."""
        if last >= first:
            self._accepted.append((first, last))

    @property
    def named(self) -> list[RowResult]:
        """The results that were added one by one."""
        return self._named

    def sort(self) -> None:
        """Bring the results into the order of the rows."""
        self._named.sort(key=lambda result: result.row)

    def count(self) -> dict[str, int]:
        """Return the number of rows of each status."""
        counts = Counter[str](result.status for result in self._named)
        named = sorted({result.row for result in self._named})
        for first, last in self._accepted:
            counts["accepted"] += last - first + 1 - (bisect_right(named, last) - bisect_left(named, first))
        return counts

    def __iter__(self) -> Iterator[RowResult]:
        if not self._accepted:
            return iter(self._named)
        named = sorted(self._named, key=lambda result: result.row)
        rows = {result.row for result in named}
        plain = (
            RowResult(row, "accepted")
            for first, last in self._accepted
            for row in range(first, last + 1)
            if row not in rows
        )
        return merge(named, plain, key=lambda result: result.row)


@dataclass(slots=True)
class ParsedFile:
    """What a parser read; filled row by row. `spans`: lines of more than one month, by what their cells say."""

    observations: list[Observation] = field(default_factory=list)
    assets: dict[str, AssetRecord] = field(default_factory=dict)
    row_results: RowResults = field(default_factory=RowResults)
    notes: list[str] = field(default_factory=list)
    totals: list[ColumnTotal] = field(default_factory=list)
    daily: bool = False
    playlists: PlaylistSnapshot | None = None
    money: RoyaltyLines = field(default_factory=RoyaltyLines)
    money_source: str = ""
    spans: Counter[str] = field(default_factory=Counter)

    def record_row(self, row: int, problems: Sequence[str], *, stored: bool) -> None:
        """Record the status of a row: its problems, and whether any of its values is stored."""
        if not stored:
            self.row_results.append(RowResult(row, "rejected", "; ".join(problems) or "the row has no number"))
        else:
            self.row_results.append(
                RowResult(row, "warning", "; ".join(problems)) if problems else RowResult(row, "accepted")
            )


class ReadsLines(Protocol):
    """Reads the rows of a report batch by batch. What is said about rows goes to the ParsedFile it was opened with."""

    def read(self, first_row: int, rows: Sequence[Sequence[str]]) -> RoyaltyLines:
        """Return the lines of rows, of which the first has this number."""


AS_WRITTEN: Final = "as written"  # no translation: the columns have one name everywhere


@dataclass(frozen=True, slots=True)
class Parser:
    """One kind of export file. `parse` is pure and raises FileRejected.

    `kinds`: what its columns hold. `provider`: None where the user says it; then `choose` returns the parser to use.
    `open_lines`: for reports of money, whose files may have any size. `words`: the file that translates its columns,
    or AS_WRITTEN; None: its provider's, or that of any.
    """

    source: str
    title: str
    provider: str | None
    time_zone: str
    recognises: Callable[[SourceTable], bool]
    kinds: Callable[[SourceTable], dict[int, ColumnKind]]
    questions: Callable[[SourceTable, Hints], list[FileQuestion]]
    parse: Callable[[SourceTable, Answers, Hints], ParsedFile]
    choose: "Callable[[SourceTable, Answers], Parser] | None" = None
    open_lines: Callable[[SourceTable, Answers, Hints, ParsedFile], ReadsLines] | None = None
    words: str | None = None


def no_questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    """Return no questions: the file contains everything."""
    return []
