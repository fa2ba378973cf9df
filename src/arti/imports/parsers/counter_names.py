"""Names of columns that count something on some platform, so that no song is called after them."""

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.parsers import day_table
from arti.imports.parsers.spotify import audience
from arti.imports.parsers.youtube.columns import METRICS
from arti.imports.readers.header_words import TRANSLATED, translate
from arti.imports.types import SourceTable

_OTHERS = (
    "video views|profile views|reached audience|engaged audience|net growth|new followers|total followers|"
    "lost followers|total viewers|new viewers|returning viewers|plays|reposts|downloads|clicks|link clicks|"
    "profile visits|interactions|accounts reached|accounts engaged|comments|primary|visits|new fans|engagements|"
    "retweets|replies"
)
_NAMES = {*day_table.COLUMNS, *audience.COLUMNS, *METRICS, *_OTHERS.split("|")}


def is_counter(table: SourceTable) -> bool:
    """Return whether a column of the table, in any of the languages, is named like a counter."""
    names = set(table.names) | {normalise_name(name) for name in table.names}
    for provider in TRANSLATED:
        names |= set(translate(table, provider).names)
    return bool(names & _NAMES)
