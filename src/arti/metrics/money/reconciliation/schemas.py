"""Public schemas of the reconciliation of royalties with known streams."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText
from arti.metrics.money.schemas import Currency, Exact, Month

GapKind = Literal[
    "missing_month",
    "missing_store",
    "missing_territory",
    "recording_without_line",
    "units_far",
    "rate_far",
    "negative_lines",
    "penalties",
    "statement_twice",
    "unmatched_lines",
]


class GapAmount(BaseModel):
    """An amount in one currency; currencies are never added."""

    currency: Currency
    amount: Exact


class RoyaltyGap(BaseModel):
    """Something that statements lack, repeat or pay otherwise than usual."""

    id: str = Field(description="Opens its rows and its query: `gap` of the other endpoints.")
    kind: GapKind
    sentence: ReaderText = Field(description="What is wrong, with its numbers.")
    way_out: ReaderText = Field(description="What to ask or do.")
    source: str | None
    store: str | None
    country: str | None
    month: Month | None = Field(description="The first month concerned.")
    to_month: Month | None = Field(description="The last month concerned.")
    recording_id: UUID | None
    lines: int = Field(description="Lines concerned; of something that is missing 0.")
    amounts: list[GapAmount]


class ComparedUnits(BaseModel):
    """Paid units of a store and month beside the streams that are known of it."""

    store: str
    month: Month
    key: str | None = Field(description="The recording or country, when grouped by it; null: not stated.")
    name: str | None
    units: Exact | None = Field(description="Net of what was taken back. Null: the statements state none.")
    streams: Exact | None = Field(description="Known streams of files and of syncs. Null: not known.")
    streams_days: int | None = Field(description="Days of the month whose streams are known.")
    percent: float | None = Field(description="Units in percent of the streams; null unless all days are known.")
    amounts: list[GapAmount]


class StoreLag(BaseModel):
    """How a store's months relate to others: both in months, found from what is stored."""

    source: str
    store: str
    lines: int = Field(description="By how many months its newest lines are usually older than its statement's newest.")


class ShownThreshold(BaseModel):
    slug: str
    value: float
    unit: ReaderText
    reason: ReaderText


class Reconciliation(BaseModel):
    """Gaps of royalty statements, the comparison by store and month, and by which rules gaps are found."""

    gaps: list[RoyaltyGap]
    more: int = Field(description="Gaps that are not in the list, which has a thousand at most.")
    lags: list[StoreLag]
    thresholds: list[ShownThreshold]


class Comparison(BaseModel):
    """The latest months first."""

    items: list[ComparedUnits]
    more: bool
    units_lag: dict[str, int] = Field(
        description="By store: how many months later its units follow the streams, where not 0."
    )


class GapRow(BaseModel):
    """A line behind a gap, or the known streams of a month."""

    kind: Literal["line", "streams"]
    source: str | None
    statement: str | None
    row: int | None = Field(description="Row of the line in its statement.")
    month: Month
    store: str
    country: str | None
    title: str | None
    isrc: str | None
    type: str
    quantity: Exact | None
    amount: Exact | None
    currency: str | None


class GapRows(BaseModel):
    note: ReaderText = Field(description="What the rows are: the lines concerned, or those beside what is missing.")
    items: list[GapRow]
    more: bool


class GapKey(BaseModel):
    """What identifies a gap: enough to find its rows again."""

    kind: GapKind
    source: str | None = None
    store: str | None = None
    country: str | None = None
    month: Month | None = None
    to_month: Month | None = None
    recording_id: UUID | None = None
    currency: str | None = None
    statement_ids: Annotated[list[UUID], Field(max_length=2)] = []


def show_amounts(amounts: dict[str, Decimal]) -> list[GapAmount]:
    """Return amounts by currency, in the order of currencies, without those that are 0."""
    return [GapAmount(currency=code, amount=amount) for code, amount in sorted(amounts.items()) if amount]
