"""Which parser reads a table: decided by what is in it."""

from collections import Counter
from datetime import date, timedelta

from arti.imports.parsers import (
    spotify_audience,
    spotify_cities,
    spotify_merged_timelines,
    spotify_playlists,
    spotify_song_timeline,
    spotify_songs,
    youtube_chart,
    youtube_table,
    youtube_totals,
)
from arti.imports.types import Answers, FileRejected, Hints, ParsedFile, Parser, SourceTable
from arti.imports.unsupported_formats import READS, describe_unsupported_format, find_unsupported_format

# Asked in this order; the merged timelines last, because any table of days and numbers looks like them.
PARSERS: tuple[Parser, ...] = (
    spotify_song_timeline.PARSER,
    spotify_songs.PARSER,
    spotify_playlists.PARSER,
    spotify_cities.PARSER,
    youtube_chart.PARSER,
    youtube_table.PARSER,
    spotify_audience.PARSER,
    youtube_totals.PARSER,
    spotify_merged_timelines.PARSER,
)
BY_SOURCE = {parser.source: parser for parser in PARSERS}


def recognise(table: SourceTable) -> Parser:
    """Return the parser of a table. Raises Refused with the table's name, or with its columns when it has none."""
    unsupported = find_unsupported_format(table)
    if unsupported:
        raise FileRejected(describe_unsupported_format(unsupported))
    twice = [name for name, times in Counter(table.names).items() if times > 1 and name]
    if twice:
        raise FileRejected(f"Two columns are called {twice[0][:60]!r}, so it is unclear which one counts.")
    for parser in PARSERS:
        if parser.recognises(table):
            return parser
    shown = ", ".join(table.header[:8])[:200]
    raise FileRejected(f"ARTi does not know a file with the columns {shown}. {READS}.")


def read(parser: Parser, table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    """Run a parser. Raises Refused, also when a file that was recognised gives no number."""
    if not table.rows:
        raise FileRejected(f"This is a file of {parser.title}, but it has no rows. Export a period that has numbers.")
    reading = parser.read(table, answers, hints)
    if not reading.observations:
        first = next((result for result in reading.row_results if result.reason), None)
        why = f" Row {first.row}: {first.reason}." if first else ""
        raise FileRejected(f"This is a file of {parser.title}, but no row of it could be read.{why}")
    return reading


def days_of(reading: ParsedFile) -> tuple[date, date, list[date]] | None:
    """Return the first and last day of a daily export, and the days between that are missing."""
    if not reading.daily:
        return None
    days = {seen.observed_on for seen in reading.observations}
    first, last = min(days), max(days)
    missing = [day for place in range((last - first).days) if (day := first + timedelta(days=place)) not in days]
    return first, last, missing
