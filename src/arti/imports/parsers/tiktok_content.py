"""TikTok Studio, content: one row a video, with its totals since publication.

Headers from published parsers: Video title,Video link,Post time,Total likes,Total comments,Total shares,Total views,
and Average watch time, Watched full video, Add to favorites. The file does not say when it was made.
"""

import re
from typing import Final

from arti.imports.cells.cell_parsers import normalise_whitespace, parse_seconds
from arti.imports.parsers.tiktok import PROVIDER
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    find_kinds,
    find_measure_columns,
    has_valid_shape,
    last_day_question,
    note_ignored_columns,
    read_last_day,
    read_measures,
)
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, RowResult, SourceTable
from arti.providers.contract import AssetRecord

_TOTALS: Final = {
    "total views": MeasureColumn("consumption.views_total"),
    "total likes": MeasureColumn("engagement.likes_total"),
    "likes": MeasureColumn("engagement.likes_total"),
    "total comments": MeasureColumn("engagement.comments_total"),
    "comments": MeasureColumn("engagement.comments_total"),
    "total shares": MeasureColumn("engagement.shares_total"),
    "shares": MeasureColumn("engagement.shares_total"),
    "add to favorites": MeasureColumn("engagement.saves_total"),
}
_AVERAGES: Final = {"average watch time": MeasureColumn("consumption.average_view_seconds", parse_seconds, False)}
_ATTRIBUTES: Final = ("video title", "video link", "post time")
_ID_IN_LINK: Final = re.compile(r"/(?:video|photo)/(\d{5,20})(?!\d)")


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return "video link" in names and bool(names & {"total views", "total likes"})


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    text = "On which day was this list made? Its totals count up to then."
    return [last_day_question(guess_period(hints)[1], hints.today, text)]


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, on = ParsedFile(), read_last_day(answers, hints.today)
    note_ignored_columns(table, [*_ATTRIBUTES, *_TOTALS, *_AVERAGES], parsed)
    totals, averages = find_measure_columns(table, _TOTALS), find_measure_columns(table, _AVERAGES)
    places = {name: index for index, name in enumerate(table.names)}
    rows: dict[str, int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if cells and is_total(cells[0]):
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        link = cells[places["video link"]].strip()
        match = _ID_IN_LINK.search(link)
        if match is None:
            parsed.record_row(row, [f"{link[:60]!r} is no link of a video on TikTok"], stored=False)
            continue
        video, problems, released_on = match[1], list[str](), None
        if rows.setdefault(video, row) != row:
            parsed.record_row(row, [f"this video is already in row {rows[video]}"], stored=False)
            continue
        if "post time" in places:
            try:
                released_on = table.parse_day(cells, places["post time"])
            except ValueError as error:
                problems.append(f"post time: {error}")
        title = normalise_whitespace(cells[places["video title"]])[:300] if "video title" in places else ""
        parsed.assets[video] = AssetRecord(video, "video", title or video, url=link[:500], released_on=released_on)
        row_only = ParsedFile()
        stored = read_measures(row_only, row, cells, totals, on=on, asset=video, problems=problems)
        if averages:
            stored |= read_measures(row_only, row, cells, averages, on=on, asset=video, dimension="period=lifetime")
        parsed.observations += row_only.observations
        parsed.record_row(row, [result.reason for result in row_only.row_results if result.reason], stored=stored)
    return parsed


PARSER = Parser(
    source="tiktok_studio.content",
    title="TikTok Studio, content",
    provider=PROVIDER,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, _TOTALS | _AVERAGES, other_days=["post time"]),
    questions=_questions,
    parse=_parse,
)
