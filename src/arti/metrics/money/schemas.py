"""Public schemas of royalties and exchange rates. Amounts are decimals, as strings in JSON, never floats."""

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, StringConstraints

from arti.orgs.schemas import Body

_NO_NUL = r"^[^\x00]*$"
_MOST_DIGITS = 15  # of a JSON number that a float holds exactly


def _read_decimal(value: Any) -> Any:
    if isinstance(value, float) and len(re.sub(r"\D", "", repr(value).split("e")[0]).strip("0")) > _MOST_DIGITS:
        raise ValueError("write a number of more than 15 digits as a string, so that no digit is lost")
    return value


def _read_month(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", value):
        raise ValueError("a month is written like 2026-03")
    return date.fromisoformat(f"{value}-01")


def _first_of_month(day: date) -> date:
    if day.day != 1 or not 1990 <= day.year <= 2200:
        raise ValueError("a month is written like 2026-03")
    return day


Money = Annotated[
    Decimal, BeforeValidator(_read_decimal), Field(ge=Decimal("-1e15"), le=Decimal("1e15"), allow_inf_nan=False)
]
Exact = Annotated[Decimal, PlainSerializer(lambda value: f"{value:f}", return_type=str)]
Month = Annotated[
    date,
    BeforeValidator(_read_month),
    AfterValidator(_first_of_month),
    PlainSerializer(lambda day: f"{day:%Y-%m}", return_type=str),
    Field(json_schema_extra={"format": "month", "examples": ["2026-03"]}),
]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(description="ISO 4217.")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), Field(description="ISO 3166-1 alpha-2.")]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,59}$"),
    Field(description="Who reports it, e.g. distrokid."),
]
LineType = Literal["stream", "download", "physical", "ugc", "sync", "adjustment", "other"]
Grouping = Literal["store", "country", "month", "recording", "release", "artist"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_NO_NUL)]


class NewRoyaltyLine(Body):
    """One line of a statement. Below zero: the store took it back.

    Unless given, `recording_id` is found by `isrc`, `release_id` by `upc`, and `artist_id` is their main artist.
    """

    external_id: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_NO_NUL)] | None = Field(
        default=None, description="The source's own id of the line. Without it, a line is known by what it says."
    )
    month: Month = Field(description="In which it was sold.")
    store: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=_NO_NUL)]
    country: Country | None = Field(default=None, description="Null: not stated.")
    type: LineType = "stream"
    quantity: Money | None = Field(default=None, description="Streams, downloads, pieces. Null: not stated.")
    amount: Money
    currency: Currency
    artist_id: UUID | None = None
    recording_id: UUID | None = None
    release_id: UUID | None = None
    title: Text | None = None
    isrc: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$")] | None = None
    upc: Annotated[str, StringConstraints(pattern=r"^[0-9]{12,13}$")] | None = None


class NewRoyalties(Body):
    source: Source
    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=_NO_NUL)] = Field(
        default="", description="Of the statement, e.g. its month."
    )
    lines: list[NewRoyaltyLine] = Field(min_length=1, max_length=5000)


class RecordedRoyalties(BaseModel):
    statement_id: UUID | None = Field(description="Null: all lines were known already.")
    added: int
    known: int = Field(description="Lines that were there already, and are not counted twice.")
    without_artist: int = Field(description="Added lines of no artist: only members who see all artists see them.")
    without_recording: int


class RoyaltyStatement(BaseModel):
    id: UUID
    source: str
    title: str
    lines: int
    first_month: Month | None
    last_month: Month | None
    import_id: UUID | None
    entered_by: UUID | None
    created_at: datetime


class RoyaltyLine(BaseModel):
    id: UUID
    statement_id: UUID
    source: str
    source_row: int = Field(description="Place in the statement; 1 is the first line.")
    import_id: UUID | None
    entered_by: UUID | None = Field(description="Who entered or pushed it.")
    known_at: datetime
    month: Month
    store: str
    country: str | None
    type: LineType
    quantity: Exact | None
    amount: Exact
    currency: str
    artist_id: UUID | None
    recording_id: UUID | None
    release_id: UUID | None
    title: str | None
    isrc: str | None
    upc: str | None


class RoyaltyTotal(BaseModel):
    key: str | None = Field(description="Store, country, month, or the id. Null: not stated, or not matched.")
    name: str | None
    currency: str
    amount: Exact
    quantities: dict[str, Exact] = Field(description="By type of line: streams and downloads are not summed.")
    lines: int
    first_month: Month
    last_month: Month


class UsedRate(BaseModel):
    from_currency: str
    to_currency: str
    valid_from: date
    rate: Exact


class RoyaltyTotals(BaseModel):
    group_by: Grouping
    items: list[RoyaltyTotal] = Field(description="Months in order; everything else by amount, per currency.")
    more: bool = Field(description="Whether there are more items than `limit`.")
    overall: list[RoyaltyTotal] = Field(description="All lines, one total a currency.")
    sources: list[str]
    rates: list[UsedRate] = Field(description="The stated rates by which amounts were converted.")


class ExchangeRate(BaseModel):
    """One unit of `from_currency` is `rate` units of `to_currency`, from that day until the next stated rate."""

    id: UUID
    from_currency: str
    to_currency: str
    valid_from: date
    rate: Exact
    note: str
    stated_by: UUID | None
    updated_at: datetime


class NewExchangeRate(Body):
    from_currency: Currency
    to_currency: Currency
    valid_from: Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
    rate: Annotated[Decimal, BeforeValidator(_read_decimal), Field(gt=0, le=Decimal("1e12"), allow_inf_nan=False)]
    note: Annotated[str, StringConstraints(max_length=500, pattern=_NO_NUL)] = Field(
        default="", description="Where the org has it from."
    )


class MatchedRoyalties(BaseModel):
    matched: int = Field(description="Lines that now have a recording, release or artist that they had not.")
