"""Spotify for Artists, listeners by city: country,city,count over a period that the file does not name."""

from arti.imports.cell_parsers import normalise_whitespace
from arti.imports.file_name_hints import period_in_name
from arti.imports.measures import MeasureColumn, fits, period_questions, read_cells, read_period
from arti.imports.types import Answers, Hints, ParsedFile, Parser, Question, SourceTable
from arti.vocabulary import Provider

_LISTENERS = MeasureColumn("audience.listeners")
_COUNTS = {"count", "listeners"}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    return {"country", "city"} <= names and len(names) == 3 and bool(names & _COUNTS)


def _questions(table: SourceTable, hints: Hints) -> list[Question]:
    period, last = period_in_name(hints)
    # Spotify for Artists shows cities over the last 28 days; a person confirms it.
    return period_questions(period=period or "28day", last=last, latest=hints.today, what="these listeners")


def _read(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    dimension, last = read_period(answers, hints.today)
    reading = ParsedFile()
    places = {name: place for place, name in enumerate(table.names)}
    count = next(places[name] for name in _COUNTS if name in places)
    seen: dict[str, int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not fits(reading, row, cells, len(table.header)):
            continue
        city, country = (
            normalise_whitespace(cells[places["city"]])[:200],
            normalise_whitespace(cells[places["country"]])[:100],
        )
        if not city:
            reading.record_row(row, ["the city has no name"], stored=False)
            continue
        name, problems = f"{city}, {country}", []
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            # Two places of one name (a city and its province): people, so they are not added up.
            problems = [f"{name} is named twice; kept as a second place"]
            name = f"{name} ({seen[name]})"
        read_cells(
            reading, row, cells, {count: _LISTENERS}, on=last, dimension=f"{dimension},city={name}", problems=problems
        )
    return reading


PARSER = Parser(
    source="spotify_for_artists.cities",
    title="Spotify for Artists, listeners by city",
    provider=Provider.SPOTIFY,
    time_zone="UTC",
    recognises=_recognises,
    questions=_questions,
    read=_read,
)
