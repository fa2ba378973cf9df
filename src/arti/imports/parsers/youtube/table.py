"""YouTube Studio, `Table data.csv`: totals of a period for each video, country, traffic source, city, age, gender.

The first row may be the Total: it is stored as the artist's own value, and the other rows are checked against it.
The table does not contain its period; it comes from the other files of the zip, from file names, or from the user.
"""

from arti.imports.cells.cell_parsers import normalise_whitespace
from arti.imports.parsers.youtube.columns import (
    ATTRIBUTES,
    BREAKDOWNS,
    CONTENT,
    METRICS,
    TIME_ZONE,
    is_footer,
    read_segment,
)
from arti.imports.parsers.youtube.videos import record_video_asset
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    check_totals,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_measures,
    read_period,
    read_split,
)
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, RowResult, SourceTable
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return _find_subject(table) is not None and "date" not in names and bool(names & METRICS.keys())


def _find_subject(table: SourceTable) -> int | None:
    """Return the column of what each row is about: the first, unless the columns were moved."""
    subjects = [index for index, name in enumerate(table.names) if name in BREAKDOWNS or name in CONTENT]
    return subjects[0] if subjects else None


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints, of_neighbours=True)
    return period_questions(period=period, last=last, today=hints.today, subject="the numbers in this table")


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    period, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    columns = find_measure_columns(table, METRICS)
    note_ignored_columns(table, [*CONTENT, *BREAKDOWNS, *ATTRIBUTES, *METRICS], parsed)
    subject = _find_subject(table) or 0
    breakdown = table.names[subject] if table.names[subject] in BREAKDOWNS else None
    total, additive_rows, splits = None, [], dict[str, int]()
    for row, cells in enumerate(table.rows, start=1):
        if is_footer(cells):
            parsed.row_results.append(
                RowResult(row, "warning", f"a note from YouTube Studio: {normalise_whitespace(cells[0])[:80]}")
            )
            continue
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if is_total(cells[subject]) and total is not None:
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        if is_total(cells[subject]):
            total = cells
            read_measures(parsed, row, cells, columns, on=last, dimension=period)
            continue
        additive_rows.append(cells)
        if breakdown:
            segment = read_segment(breakdown, table.names, cells)
            if not segment:
                parsed.record_row(row, ["the row has no name"], stored=False)
                continue
            problems = list[str]()
            try:
                dimension = read_split(BREAKDOWNS[breakdown], segment, period=period)
                if dimension in splits and BREAKDOWNS[breakdown] == "city":
                    # Another place of the same name: their map ids differ.
                    problems = [f"{segment} appears more than once; stored separately"]
                    dimension = read_split("city", f"{segment} ({row})", period=period)
                elif dimension in splits:
                    raise ValueError(f"{segment} is already in row {splits[dimension]}")
            except ValueError as error:
                parsed.record_row(row, [str(error)], stored=False)
                continue
            splits[dimension] = row
            read_measures(parsed, row, cells, columns, on=last, dimension=dimension, problems=problems)
        else:
            earlier_videos = set(parsed.assets)
            video, problems = record_video_asset(parsed, table, cells, hints)
            if video is None or video in earlier_videos:
                reason = (
                    "this video is already in an earlier row"
                    if video
                    else f"{normalise_whitespace(cells[subject])[:40]!r} is not a video id"
                )
                parsed.record_row(row, [reason], stored=False)
                continue
            read_measures(parsed, row, cells, columns, on=last, asset=video, dimension=period, problems=problems)
    if total:
        check_totals(parsed, table, columns, total, additive_rows)
    return parsed


PARSER = Parser(
    source="youtube_studio.table",
    title="YouTube Studio, table of totals",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, METRICS, other_days=["video publish time"]),
    questions=_questions,
    parse=_parse,
)
