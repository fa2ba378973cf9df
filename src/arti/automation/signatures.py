"""Signatures of webhooks, over the raw bytes. Pure. Comparisons take constant time.

Standard Webhooks signatures are computed by the `standardwebhooks` library in both directions. Its own `verify` is not
used: it reads another clock, and it accepts a second spelling of a timestamp ("1e9") or of a signature's base64.
Slack and Meta have formats of their own.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

TOLERANCE_SECONDS = 300
MAX_SIGNATURES = 10
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,11}")


def sign_standard(secret: str, *, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers of a Standard Webhooks call. `secret` is whsec_ and base64; `body` is UTF-8."""
    signature = Webhook(secret).sign(id, datetime.fromtimestamp(timestamp, UTC), body.decode())
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": signature}


def verify_standard(secret: str, *, id: str, timestamp: str, signatures: str, body: bytes, now: float) -> bool:
    """Return whether one of the space-separated `signatures` is right and `timestamp` is within the tolerance."""
    if not _ID.fullmatch(id) or not is_recent(timestamp, now=now):
        return False
    try:
        expected = sign_standard(secret, id=id, timestamp=int(timestamp), body=body)
    except UnicodeDecodeError:
        return False
    return _any_equals(signatures.split(" "), expected["webhook-signature"]) and str(int(timestamp)) == timestamp


def verify_slack(secret: str, *, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Check Slack's `v0=` signature: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    if not is_recent(timestamp, now=now):
        return False
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return _any_equals([signature], f"v0={digest}")


def verify_meta(secret: str, *, signature: str, body: bytes) -> bool:
    """Check Meta's X-Hub-Signature-256, an HMAC of the raw body under the app secret. It covers no timestamp."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _any_equals([signature], f"sha256={digest}")


def equal_secrets(first: str, second: str) -> bool:
    """Compare two secrets in constant time, whatever their lengths."""
    return hmac.compare_digest(hashlib.sha256(first.encode()).digest(), hashlib.sha256(second.encode()).digest())


def is_recent(timestamp: str, *, now: float) -> bool:
    """Return whether a timestamp in seconds is within the tolerance."""
    return bool(_SECONDS.fullmatch(timestamp)) and abs(now - int(timestamp)) <= TOLERANCE_SECONDS


def _any_equals(signatures: Sequence[str], expected: str) -> bool:
    # The text is compared and not what it decodes to, so that each signature has one spelling only.
    matches = [
        hmac.compare_digest(signature.encode("utf-8", "surrogateescape"), expected.encode())
        for signature in signatures[:MAX_SIGNATURES]
    ]
    return any(matches)
