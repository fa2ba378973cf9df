"""Turn the numeric columns of an export into observations; shared by all parsers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from arti.dimensions.text import parse_dimension, write_dimension
from arti.dimensions.words import read_value
from arti.imports.cells.cell_parsers import ColumnKind, find_null_reason, parse_number
from arti.imports.cells.day_format import parse_day
from arti.imports.types import ColumnTotal, FileQuestion, FileRejected, ParsedFile, SourceTable
from arti.metrics.catalogue import METRICS, REVENUE_CURRENCIES, SIGNED
from arti.providers.contract import Observation

FIRST_DAY = date(2005, 1, 1)
SUM_OF_OTHERS = "the sum of the other rows, used as a check only"
_ADDITIVE_TOLERANCE = 0.005
# Units of numbers with decimals; all other units count things.
_NOT_WHOLE = ("hours", "seconds", "USD", *REVENUE_CURRENCIES)


@dataclass(frozen=True, slots=True)
class MeasureColumn:
    """The metric of a column. `additive`: the rows sum to the Total row. `kind`: of an own metric, counter or so.

    `scale`: 100 for shares that the file writes as fractions of 1.
    """

    metric: str
    parse: Callable[[str, str | None], float | None] = parse_number
    additive: bool = True
    kind: str | None = None
    decimal_mark: str | None = None
    scale: int = 1

    @property
    def is_share(self) -> bool:
        """Whether a percent sign belongs to its numbers; of an org's own metrics nothing is known."""
        known = METRICS.get(self.metric)
        return known is None or known.unit == "percent" or known.kind == "ratio"

    def read(self, cell: str) -> tuple[float | None, str | None]:
        """Return (value, null_reason) of a cell. Raises ValueError.

        Below zero is valid on a day, when a provider takes back what it counted, and never in people or totals.
        """
        reason = find_null_reason(cell)
        value = None if reason else self.parse(cell, self.decimal_mark)
        if value is not None and self.scale != 1 and "%" not in cell:
            value = round(value * self.scale, 12)
        if value is not None and "%" in cell and not self.is_share:
            raise ValueError(f"{cell.strip()[:40]!r} is a share in percent")
        if value is not None and value < 0 and (self.kind or METRICS[self.metric].kind) != "flow":
            raise ValueError(f"{cell.strip()[:40]} is below zero")
        return value, reason


def find_measure_columns(table: SourceTable, measures: Mapping[str, MeasureColumn]) -> dict[int, MeasureColumn]:
    """Return the columns of `table` that are in `measures`, by index, with the decimal mark of the file."""
    found = {index: measures[name] for index, name in enumerate(table.names) if name in measures}
    return with_marks(table, found)


def with_marks(table: SourceTable, columns: Mapping[int, MeasureColumn]) -> dict[int, MeasureColumn]:
    """Return the columns with the decimal marks of the file."""
    return {
        index: replace(column, decimal_mark=table.marks.get(index), scale=100 if index in table.fractions else 1)
        for index, column in columns.items()
    }


def find_kinds(
    table: SourceTable, measures: Mapping[str, MeasureColumn], *, day: str | None = None, other_days: Sequence[str] = ()
) -> dict[int, ColumnKind]:
    """Return what the columns of a table hold: those in `measures`, the day of its rows, and `other_days`."""
    kinds = {index: kind_of(measures[name].metric) for index, name in enumerate(table.names) if name in measures}
    kinds |= {index: ColumnKind.OTHER_DAY for index, name in enumerate(table.names) if name in other_days}
    return kinds | {index: ColumnKind.DAY for index, name in enumerate(table.names) if name == day}


def kind_of(metric: str) -> ColumnKind:
    """Return what a column of a metric of the catalogue holds."""
    unit, kind = METRICS[metric].unit, METRICS[metric].kind
    if unit == "percent":
        return ColumnKind.SHARE
    return ColumnKind.NUMBER if kind == "ratio" or unit in _NOT_WHOLE else ColumnKind.COUNT


def note_ignored_columns(table: SourceTable, expected: Sequence[str], parsed: ParsedFile) -> None:
    """Add a note that lists the columns that are not imported."""
    ignored = [title for title, name in zip(table.header, table.names, strict=True) if name and name not in expected]
    if ignored:
        more = f" and {len(ignored) - 20} more" if len(ignored) > 20 else ""
        parsed.notes.append(
            "These columns are not known, so no numbers are stored of them; they stay in the file and in its rows: "
            f"{', '.join(ignored[:20])}{more}."
        )


def read_measures(
    parsed: ParsedFile,
    row: int,
    cells: Sequence[str],
    columns: Mapping[int, MeasureColumn],
    *,
    on: date,
    asset: str | None = None,
    dimension: str = "",
    problems: Sequence[str] = (),
) -> bool:
    """Add a row's numbers as observations and record the row's status. Returns whether any value was stored."""
    row_problems = list(problems)
    stored = False
    for index, column in columns.items():
        try:
            value, reason = column.read(cells[index])
        except ValueError as error:
            row_problems.append(f"column {index + 1}: {error}")
            continue
        if value is not None and value < 0 and column.metric not in SIGNED:
            row_problems.append(f"column {index + 1}: {cells[index].strip()[:40]} is below zero, and kept")
        if value is not None and value % 1 and column.kind is None and kind_of(column.metric) is ColumnKind.COUNT:
            row_problems.append(f"column {index + 1}: {cells[index].strip()[:40]} is no whole number, and kept")
        parsed.observations.append(
            Observation(
                column.metric,
                on,
                value,
                null_reason=reason,
                asset_external_id=asset,
                dimension=dimension,
                source_row=row,
            )
        )
        stored = True
    parsed.record_row(row, row_problems, stored=stored)
    return stored


