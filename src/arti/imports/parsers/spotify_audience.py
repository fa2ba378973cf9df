"""Spotify for Artists, audience timeline: one row a day, two to nine columns in any order.

2024: date,listeners,streams,followers. 2026: date,listeners,monthly listeners,monthly active listeners,
super listeners,streams,playlist adds,saves,followers. UniqueDays are UTC.
"""

from arti.imports.readers.measures import (
    MeasureColumn,
    UniqueDays,
    find_measure_columns,
    has_valid_shape,
    note_ignored_columns,
    read_day,
    read_measures,
)
from arti.imports.types import Answers, Hints, ParsedFile, Parser, SourceTable, no_questions
from arti.vocabulary import Provider

COLUMNS = {
    "listeners": MeasureColumn("audience.listeners"),
    "auditeurs": MeasureColumn("audience.listeners"),
    "monthly listeners": MeasureColumn("audience.monthly_listeners"),
    "monthly active listeners": MeasureColumn("audience.monthly_active_listeners"),
    "super listeners": MeasureColumn("audience.super_listeners"),
    "streams": MeasureColumn("consumption.streams"),
    "écoutes": MeasureColumn("consumption.streams"),
    "playlist adds": MeasureColumn("discovery.playlist_adds"),
    "saves": MeasureColumn("engagement.saves"),
    "followers": MeasureColumn("audience.followers"),
    "abonnés": MeasureColumn("audience.followers"),
}
# Exactly these two columns are a song's timeline.
_SONG_TIMELINE = {"date", "streams"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    measures = names & COLUMNS.keys()
    if "date" not in names or "song" in names or names == _SONG_TIMELINE:
        return False
    return bool(measures) and len(measures) >= len(names) / 2


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, days = ParsedFile(daily=True), UniqueDays()
    columns = find_measure_columns(table, COLUMNS)
    date_index = table.names.index("date")
    note_ignored_columns(table, ["date", *COLUMNS], parsed)
    for row, cells in enumerate(table.rows, start=1):
        if has_valid_shape(parsed, row, cells, len(table.header)):
            day = read_day(parsed, row, cells[date_index], hints.today)
            if day and days.add(parsed, row, day):
                read_measures(parsed, row, cells, columns, on=day)
    return parsed


PARSER = Parser(
    source="spotify_for_artists.audience_timeline",
    title="Spotify for Artists, audience timeline",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=no_questions,
    parse=_parse,
)
