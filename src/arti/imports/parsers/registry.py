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
    stranger = find_unsupported_format(table)
    if stranger:
        raise FileRejected(describe_unsupported_format(stranger))
    twice = [name for name, times in Counter(table.names).items() if times > 1 and name]
    if twice:
        raise FileRejected(f"Two columns are called {twice[0][:60]!r}, so nobody can tell which is meant.")
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
        first = next((verdict for verdict in reading.verdicts if verdict.reason), None)
        why = f" Row {first.row}: {first.reason}." if first else ""
        raise FileRejected(f"This is a file of {parser.title}, but no row of it could be read.{why}")
    return reading


def days_of(reading: ParsedFile) -> tuple[date, date, list[date]] | None:
    """Return the first and last day of a daily export, and the days between that it does not tell."""
    if not reading.daily:
        return None
    told = {seen.observed_on for seen in reading.observations}
    first, last = min(told), max(told)
    missing = [day for place in range((last - first).days) if (day := first + timedelta(days=place)) not in told]
    return first, last, missing
