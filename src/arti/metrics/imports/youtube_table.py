"""YouTube Studio, `Table data.csv`: totals of a period for each video, country, traffic source, city, age, gender.

The first row may be the Total of all: it is kept as the artist's own number and is the checksum of the rest.
The period stands in no cell; it comes from the files of the same zip, from their names, or from a person.
"""

from arti.metrics.imports.columns import (
    check_totals,
    fits,
    note_unknown,
    number_columns,
    period_questions,
    read_cells,
    read_period,
)
from arti.metrics.imports.names import period_in_name
from arti.metrics.imports.shapes import Answers, Hints, Parser, Question, Reading, Table, Verdict
from arti.metrics.imports.values import tidy
from arti.metrics.imports.youtube_columns import (
    BREAKDOWNS,
    CONTENT,
    DESCRIBES,
    METRICS,
    TIME_ZONE,
    is_remark,
    part_name,
)
from arti.metrics.imports.youtube_videos import see_video
from arti.vocabulary import Provider


def _recognises(table: Table) -> bool:
    names = set(table.names)
    about = table.names[0]
    return (about in BREAKDOWNS or about in CONTENT) and "date" not in names and bool(names & METRICS.keys())


def _questions(table: Table, hints: Hints) -> list[Question]:
    period, last = period_in_name(hints)
    return period_questions(period=period, last=last, latest=hints.today, what="the numbers of this table")


def _read(table: Table, answers: Answers, hints: Hints) -> Reading:
    period, last = read_period(answers, hints.today)
    reading = Reading()
    columns = number_columns(table, METRICS)
    note_unknown(table, [*CONTENT, *BREAKDOWNS, *DESCRIBES, *METRICS], reading)
    breakdown = table.names[0] if table.names[0] in BREAKDOWNS else None
    total, parts, named = None, [], dict[str, int]()
    for row, cells in enumerate(table.rows, start=1):
        if is_remark(cells):
            reading.verdicts.append(Verdict(row, "warning", f"a remark of YouTube Studio: {tidy(cells[0])[:80]}"))
            continue
        if not fits(reading, row, cells, len(table.header)):
            continue
        if tidy(cells[0]).casefold() == "total" and total is None:
            total = cells
            read_cells(reading, row, cells, columns, on=last, dimension=period)
            continue
        parts.append(cells)
        if breakdown:
            part = part_name(breakdown, table.names, cells)
            if not part:
                reading.judge(row, ["the row does not say what it is about"], stored=False)
                continue
            named[part] = named.get(part, 0) + 1
            problems = [f"{part} is named twice; kept as a second one"] if named[part] > 1 else []
            part = f"{part} ({named[part]})" if named[part] > 1 else part
            dimension = f"{period},{BREAKDOWNS[breakdown]}={part}"
            read_cells(reading, row, cells, columns, on=last, dimension=dimension, problems=problems)
        else:
            known = set(reading.assets)
            video, problems = see_video(reading, table, cells, hints)
            if video is None or video in known:
                why = "this video stands in an earlier row" if video else f"{tidy(cells[0])[:40]!r} is no video id"
                reading.judge(row, [why], stored=False)
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
