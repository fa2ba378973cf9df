"""Read a royalty or sales report into lines of money. Amounts are exact, negative lines are kept, currencies apart."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation

from pydantic import ValidationError

from arti.dimensions.countries import find_country
from arti.imports.cells.cell_parsers import ColumnKind, is_blank, normalise_name, normalise_whitespace, parse_plain
from arti.imports.parsers.royalties.formats import FORMATS, KINDS, RoyaltyFormat
from arti.imports.readers.header_words import is_total
from arti.imports.readers.measures import has_valid_shape
from arti.imports.types import (
    Answers,
    FileQuestion,
    FileRejected,
    Hints,
    MoneyLine,
    ParsedFile,
    Parser,
    RowResult,
    SourceTable,
)
from arti.metrics.money.schemas import LineType, NewRoyaltyLine

CURRENCY = "currency"
_MONTH = re.compile(r"((?:19|20)\d{2})[-./ ]?(0?[1-9]|1[0-2])(?!\d)")
_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_UPC = re.compile(r"[0-9]{12,13}")
_CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_ANY_CURRENCY = re.compile(r"\(([a-z]{3})\)$")


@dataclass(frozen=True, slots=True)
class _Columns:
    """The places of a report's columns, and the currency that its header states."""

    months: tuple[int, ...]
    store: tuple[int, ...]
    amount: int
    country: tuple[int, ...]
    artist: tuple[int, ...]
    titles: tuple[int, ...]
    isrc: tuple[int, ...]
    upc: tuple[int, ...]
    quantity: tuple[int, ...]
    kinds: tuple[int, ...]
    currency: int | None
    external_id: int | None
    stated_currency: str | None


def _find(table: SourceTable, form: RoyaltyFormat) -> _Columns | None:
    """Return the columns of a report, or None where its amount is missing."""
    places = {name: index for index, name in reversed(list(enumerate(table.names)))}
    amount, stated = None, None
    for name in form.amount:
        if not name.endswith(" (*)"):
            amount = places.get(name) if amount is None else amount
            continue
        for own, index in places.items():
            match = _ANY_CURRENCY.search(own)
            if match and own[: match.start()].strip() == name[:-4]:
                amount, stated = index, match[1].upper()
        amount = places.get(name[:-4]) if amount is None else amount
    if amount is None:
        return None
    is_code = bool(_CURRENCY_CODE.fullmatch(form.currency))

    def find(names: Sequence[str]) -> tuple[int, ...]:
        return tuple(places[name] for name in names if name in places)

    return _Columns(
        months=find(form.months),
        store=find(form.store),
        amount=amount,
        country=find(form.country),
        artist=find(form.artist),
        titles=find(form.titles),
        isrc=find(form.isrc),
        upc=find(form.upc),
        quantity=find(form.quantity),
        kinds=find(form.kinds),
        currency=None if is_code else places.get(form.currency),
        external_id=places.get(form.external_id or ""),
        stated_currency=stated or (form.currency if is_code else None),
    )


def _make_parser(form: RoyaltyFormat) -> Parser:
    def recognises(table: SourceTable) -> bool:
        return form.required <= set(table.names) and _find(table, form) is not None

    def kinds(table: SourceTable) -> dict[int, ColumnKind]:
        columns = _find(table, form)
        assert columns is not None  # `recognises` has found them
        days = dict.fromkeys(columns.months, ColumnKind.OTHER_DAY)
        return days | {columns.amount: ColumnKind.NUMBER} | dict.fromkeys(columns.quantity, ColumnKind.COUNT)

    def questions(table: SourceTable, hints: Hints) -> list[FileQuestion]:
        columns = _find(table, form)
        if columns is None or columns.stated_currency or columns.currency is not None:
            return []
        return [FileQuestion(CURRENCY, "In which currency are the amounts? Its code, like EUR.", "text")]

    def parse(table: SourceTable, answers: Answers, hints: Hints) -> ParsedFile:
        columns = _find(table, form)
        assert columns is not None
        currency = columns.stated_currency or answers.get(CURRENCY, "").strip().upper() or None
        if columns.currency is None and not (currency and _CURRENCY_CODE.fullmatch(currency)):
            raise FileRejected(f"{CURRENCY} must be a code like EUR.")
        return _parse(table, form, columns, currency)

    return Parser(
        source=f"royalties.{form.source}",
        title=form.title,
        provider=None,
        time_zone="UTC",
        recognises=recognises,
        kinds=kinds,
        questions=questions,
        parse=parse,
    )


