"""Columns that hold numbers, and how a row of them becomes observations: the same for every export."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from arti.imports.cell_parsers import parse_day, parse_number
from arti.imports.types import FileRejected, ParsedFile, Question, SourceTable, TotalCheck
from arti.providers.contract import Observation

EARLIEST = date(2005, 1, 1)
_ADDITIVE_TOLERANCE = 0.005
BLANK = "The export leaves this cell empty."


@dataclass(frozen=True, slots=True)
class MeasureColumn:
    """What a column's numbers are. `additive`: its rows sum up to the Total row."""

    metric: str
    parse: Callable[[str], float | None] = parse_number
    negative: bool = False
    additive: bool = True


def number_columns(table: SourceTable, known: Mapping[str, MeasureColumn]) -> dict[int, MeasureColumn]:
    """Return the columns of `table` that hold known numbers, by place."""
    return {place: known[name] for place, name in enumerate(table.names) if name in known}


def note_unknown(table: SourceTable, known: Sequence[str], reading: ParsedFile) -> None:
    """Name the columns that are left out, so that nothing is dropped in silence."""
    left_out = [shown for shown, name in zip(table.header, table.names, strict=True) if name and name not in known]
    if left_out:
        reading.notes.append(f"Left out, because ARTi does not know them yet: {', '.join(left_out[:20])}.")


def read_cells(
    reading: ParsedFile,
    row: int,
    cells: Sequence[str],
    columns: Mapping[int, MeasureColumn],
    *,
    on: date,
    asset: str | None = None,
    dimension: str = "",
    problems: Sequence[str] = (),
) -> bool:
    """Turn a row's numbers into observations and judge the row. Returns whether anything was stored."""
    wrong = list(problems)
    stored = False
    for place, column in columns.items():
        try:
            value = column.parse(cells[place])
            if value is not None and value < 0 and not column.negative:
                raise ValueError(f"{cells[place].strip()[:40]} is below zero")
        except ValueError as error:
            wrong.append(f"column {place + 1}: {error}")
            continue
        reading.observations.append(
            Observation(
                column.metric,
                on,
                value,
                null_reason=BLANK if value is None else None,
                asset_external_id=asset,
                dimension=dimension,
                source_row=row,
            )
        )
        stored = True
    reading.record_row(row, wrong, stored=stored)
    return stored


def fits(reading: ParsedFile, row: int, cells: Sequence[str], width: int) -> bool:
    """Judge the shape of a row. A short or empty row is written down and not read."""
    if len(cells) == width and cells[0].strip():
        return True
    if not any(cell.strip() for cell in cells):
        reading.record_row(row, ["an empty line"], stored=False)
        return False
    if len(cells) < width or any(cell.strip() for cell in cells[width:]):
        reading.record_row(row, [f"the row has {len(cells)} cells, the header has {width}"], stored=False)
        return False
    return True


def day_of(reading: ParsedFile, row: int, cell: str, today: date) -> date | None:
    """Return the day of a row, or write down why there is none."""
    try:
        day = parse_day(cell)
        if day is None:
            raise ValueError("the day is missing")
        if not EARLIEST <= day <= today + timedelta(days=1):
            raise ValueError(f"{day} lies in the future" if day > today else f"{day} is before all platforms")
    except ValueError as error:
        reading.record_row(row, [str(error)], stored=False)
        return None
    return day


class Days:
    """Which days of a daily export have been read already: the second row of one day is not stored over the first."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, date], int] = {}

    def is_new(self, reading: ParsedFile, row: int, day: date, of: str = "") -> bool:
        first = self._rows.setdefault((of, day), row)
        if first != row:
            reading.record_row(row, [f"{day} stands in row {first} already"], stored=False)
        return first == row


def check_totals(
    reading: ParsedFile,
    table: SourceTable,
    columns: Mapping[int, MeasureColumn],
    total: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    """Hold the Total row against the sum of the rows, column by column."""
    for place, column in columns.items():
        if not column.additive:
            continue
        try:
            stated = column.parse(total[place])
            summed = sum(column.parse(cells[place]) or 0 for cells in rows if len(cells) > place)
        except ValueError:
            continue
        if stated is not None:
            near = abs(stated - summed) <= max(abs(stated) * _ADDITIVE_TOLERANCE / 100, 0.01 * len(rows))
            reading.totals.append(TotalCheck(table.header[place], stated, round(summed, 4), near))


# How long a period total counts. It is never shown as a day: it is stored under this name on the period's last day.
PERIODS = ("7day", "28day", "90day", "365day", "lifetime")


def period_questions(
    *, period: str | None, last: date | None, latest: date, what: str = "these totals"
) -> list[Question]:
    """Ask for the period of totals that carry no day. The defaults come from the file's name or its neighbours."""
    choices = PERIODS if period is None or period in PERIODS else (period, *PERIODS)
    return [
        Question("period", f"Over which period are {what} counted?", "choice", period, choices),
        Question("period_to", "What is the last day of that period?", "day", str(last or latest)),
    ]


def read_period(answers: Mapping[str, str], today: date) -> tuple[str, date]:
    """Return the dimension and the last day of the period that a person named. Raises Refused."""
    period = answers.get("period", "").strip()
    if not (
        period == "lifetime" or (period.endswith("day") and period[:-3].isdigit() and 1 <= int(period[:-3]) < 9999)
    ):
        raise FileRejected("period must be lifetime, or a number of days like 28day.")
    try:
        last = parse_day(answers.get("period_to", ""))
    except ValueError:
        last = None
    if last is None or not EARLIEST <= last <= today + timedelta(days=1):
        raise FileRejected("period_to must be a day like 2026-05-31 that is not in the future.")
    return f"period={period}", last
