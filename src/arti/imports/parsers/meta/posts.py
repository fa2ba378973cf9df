"""Meta Business Suite, list of posts, reels, stories or videos: one row a post, with its totals since publication.

A row whose Date is "Lifetime" or "Total" holds totals; one with a day holds that day's numbers. The file does not say
when it was made. Publish times have the month first in every language. A spreadsheet rounds the ids of 17 digits: then
a post is known by its link.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from arti.imports.cells.cell_parsers import is_blank, normalise_name, normalise_whitespace, parse_number, parse_seconds
from arti.imports.cells.day_format import find_day_format
from arti.imports.parsers.meta.network import FACEBOOK, TIME_ZONE
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    FIRST_DAY,
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
from arti.vocabulary import Provider


def _hours(text: str, decimal_mark: str | None) -> float | None:
    seconds = parse_seconds(text, decimal_mark)
    return None if seconds is None else seconds / 3600


_TOTALS: Final = {
    "views": MeasureColumn("consumption.views_total"),
    "3-second video views": MeasureColumn("consumption.three_second_views_total"),
    "likes": MeasureColumn("engagement.likes_total"),
    "reactions": MeasureColumn("engagement.reactions_total"),
    "comments": MeasureColumn("engagement.comments_total"),
    "shares": MeasureColumn("engagement.shares_total"),
    "saves": MeasureColumn("engagement.saves_total"),
}
# Metrics of a period, stored as those of the lifetime.
_OF_PERIOD: Final = {
    "reach": MeasureColumn("reach.unique", additive=False),
    "follows": MeasureColumn("audience.followers_gained"),
    "profile visits": MeasureColumn("reach.profile_views"),
    "link clicks": MeasureColumn("engagement.link_clicks"),
    "reactions, comments and shares": MeasureColumn("engagement.interactions"),
    "seconds viewed": MeasureColumn("consumption.watch_hours", _hours),
    "average seconds viewed": MeasureColumn("consumption.average_view_seconds", additive=False),
}
_OF_DAY: Final = _OF_PERIOD | {
    "views": MeasureColumn("consumption.views"),
    "likes": MeasureColumn("engagement.likes"),
    "comments": MeasureColumn("engagement.comments"),
    "shares": MeasureColumn("engagement.shares"),
    "saves": MeasureColumn("engagement.saves"),
}
_KNOWN: Final = _TOTALS | _OF_PERIOD
_IDS: Final = ("post id", "video asset id")
_ATTRIBUTES: Final = (
    *("account id", "account username", "account name", "page id", "page name", "title", "description"),
    *("duration (sec)", "publish time", "caption type", "permalink", "post type", "data comment", "date"),
)
_ID: Final = re.compile(r"\d{5,}(?:_\d+)?")
_ID_IN_COMMENT: Final = re.compile(r"(?<!\d)\d{15,20}(?!\d)")
_EXACT_DIGITS: Final = 15
_KINDS: Final = (
    ("reel", "reel"),
    ("stor", "story"),
    ("histoire", "story"),
    ("berattelse", "story"),
    ("video", "video"),
)


def _id_column(table: SourceTable) -> str | None:
    return next((name for name in _IDS if name in table.names), None)


def _days(table: SourceTable) -> SourceTable:
    """Return the table with the forms of its days; Meta writes the month first where nothing else is seen."""
    columns = {index: table.column(index) for index, name in enumerate(table.names) if name in ("publish time", "date")}
    found = find_day_format(columns, observed=(), today=date.max)
    return replace(
        table,
        day_formats={
            index: form if form.month_first is not None else replace(form, month_first=True)
            for index, form in found.items()
        },
    )


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    if "date" in table.names and not any(map(_is_lifetime, table.column(table.names.index("date")))):
        return []
    text = "On which day was this list made? Its totals count up to then."
    return [last_day_question(guess_period(hints)[1], hints.today, text)]


def _is_lifetime(cell: str) -> bool:
    """Return whether a cell of the column Date says that the row holds totals: it is no day."""
    return not any(character.isdigit() for character in cell)


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    table, parsed = _days(table), ParsedFile()
    note_ignored_columns(table, [*_IDS, *_ATTRIBUTES, *_KNOWN], parsed)
    totals, of_period, of_day = (find_measure_columns(table, columns) for columns in (_TOTALS, _OF_PERIOD, _OF_DAY))
    places = {name: index for index, name in reversed(list(enumerate(table.names)))}
    id_index = places[_id_column(table) or ""]
    rounded = _are_rounded([cells[id_index] for cells in table.rows if len(cells) > id_index])
    last = read_last_day(answers, hints.today) if _questions(table, hints) else None
    seen: dict[tuple[str, date | None], int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if is_total(cells[id_index]):
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        post, problems = _read_id(cells, id_index, places, rounded=rounded)
        if post is None:
            parsed.record_row(row, [f"{cells[id_index].strip()[:40]!r} is no id of a post"], stored=False)
            continue
        try:
            day = _read_day(table, cells, places, hints.today)
        except ValueError as error:
            parsed.record_row(row, [str(error)], stored=False)
            continue
        first = seen.setdefault((post, day), row)
        if first != row:
            parsed.record_row(row, [f"this post is already in row {first}"], stored=False)
            continue
        if post not in parsed.assets:
            parsed.assets[post] = _make_asset(post, table, cells, places, hints.today, problems)
        if day:
            read_measures(parsed, row, cells, of_day, on=day, asset=post, problems=problems)
            continue
        assert last is not None  # a row of totals has asked for it
        row_only = ParsedFile()
        stored = read_measures(row_only, row, cells, totals, on=last, asset=post, problems=problems)
        stored |= read_measures(row_only, row, cells, of_period, on=last, asset=post, dimension="period=lifetime")
        parsed.observations += row_only.observations
        parsed.record_row(row, [result.reason for result in row_only.row_results if result.reason], stored=stored)
    return parsed


def _are_rounded(cells: Sequence[str]) -> bool:
    """Return whether a spreadsheet has cut the ids: all long ones end in zeros, which is no accident."""
    long = [cell.strip() for cell in cells if cell.strip().isdigit() and len(cell.strip()) > _EXACT_DIGITS]
    return len(long) > 1 and all(not cell[_EXACT_DIGITS:].strip("0") for cell in long)


def _read_id(
    cells: Sequence[str], id_index: int, places: Mapping[str, int], *, rounded: bool
) -> tuple[str | None, list[str]]:
    """Return the id of a row's post, its link where the id is broken, None without both; and the problem."""
    id = normalise_whitespace(cells[id_index]).strip("'")
    if _ID.fullmatch(id) and not rounded:
        return id, []
    # "Part of the data for content with ID 17970435071805603.": a post that is gone has its id in the comment only.
    named = _ID_IN_COMMENT.search(cells[places["data comment"]]) if "data comment" in places and not id else None
    if named:
        return named[0], []
    link = cells[places["permalink"]].strip() if "permalink" in places else ""
    if link.startswith("https://"):
        return link[:300], ["a spreadsheet has rounded the post's id, so the post is known by its link"]
    return None, []


