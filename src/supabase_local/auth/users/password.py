"""Hash and check passwords: argon2id, on a few threads of their own, so that sign-ins never stall the event loop."""

import asyncio
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypedDict, TypeVar

import bcrypt
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from supabase_local.auth.errors import AuthError, bad_request

# OWASP's first choice: 19 MiB, two passes; about 40 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = 2
_MOST_WAITING = 200
MAX_BYTES = 72  # upstream's limit, so that accounts can move there
# An imported hash of greater cost would let anybody keep a thread busy for long by trying to sign in.
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_MOST_BCRYPT_COST = 13
_MOST_ARGON_MEMORY, _MOST_ARGON_PASSES = 262_144, 10

_Result = TypeVar("_Result")


class Weakness(TypedDict):
    message: str
    reasons: list[str]


class Passwords:
    """Hashes and checks on a bounded pool of threads; refuses with 429 when too many wait."""

    def __init__(self, *, min_length: int) -> None:
        self._min_length = min_length
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys = _HASHER.hash("the password of nobody")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def check_strength(self, password: str) -> None:
        """Raise AuthError when `password` is too short, or longer than every hash can tell apart."""
        if len(password.encode()) > MAX_BYTES:
            raise bad_request("validation_failed", f"Password cannot be longer than {MAX_BYTES} characters")
        weakness = self.weakness(password)
        if weakness:
            raise AuthError(422, "weak_password", weakness["message"], reasons=tuple(weakness["reasons"]))

    def weakness(self, password: str) -> Weakness | None:
        """Say why `password` is too weak, as a Session shows it to who had it before it became so."""
        if len(password) >= self._min_length:
            return None
        return {"message": f"Password should be at least {self._min_length} characters.", "reasons": ["length"]}

    async def hash(self, password: str) -> str:
        return await self._run(lambda: _HASHER.hash(password))

    async def matches(self, known_hash: str | None, password: str) -> bool:
        """Say whether `password` is the one. Takes as long for a person who does not exist (`known_hash` None)."""
        right = await self._run(lambda: _verify(known_hash or self._nobodys, password))
        return right and known_hash is not None

    @staticmethod
    def is_outdated(known_hash: str) -> bool:
        """Say whether `known_hash` was made elsewhere, or with other parameters than today's."""
        return not known_hash.startswith("$argon2") or _HASHER.check_needs_rehash(known_hash)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= _MOST_WAITING:
            raise AuthError(429, "over_request_rate_limit", "Request rate limit reached")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def check_imported(known_hash: str) -> str:
    """Return a hash that another system made. Raises AuthError unless it is bcrypt or argon2, of sensible cost."""
    try:
        if known_hash.startswith(("$2a$", "$2b$", "$2y$")):
            if _BCRYPT.fullmatch(known_hash) and int(known_hash[4:6]) <= _MOST_BCRYPT_COST:
                return known_hash
        elif known_hash.startswith(("$argon2i$", "$argon2id$")):
            made = extract_parameters(known_hash)
            fits = made.memory_cost <= _MOST_ARGON_MEMORY and made.time_cost <= _MOST_ARGON_PASSES
            if fits and made.type in (Type.I, Type.ID):
                return known_hash
    except (ValueError, InvalidHashError):
        pass
    raise bad_request("validation_failed", "password_hash must be a bcrypt or an argon2 hash")


def _verify(known_hash: str, password: str) -> bool:
    # Every account has a password of at most 72 bytes, so a longer one is wrong; it still costs one check.
    if known_hash.startswith("$2"):
        try:
            return len(password.encode()) <= MAX_BYTES and bcrypt.checkpw(password.encode(), known_hash.encode())
        except ValueError:
            return False
    try:
        return _HASHER.verify(known_hash, password[: MAX_BYTES + 1])
    except (VerificationError, InvalidHashError):
        return False
