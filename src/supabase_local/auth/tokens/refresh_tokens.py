"""Refresh tokens of the counter form, GoTrue's version 2: one key and one counter a session, no table of tokens.

A token is base64url( 0x00 | session id, 16 bytes | counter, uvarint | HMAC-SHA256, 16 bytes | SHA-256, 4 bytes ).
The MAC key is derived from the session's stored key and a key of the installation, so that a stolen copy of the
database yields no tokens.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

_VERSION = 0
_MAC_BYTES = 16
_CHECK_BYTES = 4
_MAX_CHARACTERS = 120


@dataclass(frozen=True, slots=True)
class RefreshToken:
    session_id: UUID
    counter: int
    signed: bytes
    mac: bytes


class RefreshTokens:
    """Encodes with the installation's first key and verifies with each.

    A session's stored key names the version of the installation's key under which its latest token was made, as
    `2.KEY`; without a number it is 1. So it is known which sessions end when a version is removed.
    """

    def __init__(self, installation_keys: Callable[[], Mapping[int, bytes]]) -> None:
        """`installation_keys` returns the keys by version, the one that is used first."""
        self._installation_keys = installation_keys

    def new_key(self) -> str:
        """Return a key for a new session, in the form that auth.sessions stores."""
        return self.renew_key(base64.b64encode(secrets.token_bytes(32)).decode())

    def renew_key(self, stored_key: str) -> str:
        """Return the stored key of a session that gets a new token now."""
        version, key = next(iter(self._installation_keys())), stored_key.rpartition(".")[2]
        return key if version == 1 else f"{version}.{key}"

    def encode(self, session_id: UUID, counter: int, stored_key: str) -> str:
        signed = bytes([_VERSION]) + session_id.bytes + _uvarint(counter)
        body = signed + _mac(next(iter(self._installation_keys().values())), signed, stored_key)
        return base64.urlsafe_b64encode(body + _check(body)).rstrip(b"=").decode()

    def is_genuine(self, token: RefreshToken, stored_key: str) -> bool:
        keys = self._installation_keys().values()
        return any(hmac.compare_digest(token.mac, _mac(key, token.signed, stored_key)) for key in keys)


def parse_refresh_token(text: str) -> RefreshToken | None:
    """Return the parts of a token, not yet verified; None for a malformed one."""
    if len(text) > _MAX_CHARACTERS or not text.isascii():
        return None
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != text:  # only the canonical encoding is accepted
        return None
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    signed, mac = body[:-_MAC_BYTES], body[-_MAC_BYTES:]
    if len(signed) < 18 or signed[0] != _VERSION or not hmac.compare_digest(check, _check(body)):
        return None
    counter = _read_uvarint(signed[17:])
    if counter is None:
        return None
    return RefreshToken(UUID(bytes=signed[1:17]), counter, signed, mac)


def _mac(installation_key: bytes, signed: bytes, stored_key: str) -> bytes:
    key = hmac.digest(installation_key, stored_key.rpartition(".")[2].encode(), "sha256")
    return hmac.digest(key, signed, "sha256")[:_MAC_BYTES]


def _check(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()[:_CHECK_BYTES]


def _uvarint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def _read_uvarint(raw: bytes) -> int | None:
    """Return the number of a canonical uvarint, or None."""
    number = sum((byte & 0x7F) << (7 * place) for place, byte in enumerate(raw))
    return number if _uvarint(number) == raw and number < 2**63 else None
