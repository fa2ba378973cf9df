"""Public shapes of the use of a language model."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText

Dollars = float


class ModelUse(BaseModel):
    """What the operator configured, and what the org used of it this month. Money is in US dollars."""

    configured: bool = Field(description="Whether a model chooses and orders the clauses of insights; else ARTi does.")
    model: str
    input_price: Dollars = Field(description="Of a million tokens.")
    output_price: Dollars = Field(description="Of a million tokens.")
    month: date
    monthly_limit: Dollars
    highest_limit: Dollars = Field(description="The operator's: no org may choose a higher one.")
    spent: Dollars
    at_limit: bool = Field(description="Whether the next call would pass the limit, so that ARTi chooses by itself.")
    calls: int
    input_tokens: int
    output_tokens: int
    failures: int
    last_error: ReaderText | None
    last_error_at: datetime | None
    tested_at: datetime | None
    test_error: ReaderText | None = Field(description="Null: the last test passed, or there was none.")


class ModelLimit(BaseModel):
    """How much the org wants to spend in a month."""

    monthly_limit: Dollars | None = Field(ge=0, le=1_000_000, description="Null: as much as the operator allows.")
