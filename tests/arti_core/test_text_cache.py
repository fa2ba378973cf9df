"""Texts that people send are kept in memory only when they are short."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.cells.day_format import parse_day
from arti.metrics.series.endpoint import _parse_query

MIB = 1024 * 1024


def make_query(number: int) -> bytes:
    return b"&".join(b"metric=own.%dx%d" % (number, other) for other in range(4000))


@pytest.mark.parametrize(
    ("function", "make"),
    [
        (_parse_query, make_query),
        (normalise_name, lambda number: f"{number} {'a' * 100_000}"),
        (parse_day, lambda number: f"2026-05-31{' ' * (100_000 + number)}"),
    ],
)
def test_long_texts_of_people_are_not_kept(function: Callable[[Any], object], make: Callable[[int], Any]) -> None:
    function(make(0))
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(1, 21):
            function(make(number))
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < MIB


def test_short_texts_are_parsed_once() -> None:
    assert _parse_query(b"metric=own.short") is _parse_query(b"metric=own.short")