def _parse(table: SourceTable, form: RoyaltyFormat, columns: _Columns, currency: str | None) -> ParsedFile:
    parsed = ParsedFile(money_source=form.source)
    for row, cells in enumerate(table.rows, start=1):
        if not has_valid_shape(parsed, row, cells, len(table.header)):
            continue
        if any(is_total(cell) for cell in cells[:2]):
            parsed.row_results.append(RowResult(row, "warning", "the sum of the other rows, used as a check only"))
            continue
        problems: list[str] = []
        try:
            line = _read_line(table, form, columns, cells, currency, problems)
        except ValidationError as error:
            problem = error.errors()[0]
            parsed.record_row(row, [f"{problem['loc'][0]}: {problem['msg']}"], stored=False)
            continue
        except (ValueError, InvalidOperation) as error:
            parsed.record_row(row, [str(error)], stored=False)
            continue
        parsed.money.append(MoneyLine(row, line, _first(cells, columns.artist)))
        parsed.record_row(row, problems, stored=True)
    ids = [money.line.external_id for money in parsed.money if money.line.external_id]
    if len(set(ids)) < len(ids):
        # A line whose id comes again would be taken for the same line.
        parsed.notes.append(
            f"The ids in the column {form.external_id!r} are not unique, so lines are known by what they say."
        )
        parsed.money = [
            replace(money, line=money.line.model_copy(update={"external_id": None})) for money in parsed.money
        ]
    return parsed


def _read_line(
    table: SourceTable,
    form: RoyaltyFormat,
    columns: _Columns,
    cells: Sequence[str],
    currency: str | None,
    problems: list[str],
) -> NewRoyaltyLine:
    """Return the line of a row. Raises ValueError, in words."""
    plain = parse_plain(cells[columns.amount], table.marks.get(columns.amount))
    if plain is None:
        raise ValueError("the amount is missing")
    code = (cells[columns.currency].strip().upper() if columns.currency is not None else currency) or currency
    if code is None or not _CURRENCY_CODE.fullmatch(code):
        raise ValueError(f"{code or ''!r} is not a currency like EUR")
    country_text = _first(cells, columns.country)
    country = find_country(country_text) if country_text else None
    if country_text and country is None:
        problems.append(f"{country_text[:40]!r} is no known country")
    quantity_text = _first(cells, columns.quantity)
    quantity_index = next((index for index in columns.quantity if not is_blank(cells[index])), None)
    quantity = parse_plain(quantity_text, table.marks.get(quantity_index or 0)) if quantity_text else None
    isrc = _first_code(cells, columns.isrc, _ISRC)
    upc = _first_code(cells, columns.upc, _UPC)
    written = _first(cells, columns.upc)
    if written and upc is None:
        problems.append(f"{written[:30]!r} is no UPC of 12 or 13 digits, so it was left out")
    return NewRoyaltyLine(
        external_id=cells[columns.external_id].strip()[:200] or None if columns.external_id is not None else None,
        month=_read_month(table, columns, cells),
        store=(_first(cells, columns.store) or form.default_store or form.title)[:80],
        country=country,
        type=_read_kind(cells, columns, form),
        quantity=Decimal(quantity) if quantity else None,
        amount=Decimal(plain),
        currency=code,
        title=(_first(cells, columns.titles) or "")[:300] or None,
        isrc=isrc,
        upc=upc,
    )


def _read_month(table: SourceTable, columns: _Columns, cells: Sequence[str]) -> date:
    for index in columns.months:
        text = normalise_whitespace(cells[index])
        month = _MONTH.match(text)
        if month and not re.match(r"\d{4}[-./]\d{1,2}[-./]\d", text):
            return date(int(month[1]), int(month[2]), 1)
        try:
            day = table.parse_day(cells, index)
        except ValueError:
            continue
        if day:
            return day.replace(day=1)
    raise ValueError("the month of the sale is missing or cannot be read")


def _read_kind(cells: Sequence[str], columns: _Columns, form: RoyaltyFormat) -> LineType:
    for index in columns.kinds:
        text = normalise_name(cells[index])
        for word, kind in KINDS:
            if word in text:
                return kind
    return form.default_kind


def _first(cells: Sequence[str], indexes: Sequence[int]) -> str:
    return next((text for index in indexes if (text := normalise_whitespace(cells[index])) and not is_blank(text)), "")


def _first_code(cells: Sequence[str], indexes: Sequence[int], form: re.Pattern[str]) -> str | None:
    """Return the first code of a form, as people and spreadsheets write it."""
    codes = (cells[index].strip().strip("'").upper().replace("-", "").replace(" ", "") for index in indexes)
    return next((code for code in codes if form.fullmatch(code)), None)


PARSERS = tuple(map(_make_parser, FORMATS))
