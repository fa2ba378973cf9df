"""Counts of a streaming service by day, song, country, city, gender, age, source of streams or segment.

Spotify for Artists, Apple Music for Artists, Amazon Music for Artists and SoundCloud for Artists show such tables, and
the columns rarely say whose they are: then the user is asked. No published file was found; the columns are those that
published parsers read. Without a day the numbers are totals of a period, which the user confirms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from arti.dimensions.countries import find_country
from arti.dimensions.text import parse_dimension, unknown_place, write_dimension
from arti.dimensions.words import read_value
from arti.imports.cells.cell_parsers import ColumnKind, normalise_whitespace, read_title
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.header_words import is_total, names_money
from arti.imports.readers.measures import (
    SUM_OF_OTHERS,
    MeasureColumn,
    check_totals,
    find_kinds,
    has_valid_shape,
    note_ignored_columns,
    period_questions,
    read_day,
    read_measures,
    read_period,
    with_marks,
)
from arti.imports.readers.track_matching import match_track
from arti.imports.types import (
    Answers,
    FileQuestion,
    FileRejected,
    Hints,
    KnownTrack,
    ParsedFile,
    Parser,
    RowResult,
    SourceTable,
)
from arti.providers.contract import AssetRecord
from arti.vocabulary import PLATFORM_NAMES, Provider

PLATFORM: Final = "platform"
_LISTENERS: Final = MeasureColumn("audience.listeners", additive=False)
_MEASURES: Final = {
    "streams": MeasureColumn("consumption.streams"),
    "plays": MeasureColumn("consumption.streams"),
    "listeners": _LISTENERS,
    "count": _LISTENERS,
    "average daily listeners": _LISTENERS,
    "listeners (%)": MeasureColumn("audience.listeners_share", additive=False),
    "followers": MeasureColumn("audience.followers", additive=False),
    "saves": MeasureColumn("engagement.saves"),
    "shazams": MeasureColumn("discovery.shazams"),
    "likes": MeasureColumn("engagement.likes"),
    "comments": MeasureColumn("engagement.comments"),
    "super listeners": MeasureColumn("audience.super_listeners", additive=False),
}
# A platform counts a play of its own kind; those of SoundCloud are no streams of 30 seconds.
_OF_PLATFORM: Final[dict[str, dict[str, MeasureColumn]]] = {
    Provider.SOUNDCLOUD: {"plays": MeasureColumn("consumption.plays_by_day")},
}
# Listeners of a segment, a column each.
_SEGMENTS: Final = {
    "moderate listeners": "moderate",
    "light listeners": "light",
    "previously active listeners": "previously_active",
    "programmed listeners": "programmed",
}
_BREAKDOWNS: Final = {
    "country": "country",
    "city": "city",
    "gender": "gender",
    "age": "age",
    "source": "traffic_source",
    "segment": "audience",
}
_ATTRIBUTES: Final = ("artist", "album", "isrc", "release_date")
# Columns that only one of the platforms has.
_EVIDENCE: Final[dict[str, set[str]]] = {
    "apple_music": {"average daily listeners", "shazams", "song purchases", "radio spins", "storefront"},
    "amazon_music": {"asin", "superfans", "voice requests", "alexa requests", "total voice requests"},
    Provider.SOUNDCLOUD: {"reposts", "soundcloud url"},
    Provider.SPOTIFY: {"segment", "source", "spotify uri", "super listeners", *_SEGMENTS},
}
_LIST_OF_SPOTIFY: Final = {"song", "release_date", "saves"}
# Counts by day that Spotify's audience timeline does not have, and several others do.
_OF_NO_ONE: Final = {"plays", "fans", "shazams"}
_PLATFORMS: Final = {PLATFORM_NAMES[slug]: slug for slug in _EVIDENCE}


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    if (
        "title" in names
        or names_money(table.header)
        or not names & {*_MEASURES, *_SEGMENTS}
        or names >= _LIST_OF_SPOTIFY
    ):
        return False
    by_something = names & {*_BREAKDOWNS, "song"}
    return bool(by_something or names & _SEGMENTS.keys() or ("date" in names and names & _OF_NO_ONE))


def _find_platform(table: SourceTable) -> str | None:
    names = set(table.names)
    found = [slug for slug, evidence in _EVIDENCE.items() if names & evidence]
    return found[0] if len(found) == 1 else None


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    questions = []
    if _find_platform(table) is None:
        path = " ".join((hints.folder, hints.file_name, *table.titles)).casefold()
        named = [name for name in _PLATFORMS if name.casefold() in path]
        text = (
            f"Which platform counted {', '.join(table.header[:4])}? Several have such a table. Of another platform "
            "than these, choose its source when you upload the file."
        )
        guess = named[0] if len(named) == 1 else None
        questions.append(FileQuestion(PLATFORM, text, "choice", guess, tuple(_PLATFORMS)))
    if "date" not in table.names:
        period, last = guess_period(hints)
        questions += period_questions(period=period or "28day", last=last, today=hints.today, subject="these numbers")
    return questions


def choose(table: SourceTable, answers: Answers) -> Parser:
    """Return the parser for the platform that the columns or the answers name. Raises FileRejected."""
    platform = _find_platform(table) or _PLATFORMS.get(answers.get(PLATFORM, "").strip())
    if platform is None:
        raise FileRejected(f"{PLATFORM} must be one of {', '.join(_PLATFORMS)}.")
    return replace(PARSER, provider=platform)


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    platform = choose(table, answers).provider or ""
    measures = _MEASURES | _OF_PLATFORM.get(platform, {})
    by_name = {index: measures[name] for index, name in enumerate(table.names) if name in measures}
    columns = with_marks(table, by_name)
    segments = {index: _SEGMENTS[name] for index, name in enumerate(table.names) if name in _SEGMENTS}
    of_segments = with_marks(table, dict.fromkeys(segments, _LISTENERS))
    parsed = ParsedFile(daily="date" in table.names)
    note_ignored_columns(table, ["date", "song", *_ATTRIBUTES, *_BREAKDOWNS, *measures, *_SEGMENTS], parsed)
    places = {name: index for index, name in enumerate(table.names)}
    period, last = ("", None) if parsed.daily else read_period(answers, hints.today)
    known = hints.known.tracks if platform == Provider.SPOTIFY else ()
    total: Sequence[str] | None = None
    seen: dict[tuple[date, str | None, str], int] = {}
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if any(is_total(cells[places[name]]) for name in ("date", "song", *_BREAKDOWNS) if name in places):
            total = cells
            parsed.row_results.append(RowResult(row, "warning", SUM_OF_OTHERS))
            continue
        day = read_day(parsed, row, table, cells, places["date"], hints.today) if parsed.daily else last
        if day is None:
            continue
        try:
            parts = _read_parts(places, cells)
            song = _read_song(parsed, places, cells, known)
        except ValueError as error:
            parsed.record_row(row, [str(error)], stored=False)
            continue
        problems = []
        dimension = write_dimension(parts | parse_dimension(period))
        if (day, song, dimension) in seen and "city" in parts:
            # A city and its province have one name.
            problems = [f"this place is already in row {seen[day, song, dimension]}; stored as a separate place"]
            dimension = write_dimension(parts | {"city": f"{parts['city']} ({row})"} | parse_dimension(period))
        first = seen.setdefault((day, song, dimension), row)
        if first != row:
            parsed.record_row(row, [f"the same is already in row {first}"], stored=False)
            continue
        row_only = ParsedFile()
        if columns:
            read_measures(row_only, row, cells, columns, on=day, asset=song, dimension=dimension, problems=problems)
        for index, segment in segments.items():
            own = write_dimension({**parts, "audience": segment} | parse_dimension(period))
            read_measures(row_only, row, cells, {index: of_segments[index]}, on=day, asset=song, dimension=own)
        parsed.observations += row_only.observations
        reasons = [result.reason for result in row_only.row_results if result.reason]
        parsed.record_row(row, reasons, stored=bool(row_only.observations))
    if total:
        check_totals(parsed, table, columns, total, [cells for cells in table.rows if cells is not total])
    return parsed


def _read_parts(places: Mapping[str, int], cells: Sequence[str]) -> dict[str, str]:
    """Return the values of a row's breakdowns. Raises ValueError, in words."""
    texts = {name: read_title(cells[places[name]], 200) for name in _BREAKDOWNS if name in places}
    missing = next((name for name, text in texts.items() if not text), None)
    if missing:
        raise ValueError(f"the {missing} is missing")
    country = texts.pop("country", None) if "city" in texts else None
    parts = {_BREAKDOWNS[name]: read_value(_BREAKDOWNS[name], text) for name, text in texts.items() if name != "city"}
    if "city" in texts:
        code = find_country(country) if country else None
        city = texts["city"] if code or not country else f"{texts['city']}, {country}"
        parts["city"] = unknown_place(city, code)
    return parts


def _read_song(
    parsed: ParsedFile, places: Mapping[str, int], cells: Sequence[str], known: Sequence[KnownTrack]
) -> str | None:
    """Return the asset of a row's song, None in a table without songs. Raises ValueError, in words."""
    if "song" not in places:
        return None
    title = read_title(cells[places["song"]])
    if not title:
        raise ValueError("the song has no title")
    track = match_track(title, None, known)
    isrc = normalise_whitespace(cells[places["isrc"]]).upper().replace("-", "") if "isrc" in places else ""
    parsed.assets.setdefault(track, AssetRecord(track, "track", title, isrc=isrc if len(isrc) == 12 else None))
    return track


def _kinds(table: SourceTable) -> dict[int, ColumnKind]:
    return find_kinds(table, _MEASURES | dict.fromkeys(_SEGMENTS, _LISTENERS), day="date")


PARSER = Parser(
    source="streaming_service.counts",
    title="counts of a streaming service",
    provider=None,
    time_zone="UTC",
    recognises=_recognises,
    kinds=_kinds,
    questions=_questions,
    parse=_parse,
    choose=choose,
)
