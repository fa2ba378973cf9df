"""Public schemas of campaigns. Money is in minor units (cents) of the campaign's currency."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.campaigns.lift.schemas import LiftSummary
from arti.language.messages.reader import ReaderText
from arti.metrics.schemas import DefinitionBreak

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217.")]
# Bounds that keep arithmetic on days in range.
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2200, 1, 1))]
Slug = Annotated[str, Field(max_length=100)]
Minor = Annotated[int, Field(ge=0, le=10**15)]


class NewCampaign(BaseModel):
    artist_id: UUID
    name: str = Field(min_length=1, max_length=200)
    goal_metric: Slug
    goal_provider: Slug
    goal_target: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="The target: a sum of daily values, a gain of a running total, or an average.",
    )
    budget_minor: Minor | None = None
    currency: Currency | None = None
    starts_on: Day
    ends_on: Day
    notes: str = Field(default="", max_length=10_000)


class CampaignChange(BaseModel):
    """Fields that are left out stay as they are."""

    name: str | None = Field(default=None, min_length=1, max_length=200)
    goal_metric: Slug | None = None
    goal_provider: Slug | None = None
    goal_target: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    budget_minor: Minor | None = None
    currency: Currency | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    notes: str | None = Field(default=None, max_length=10_000)


class NewCost(BaseModel):
    spent_on: Day
    amount_minor: Minor
    note: str = Field(default="", max_length=500)


class Cost(BaseModel):
    id: UUID
    spent_on: date
    amount_minor: int
    note: str


class Campaign(BaseModel):
    id: UUID
    artist_id: UUID
    artist_name: str
    name: str
    goal_metric: str
    goal_metric_name: str
    goal_unit: str
    goal_provider: str
    goal_target: float | None = Field(description="Null for those who do not see money where the goal is money.")
    budget_minor: int | None
    currency: str | None
    spent_minor: int | None
    money_null_reason: ReaderText | None = Field(description="Why amounts are null although there may be some.")
    starts_on: date
    ends_on: date
    state: Literal["planned", "running", "ended"] = Field(description="By today's date in UTC.")
    notes: str
    created_at: datetime
    lift: LiftSummary


class CampaignDetail(Campaign):
    costs: list[Cost] | None = Field(description="Null, with `money_null_reason`, for those who do not see money.")


class WindowResult(BaseModel):
    """The goal metric in one window of days, both ends included."""

    from_on: date = Field(alias="from", serialization_alias="from")
    to_on: date = Field(alias="to", serialization_alias="to")
    days: int
    days_with_data: int
    value: float | None = Field(description="Null when a day of the window has no data.")
    null_reason: ReaderText | None


class UnbrokenResult(BaseModel):
    """The same comparison by the metric that goes on with the meaning from before a change of definition."""

    metric: str
    name: str
    unit: str
    series_id: UUID
    before: WindowResult
    during: WindowResult
    after: WindowResult | None
    change: float | None
    change_percent: float | None


class CampaignResult(BaseModel):
    """The goal metric before, during and after a campaign. A comparison, not evidence of a cause."""

    metric: str
    unit: str
    provider: str
    basis: Literal["sum", "gain", "mean"] | None = Field(description="How the days became one value.")
    series_id: UUID | None
    source: str
    before: WindowResult
    during: WindowResult
    after: WindowResult | None = Field(description="Null while the campaign runs.")
    change: float | None = Field(description="During minus before, in windows of equal length.")
    change_percent: float | None
    definition_break: DefinitionBreak | None = Field(
        description="The latest change of what the provider counts within these days. Nothing is compared across it."
    )
    unbroken: UnbrokenResult | None = Field(description="By the metric that goes on, where there is one with data.")
    goal_target: float | None
    goal_progress_percent: float | None
    spent_minor: int | None
    money_null_reason: ReaderText | None
    currency: str | None
    note: ReaderText
