"""Spotify for Artists, listeners by city: country,city,count over a period that the file does not contain.

The 50 largest cities. Two rows of one name are a city and its province: people, so they are not added up, and the one
with fewer stays a text, whatever the order of the rows.
"""

from collections import Counter
from collections.abc import Sequence

from arti.dimensions.countries import find_country
from arti.dimensions.text import parse_dimension, split_unknown_place, unknown_place, write_dimension
from arti.imports.cells.cell_parsers import read_title
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    find_kinds,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_measures,
    read_period,
    with_marks,
)
from arti.imports.readers.sum_rows import AVERAGE_OF_OTHERS
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, RowResult, SourceTable
from arti.vocabulary import Provider

_LISTENERS = MeasureColumn("audience.listeners")
_COUNTS = {"count", "listeners"}
_OTHER_TABLES = {"date", "song", "streams", "plays", "gender", "age", "source", "segment", "listeners (%)"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return {"country", "city"} <= names and len(names & _COUNTS) == 1 and not names & _OTHER_TABLES


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints)
    # Spotify for Artists shows cities over the last 28 days; the user confirms it.
    return period_questions(period=period or "28day", last=last, today=hints.today, subject="these listeners")


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    indexes = {name: index for index, name in enumerate(table.names)}
    count_index = next(indexes[name] for name in _COUNTS if name in indexes)
    columns = with_marks(table, {count_index: _LISTENERS})
    note_ignored_columns(table, ["country", "city", *_COUNTS], parsed)
    rows: list[tuple[int, Sequence[str], str]] = []
    seen: dict[tuple[str, ...], int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        city, country = (read_title(cells[indexes[name]]) for name in ("city", "country"))
        code = find_country(country)
        if is_total(country) or (is_total(city) and code is None):
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        if not city:
            parsed.record_row(row, ["the city is missing"], stored=False)
            continue
        if tuple(cells) in seen:
            parsed.record_row(row, [f"the same is already in row {seen[tuple(cells)]}"], stored=False)
            continue
        seen[tuple(cells)] = row
        rows.append((row, cells, unknown_place(city if code or not country else f"{city}, {country}", code)))
    rows = _without_sums(rows, columns[count_index], count_index, indexes["country"], parsed)
    counts: Counter[str] = Counter()
    for row, cells, place in sorted(rows, key=lambda each: -_count(columns[count_index], each[1][count_index])):
        counts[place] += 1
        name, problems = place, list[str]()
        if counts[place] > 1:
            text, country_code = split_unknown_place(place)
            problems = [f"{text} appears more than once; the smaller is stored as a separate place"]
            name = unknown_place(f"{text} ({counts[place]})", country_code)
        city_dimension = write_dimension({"city": name} | parse_dimension(dimension))
        read_measures(parsed, row, cells, columns, on=last, dimension=city_dimension, problems=problems)
    parsed.row_results.sort()
    return parsed


def _without_sums(
    rows: list[tuple[int, Sequence[str], str]], column: MeasureColumn, at: int, country: int, parsed: ParsedFile
) -> list[tuple[int, Sequence[str], str]]:
    """Return the rows but those without a country that are the sum or the average of all that have one."""
    cities = [_count(column, cells[at]) for _, cells, _ in rows if cells[country].strip()]
    total, kept = sum(cities), []
    for row, cells, place in rows:
        own = _count(column, cells[at])
        is_city = bool(cells[country].strip()) or len(cities) < 2 or not own
        if not is_city and own == total:
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
        elif not is_city and abs(own * len(cities) - total) <= 0.5 * len(cities):
            parsed.row_results.append(RowResult(row, "warning", AVERAGE_OF_OTHERS))
        else:
            kept.append((row, cells, place))
    return kept


def _count(column: MeasureColumn, cell: str) -> float:
    try:
        return column.read(cell)[0] or 0
    except ValueError:
        return 0


PARSER = Parser(
    source="spotify_for_artists.cities",
    title="Spotify for Artists, listeners by city",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    kinds=lambda table: find_kinds(table, dict.fromkeys(_COUNTS, _LISTENERS)),
    questions=_questions,
    parse=_parse,
)
