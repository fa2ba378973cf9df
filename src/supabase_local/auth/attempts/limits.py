"""Limits of guessing: for an account and an address together, for the account, and for the address.

An attempt is counted before it is evaluated, so that parallel ones are counted too, and forgotten when it succeeds.
Nobody is locked out by others: a single address exhausts its own allowance of an account and not the account's, an
address from which the user has signed in before is exempt from the other two, sessions go on, and a mailed link
signs in. What is unknown is counted as what is known, so that the answer reveals no account.
"""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from uuid import UUID

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth.attempts import store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import too_many_requests

_FIRST_WAIT = 30.0
_MAX_WAIT = 900.0
_KNOWN_FOR = timedelta(days=90)
_NO_USER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Allowance:
    """`free` attempts without a wait; one is forgotten every `leak_seconds`."""

    free: int
    leak_seconds: float


@dataclass(frozen=True, slots=True)
class Kind:
    """Something that is guessed. `successes` are the audit log's actions that make an address known."""

    name: str
    pair: Allowance
    account: Allowance
    address: Allowance
    successes: tuple[str, ...]


_SIGN_INS = ("login", "token_refreshed", "user_signedup")
# Slower than the account forgets: one address alone never exhausts the account's allowance.
_PAIR, _ACCOUNT, _ADDRESS = Allowance(10, 900), Allowance(20, 180), Allowance(30, 60)
PASSWORD = Kind("password", _PAIR, _ACCOUNT, _ADDRESS, _SIGN_INS)
CODE = Kind("code", _PAIR, _ACCOUNT, _ADDRESS, _SIGN_INS)
MAIL = Kind("mail", _PAIR, _ACCOUNT, _ADDRESS, _SIGN_INS)
# Whoever guesses a second factor has signed in with the first one. "verification_attempted" is upstream's success.
FACTOR = Kind("factor", Allowance(5, 900), Allowance(10, 180), _ADDRESS, ("verification_attempted",))


@dataclass(frozen=True, slots=True)
class SignInAttempt:
    """An attempt that is counted. `blocked_seconds` is how long the next one of its kind is blocked, 0 if it is not."""

    kind: Kind
    of_account: tuple[bytes, ...] = ()
    of_address: bytes | None = None
    blocked_seconds: float = 0.0


async def begin_attempt(
    context: AuthContext, kind: Kind, account: str, client_info: ClientInfo, *, user_id: UUID | None
) -> SignInAttempt:
    """Count an attempt at `account`, which need not exist. Raises AuthError (429, Retry-After) while it is blocked."""
    if not context.settings.sign_in_backoff:
        return SignInAttempt(kind)
    network = _network_of(client_info)
    pair, of_account, of_address = (
        _digest(kind, *parts) for parts in (("pair", account, network), ("account", account), ("address", network))
    )
    async with open_transaction(context.pool, "begin") as connection:  # a refusal takes nothing: it rolls back
        waits = [await _take(connection, pair, kind.pair)]
        known = await store.has_succeeded_from(
            connection, user_id or _NO_USER, network, actions=kind.successes, since=clock.now() - _KNOWN_FOR
        )
        if known:
            return SignInAttempt(kind, (pair,), None, waits[0])
        waits.append(await _take(connection, of_account, kind.account))
        waits.append(await _take(connection, of_address, kind.address))
    return SignInAttempt(kind, (pair, of_account), of_address, max(waits))


async def end_attempt(connection: Connection, attempt: SignInAttempt) -> None:
    """Forget an attempt that succeeded, with those before it at the same account.

    Not those of the address: whoever tries many accounts could sign in to their own in between.
    """
    if attempt.of_account:
        await store.forget_attempts(connection, attempt.of_account)
    if attempt.of_address is not None:
        await store.return_attempt(connection, attempt.of_address, free=attempt.kind.address.free)


async def _take(connection: Connection, key: bytes, allowance: Allowance) -> float:
    blocked_seconds = await store.take_attempt(
        connection,
        key,
        free=allowance.free,
        leak_seconds=allowance.leak_seconds,
        first_wait=_FIRST_WAIT,
        max_wait=_MAX_WAIT,
    )
    if blocked_seconds is None:
        raise too_many_requests(math.ceil(await store.find_wait(connection, key)))
    return blocked_seconds


def _network_of(client_info: ClientInfo) -> str:
    """Return the client's address; of IPv6 the /64, of which one client has all addresses."""
    if client_info.ip is None:
        return "0.0.0.0/32"
    address = ip_address(client_info.ip)
    return str(ip_network((address, 64 if address.version == 6 else 32), strict=False))


def _digest(kind: Kind, *parts: str) -> bytes:
    return hashlib.sha256("\n".join((kind.name, *parts)).encode(errors="surrogatepass")).digest()
