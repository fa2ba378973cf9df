"""Codes of authenticator apps (TOTP, RFC 6238): SHA-1, 6 digits, 30 seconds, as apps expect."""

import base64
import hmac
import io
import secrets
from urllib.parse import quote, urlencode

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
PERIOD_SECONDS = 30
_SECRET_BYTES = 20
_SKEW_STEPS = 1


def new_secret() -> str:
    """Return 160 random bits in base32."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def key_uri(secret: str, *, issuer: str, account: str) -> str:
    """Return the otpauth:// URI of a secret."""
    query = {
        "algorithm": "SHA1",
        "digits": DIGITS,
        "issuer": issuer,
        "period": PERIOD_SECONDS,
        "secret": secret,
    }
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='@')}?{urlencode(query, quote_via=quote)}"


def qr_svg(text: str) -> str:
    """Return a QR code as SVG. Contains no `#`: clients embed it in a data URL unescaped."""
    image = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        image, kind="svg", scale=4, xmldecl=False, nl=False, dark="black", light="white"
    )
    return image.getvalue().decode().replace('"#000"', '"black"').replace('"#fff"', '"white"')


def find_step(secret: str, code: str, *, at: float) -> int | None:
    """Return the number of the time step that `code` belongs to, one step early or late; None for a wrong code."""
    generator = TOTP(base64.b32decode(secret), DIGITS, SHA1(), PERIOD_SECONDS)  # noqa: S303  # the algorithm of authenticator apps
    now = int(at) // PERIOD_SECONDS
    matching = None
    for step in range(now - _SKEW_STEPS, now + _SKEW_STEPS + 1):
        if hmac.compare_digest(generator.generate(step * PERIOD_SECONDS), code.encode()):
            matching = step
    return matching
