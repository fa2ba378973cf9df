"""Spotify for Artists, audience timeline: one row a day, two to nine columns in any order.

2024: date,listeners,streams,followers. 2026: date,listeners,monthly listeners,monthly active listeners,
super listeners,streams,playlist adds,saves,followers. UniqueDays are UTC.
"""

from arti.imports.parsers import day_table
from arti.imports.parsers.daily import make_daily_parser
from arti.imports.readers.measures import MeasureColumn
from arti.imports.types import SourceTable
from arti.vocabulary import Provider

COLUMNS = {
    "listeners": MeasureColumn("audience.listeners"),
    "monthly listeners": MeasureColumn("audience.monthly_listeners"),
    "monthly active listeners": MeasureColumn("audience.monthly_active_listeners"),
    "super listeners": MeasureColumn("audience.super_listeners"),
    "streams": MeasureColumn("consumption.streams"),
    "playlist adds": MeasureColumn("discovery.playlist_adds"),
    "saves": MeasureColumn("engagement.saves"),
    "followers": MeasureColumn("audience.followers"),
}
# What this export never has: with one of them the table is of another platform, or of nobody yet.
_ELSEWHERE = {"fans", "plays", "shazams", "reposts", "downloads", "subscribers", "views", "video views", "reach"}
# Exactly these two columns are a song's timeline.
_SONG_TIMELINE = {"date", "streams"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    measures = names & COLUMNS.keys()
    if "date" not in names or "song" in names or names == _SONG_TIMELINE or names & _ELSEWHERE:
        return False
    # What every platform has is no evidence beside columns that nobody knows.
    specific = names - {"date"} <= measures or bool(measures - day_table.COLUMNS.keys())
    return bool(measures) and specific and len(measures) >= (len(names) - 1) / 2


PARSER = make_daily_parser(
    "spotify_for_artists.audience_timeline",
    "Spotify for Artists, audience timeline",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    columns=COLUMNS,
    recognises=_recognises,
)
