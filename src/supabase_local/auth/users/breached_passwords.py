"""Passwords of 12 characters or more that are among the million most frequent ones of breaches, as digests.

`tools/breached_passwords.py` makes the file, and says of what. Offline: no part of a password leaves the process.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

LEAST_LENGTH: Final = 12
DIGESTS: Final = Path(__file__).with_name("breached_passwords.bin")
_BYTES: Final = 5  # of 44,000 digests, a good password has one of them by chance once in 25 million


def digest_of(password: str) -> bytes:
    """Return the digest of a password, whose letters count alike in capitals."""
    return hashlib.sha256(password.lower().encode()).digest()[:_BYTES]


def is_breached(password: str) -> bool:
    """Return whether the list has this password."""
    digests, wanted = _read(), digest_of(password)
    place = bisect_left(digests, wanted)
    return place < len(digests) and digests[place] == wanted


@cache
def _read() -> Sequence[bytes]:
    data = DIGESTS.read_bytes()
    return [data[at : at + _BYTES] for at in range(0, len(data), _BYTES)]
