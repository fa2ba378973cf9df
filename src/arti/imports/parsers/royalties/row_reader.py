"""Read one row of a royalty report by itself, and say what is wrong with it. `line_reader` reads whole columns."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from arti.dimensions.countries import find_country
from arti.imports.cells.cell_parsers import (
    find_currency,
    is_blank,
    is_spreadsheet_error,
    names_other_currency,
    normalise_name,
    normalise_whitespace,
    parse_amount,
)
from arti.imports.parsers.royalties.columns import CURRENCY_CODE, StatementColumns
from arti.imports.parsers.royalties.formats import RoyaltyFormat
from arti.imports.parsers.royalties.months import join_year, read_month
from arti.imports.readers.header_words import is_sum_of_group
from arti.imports.types import SourceTable
from arti.metrics.money.schemas import LineType, NewRoyaltyLine

# Words of a type of sale, in the order in which they are looked for.
_KINDS: Final[tuple[tuple[str, LineType], ...]] = (
    ("stream", "stream"),
    ("subscription", "stream"),
    ("download", "download"),
    ("track", "download"),
    ("ugc", "ugc"),
    ("user generated", "ugc"),
    ("sync", "sync"),
    ("package", "physical"),
    ("consignment", "physical"),
    ("overseas", "physical"),
    ("domestic", "physical"),
    ("physical", "physical"),
    ("adjust", "adjustment"),
    ("correction", "adjustment"),
    ("refund", "adjustment"),
    ("penalt", "adjustment"),
)
_LIMIT = Decimal("1e15")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_UPC = re.compile(r"[0-9]{12,13}")


def read_row(
    table: SourceTable,
    form: RoyaltyFormat,
    columns: StatementColumns,
    cells: Sequence[str],
    currency: str | None,
    today: date,
    problems: list[str],
) -> NewRoyaltyLine:
    """Return the line of a row. Raises ValueError, in words; ValidationError."""
    if not find_names(cells, columns):
        raise ValueError("the row names no store, title, code or country; it may be a sum of others")
    plain = parse_amount(cells[columns.amount], table.marks.get(columns.amount))
    if plain is None:
        raise ValueError("the amount is missing")
    code = (cells[columns.currency].strip().upper() if columns.currency is not None else currency) or currency
    if columns.has_own_currencies:
        code = find_currency(cells[columns.amount]) or code
    if code is None or not CURRENCY_CODE.fullmatch(code):
        raise ValueError(f"{code or ''!r} is not a currency like EUR")
    if names_other_currency(cells[columns.amount], code):
        raise ValueError(f"the amount {cells[columns.amount].strip()[:40]!r} is not in {code}")
    if columns.only_currency not in (None, code):
        raise ValueError(f"the amount is in {columns.only_currency} by its column and in {code} by its row")
    country_text = read_first(cells, columns.country)
    country = find_country(country_text) if country_text else None
    if country_text and country is None:
        problems.append(describe_unknown_country(country_text))
    quantity_index = next((index for index in columns.quantity if not is_blank(cells[index])), None)
    quantity = None
    if quantity_index is not None:
        quantity = parse_amount(cells[quantity_index], table.marks.get(quantity_index))
    upc = next(filter(None, (read_upc(cells[index]) for index in columns.upc)), None)
    isrc = next(filter(None, (read_isrc(cells[index]) for index in columns.isrc)), None)
    if isrc is None and columns.isrc_is_certain and (text := read_first(cells, columns.isrc)):
        problems.append(describe_wrong_isrc(text))
    written = read_first(cells, columns.upc)
    if written and upc is None:
        problems.append(describe_wrong_upc(written))
    year = cells[columns.years] if columns.years is not None else ""
    months = [read_month(join_year(cells[index], year), table.day_formats.get(index)) for index in columns.months]
    month = next((month for month in months if month and month <= today), None)
    if month is None:
        late = next(filter(None, months), None)
        raise ValueError(
            f"{late:%Y-%m} is in the future" if late else "the month of the sale is missing or cannot be read"
        )
    external_id = cells[columns.external_id].strip()[:200] or None if columns.external_id is not None else None
    return NewRoyaltyLine(
        external_id=external_id,
        month=month,
        store=(read_first(cells, columns.store) or form.default_store or form.title)[:80],
        country=country,
        type=next(filter(None, (read_kind(cells[index]) for index in columns.kinds)), form.default_kind),
        quantity=Decimal(quantity) if quantity else None,
        amount=Decimal(plain),
        currency=code,
        title=read_first(cells, columns.titles)[:300] or None,
        isrc=isrc,
        upc=upc,
    )


def find_names(cells: Sequence[str], columns: StatementColumns) -> list[str]:
    """Return what a row says of what was sold and where; of a report with no two such columns never nothing."""
    found = [read_first(cells, at) for at in _places_of_names(columns)]
    return [text for text in found if text] if len(found) > 1 else ["a line"]


def names_sum_of_group(cells: Sequence[str], columns: StatementColumns) -> bool:
    """Return whether a row is the sum of some lines: one name of a sum, and nothing else of what was sold where."""
    places = _places_of_names(columns)
    if len(places) < 2 or len(names := find_names(cells, columns)) > 1:
        return False
    if not names:
        return any(is_sum_of_group(cells[index]) for index in columns.months)
    return is_sum_of_group(names[0], is_place=names[0] != read_first(cells, columns.titles))


def _places_of_names(columns: StatementColumns) -> list[tuple[int, ...]]:
    places = (columns.store, columns.titles, columns.artist, columns.isrc, columns.upc, columns.country)
    return [at for at in places if at]


def describe_unknown_country(text: str) -> str:
    return f"{text[:40]!r} is no known country"


def describe_wrong_upc(text: str) -> str:
    return f"{text[:30]!r} is no UPC of 12 or 13 digits, so it was left out"


def describe_wrong_isrc(text: str) -> str:
    return f"{text[:30]!r} is no ISRC, so it was left out"


def read_kind(cell: str) -> LineType | None:
    """Return the type of sale that a cell names, or None."""
    text = normalise_name(cell)
    return next((kind for word, kind in _KINDS if word in text), None)


def read_text(cell: str) -> str | None:
    """Return the text of a cell, or None where it is blank or an error of a spreadsheet."""
    text = normalise_whitespace(cell)
    return text if text and not is_blank(text) and not is_spreadsheet_error(text) else None


def read_isrc(cell: str) -> str | None:
    return _read_code(cell, _ISRC)


def read_upc(cell: str) -> str | None:
    return _read_code(cell, _UPC)


def _read_code(cell: str, form: re.Pattern[str]) -> str | None:
    """Return a code as people and spreadsheets write it, or None."""
    code = cell.strip().strip("'").removesuffix(".0").upper().replace("-", "").replace(" ", "")
    return code if form.fullmatch(code) else None


def read_first(cells: Sequence[str], indexes: Sequence[int]) -> str:
    """Return the first text of some cells that is not blank, or an empty one."""
    return next(filter(None, (read_text(cells[index]) for index in indexes)), "")


def read_currency(cell: str, default: str | None, only: str | None) -> str | None:
    """Return the code in a cell, or the usual one; None where it is none, or not the only one that may be."""
    code = cell.strip().upper() or default
    return code if code and CURRENCY_CODE.fullmatch(code) and only in (None, code) else None


def read_number(cell: str, mark: str | None) -> Decimal | None:
    """Return the number in a cell, None where it is blank. Raises ValueError."""
    plain = parse_amount(cell, mark)
    number = Decimal(plain) if plain else None
    if number is not None and not -_LIMIT <= number <= _LIMIT:
        raise ValueError(f"{normalise_whitespace(cell)[:40]!r} is too large")
    return number


def read_short(cell: str, most: int) -> str | None:
    """Return the text of a cell, cut to `most` characters."""
    text = read_text(cell)
    return text and text[:most].strip()


def read_country(cell: str) -> str | None:
    """Return the code of the country in a cell, or None."""
    text = read_text(cell)
    return find_country(text) if text else None
