"""Spotify for Artists, listeners by city: country,city,count over a period that the file does not contain."""

from arti.imports.readers.cell_parsers import normalise_whitespace
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.measures import MeasureColumn, has_valid_shape, period_questions, read_measures, read_period
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, SourceTable
from arti.vocabulary import Provider

_LISTENERS = MeasureColumn("audience.listeners")
_COUNTS = {"count", "listeners"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return {"country", "city"} <= names and len(names) == 3 and bool(names & _COUNTS)


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    period, last = guess_period(hints)
    # Spotify for Artists shows cities over the last 28 days; the user confirms it.
    return period_questions(period=period or "28day", last=last, latest=hints.today, subject="these listeners")


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    parsed = ParsedFile()
    indexes = {name: index for index, name in enumerate(table.names)}
    count_index = next(indexes[name] for name in _COUNTS if name in indexes)
    counts: dict[str, int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        city, country = (
            normalise_whitespace(cells[indexes["city"]])[:200],
            normalise_whitespace(cells[indexes["country"]])[:100],
        )
        if not city:
            parsed.record_row(row, ["the city is missing"], stored=False)
            continue
        name, problems = f"{city}, {country}", []
        counts[name] = counts.get(name, 0) + 1
        if counts[name] > 1:
            # Two indexes of one name (a city and its province): people, so they are not added up.
            problems = [f"{name} appears more than once; stored as a separate place"]
            name = f"{name} ({counts[name]})"
        city_dimension = f"{dimension},city={name}"
        read_measures(
            parsed, row, cells, {count_index: _LISTENERS}, on=last, dimension=city_dimension, problems=problems
        )
    return parsed


PARSER = Parser(
    source="spotify_for_artists.cities",
    title="Spotify for Artists, listeners by city",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    parse=_parse,
)
