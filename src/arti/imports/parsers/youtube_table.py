"""YouTube Studio, `Table data.csv`: totals of a period for each video, country, traffic source, city, age, gender.

The first row may be the Total of all: it is kept as the artist's own number and is the checksum of the rest.
The period stands in no cell; it comes from the files of the same zip, from their names, or from a person.
"""

from arti.imports.cell_parsers import normalise_whitespace
from arti.imports.file_name_hints import period_in_name
from arti.imports.measures import (
    check_totals,
    fits,
    note_unknown,
    number_columns,
    period_questions,
    read_cells,
    read_period,
)
from arti.imports.parsers.youtube_columns import (
    BREAKDOWNS,
    CONTENT,
    DESCRIBES,
    METRICS,
    TIME_ZONE,
    is_footer,
    part_name,
)
from arti.imports.parsers.youtube_videos import record_video_asset
from arti.imports.types import Answers, Hints, ParsedFile, Parser, Question, RowResult, SourceTable
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    about = table.names[0]
    return (about in BREAKDOWNS or about in CONTENT) and "date" not in names and bool(names & METRICS.keys())


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    period, last = period_in_name(hints)
    return period_questions(period=period, last=last, latest=hints.today, what="the numbers of this table")


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    period, last = read_period(answers, hints.today)
    reading = ParsedFile()
    columns = number_columns(table, METRICS)
    note_unknown(table, [*CONTENT, *BREAKDOWNS, *DESCRIBES, *METRICS], reading)
    breakdown = table.names[0] if table.names[0] in BREAKDOWNS else None
    total, parts, named = None, [], dict[str, int]()
    for row, cells in enumerate(table.rows, start=1):
        if is_footer(cells):
            reading.row_results.append(
                RowResult(row, "warning", f"a remark of YouTube Studio: {normalise_whitespace(cells[0])[:80]}")
            )
            continue
        if not fits(reading, row, cells, len(table.header)):
            continue
        if normalise_whitespace(cells[0]).casefold() == "total" and total is None:
            total = cells
            read_cells(reading, row, cells, columns, on=last, dimension=period)
            continue
        parts.append(cells)
        if breakdown:
            part = part_name(breakdown, table.names, cells)
            if not part:
                reading.record_row(row, ["the row does not say what it is about"], stored=False)
                continue
            named[part] = named.get(part, 0) + 1
            problems = [f"{part} is named twice; kept as a second one"] if named[part] > 1 else []
            part = f"{part} ({named[part]})" if named[part] > 1 else part
            dimension = f"{period},{BREAKDOWNS[breakdown]}={part}"
            read_cells(reading, row, cells, columns, on=last, dimension=dimension, problems=problems)
        else:
            known = set(reading.assets)
            video, problems = record_video_asset(reading, table, cells, hints)
            if video is None or video in known:
                why = (
                    "this video stands in an earlier row"
                    if video
                    else f"{normalise_whitespace(cells[0])[:40]!r} is no video id"
                )
                reading.record_row(row, [why], stored=False)
                continue
            read_cells(reading, row, cells, columns, on=last, asset=video, dimension=period, problems=problems)
    if total:
        check_totals(reading, table, columns, total, parts)
    return reading


PARSER = Parser(
    source="youtube_studio.table",
    title="YouTube Studio, table of totals",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
