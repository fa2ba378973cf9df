"""A day, numbers that every platform has, and columns of which nothing is known: as `day_table`, tried late.

A column that is named like a counter of some platform is not left out: then the user says what the columns hold.
"""

from dataclasses import replace
from itertools import islice

from arti.imports.parsers import day_table
from arti.imports.parsers.counter_names import is_counter
from arti.imports.parsers.daily import DAY
from arti.imports.types import SourceTable

_SAMPLE = 100


def _recognises(table: SourceTable) -> bool:
    others = tuple(name for name in table.names if name not in day_table.COLUMNS)
    has_numbers = len(others) < len(table.names)
    if not has_numbers or others.count(DAY) != 1 or is_counter(replace(table, names=others)):
        return False
    days = list(islice(table.column(table.names.index(DAY)), _SAMPLE))
    # A day that comes again has a row for each value of a column that is not known.
    return len(set(days)) == len(days)


PARSER = replace(day_table.PARSER, recognises=_recognises)
