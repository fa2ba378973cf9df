"""YouTube Studio, `Chart data.csv`: long form, one row for each day and video (or country, traffic source, ...).

It holds the top rows only, so its parts need not add up to the totals; days that YouTube writes as 0 are 0.
"""

from arti.imports.measures import Days, day_of, fits, note_unknown, number_columns, read_cells
from arti.imports.parsers.youtube_columns import BREAKDOWNS, CONTENT, DESCRIBES, METRICS, TIME_ZONE, part_name
from arti.imports.parsers.youtube_videos import record_video_asset
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "date" in names and bool(names & {*BREAKDOWNS, *CONTENT}) and bool(names & METRICS.keys())


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    reading, days = ParsedFile(daily=True), Days()
    columns = number_columns(table, METRICS)
    note_unknown(table, ["date", *CONTENT, *BREAKDOWNS, *DESCRIBES, *METRICS], reading)
    date_place = table.names.index("date")
    breakdown = next((name for name in table.names if name in BREAKDOWNS), None)
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        day = day_of(reading, row, cells[date_place], hints.today)
        if day is None:
            continue
        dimension, video, problems = "", None, list[str]()
        if breakdown:
            part = part_name(breakdown, table.names, cells)
            dimension = f"{BREAKDOWNS[breakdown]}={part}"
        else:
            video, problems = record_video_asset(reading, table, cells, hints)
            part = video or ""
        if not part:
            reading.record_row(row, ["the row does not say what it is about"], stored=False)
        elif days.is_new(reading, row, day, of=part):
            read_cells(reading, row, cells, columns, on=day, asset=video, dimension=dimension, problems=problems)
    return reading


PARSER = Parser(
    source="youtube_studio.chart",
    title="YouTube Studio, chart data by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    recognises=_recognises,
    questions=no_questions,
    read=_read,
)
