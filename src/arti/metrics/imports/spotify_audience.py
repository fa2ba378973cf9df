"""Spotify for Artists, audience timeline: one row a day, two to nine columns in any order.

2024: date,listeners,streams,followers. 2026: date,listeners,monthly listeners,monthly active listeners,
super listeners,streams,playlist adds,saves,followers. Days are UTC.
"""

from arti.metrics.imports.columns import Column, Days, day_of, fits, note_unknown, number_columns, read_cells
from arti.metrics.imports.shapes import Answers, Hints, Parser, Reading, Table, no_questions
from arti.vocabulary import Provider

COLUMNS = {
    "listeners": Column("audience.listeners"),
    "auditeurs": Column("audience.listeners"),
    "monthly listeners": Column("audience.monthly_listeners"),
    "monthly active listeners": Column("audience.monthly_active_listeners"),
    "super listeners": Column("audience.super_listeners"),
    "streams": Column("consumption.streams"),
    "écoutes": Column("consumption.streams"),
    "playlist adds": Column("discovery.playlist_adds"),
    "saves": Column("engagement.saves"),
    "followers": Column("audience.followers"),
    "abonnés": Column("audience.followers"),
}
# Two columns that are exactly these belong to a song's timeline.
_SONG = {"date", "streams"}


def _recognises(table: Table) -> bool:
    names = set(table.names)
    numbers = names & COLUMNS.keys()
    return (
        "date" in names and bool(numbers) and names != _SONG and "song" not in names and len(numbers) >= len(names) / 2
    )


def _read(table: Table, answers: Answers, hints: Hints) -> Reading:
    reading, days = Reading(daily=True), Days()
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
