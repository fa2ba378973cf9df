"""Hash and check passwords: argon2id, on a few threads of their own, so that sign-ins never stall the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from arti.supabase.auth.errors import AuthError, bad_request

# OWASP's first choice: 19 MiB, two passes; about 40 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = 2
_MOST_WAITING = 200
MAX_BYTES = 72  # upstream's limit, so that accounts can move there

_Result = TypeVar("_Result")


class Passwords:
    """Hashes and checks on a bounded pool of threads; refuses with 429 when too many wait."""

    def __init__(self, *, min_length: int) -> None:
        self._min_length = min_length
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        self._nobodys = _HASHER.hash("the password of nobody")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def refuse_weak(self, password: str) -> None:
        """Raise AuthError when `password` is too short, or longer than every hash can tell apart."""
        if len(password.encode()) > MAX_BYTES:
            raise bad_request("validation_failed", f"Password cannot be longer than {MAX_BYTES} characters")
        if len(password) < self._min_length:
            raise AuthError(
                422,
                "weak_password",
                f"Password should be at least {self._min_length} characters.",
                reasons=("length",),
            )

    async def hash(self, password: str) -> str:
        return await self._run(lambda: _HASHER.hash(password))

    async def matches(self, known_hash: str | None, password: str) -> bool:
        """Say whether `password` is the one. Takes as long for a person who does not exist (`known_hash` None)."""
        right = await self._run(lambda: _verify(known_hash or self._nobodys, password))
        return right and known_hash is not None

    @staticmethod
    def is_outdated(known_hash: str) -> bool:
        """Say whether `known_hash` was made with other parameters than today's."""
        return _HASHER.check_needs_rehash(known_hash)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= _MOST_WAITING:
            raise AuthError(429, "over_request_rate_limit", "Request rate limit reached")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def _verify(known_hash: str, password: str) -> bool:
    # Every account has a password of at most 72 bytes, so a longer one is wrong; it still costs one check.
    try:
        return _HASHER.verify(known_hash, password[: MAX_BYTES + 1])
    except (VerificationError, InvalidHashError):
        return False
