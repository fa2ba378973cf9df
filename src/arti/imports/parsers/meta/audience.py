"""Meta Business Suite, audience: shares of the followers by age and gender, by city, by country; and their number.

Several small tables in one file, each below a title, or each a file of its own, sometimes without the title. Places
stand beside each other above one row of shares, or below each other; then saving as text has cut "Lviv, Lviv Oblast,
Ukraine" into cells. The file has no day.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from arti.dimensions.countries import find_country
from arti.dimensions.text import unknown_place, write_dimension
from arti.dimensions.words import read_value
from arti.imports.cells.cell_parsers import ColumnKind, is_blank, normalise_name, normalise_whitespace, split_number
from arti.imports.parsers.meta.network import TIME_ZONE, network_questions, with_network
from arti.imports.readers.file_name_hints import guess_period
from arti.imports.readers.measures import (
    MeasureColumn,
    last_day_question,
    read_last_day,
    read_measures,
    with_marks,
)
from arti.imports.types import Answers, FileQuestion, Hints, ParsedFile, Parser, SourceTable

_SHARE: Final = MeasureColumn("audience.followers_share", additive=False)
_FOLLOWERS: Final = MeasureColumn("audience.followers")
_GENDERS: Final = {
    **dict.fromkeys(("women", "frauen", "mujeres", "mulheres", "femmes", "kvinnor"), "female"),
    **dict.fromkeys(("men", "manner", "hombres", "homens", "hommes", "man"), "male"),
}
_AGES: Final = ("", "age", "alter", "edad", "idade", "alder")
_LISTS: Final = {
    **dict.fromkeys(("top cities", "top towns/cities", "top-stadte", "ciudades principales"), "city"),
    **dict.fromkeys(("principais cidades", "villes principales", "populara stader"), "city"),
    **dict.fromkeys(("top countries", "top-lander", "paises principales", "principais paises"), "country"),
    **dict.fromkeys(("pays principaux", "populara lander"), "country"),
}


def _filled(cells: Sequence[str]) -> list[tuple[int, str]]:
    return [(index, normalise_whitespace(cell)) for index, cell in enumerate(cells) if cell.strip()]


def _genders(table: SourceTable) -> dict[int, str]:
    """Return the gender of each column of a table of ages; empty for another table."""
    names = [normalise_name(name) for name in table.names]
    found = {index: _GENDERS[name] for index, name in enumerate(names) if name in _GENDERS}
    return found if len(names) - len(found) == 1 and names[0] in _AGES and len(found) > 1 else {}


def _list_of(table: SourceTable) -> str | None:
    """Return the dimension of a table whose rows are a place and a share."""
    return _LISTS.get(normalise_name(table.names[0])) if len(table.names) == 2 else None


def _row_of(table: SourceTable) -> str | None:
    """Return the dimension of a table whose columns are places above one row of shares."""
    places = [name for name in table.header if name]
    if len(table.rows) != 1 or len(places) < 2 or len(_filled(table.rows[0])) > len(places):
        return None
    # A spreadsheet may have taken some of the shares for days: 3.1 is then 3 January.
    if not any(split_number(cell) for _, cell in _filled(table.rows[0])):
        return None
    if all(map(find_country, places)):
        return "country"
    return "city" if all(map(_country_of, places)) else None


def _country_of(place: str) -> str | None:
    """Return the country that a place like "Cape Town, South Africa" ends with, or None."""
    name, comma, country = place.rpartition(",")
    return find_country(country.strip()) if comma and name.strip() else None


def _counts_followers(table: SourceTable) -> bool:
    return {"follow", "unique_users"} <= set(table.names)


def _recognises(table: SourceTable) -> bool:
    return bool(_genders(table) or _list_of(table) or _row_of(table)) or _counts_followers(table)


def _kinds(table: SourceTable) -> dict[int, ColumnKind]:
    if _counts_followers(table):
        return {0: ColumnKind.COUNT}
    if _list_of(table):
        # The share stands in another cell of each row.
        return dict.fromkeys(range(1, max(map(len, table.rows), default=2)), ColumnKind.SHARE)
    return dict.fromkeys(_genders(table) or range(len(table.names)), ColumnKind.SHARE)


def _questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
    text = "Of which day are these followers? The file does not say it."
    return [*network_questions(table, hints), last_day_question(guess_period(hints)[1], hints.today, text)]


def _parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
    parsed, on = ParsedFile(), read_last_day(answers, hints.today)
    genders, listed, beside = _genders(table), _list_of(table), _row_of(table)
    seen: dict[str, int] = {}
    for row, cells in enumerate(table.rows, start=1):
        filled = _filled(cells)
        if not filled:
            parsed.record_row(row, ["the row is empty"], stored=False)
        elif _counts_followers(table):
            column = replace(_FOLLOWERS, decimal_mark=table.marks.get(filled[0][0]))
            read_measures(parsed, row, cells, {filled[0][0]: column}, on=on)
        elif genders:
            parts = {index: {"age": filled[0][1], "gender": gender} for index, gender in genders.items()}
            _read_shares(parsed, table, row, cells, parts, on, seen)
        elif listed:
            index, _ = filled[-1]
            place = ", ".join(text.strip(", ") for _, text in filled[:-1])
            _read_shares(parsed, table, row, cells, {index: {listed: place}}, on, seen)
        elif beside:
            header = {index: {beside: name} for index, name in enumerate(table.header) if name and index < len(cells)}
            _read_shares(parsed, table, row, cells, header, on, seen)
    return parsed


def _read_shares(
    parsed: ParsedFile,
    table: SourceTable,
    row: int,
    cells: Sequence[str],
    parts: dict[int, dict[str, str]],
    on: date,
    seen: dict[str, int],
) -> None:
    """Read the shares of a row, each with its own dimension, and record the row once."""
    row_only, problems = ParsedFile(), list[str]()
    columns = with_marks(table, dict.fromkeys(parts, _SHARE))
    for index, part in parts.items():
        if index >= len(cells):
            problems.append(f"the row ends before its column {index + 1}")
            continue
        if is_blank(cells[index]):
            continue
        try:
            dimension = write_dimension({name: _read_value(name, text) for name, text in part.items()})
        except ValueError as error:
            problems.append(str(error))
            continue
        if dimension in seen:
            problems.append(f"the same is already in row {seen[dimension]}")
            continue
        seen[dimension] = row
        read_measures(row_only, row, cells, {index: columns[index]}, on=on, dimension=dimension)
    parsed.observations += row_only.observations
    problems += [result.reason for result in row_only.row_results if result.reason]
    parsed.record_row(row, problems, stored=bool(row_only.observations))


def _read_value(name: str, text: str) -> str:
    if name != "city":
        return read_value(name, text)
    city, _, country = (part.strip() for part in text.rpartition(","))
    code = find_country(country) if city else None
    return unknown_place(city if code else text, code)


PARSER = with_network(
    Parser(
        source="meta_business_suite.audience",
        title="Meta Business Suite, audience",
        provider=None,
        time_zone=TIME_ZONE,
        recognises=_recognises,
        kinds=_kinds,
        questions=_questions,
        parse=_parse,
    )
)
