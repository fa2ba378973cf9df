"""The nine classes of failure that a provider's response is mapped to, and one for a response outside its contract."""

from http import HTTPStatus
from typing import ClassVar

from arti.providers.states import NOT_REPORTED, TOO_FEW
from arti_core.errors import ArtiError


class ProviderError(ArtiError):
    """A request to a provider failed. The class says who has to act; the message is safe to show."""

    code = "provider_error"
    status = HTTPStatus.BAD_GATEWAY
    error_class: ClassVar[str] = "transient"


class ProviderTokenExpired(ProviderError):
    """The access token is no longer accepted. Refresh it and retry once."""

    error_class = "token_expired"


class ReauthRequired(ProviderError):
    """The authorization was revoked or has expired: only the artist's team can renew it."""

    error_class = "reauth_required"


class PermissionMissing(ProviderError):
    """A scope was not granted. The message names it where the provider does."""

    error_class = "permission_missing"


class PlanBlocked(ProviderError):
    """The app itself lacks access: whoever registered it has to act."""

    error_class = "plan_blocked"


class ProviderRateLimited(ProviderError):
    """Too many requests. Retry after `retry_after_seconds`."""

    error_class = "rate_limited"


class QuotaExhausted(ProviderError):
    """The app's quota is used up until the provider resets it."""

    error_class = "quota_exhausted"


class UnsupportedMetric(ProviderError):
    """The provider does not have this metric for this object. Skip it."""

    error_class = "unsupported_metric"


class NoData(ProviderError):
    """There is no data yet: stored as null with the reason `state`."""

    error_class = "no_data"
    state: ClassVar[str] = NOT_REPORTED


class TooFewPeople(NoData):
    """Too few people for the provider to show numbers."""

    state = TOO_FEW


class Transient(ProviderError):
    """A temporary failure on the provider's side. Retry later."""

    error_class = "transient"


class ProviderContractBroken(ProviderError):
    """A response lacks what the connector needs: the provider changed its API."""

    error_class = "contract_broken"
