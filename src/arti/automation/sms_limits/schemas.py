"""Public shapes of the limits of SMS."""

from datetime import date

from pydantic import BaseModel, Field

from arti.orgs.schemas import Body

Dollars = float


class SmsUse(BaseModel):
    """What SMS the org sent this month. Money is in US dollars, by the operator's price."""

    configured: bool = Field(description="Whether the operator has configured Twilio; else SMS go to the mailbox.")
    month: date
    messages: int
    parts: int = Field(description="What is charged: up to 160 characters, of a longer one 153 each.")
    spent: Dollars
    price: Dollars = Field(description="Of one part.")
    refused: int = Field(description="Messages that a limit refused this month. They wait among the deliveries.")
    message_limit: int
    monthly_limit: Dollars
    highest_message_limit: int = Field(description="The operator's: no org may choose a higher one.")
    highest_limit: Dollars
    at_limit: bool = Field(description="Whether a message of one part would be refused.")


class SmsLimits(Body):
    """How many SMS the org wants to send in a month, and for how much. Null: as the operator allows."""

    message_limit: int | None = Field(ge=0, le=1_000_000)
    monthly_limit: Dollars | None = Field(ge=0, le=1_000_000)
