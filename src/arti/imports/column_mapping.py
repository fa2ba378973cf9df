"""A table of an org's own source: the user says which column is the day, and what each of the others holds.

Nothing of it is guessed but the defaults of the questions: a column of days, and metrics named like a column.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from arti.dimensions.text import write_dimension
from arti.dimensions.words import read_value
from arti.imports.cells.cell_parsers import ColumnKind, is_blank, normalise_name, split_number
from arti.imports.cells.day_format import looks_like_a_day
from arti.imports.readers.measures import (
    MeasureColumn,
    UniqueDays,
    has_valid_shape,
    read_day,
    read_measures,
    with_marks,
)
from arti.imports.types import Answers, FileQuestion, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.metrics.catalogue import Metric
from arti.metrics.sources.known import KnownProvider

DAY: Final = "day"
LEAVE_OUT: Final = "leave out"
_SPLIT: Final = "by "
_SAMPLE: Final = 20
_WEEK: Final = timedelta(days=7)
# What a column of texts may split the numbers by.
_SPLITS: Final = (
    "country",
    "city",
    "age",
    "gender",
    "device",
    "traffic_source",
    "subscription",
    "content_type",
    "store",
)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """Which columns are read: the day, the metric of each column of numbers, the dimension of each column of texts."""

    day: int
    metrics: dict[int, str]
    splits: dict[int, str]


def make_parser(source: KnownProvider, metrics: Mapping[str, Metric]) -> Parser:
    """Return the parser of an own source's files. `metrics`: all that the org knows, by slug."""

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        return _questions(table, source, metrics)

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        mapping = read_mapping(table, answers, metrics)
        return _parse(table, mapping, metrics, hints, weekly=source.cadence == "week")

    return Parser(
        source=source.slug,
        title=f"{source.name}, columns as you map them",
        provider=source.slug,
        time_zone=source.time_zone,
        recognises=lambda table: True,
        kinds=_kinds,
        questions=questions,
        parse=parse,
    )


def column_key(index: int) -> str:
    """Return the key of the question about a column; the first is column_1."""
    return f"column_{index + 1}"


def _questions(table: SourceTable, source: KnownProvider, metrics: Mapping[str, Metric]) -> list[FileQuestion]:
    day = next((index for index in range(len(table.header)) if _holds_days(table, index)), None)
    what = "last day of the week" if source.cadence == "week" else "day"
    headers = tuple(_title(table, index) for index in range(len(table.header)))
    found = [
        FileQuestion(DAY, f"Which column holds the {what}?", "choice", None if day is None else headers[day], headers)
    ]
    own = [slug for slug in metrics if slug.startswith("own.")]
    choices = (LEAVE_OUT, *own, *(_SPLIT + name for name in _SPLITS), *(slug for slug in metrics if slug not in own))
    for index, header in enumerate(headers):
        if index != day:
            guess = next((slug for slug in own if normalise_name(metrics[slug].name) == normalise_name(header)), None)
            guess = guess or next((_SPLIT + name for name in _SPLITS if normalise_name(header) == name), LEAVE_OUT)
            found.append(
                FileQuestion(column_key(index), f"What is in the column {header!r}?", "choice", guess, choices)
            )
    return found


def _title(table: SourceTable, index: int) -> str:
    return table.header[index] or f"column {index + 1}"


def _holds_days(table: SourceTable, index: int) -> bool:
    cells = [cells[index] for cells in table.rows[:_SAMPLE] if len(cells) > index]
    return bool(cells) and all(map(looks_like_a_day, cells))


def _kinds(table: SourceTable) -> dict[int, ColumnKind]:
    """Return what the columns hold before they are mapped: days, and numbers of any kind."""
    kinds = {}
    for index in range(len(table.header)):
        cells = [cells[index] for cells in table.rows[:_SAMPLE] if len(cells) > index and not is_blank(cells[index])]
        if _holds_days(table, index):
            kinds[index] = ColumnKind.DAY
        elif cells and all(map(split_number, cells)):
            kinds[index] = ColumnKind.NUMBER
    return kinds


def read_mapping(table: SourceTable, answers: Answers, metrics: Mapping[str, Metric]) -> ColumnMapping:
    """Return the mapping that the answers tell. Raises FileRejected, in words."""
    titles = [_title(table, index) for index in range(len(table.header))]
    if answers.get(DAY) not in titles:
        raise FileRejected(f"{DAY} must be one of the columns: {', '.join(titles[:12])}.")
    day = titles.index(answers[DAY])
    chosen: dict[int, str] = {}
    splits: dict[int, str] = {}
    for index, title in enumerate(titles):
        answer = answers.get(column_key(index), LEAVE_OUT).strip()
        if index == day or answer in ("", LEAVE_OUT):
            continue
        name = answer.removeprefix(_SPLIT)
        if answer.startswith(_SPLIT) and name in _SPLITS and name not in splits.values():
            splits[index] = name
        elif answer in metrics and answer not in chosen.values():
            chosen[index] = answer
        else:
            again = answer in (*chosen.values(), *(_SPLIT + split for split in splits.values()))
            problem = "is chosen for two columns" if again else "is no metric and no dimension of this org"
            raise FileRejected(f"{answer[:60]!r} {problem}. Choose again for the column {title!r}, or {LEAVE_OUT}.")
    if not chosen:
        raise FileRejected("Choose a metric for at least one column. Define one under Sources and metrics first.")
    return ColumnMapping(day, chosen, splits)


def _parse(
    table: SourceTable, mapping: ColumnMapping, metrics: Mapping[str, Metric], hints: Hints, *, weekly: bool
) -> ParsedFile:
    parsed, days = ParsedFile(daily=not weekly), UniqueDays()
    columns = with_marks(
        table, {index: MeasureColumn(slug, kind=metrics[slug].kind) for index, slug in mapping.metrics.items()}
    )
    weeks: dict[str, list[date]] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        day = read_day(parsed, row, table, cells, mapping.day, hints.today)
        if day is None:
            continue
        try:
            dimension = _read_dimension(cells, mapping.splits)
        except ValueError as error:
            parsed.record_row(row, [f"{error}"], stored=False)
            continue
        near = next((other for other in weeks.get(dimension, ()) if timedelta(0) < abs(other - day) < _WEEK), None)
        if weekly and near:
            parsed.record_row(row, [f"the week up to {day} shares days with the one up to {near}"], stored=False)
        elif days.add(parsed, row, day, segment=dimension):
            weeks.setdefault(dimension, []).append(day)
            read_measures(parsed, row, cells, columns, on=day, dimension=dimension)
    return parsed


def _read_dimension(cells: Sequence[str], splits: Mapping[int, str]) -> str:
    """Return the dimension of a row. A column without a value is the whole. Raises ValueError, in words."""
    parts = {}
    for index, name in splits.items():
        if cells[index].strip():
            parts[name] = read_value(name, cells[index])
    return write_dimension(parts) if parts else ""
