"""Public schemas of lifts. Percentages are of what was expected without the campaign."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.language.messages.reader import ReaderText

State = Literal["measured", "inconclusive", "open"]


class LiftSummary(BaseModel):
    """What a list says of a campaign's lift."""

    state: State = Field(description="open: not measured yet, because it is not over or its last days are not there.")
    low_percent: float | None
    high_percent: float | None
    text: ReaderText = Field(description="The range, or why there is none, in a few words.")


class LiftReason(BaseModel):
    """Why nothing can be told, or not yet."""

    code: str
    sentence: ReaderText = Field(description="What is wrong, and the way out.")


class LiftDay(BaseModel):
    """One day, or week by its last day. Null: no data."""

    on: date
    actual: float | None
    expected: float
    during: bool


class LiftDonor(BaseModel):
    """Another artist or song in the comparison. One that the caller does not see has no name."""

    artist_id: UUID | None
    artist_name: str | None
    title: str | None = Field(description="Of a song; null: the artist as a whole.")
    weight_percent: float


class LeftOut(BaseModel):
    """Series that were not compared."""

    count: int
    reason: ReaderText


class CampaignLift(BaseModel):
    """What a campaign added to its goal: a 90 % interval made of placebo errors, or why nobody can tell."""

    state: State
    text: ReaderText
    sentences: list[ReaderText]
    reasons: list[LiftReason]
    metric: str
    unit: str
    provider: str
    source: ReaderText
    series_id: UUID | None
    from_on: date | None = Field(alias="from", serialization_alias="from")
    to_on: date | None = Field(alias="to", serialization_alias="to")
    actual: float | None = Field(description="The sum of the days with data.")
    expected: float | None = Field(description="Of the same days, without the campaign.")
    lift_percent: float | None
    low_percent: float | None
    high_percent: float | None
    added_low: float | None = Field(description="`actual` less the highest that was expected.")
    added_high: float | None
    detectable_percent: float | None = Field(description="The lift that would be seen in 8 of 10 such campaigns.")
    spent_minor: int | None
    currency: str | None
    money_null_reason: ReaderText | None
    cost_low_minor: float | None = Field(description="`spent_minor` for each of `added_high`.")
    cost_high_minor: float | None = Field(description="For each of `added_low`; null: it may have added nothing.")
    days: list[LiftDay]
    donors: list[LiftDonor]
    compared: int = Field(description="How many artists and songs could have a weight.")
    left_out: list[LeftOut]
    placebos_percent: list[float] = Field(description="The errors where nothing happened, smallest first.")
    measured_at: datetime | None


class GoalOption(BaseModel):
    """A metric of an artist on a platform that a campaign can aim at."""

    provider: str
    provider_name: str
    metric: str
    name: str
    unit: str
    basis: Literal["sum", "gain"]
    newest_on: date
    measurable: bool = Field(description="false: the platform's terms do not allow a lift from its data.")


class GoalOptions(BaseModel):
    items: list[GoalOption]


class CalibratedMetric(BaseModel):
    """One metric on one platform: two-week windows of the org's artists in which no release and no campaign lay."""

    provider: str
    provider_name: str
    metric: str
    name: str
    windows: int
    answered: int
    held: int = Field(description="Answered windows whose interval held 0, as it should: nothing was added.")
    seen: int = Field(description="Windows in which a quarter more would have been seen.")
    detectable_percent: float | None


class Calibration(BaseModel):
    """How often such intervals were right in the org's own past."""

    windows: int
    answered: int
    coverage_percent: float | None = Field(description="Of the answered: the goal is 90.")
    false_positive_percent: float | None
    inconclusive_percent: float | None
    power_percent: float | None = Field(description="Windows in which a quarter more would have been seen.")
    text: ReaderText
    metrics: list[CalibratedMetric]
    measured_at: datetime | None
