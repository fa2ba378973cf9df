"""What every channel gets and gives back. A channel makes one call and says how it ended; it never retries."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal
from uuid import UUID

from arti_core.backoff import parse_retry_after
from arti_core.clock import now
from arti_core.http_client import HttpResponse


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message on its way. `address` is in clear: a URL, a phone number or an e-mail address."""

    org_id: UUID
    delivery_id: UUID
    attempt: int
    address: str
    signing_secret: str
    subject: str
    body: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """How one try ended.

    sent: the other side has it. later: it surely has not, trying again may help. refused: trying again will not help.
    gone: refused, and so will be everything else sent there. unknown: it may have arrived.
    """

    state: Literal["sent", "later", "refused", "gone", "unknown"]
    response_status: int | None = None
    error: str | None = None
    retry_after_seconds: float = 0.0


def classify_response(answer: HttpResponse) -> DeliveryResult:
    """Return what an answer to a webhook call means: 2xx is success, 410 is goodbye, all else is tried again."""
    if HTTPStatus(200) <= answer.status < 300:
        return DeliveryResult("sent", answer.status)
    error = f"The receiver answered {answer.status}."
    if answer.status == HTTPStatus.GONE:
        return DeliveryResult("gone", answer.status, "The receiver answered 410: it is gone for good.")
    return DeliveryResult("later", answer.status, error, parse_retry_after(answer.headers, now=now()) or 0.0)
