"""Find the columns of a royalty or sales report by their names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from arti.imports.parsers.royalties.formats import RoyaltyFormat
from arti.imports.types import SourceTable

CURRENCY_CODE = re.compile(r"[A-Z]{3}")
_ANY_CURRENCY = re.compile(r"\(([a-z]{3})\)$")


@dataclass(frozen=True, slots=True)
class StatementColumns:
    """The places of a report's columns, and the currency that its header states.

    `isrc_is_certain`: whether the one column of ISRCs holds nothing else.
    """

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
    isrc_is_certain: bool


def find_columns(table: SourceTable, form: RoyaltyFormat) -> StatementColumns | None:
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
    is_code = bool(CURRENCY_CODE.fullmatch(form.currency))

    def find(names: Sequence[str]) -> tuple[int, ...]:
        return tuple(places[name] for name in names if name in places)

    return StatementColumns(
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
        isrc_is_certain=[name for name in form.isrc if name in places] in (["isrc"], ["asset isrc"], ["isrc code"]),
    )
