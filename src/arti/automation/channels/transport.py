"""What every transport takes and returns. A transport makes one call and reports the result; it never retries."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal, NamedTuple
from uuid import UUID

from arti_core.backoff import parse_retry_after
from arti_core.clock import now
from arti_core.http_client import HttpResponse
from arti_core.tenant_client import TenantUrl


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message, rendered for one channel: a row of `deliveries`, without its state.

    `payload` is what a webhook or a Slack channel receives; for mail it holds the HTML.
    """

    org_id: UUID
    delivery_id: UUID
    kind: str
    subject: str
    body: str
    payload: Mapping[str, Any]


class Destination(NamedTuple):
    """Where a channel sends, in clear. Only n8n has a signing secret.

    `address`: a phone number, an e-mail address, or a URL built from the operator's settings. `tenant_url` instead:
    what a tenant entered, which only the tenant client may call.
    """

    address: str = ""
    signing_secret: str = ""
    tenant_url: TenantUrl | None = None


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The result of one attempt.

    sent: the receiver has the message. later: it certainly does not have it, and another attempt may work.
    refused: another attempt will not help. gone: refused, and so will be every other message to this channel.
    unknown: it may have arrived.
    """

    state: Literal["sent", "later", "refused", "gone", "unknown"]
    response_status: int | None = None
    error: str | None = None
    retry_after_seconds: float = 0.0


def classify_response(response: HttpResponse) -> DeliveryResult:
    """Return the result for the response to a webhook call: 2xx is success, 410 is final, all else is retried."""
    if HTTPStatus(200) <= response.status < 300:
        return DeliveryResult("sent", response.status)
    if response.status == HTTPStatus.GONE:
        return DeliveryResult("gone", response.status, "The receiver answered 410 (gone).")
    return DeliveryResult(
        "later",
        response.status,
        f"The receiver answered {response.status}.",
        parse_retry_after(response.headers, now=now()) or 0.0,
    )
