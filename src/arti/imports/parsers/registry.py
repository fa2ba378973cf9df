"""Choose the parser of a table by its content."""

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
from arti.imports.unsupported_formats import SUPPORTED_EXPORTS, describe_unsupported_format, find_unsupported_format

# Tried in this order; merged timelines last, because any table of days and numbers looks like them.
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
    """Return the parser of a table. Raises FileRejected, with the format's name where it is a known unsupported one."""
    unsupported = find_unsupported_format(table)
    if unsupported:
        raise FileRejected(describe_unsupported_format(unsupported))
    duplicates = [name for name, count in Counter(table.names).items() if count > 1 and name]
    if duplicates:
        raise FileRejected(f"Two columns are called {duplicates[0][:60]!r}, so it is unclear which one to import.")
    for parser in PARSERS:
        if parser.recognises(table):
            return parser
    columns = ", ".join(table.header[:8])[:200]
    raise FileRejected(f"ARTi does not recognise a file with the columns {columns}. {SUPPORTED_EXPORTS}.")


def parse(parser: Parser, table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a table. Raises FileRejected, also when it yields no observation."""
    if not table.rows:
        raise FileRejected(f"This is an export of {parser.title}, but it has no rows. Export a period with data.")
    parsed = parser.parse(table, answers, hints)
    if not parsed.observations:
        first = next((result for result in parsed.row_results if result.reason), None)
        reason = f" Row {first.row}: {first.reason}." if first else ""
        raise FileRejected(f"This is an export of {parser.title}, but none of its rows could be read.{reason}")
    return parsed


def find_day_range(parsed: ParsedFile) -> tuple[date, date, list[date]] | None:
    """Return the first and last day of a daily export, and the missing days between them."""
    if not parsed.daily:
        return None
    days = {observation.observed_on for observation in parsed.observations}
    first, last = min(days), max(days)
    missing = [day for offset in range((last - first).days) if (day := first + timedelta(days=offset)) not in days]
    return first, last, missing
