"""n8n, or any receiver of signed webhooks: Standard Webhooks headers, and a JWT that n8n checks before it starts."""

import hashlib

import jwt
import orjson

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage, classify_response
from arti.automation.signatures import sign_standard
from arti_core import clock
from arti_core.http_client import OutboundClient

TOKEN_SECONDS = 60
# Where the template in n8n/ listens, below the URL of n8n.
WEBHOOK_PATH = "webhook/arti/events"


async def send(
    http_client: OutboundClient,
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
    return classify_response(
        await http_client.call(
            "POST", destination.address, content=body, headers=headers, timeout_seconds=timeout_seconds
        )
    )


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
