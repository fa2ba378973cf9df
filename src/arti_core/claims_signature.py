"""Signatures of claims: what the policies of the database believe.

Every session can set `request.jwt.claims`, so a statement that somebody injects could name any user. Each transaction
therefore sets a signature too, which the database checks with a key that no role of a request can read. It is valid for
one backend, role and job, in transactions that begin within a minute (docs/adr/0029-signed-claims.md).
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import asyncpg
import orjson

from arti_core import clock
from arti_core.builtin_types import SharedTypesConnection
from arti_core.errors import Misconfigured
from arti_core.text_cache import cache_short

_BLOCK_BYTES: Final = 64
_PURPOSE: Final = b"signature of claims"


class SigningConnection(SharedTypesConnection):
    """A connection that knows how to sign claims for its own backend."""

    __slots__ = ("signer",)
    signer: "ClaimsSigner | None"
    pooled = False  # whether each transaction may run in another backend


class ClaimsSigner:
    """Signs claims for the backend of one connection."""

    def __init__(self, key: bytes, backend_pid: int, server_time: float) -> None:
        # HMAC as the database computes it. One that is begun once costs a third of hmac.digest.
        self._inner, self._outer = (hashlib.sha256(block) for block in _blocks(key))
        self._backend_pid = backend_pid
        # Of the server's real time and ours: their clocks need not agree.
        self._ahead = server_time - clock.real_timestamp()

    def move_to(self, backend_pid: int) -> None:
        """Sign for another backend of the same server from now on."""
        self._backend_pid = backend_pid

    def sign(self, claims: str, *, role: str, job_org_id: str = "") -> str:
        """Return the setting app.claims_signature: the signature, the time, and the user of the claims."""
        of_whom = f"{int(clock.real_timestamp() + self._ahead)} {_user_of(claims)}"
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(f"{self._backend_pid}\n{of_whom}\n{role}\n{job_org_id}\n{claims}".encode())
        outer.update(inner.digest())
        return f"{outer.hexdigest()} {of_whom}"


async def read_signer(connection: "asyncpg.Connection[asyncpg.Record]", keys: str) -> ClaimsSigner:
    """Return the signer of `connection` with the first of `keys`. Raises Misconfigured."""
    row = await connection.fetchrow(
        "select pg_backend_pid() as pid, extract(epoch from clock.wall_now() - clock.ahead())::float8 as at"
    )
    assert row is not None  # a select without from has one row
    return ClaimsSigner(parse_keys(keys)[0], row["pid"], row["at"])


def parse_keys(text: str) -> list[bytes]:
    """Return the keys of CLAIMS_SIGNING_KEY: the first signs, each is accepted. Raises Misconfigured."""
    try:
        keys = [base64.b64decode(part.strip(), validate=True) for part in text.split(",")]
    except (binascii.Error, ValueError):
        keys = []
    if not keys or any(len(key) != 32 for key in keys):
        raise Misconfigured(
            "CLAIMS_SIGNING_KEY must be 32 bytes in base64, or several with commas. Make one with ./arti keys."
        )
    return keys


def derive_key(secret: str) -> str:
    """Return a CLAIMS_SIGNING_KEY made from a secret, of which it tells nothing."""
    return base64.b64encode(hmac.digest(secret.encode(), _PURPOSE, "sha256")).decode()


async def store_keys(
    connection: "asyncpg.Connection[asyncpg.Record]", keys: str, *, unsigned_logins: Sequence[str] = ()
) -> None:
    """Let the database accept signatures of `keys` alone, as the owner of its schema.

    `unsigned_logins`: whose claims count unsigned, those of another Supabase's own services.
    """
    blocks = [_blocks(key) for key in parse_keys(keys)]
    async with connection.transaction():
        await connection.execute("delete from claims.signing_keys; delete from claims.unsigned_logins")
        await connection.executemany(
            "insert into claims.signing_keys (inner_block, outer_block) values ($1, $2)", blocks
        )
        await connection.execute(
            "insert into claims.unsigned_logins (login) select unnest($1::text[])", list(unsigned_logins)
        )


def _blocks(key: bytes) -> tuple[bytes, bytes]:
    padded = key.ljust(_BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in padded), bytes(byte ^ 0x5C for byte in padded)


@cache_short(maxsize=4096)
def _user_of(claims: str) -> str:
    """Return the user that the claims name, so that the database need not read the JSON; empty for none."""
    subject = orjson.loads(claims).get("sub") if claims else None
    try:
        return str(UUID(subject)) if isinstance(subject, str) else ""
    except ValueError:
        return ""
