"""n8n, or any receiver of signed webhooks: Standard Webhooks headers, and a JWT that n8n checks before it starts."""

import hashlib

import jwt
import orjson

from arti.automation.channels.contract import DeliveryResult, OutboundMessage, classify_response
from arti.automation.signatures import sign_standard
from arti_core import clock
from arti_core.http_client import OutboundClient

TOKEN_SECONDS = 60
# Where the template in n8n/ listens, below the URL of n8n.
WEBHOOK_PATH = "webhook/arti/events"


async def send(http_client: OutboundClient, outbound: OutboundMessage, *, timeout_seconds: float) -> DeliveryResult:
    """Post the event. `webhook-id` is the delivery's id at every try, so that the receiver can tell a repetition."""
    body = orjson.dumps(outbound.payload)
    sent_at = int(clock.timestamp())
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {_token(outbound, body, sent_at)}",
        **sign_standard(outbound.signing_secret, id=str(outbound.delivery_id), timestamp=sent_at, body=body),
    }
    return classify_response(
        await http_client.call("POST", outbound.address, content=body, headers=headers, timeout_seconds=timeout_seconds)
    )


def _token(outbound: OutboundMessage, body: bytes, sent_at: int) -> str:
    """Return a short-lived HS256 token over the body's hash; the passphrase is the signing secret as it is written."""
    claims = {
        "iss": "arti",
        "aud": str(outbound.org_id),
        "iat": sent_at,
        "exp": sent_at + TOKEN_SECONDS,
        "jti": f"{outbound.delivery_id}.{outbound.attempt}",
        "bsha256": hashlib.sha256(body).hexdigest(),
    }
    return jwt.encode(claims, outbound.signing_secret, algorithm="HS256")
