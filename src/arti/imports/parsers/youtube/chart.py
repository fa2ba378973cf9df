"""YouTube Studio, `Chart data.csv`: long form, one row for each day and video (or country, traffic source, ...).

It contains the top rows only, so they need not sum to the totals. A day that YouTube writes as 0 is 0.
"""

from arti.imports.parsers.youtube.columns import ATTRIBUTES, BREAKDOWNS, CONTENT, METRICS, TIME_ZONE, read_segment
from arti.imports.parsers.youtube.videos import record_video_asset
from arti.imports.readers.measures import (
    UniqueDays,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_measures,
    read_split,
)
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "date" in names and bool(names & {*BREAKDOWNS, *CONTENT}) and bool(names & METRICS.keys())


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, days = ParsedFile(daily=True), UniqueDays()
    columns = find_measure_columns(table, METRICS)
    note_ignored_columns(table, ["date", *CONTENT, *BREAKDOWNS, *ATTRIBUTES, *METRICS], parsed)
    date_index = table.names.index("date")
    breakdown = next((name for name in table.names if name in BREAKDOWNS), None)
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        day = read_day(parsed, row, table, cells, date_index, hints.today)
        if day is None:
            continue
        dimension, video, problems = "", None, list[str]()
        if breakdown:
            segment = read_segment(breakdown, table.names, cells)
            try:
                dimension = read_split(BREAKDOWNS[breakdown], segment) if segment else ""
            except ValueError as error:
                parsed.record_row(row, [str(error)], stored=False)
                continue
        else:
            video, problems = record_video_asset(parsed, table, cells, hints)
            segment = video or ""
        if not segment:
            parsed.record_row(row, ["the row has no name or valid video id"], stored=False)
        elif days.add(parsed, row, day, segment=segment):
            read_measures(parsed, row, cells, columns, on=day, asset=video, dimension=dimension, problems=problems)
    return parsed


PARSER = Parser(
    source="youtube_studio.chart",
    title="YouTube Studio, chart data by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, METRICS, day="date", other_days=["video publish time"]),
    questions=no_questions,
    parse=_parse,
)
