"""Choose the parser of a table by its content."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date, timedelta

from arti.imports.cells.cell_parsers import ColumnKind
from arti.imports.cells.day_format import ANY_FORMAT, parse_day
from arti.imports.parsers import (
    arti_numbers,
    day_table,
    listening,
    merged_timelines,
    tiktok,
    tiktok_content,
    wider_day_table,
)
from arti.imports.parsers.meta import audience as meta_audience
from arti.imports.parsers.meta import posts as meta_posts
from arti.imports.parsers.meta import series as meta_series
from arti.imports.parsers.ready import parsers as ready
from arti.imports.parsers.royalties import clicknclear, monthless, statement
from arti.imports.parsers.spotify import audience, cities, playlists, song_timeline, songs
from arti.imports.parsers.unsupported_formats import (
    SUPPORTED_EXPORTS,
    describe_unsupported_format,
    find_unsupported_format,
)
from arti.imports.parsers.youtube import chart, table, totals
from arti.imports.readers.header_words import TRANSLATED, translate
from arti.imports.types import AS_WRITTEN, Answers, FileRejected, Hints, ParsedFile, Parser, SourceTable

# Tried in this order: a table that every platform has belongs to none of them before the user says so; merged timelines
# last, because any table of days and numbers looks like them.
PARSERS: tuple[Parser, ...] = (
    arti_numbers.PARSER,
    *ready.PARSERS,
    *statement.PARSERS,
    *monthless.PARSERS,
    *tiktok.PARSERS,
    tiktok_content.PARSER,
    meta_series.PARSER,
    *meta_posts.PARSERS,
    meta_audience.PARSER,
    day_table.PARSER,
    song_timeline.PARSER,
    songs.PARSER,
    playlists.PARSER,
    cities.PARSER,
    listening.PARSER,
    chart.PARSER,
    table.PARSER,
    audience.PARSER,
    totals.PARSER,
    wider_day_table.PARSER,
    merged_timelines.PARSER,
)
_HAS_TIME = re.compile(r"\d[T ,]+\d{1,2}:\d\d").search
BY_SOURCE = {parser.source: parser for parser in PARSERS}


def recognise(table: SourceTable, prefer: Collection[str] = ()) -> tuple[Parser, SourceTable]:
    """Return the parser of a table, and the table with the parser's names for its columns.

    `prefer`: sources that other evidence speaks for; a parser of them comes first if it recognises the table.
    Raises FileRejected, with the format's name where it is a known unsupported one.
    """
    table = _merge_columns(clicknclear.arrange(table))
    duplicates = [name for name, count in Counter(table.names).items() if count > 1 and name]
    unsupported = find_unsupported_format(table)
    if duplicates and not unsupported:
        raise FileRejected(f"Two columns are called {duplicates[0][:60]!r}, so it is unclear which one to import.")
    in_english = {provider: translate(table, provider) for provider in TRANSLATED}
    files = {parser.words for parser in PARSERS if parser.words} - {AS_WRITTEN}
    own_words = {words: translate(table, words) for words in files} | {AS_WRITTEN: table}
    for parser in () if duplicates else sorted(PARSERS, key=lambda parser: parser.source not in prefer):
        own = own_words[parser.words] if parser.words else in_english.get(parser.provider or "")
        for translated in (own,) if own else in_english.values():
            if parser.recognises(translated):
                return parser, translated
    if unsupported:
        raise FileRejected(describe_unsupported_format(unsupported))
    columns = ", ".join(table.header[:8])[:200]
    raise FileRejected(f"ARTi does not recognise a file with the columns {columns}. {SUPPORTED_EXPORTS}.")


def _merge_columns(table: SourceTable) -> SourceTable:
    """Return the table with a repeated column left without a name, where it says the same in each row, or nothing."""
    if len(set(table.names)) == len(table.names):
        return table
    names = list(table.names)
    for index, name in enumerate(table.names):
        first = names.index(name) if name else index
        if first != index and all(cells[index] in (cells[first], "") for cells in table.rows if len(cells) > index):
            names[index] = ""
    return replace(table, names=tuple(names))


def is_royalties(source: str | None) -> bool:
    """Return whether an import's source is a royalty report, whose rows are amounts."""
    return (source or "").startswith("royalties.")


def holds_money(source: str | None) -> bool:
    """Return whether an import's file holds amounts, which need a permission; as private.set_import_is_money."""
    return is_royalties(source) or (source or "").startswith("own_money.")


def sources_of(provider: str) -> tuple[str, ...]:
    """Return the sources of a provider's exports."""
    return tuple(parser.source for parser in PARSERS if parser.provider == provider)


def parse(parser: Parser, table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    """Parse a table. Raises FileRejected, also when it yields no observation."""
    if not table.rows:
        raise FileRejected(f"This is an export of {parser.title}, but it has no rows. Export a period with data.")
    parsed = parser.parse(table, answers, hints)
    if not parsed.observations and not parsed.money:
        first = next((result for result in parsed.row_results if result.reason), None)
        reason = f" Row {first.row}: {first.reason}." if first else ""
        raise FileRejected(f"This is an export of {parser.title}, but none of its rows could be read.{reason}")
    if parsed.daily and not parser.source.startswith("own_"):  # there the rows of a day add up
        _check_whole_days(table, parser)
    _leave_out_unused_assets(parsed)
    return parsed


def _check_whole_days(table: SourceTable, parser: Parser) -> None:
    """Refuse numbers of hours: the first hour of a day would be stored as the day. Raises FileRejected."""
    for index in [index for index, kind in parser.kinds(table).items() if kind is ColumnKind.DAY]:
        first: dict[date, str] = {}
        for cell in filter(_HAS_TIME, {cells[index]: None for cells in table.rows if len(cells) > index}):
            try:
                day = parse_day(cell, table.day_formats.get(index, ANY_FORMAT))
            except ValueError:
                continue
            if day and first.setdefault(day, cell) != cell:
                raise FileRejected(
                    f"{first[day][:40]!r} and {cell[:40]!r} are parts of one day, and ARTi keeps whole days. Export "
                    "the numbers by day."
                )


def _leave_out_unused_assets(parsed: ParsedFile) -> None:
    """Forget songs and the like of which no number is stored: their rows were rejected."""
    used = {one.asset_external_id for one in parsed.observations}
    if parsed.playlists:
        used |= {entry.song for entry in parsed.playlists.entries}
        used.add(parsed.playlists.song)
    for id in parsed.assets.keys() - used:
        del parsed.assets[id]


def find_day_range(parsed: ParsedFile) -> tuple[date, date, list[date]] | None:
    """Return the first and last day of a daily export, and the missing days between them."""
    if not parsed.daily:
        return None
    days = {observation.observed_on for observation in parsed.observations}
    first, last = min(days), max(days)
    missing = [day for offset in range((last - first).days) if (day := first + timedelta(days=offset)) not in days]
    return first, last, missing
