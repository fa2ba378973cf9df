"""n8n, or any receiver of signed webhooks: Standard Webhooks headers, and a JWT that n8n checks before it starts."""

import hashlib
import time

import jwt
import orjson

from arti.automation.channels.contract import Letter, Outcome, judge
from arti.automation.signatures import sign_standard
from arti.base.http import Outside

TOKEN_SECONDS = 60
# Where the template in n8n/ listens, below the URL of n8n.
WEBHOOK_PATH = "webhook/arti/events"


async def send(outside: Outside, letter: Letter, *, timeout_seconds: float) -> Outcome:
    """Post the event. `webhook-id` is the delivery's id at every try, so that the receiver can tell a repetition."""
    body = orjson.dumps(letter.payload)
    sent_at = int(time.time())
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Bearer {_token(letter, body, sent_at)}",
        **sign_standard(letter.signing_secret, id=str(letter.delivery_id), timestamp=sent_at, body=body),
    }
    return judge(
        await outside.call("POST", letter.address, content=body, headers=headers, timeout_seconds=timeout_seconds)
    )


def _token(letter: Letter, body: bytes, sent_at: int) -> str:
    """Return a short-lived HS256 token over the body's hash; the passphrase is the signing secret as it is written."""
    claims = {
        "iss": "arti",
        "aud": str(letter.org_id),
        "iat": sent_at,
        "exp": sent_at + TOKEN_SECONDS,
        "jti": f"{letter.delivery_id}.{letter.attempt}",
        "bsha256": hashlib.sha256(body).hexdigest(),
    }
    return jwt.encode(claims, letter.signing_secret, algorithm="HS256")
