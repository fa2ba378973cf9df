"""How webhooks are signed: pure functions over the raw bytes. Every comparison takes the same time, right or wrong.

Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence

TOLERANCE_SECONDS = 300
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,12}")


def sign_standard(secret: str, *, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """Return the three headers of a Standard Webhooks call. `secret` is whsec_ and base64."""
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": _standard_signature(secret, id, str(timestamp), body),
    }


def _standard_signature(secret: str, id: str, timestamp: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def verify_standard(secret: str, *, id: str, timestamp: str, signatures: str, body: bytes, now: float) -> bool:
    """Say whether one of the space-separated `signatures` is right and `timestamp` is within the tolerance."""
    if not _ID.fullmatch(id) or not _is_fresh(timestamp, now):
        return False
    expected = _standard_signature(secret, id, timestamp, body)
    return _one_equals(signatures.split(" "), expected)


def verify_slack(secret: str, *, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """Check Slack's `v0=` signature: https://docs.slack.dev/authentication/verifying-requests-from-slack."""
    if not _is_fresh(timestamp, now):
        return False
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return _one_equals([signature], f"v0={digest}")


def verify_meta(secret: str, *, signature: str, body: bytes) -> bool:
    """Check Meta's X-Hub-Signature-256, an HMAC of the raw body under the app secret. It carries no time."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return _one_equals([signature], f"sha256={digest}")


def same_secret(given: str, expected: str) -> bool:
    """Compare two secrets in a time that tells nothing about either."""
    return hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(expected.encode()).digest())


def _is_fresh(timestamp: str, now: float) -> bool:
    return bool(_SECONDS.fullmatch(timestamp)) and abs(now - int(timestamp)) <= TOLERANCE_SECONDS


def _one_equals(given: Sequence[str], expected: str) -> bool:
    # The whole text is compared, not its decoding: no second spelling of a signature passes.
    found = [hmac.compare_digest(one.encode("utf-8", "surrogateescape"), expected.encode()) for one in given[:10]]
    return any(found)