def _read_day(table: SourceTable, cells: Sequence[str], places: Mapping[str, int], today: date) -> date | None:
    """Return the day of a row; None for a row of totals. Raises ValueError, in words."""
    if "date" not in places or _is_lifetime(cells[places["date"]]):
        return None
    day = table.parse_day(cells, places["date"])
    if day is None or not FIRST_DAY <= day < today:
        raise ValueError(f"{cells[places['date']].strip()[:40]!r} is no day that is over")
    return day


def _make_asset(
    post: str, table: SourceTable, cells: Sequence[str], places: Mapping[str, int], today: date, problems: list[str]
) -> AssetRecord:
    def text(name: str) -> str:
        cell = normalise_whitespace(cells[places[name]]) if name in places else ""
        return "" if is_blank(cell) else cell

    released_on, seconds = None, None
    try:
        released_on = table.parse_day(cells, places["publish time"]) if "publish time" in places else None
        if released_on and not FIRST_DAY <= released_on <= today + timedelta(days=366):
            problems.append(f"publish time: {released_on} is out of range")
            released_on = None
        seconds = parse_number(text("duration (sec)"), ".")
    except ValueError as error:
        problems.append(str(error))
    kind_text = normalise_name(text("post type") or ("video" if "video asset id" in places else ""))
    kind = next((kind for word, kind in _KINDS if word in kind_text), "post")
    link = text("permalink")
    return AssetRecord(
        post,
        kind,
        (text("title") or text("description") or link or post)[:300],
        url=link if link.startswith("https://") else None,
        released_on=released_on,
        duration_ms=round(seconds * 1000) if seconds else None,
    )


def _make(kind: str, title: str, provider: str, owners: set[str]) -> Parser:
    def recognises(table: SourceTable) -> bool:
        names = set(table.names)
        return _id_column(table) is not None and bool(names & owners) and bool(names & _KNOWN.keys())

    return Parser(
        source=f"meta_business_suite.{kind}",
        title=title,
        provider=provider,
        time_zone=TIME_ZONE,
        recognises=recognises,
        kinds=lambda table: find_kinds(table, _KNOWN),
        questions=_questions,
        parse=_parse,
    )


PARSERS = (
    _make("facebook_posts", "Meta Business Suite, posts of Facebook", FACEBOOK, {"page name", "page id"}),
    _make(
        "instagram_posts",
        "Meta Business Suite, posts of Instagram",
        Provider.INSTAGRAM,
        {"account username", "account id"},
    ),
)
