"""What every connector speaks: the shapes it gives, and the nine ways in which a provider says no.

Connectors know their provider and nothing of the database; `arti.metrics` stores these shapes as they are.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias

from arti.vocabulary import Provider
from arti_core.errors import ArtiError

if TYPE_CHECKING:
    from arti.providers.client import ProviderClient

# Where to resume: anything JSON can hold. What is in it is known to the connector that wrote it only.
Cursor: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one metric on one day of the provider's own time zone. Exactly one of value and reason is None."""

    metric: str
    observed_on: date
    value: float | None
    null_reason: str | None = None
    asset_external_id: str | None = None
    dimension: str = ""
    definition: int = 1
    source_row: int | None = None


@dataclass(frozen=True, slots=True)
class AssetSeen:
    """A track, album, video, post or playlist as the provider describes it now."""

    external_id: str
    kind: str
    title: str
    url: str | None = None
    released_on: date | None = None
    isrc: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page of a pull, stored in one transaction together with the cursor that follows it."""

    observations: Sequence[Observation]
    assets: Sequence[AssetSeen]
    cursor: Cursor


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """Whose account a token opens."""

    external_id: str
    display_name: str
    url: str | None


@dataclass(frozen=True, slots=True)
class ProviderTokens:
    """What a consent gave. Times are UTC; `consent_expires_at` is when only a person can renew it."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: datetime | None
    consent_expires_at: datetime | None
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The OAuth app of an org at one provider."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OAuthSpec:
    """How a provider asks a person for consent. `scopes` are the ones without which a sync makes no sense."""

    authorize_url: str
    exchange_url: str
    scopes: tuple[str, ...]
    pkce: bool
    scope_separator: str = " "
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Budget:
    """How many calls a day the provider allows to one host, for the whole app. Reset at the connector's midnight."""

    host: str
    calls_a_day: int


class Connector(Protocol):
    """Our code for one provider."""

    provider: ClassVar[Provider]
    oauth: ClassVar[OAuthSpec]
    hosts: ClassVar[frozenset[str]]  # a token is sent to no other
    time_zone: ClassVar[str]  # in which the provider counts its days
    terms: ClassVar[str]  # the tag of what it gives, see arti.providers.terms
    metrics: ClassVar[frozenset[str]]  # all that it can give; the rest is absent, not zero
    budget: ClassVar[Budget | None]
    probe_url: ClassVar[str]

    async def exchange(
        self, client: "ProviderClient", *, code: str, verifier: str, redirect_uri: str
    ) -> ProviderTokens:
        """Turn the code of a consent into tokens."""
        ...

    async def refresh(self, client: "ProviderClient", tokens: ProviderTokens) -> ProviderTokens:
        """Return fresh tokens. The old refresh token may be spent afterwards."""
        ...

    def refresh_due_at(self, tokens: ProviderTokens) -> datetime | None:
        """Return from when on the tokens should be refreshed, or None when never."""
        ...

    async def identify(self, client: "ProviderClient", *, artist_name: str, profile_url: str | None) -> ProviderAccount:
        """Say whose account the client's token opens."""
        ...

    def pull(
        self, client: "ProviderClient", account_id: str, since: Cursor | None, *, today: date
    ) -> AsyncIterator[ResultPage]:
        """Yield what is new, page by page, from `since`. `today` is the present day in the connector's time zone.

        A cursor that holds "step" is the middle of a pull and resumes there. The same days again give the same
        observations, or restated ones; storing them twice changes nothing.
        """
        ...


class ProviderError(ArtiError):
    """A provider did not give what was asked. The class says who acts; the message is safe to show."""

    code = "provider_error"
    status = HTTPStatus.BAD_GATEWAY
    error_class: ClassVar[str] = "transient"


class ProviderTokenExpired(ProviderError):
    """The access token is no longer taken. Refresh once and ask again."""

    error_class = "token_expired"


class ReauthRequired(ProviderError):
    """The consent is gone: only the artist's team can renew it."""

    error_class = "reauth_required"


class PermissionMissing(ProviderError):
    """A scope was not granted. The message names it where the provider does."""

    error_class = "permission_missing"


class PlanBlocked(ProviderError):
    """The app itself may not do this: a matter for who registered it."""

    error_class = "plan_blocked"


class ProviderRateLimited(ProviderError):
    """Too fast. Waiting `retry_after_seconds` helps."""

    error_class = "rate_limited"


class QuotaExhausted(ProviderError):
    """The app's whole budget is used up until it is reset."""

    error_class = "quota_exhausted"


class UnsupportedMetric(ProviderError):
    """The provider does not have this metric for this thing. Drop it and go on."""

    error_class = "unsupported_metric"


class NoData(ProviderError):
    """There is nothing to show yet: stored as null with a reason."""

    error_class = "no_data"


class Transient(ProviderError):
    """Their trouble, not ours: try again later."""

    error_class = "transient"


class ProviderContractBroken(ProviderError):
    """An answer lacks what the connector needs: the provider changed, and our code must follow."""

    error_class = "contract_broken"
