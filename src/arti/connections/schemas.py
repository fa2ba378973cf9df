"""Public shapes of connected accounts and sync runs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, StringConstraints

from arti.language.messages.reader import ReaderText
from arti.vocabulary import Provider

Status = Literal["active", "needs_reauth", "paused", "disconnected"]
RunKind = Literal["backfill", "nightly", "manual"]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class Account(BaseModel):
    """An account at a provider, linked to an artist."""

    id: UUID
    artist_id: UUID
    artist_name: str
    provider: Provider
    external_id: str
    display_name: str
    url: str | None
    status: Status
    scopes: list[str]
    token_expires_at: datetime | None
    consent_expires_at: datetime | None = Field(description="When a person must authorize again, if ever.")
    last_sync_at: datetime | None
    last_success_at: datetime | None
    next_sync_at: datetime | None
    last_error_class: str | None
    last_error_message: ReaderText | None
    missing_days: int = Field(description="Days of the last 90 that the provider did not report.")
    created_at: datetime


class ConnectRequest(BaseModel):
    provider: Provider
    artist_id: UUID
    return_to: str = Field(default="/accounts/", max_length=300, description="Path in the web app to return to.")
    profile_url: str | None = Field(
        default=None,
        max_length=300,
        description="The artist's page, where a sign-in does not name it.",
    )


class ConnectAnswer(BaseModel):
    authorize_url: str


class Consent(BaseModel):
    """What the provider answered, as the callback hands it to the web app."""

    state: str = Field(max_length=100)
    code: str = Field(min_length=1, max_length=4096)


class ConnectedAccount(BaseModel):
    account_id: UUID
    provider: Provider
    return_to: str = Field(description="Path in the web app, as the consent was started with.")


class SyncRequested(BaseModel):
    job_id: UUID


class SyncGap(BaseModel):
    """Days that the provider did not report."""

    series: str
    from_: date = Field(alias="from")
    to: date


class SyncRun(BaseModel):
    id: UUID
    account_id: UUID
    kind: RunKind
    status: Literal["running", "succeeded", "partial", "failed"]
    job_id: UUID | None
    started_at: datetime
    finished_at: datetime | None
    pages: int
    calls: int = Field(description="Calls to the provider that count against its budget.")
    observations_new: int
    observations_restated: int
    gaps: list[SyncGap]
    error_class: str | None
    error_message: ReaderText | None


class ProviderApp(BaseModel):
    """The OAuth app that an org registered at a provider."""

    client_id: Text
    client_secret: SecretStr = Field(min_length=1, max_length=500)


class ProviderAppSaved(BaseModel):
    provider: Provider
    client_id: str


class Quota(BaseModel):
    """The app's remaining calls of the day, as counted in this org."""

    left: int
    limit: int
    resets_at: datetime


class AccountCounts(BaseModel):
    active: int
    needs_reauth: int
    paused: int


class ProviderHealth(BaseModel):
    provider: Provider
    mode: Literal["simulator", "real"]
    reachable: bool | None = Field(description="Null: not checked yet.")
    credentials: bool = Field(description="Whether this org has an OAuth app for the provider.")
    quota: Quota | None = Field(
        description="Null: the provider publishes no quota, or you see some of its accounts only."
    )
    accounts: AccountCounts
    last_success_at: datetime | None
    last_error_class: str | None
    checked_at: datetime
