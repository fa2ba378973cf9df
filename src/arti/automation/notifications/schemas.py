"""Public shapes of notifications, their settings, and subscriptions."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field, model_validator

from arti.automation.notifications.subscriptions import SubscriptionFrequency, SubscriptionPart
from arti.language.reader_locale import TimeZone
from arti.orgs.schemas import Body
from arti.vocabulary import Severity

Hour = Annotated[int, Field(ge=0, le=23)]
DigestFrequency = Literal["off", "daily", "weekly"]


class NotificationSettings(Body):
    """What a member or a channel gets, and when. Hours and days are of `time_zone`."""

    frequency: DigestFrequency = Field("off", description="How often a digest comes.")
    weekday: int | None = Field(
        None, ge=1, le=7, description="Of a weekly digest; 1 is Monday. Null: the first day of the reader's week."
    )
    hour: Hour = 8
    time_zone: TimeZone = "UTC"
    by_mail: bool = Field(True, description="Of a member: the digest comes by mail too, not only in the app.")
    at_once: Literal["off", "important", "all"] = Field("off", description="Of a member: mails about single stories.")
    min_severity: Severity = Severity.NOTICE
    artist_ids: list[UUID] = Field(default=[], max_length=500, description="None: all that may be seen.")
    cc: list[EmailStr] = Field(default=[], max_length=10, description="Who gets a copy of the digest by mail.")
    quiet_from: Hour | None = Field(None, description="Messages wait from this hour on ...")
    quiet_to: Hour | None = Field(None, description="... until this one. Null: never.")

    @model_validator(mode="after")
    def _close_quiet_hours(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_to is None):
            raise ValueError("Quiet hours have a beginning and an end.")
        if self.quiet_from is not None and self.quiet_from == self.quiet_to:
            raise ValueError("Quiet hours begin and end at different hours.")
        return self


class Notification(BaseModel):
    """One entry behind the bell. `path`: the page of the web app that it leads to."""

    id: UUID
    kind: Literal["story", "account", "digest"]
    title: str
    detail: str
    artist_name: str | None
    provider: str | None
    severity: Severity | None
    is_fall: bool
    path: str
    created_at: datetime
    read_at: datetime | None


class UnreadNotifications(BaseModel):
    count: int = Field(description="100 stands for 100 or more.")


class NotificationReads(Body):
    """Which notifications are read. Without ids: all."""

    ids: list[UUID] | None = Field(None, min_length=1, max_length=100)
    read: bool = True


class Subscription(BaseModel):
    """What the link of a mail is for, and how often it comes."""

    org_name: str
    language: str
    part: SubscriptionPart
    frequency: SubscriptionFrequency
    choices: list[SubscriptionFrequency]


class SubscriptionChange(Body):
    frequency: SubscriptionFrequency