def _count_cells(cells: Sequence[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells)} cells"


def has_valid_shape(parsed: ParsedFile, row: int, cells: Sequence[str], width: int) -> bool:
    """Return whether a row has the header's width and a first cell; records the status of one that does not."""
    if len(cells) == width and cells[0].strip():
        return True
    if not any(cell.strip() for cell in cells):
        parsed.record_row(row, ["the row is empty"], stored=False)
        return False
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        parsed.record_row(row, [f"the row has {_count_cells(cells)}, the header has {width}"], stored=False)
        return False
    return True


def read_day(
    parsed: ParsedFile, row: int, table: SourceTable, cells: Sequence[str], index: int, today: date
) -> date | None:
    """Return the day in a row's cell, or None after recording why the row is rejected."""
    try:
        return find_day(table, cells, index, today)
    except ValueError as error:
        parsed.record_row(row, [str(error)], stored=False)
        return None


def find_day(table: SourceTable, cells: Sequence[str], index: int, today: date) -> date:
    """Return the day in a row's cell. Raises ValueError, in words, also for a day that is not over."""
    day = table.parse_day(cells, index)
    if day is None:
        raise ValueError("the day is missing")
    if day == today:
        raise ValueError(f"{day} is not over yet, so its numbers are left out")
    if not FIRST_DAY <= day < today:
        raise ValueError(f"{day} is in the future" if day > today else f"{day} is too long ago")
    return day


class UniqueDays:
    """The days read so far of a daily export. A second row for the same day is rejected."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, date], int] = {}

    def add(self, parsed: ParsedFile, row: int, day: date, *, segment: str = "") -> bool:
        """Add a row's day. Returns False, and records the row as rejected, if an earlier row has it."""
        first = self._rows.setdefault((segment, day), row)
        if first != row:
            parsed.record_row(row, [f"{day} is already in row {first}"], stored=False)
        return first == row

    def add_all(self, first_row: int, days: Sequence[tuple[str, date]]) -> bool:
        """Add (segment, day) of rows that follow each other. Returns False, and adds none, if any is there already."""
        if len({*days}) < len(days) or not self._rows.keys().isdisjoint(days):
            return False
        self._rows.update(zip(days, range(first_row, first_row + len(days)), strict=True))
        return True


def check_totals(
    parsed: ParsedFile,
    table: SourceTable,
    columns: Mapping[int, MeasureColumn],
    total: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    """Compare the Total row with the sum of the rows, column by column."""
    for index, column in columns.items():
        if not column.additive:
            continue
        try:
            stated, _ = column.read(total[index])
            summed = sum(column.read(cells[index])[0] or 0 for cells in rows if len(cells) > index)
        except ValueError:
            continue
        if stated is not None:
            matches = abs(stated - summed) <= max(abs(stated) * _ADDITIVE_TOLERANCE / 100, 0.01 * len(rows))
            parsed.totals.append(ColumnTotal(table.header[index], stated, round(summed, 4), matches))


# Values of the dimension `period`: a period total is stored under it on the period's last day, never as a daily value.
PERIODS = ("7day", "28day", "90day", "365day", "lifetime")


def period_questions(
    *, period: str | None, last: date | None, today: date, subject: str = "these totals"
) -> list[FileQuestion]:
    """Return the questions for the period of totals without days. `period` and `last` are guesses."""
    choices = PERIODS if period is None or period in PERIODS else (period, *PERIODS)
    return [
        FileQuestion("period", f"Which period do {subject} cover?", "choice", period, choices),
        last_day_question(last, today, "What is the last day of that period?"),
    ]


def last_day_question(guess: date | None, today: date, text: str) -> FileQuestion:
    """Return the question for the last day that totals count."""
    yesterday = today - timedelta(days=1)
    return FileQuestion("period_to", text, "day", str(min(guess or yesterday, yesterday)))


def read_split(breakdown: str, text: str, *, period: str = "") -> str:
    """Return the dimension of a row that is about one value of `breakdown`. Raises ValueError, in words.

    `period` is the dimension that `read_period` returned, or empty for a daily value.
    """
    return write_dimension({breakdown: read_value(breakdown, text)} | parse_dimension(period))


def read_period(answers: Mapping[str, str], today: date) -> tuple[str, date]:
    """Return the dimension and the last day of the answered period. Raises FileRejected."""
    period = answers.get("period", "").strip()
    if not (
        period == "lifetime" or (period.endswith("day") and period[:-3].isdigit() and 1 <= int(period[:-3]) < 9999)
    ):
        raise FileRejected("period must be lifetime, or a number of days like 28day.")
    return f"period={period}", read_last_day(answers, today)


def read_last_day(answers: Mapping[str, str], today: date) -> date:
    """Return the answered last day of totals. Raises FileRejected."""
    try:
        last = parse_day(answers.get("period_to", ""))
    except ValueError:
        last = None
    if last is None or not FIRST_DAY <= last < today:
        raise FileRejected("period_to must be a day like 2026-05-31 that is over.")
    return last
