"""Spotify for Artists, audience timeline: one row a day, two to nine columns in any order.

2024: date,listeners,streams,followers. 2026: date,listeners,monthly listeners,monthly active listeners,
super listeners,streams,playlist adds,saves,followers. Days are UTC.
"""

from arti.imports.measures import Days, MeasureColumn, day_of, fits, note_unknown, number_columns, read_cells
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
# Two columns that are exactly these belong to a song's timeline.
_SONG = {"date", "streams"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    numbers = names & COLUMNS.keys()
    return (
        "date" in names and bool(numbers) and names != _SONG and "song" not in names and len(numbers) >= len(names) / 2
    )


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    reading, days = ParsedFile(daily=True), Days()
    columns = number_columns(table, COLUMNS)
    place = table.names.index("date")
    note_unknown(table, ["date", *COLUMNS], reading)
    for row, cells in enumerate(table.rows, start=1):
        if fits(reading, row, cells, len(table.header)):
            day = day_of(reading, row, cells[place], hints.today)
            if day and days.is_new(reading, row, day):
                read_cells(reading, row, cells, columns, on=day)
    return reading


PARSER = Parser(
    source="spotify_for_artists.audience_timeline",
    title="Spotify for Artists, audience timeline",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=no_questions,
    read=_read,
)
