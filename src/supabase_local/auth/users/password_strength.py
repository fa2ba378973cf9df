"""How easily a password is guessed: zxcvbn's estimate, with its list of 30,000 passwords of breaches.

The estimate covers what a plain list does not: a listed password with a year, a repetition, a row of the keyboard, the
user's own address. Its lists are packaged with it, so no password and no part of a hash leaves the process.
"""

import re
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import TypedDict

from zxcvbn import zxcvbn

from supabase_local.auth.users.breached_passwords import is_breached

# zxcvbn's "safely unguessable": more than 10^8 guesses.
_MIN_SCORE = 3
_SEPARATORS = re.compile(r"[.+_\-\s]+")
_MAX_LENGTH = 72  # zxcvbn's limit, and in bytes that of every stored password
# zxcvbn keeps the words of the caller in a dictionary of the module.
_one_at_a_time = Lock()


class Weakness(TypedDict):
    """The `weak_password` of a Session; `reasons` are upstream's: length, pwned."""

    message: str
    reasons: list[str]


def find_weakness(password: str, *, min_length: int, refuse_common: bool, words: Sequence[str]) -> Weakness | None:
    """Return why `password` is too weak, None if it is not. `words` add no security to it: address, company, product.

    Takes up to some 25 ms of CPU.
    """
    sentences, reasons = [], []
    if len(password) < min_length:
        sentences.append(f"Password should be at least {min_length} characters.")
        reasons.append("length")
    if refuse_common and is_easily_guessed(password, words):
        sentences.append("Password is known to be weak and easy to guess, please choose a different one.")
        reasons.append("pwned")
    return {"message": " ".join(sentences), "reasons": reasons} if reasons else None


def is_easily_guessed(password: str, words: Sequence[str] = ()) -> bool:
    """Return whether 10^8 guesses suffice for `password`, or it is among the million most frequent ones."""
    if is_breached(password):
        return True
    with _one_at_a_time:
        estimate = zxcvbn(password[:_MAX_LENGTH], user_inputs=list(words))
    return int(estimate["score"]) < _MIN_SCORE


def words_of(texts: Iterable[str | None]) -> list[str]:
    """Return the words that an attacker tries first: each text, the parts of an address, and its name in one word."""
    words: list[str] = []
    for text in filter(None, texts):
        name, _, domain = text.partition("@")
        parts = [part for part in _SEPARATORS.split(name) if part]
        for word in (text, "".join(parts), *parts, *domain.split(".")):
            if len(word) > 2 and word not in words:
                words.append(word)
    return words
