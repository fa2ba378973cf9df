"""n8n, or any receiver of signed webhooks: Standard Webhooks headers, and a JWT that n8n checks before it starts."""

import hashlib
from collections.abc import Mapping

import jwt
import orjson

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage, classify_response
from arti.automation.signatures import sign_standard
from arti.settings import Settings
from arti_core import clock
from arti_core.http_client import OutboundClient
from arti_core.tenant_client import ReceiverFailed, TenantClient, TenantUrl

TOKEN_SECONDS = 60
# Where the template in n8n/ listens, below <the URL of n8n>/webhook/.
WEBHOOK_PATH = "arti/events"


def build_address(settings: Settings, path: str) -> str:
    """Return the address of a workflow of the operator's n8n. `path` is what the operator registered."""
    return f"{settings.n8n_url.rstrip('/')}/webhook/{path}"


async def send(
    http_client: OutboundClient,
    tenant_client: TenantClient,
    message: OutboundMessage,
    destination: Destination,
    *,
    attempt: int,
    timeout_seconds: float,
) -> DeliveryResult:
    """Post the event. `webhook-id` is the delivery's id at every attempt, so the receiver recognises a repetition."""
    body = orjson.dumps(message.payload)
    sent_at = int(clock.timestamp())
    token = _make_token(message, destination.signing_secret, body, attempt=attempt, sent_at=sent_at)
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {token}",
        **sign_standard(destination.signing_secret, id=str(message.delivery_id), timestamp=sent_at, body=body),
    }
    if destination.tenant_url is not None:
        return await _send_to_tenant(tenant_client, destination.tenant_url, body, headers)
    return classify_response(
        await http_client.call(
            "POST", destination.address, content=body, headers=headers, timeout_seconds=timeout_seconds
        )
    )


async def _send_to_tenant(
    tenant_client: TenantClient, url: TenantUrl, body: bytes, headers: Mapping[str, str]
) -> DeliveryResult:
    """Return one and the same result for every failure but 410, by which a receiver asks for no more messages."""
    try:
        return DeliveryResult("sent", await tenant_client.post(url, content=body, headers=headers))
    except ReceiverFailed as error:
        if error.gone:
            return DeliveryResult("gone", error="The receiver wants no more messages (410).")
        return DeliveryResult("later", error=error.message, retry_after_seconds=error.retry_after_seconds or 0.0)


def _make_token(message: OutboundMessage, signing_secret: str, body: bytes, *, attempt: int, sent_at: int) -> str:
    """Return a short-lived HS256 token with the body's hash. Its key is the signing secret, with its whsec_ prefix."""
    claims = {
        "iss": "arti",
        "aud": str(message.org_id),
        "iat": sent_at,
        "exp": sent_at + TOKEN_SECONDS,
        "jti": f"{message.delivery_id}.{attempt}",
        "bsha256": hashlib.sha256(body).hexdigest(),
    }
    return jwt.encode(claims, signing_secret, algorithm="HS256")
