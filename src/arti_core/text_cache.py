"""A cache of results by text that keeps short texts only: what people send may be long, and different each time."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, TypeVar

Text = TypeVar("Text", str, bytes)
Result = TypeVar("Result")

MAX_LENGTH: Final = 1000


def cache_short(maxsize: int) -> Callable[[Callable[[Text], Result]], Callable[[Text], Result]]:
    """Return a decorator as `lru_cache(maxsize)`, of a function of one text. One above MAX_LENGTH is not kept."""

    def decorate(function: Callable[[Text], Result]) -> Callable[[Text], Result]:
        kept = lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def call(text: Text) -> Result:
            return kept(text) if len(text) <= MAX_LENGTH else function(text)

        return call

    return decorate
