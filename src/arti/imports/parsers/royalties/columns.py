"""Find the columns of a royalty or sales report by their names."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arti.imports.parsers.royalties.formats import RoyaltyFormat
from arti.imports.types import SourceTable

CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_CURRENCY, _YEAR = "currency", "sale year"
_ANY_CURRENCY = re.compile(r"\(([a-z]{3})\)$")


@dataclass(frozen=True, slots=True)
class StatementColumns:
    """The places of a report's columns, and the currency of its amounts where each has the same.

    `amounts`: all columns that may be the amount, with the currency that each name states; `years`: of months that are
    written without one; `only_currency`: what the header says, beside a column that has to say the same;
    `isrc_is_certain`: whether the one column of ISRCs holds nothing else.
    """

    months: tuple[int, ...]
    store: tuple[int, ...]
    years: int | None
    amount: int
    amounts: tuple[tuple[int, str | None], ...]
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
    only_currency: str | None
    isrc_is_certain: bool

    @property
    def has_own_currencies(self) -> bool:
        """Whether nothing but the sign beside an amount may say that it is in another currency than the answered."""
        return self.currency is None and self.stated_currency is None


def find_columns(table: SourceTable, form: RoyaltyFormat) -> StatementColumns | None:
    """Return the columns of a report, or None where its amount is missing."""
    places = {name: index for index, name in reversed(list(enumerate(table.names)))}
    amounts = _find_amounts(places, form)
    if not amounts:
        return None
    amount, stated = amounts[0]
    is_code = bool(CURRENCY_CODE.fullmatch(form.currency))
    currency = places.get(_CURRENCY if is_code else form.currency)

    def find(names: Sequence[str]) -> tuple[int, ...]:
        return tuple(places[name] for name in names if name in places)

    return StatementColumns(
        months=find(form.months),
        store=find(form.store),
        years=places.get(_YEAR) if form.has_plain_names else None,
        amount=amount,
        amounts=amounts,
        country=find(form.country),
        artist=find(form.artist),
        titles=find(form.titles),
        isrc=find(form.isrc),
        upc=find(form.upc),
        quantity=find(form.quantity),
        kinds=find(form.kinds),
        currency=currency,
        external_id=places.get(form.external_id or ""),
        stated_currency=stated or (form.currency if is_code else None),
        only_currency=stated if currency is not None else None,
        isrc_is_certain=[name for name in form.isrc if name in places] in (["isrc"], ["asset isrc"], ["isrc code"]),
    )


def _find_amounts(places: Mapping[str, int], form: RoyaltyFormat) -> tuple[tuple[int, str | None], ...]:
    """Return the columns that may be the amount, each with the currency in its name.

    Of names without a currency the first that is there counts, but where a report is known by plain names alone.
    """
    found: dict[int, str | None] = {}
    for name in form.amount:
        plain = name.removesuffix(" (*)")
        for own, index in places.items() if name != plain else ():
            match = _ANY_CURRENCY.search(own)
            if match and own[: match.start()].strip() == plain:
                found[index] = match[1].upper()
        if plain in places and (not found or form.has_plain_names):
            found.setdefault(places[plain], None)
    return tuple(sorted(found.items()))
