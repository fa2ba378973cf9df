"""Codes and tokens of the simulators: signed and self-contained, so that they are valid after a restart."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import asdict, dataclass, field

import orjson

from arti_core import clock
from provider_simulators.providers import SimulatedProvider


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code or token grants. Times are seconds since 1970; `expires_at` 0 means never."""

    kind: str  # code, access, refresh
    provider: str
    account: str
    scopes: tuple[str, ...]
    expires_at: int = 0
    consented_at: float = 0.0
    challenge: str = ""
    redirect_uri: str = ""
    nonce: str = field(default_factory=lambda: secrets.token_hex(6))

    @property
    def expired(self) -> bool:
        return 0 < self.expires_at <= clock.timestamp()


class TokenCodec:
    """Signs and verifies tokens with a key derived from the seed."""

    def __init__(self, seed: int) -> None:
        # Tokens of existing data directories are signed with this key.
        self._key = hashlib.sha256(f"twin-{seed}".encode()).digest()

    def make(self, grant: Grant) -> str:
        body = base64.urlsafe_b64encode(orjson.dumps(asdict(grant))).decode().rstrip("=")
        return f"{body}.{self._sign(body)}"

    def read(self, token: str, *, kind: str, provider: SimulatedProvider) -> Grant | None:
        """Return the grant of a token, or None when it is not valid for this use. Does not check expiry."""
        body, _, signature = token.partition(".")
        if not hmac.compare_digest(signature, self._sign(body)):
            return None
        fields = orjson.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        grant = Grant(**{**fields, "scopes": tuple(fields["scopes"])})
        return grant if (grant.kind, grant.provider) == (kind, provider.value) else None

    def _sign(self, body: str) -> str:
        return base64.urlsafe_b64encode(hmac.digest(self._key, body.encode(), "sha256")[:18]).decode()
