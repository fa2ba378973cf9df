"""Caches of results by text: of short texts only, since what people send may be long, and of texts of files."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Final, ParamSpec, TypeVar, cast

Text = TypeVar("Text", str, bytes)
Result = TypeVar("Result")

Arguments = ParamSpec("Arguments")

MAX_LENGTH: Final = 1000

_clear_caches_of_files: Final[list[Callable[[], None]]] = []


def cache_short(
    maxsize: int, *, of_files: bool = False
) -> Callable[[Callable[[Text], Result]], Callable[[Text], Result]]:
    """Return a decorator as `lru_cache(maxsize)`, of a function of one text. One above MAX_LENGTH is not kept.

    `of_files`: as `cache_of_files`.
    """

    def decorate(function: Callable[[Text], Result]) -> Callable[[Text], Result]:
        kept = cache_of_files(maxsize)(function) if of_files else lru_cache(maxsize=maxsize)(function)

        @wraps(function)
        def call(text: Text) -> Result:
            return kept(text) if len(text) <= MAX_LENGTH else function(text)

        return call

    return decorate


def cache_of_files(maxsize: int) -> Callable[[Callable[Arguments, Result]], Callable[Arguments, Result]]:
    """Return a decorator as `lru_cache(maxsize)`, of a function of what files hold. `forget_files` clears the cache."""

    def decorate(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
        kept = lru_cache(maxsize=maxsize)(function)
        _clear_caches_of_files.append(kept.cache_clear)
        return cast(Callable[Arguments, Result], kept)

    return decorate


def forget_files() -> None:
    """Clear the caches of what files hold.

    Their entries were made among the objects of a file, and Python gives memory back by the megabyte, when nothing in
    one is used any more: two thousand small entries of a few files kept a hundred megabytes.
    """
    for clear in _clear_caches_of_files:
        clear()
