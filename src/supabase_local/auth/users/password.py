"""Hash and verify passwords: argon2id, on threads of their own, so that sign-ins do not block the event loop."""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt
from argon2 import PasswordHasher, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from supabase_local.auth.errors import AuthError, bad_request, too_many_requests
from supabase_local.auth.users.password_strength import Weakness, find_weakness, words_of

# OWASP's first choice: 19 MiB, two passes; about 40 ms.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_THREADS = 2
_MAX_WAITING = 200
MAX_BYTES = 72  # upstream's limit, so that accounts can move there
# An imported hash of a greater cost would let anyone occupy a thread by trying to sign in.
_BCRYPT = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
_MAX_BCRYPT_COST = 13
_MAX_ARGON_MEMORY, _MAX_ARGON_PASSES = 262_144, 10

_Result = TypeVar("_Result")


class Passwords:
    """Hashes and verifies on a bounded pool of threads; answers 429 when too many requests wait."""

    def __init__(self, *, min_length: int, refuse_common: bool, context_words: Sequence[str]) -> None:
        """`context_words`, for example the product's name, add no security to a password."""
        self._min_length = min_length
        self._refuse_common = refuse_common
        self._context_words = context_words
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="passwords")
        self._waiting = 0
        self._dummy_hash = _HASHER.hash("a password that no user has")

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def check_strength(self, password: str, *personal: str | None) -> None:
        """Raise AuthError when `password` is too weak, or longer than bcrypt can distinguish.

        `personal` is what others know of the user, for example their address.
        """
        if len(password.encode()) > MAX_BYTES:
            raise bad_request("validation_failed", f"Password cannot be longer than {MAX_BYTES} characters")
        weakness = await self.weakness(password, *personal)
        if weakness:
            raise AuthError(422, "weak_password", weakness["message"], reasons=tuple(weakness["reasons"]))

    async def weakness(self, password: str, *personal: str | None) -> Weakness | None:
        """Return why `password` is too weak, as in the `weak_password` of a Session; None if it is not."""
        return await self._run(
            lambda: find_weakness(
                password,
                min_length=self._min_length,
                refuse_common=self._refuse_common,
                words=words_of([*personal, *self._context_words]),
            )
        )

    async def hash(self, password: str) -> str:
        return await self._run(lambda: _HASHER.hash(password))

    async def matches(self, stored_hash: str | None, password: str) -> bool:
        """Return whether `password` has this hash. Takes as long for a user who does not exist (`stored_hash` None)."""
        matches = await self._run(lambda: _verify(stored_hash or self._dummy_hash, password))
        return matches and stored_hash is not None

    @staticmethod
    def is_outdated(stored_hash: str) -> bool:
        """Return whether `stored_hash` was imported, or made with other parameters than the current ones."""
        return not stored_hash.startswith("$argon2") or _HASHER.check_needs_rehash(stored_hash)

    async def _run(self, work: Callable[[], _Result]) -> _Result:
        if self._waiting >= _MAX_WAITING:
            raise too_many_requests(2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1


def check_imported(stored_hash: str) -> str:
    """Return an imported hash. Raises AuthError unless it is bcrypt or argon2 of an acceptable cost."""
    try:
        if stored_hash.startswith(("$2a$", "$2b$", "$2y$")):
            if _BCRYPT.fullmatch(stored_hash) and int(stored_hash[4:6]) <= _MAX_BCRYPT_COST:
                return stored_hash
        elif stored_hash.startswith(("$argon2i$", "$argon2id$")):
            parameters = extract_parameters(stored_hash)
            fits = parameters.memory_cost <= _MAX_ARGON_MEMORY and parameters.time_cost <= _MAX_ARGON_PASSES
            if fits and parameters.type in (Type.I, Type.ID):
                return stored_hash
    except (ValueError, InvalidHashError):
        pass
    raise bad_request("validation_failed", "password_hash must be a bcrypt or an argon2 hash")


def _verify(stored_hash: str, password: str) -> bool:
    # No account has a password over 72 bytes, so a longer one is wrong; it still costs one verification.
    if stored_hash.startswith("$2"):
        try:
            return len(password.encode()) <= MAX_BYTES and bcrypt.checkpw(password.encode(), stored_hash.encode())
        except ValueError:
            return False
    try:
        return _HASHER.verify(stored_hash, password[: MAX_BYTES + 1])
    except (VerificationError, InvalidHashError):
        return False
