"""YouTube Studio, `Totals.csv`: the daily totals of the whole report.

`Table data.csv` broken down by date has the same columns, and a Total row to check against.
"""

from arti.imports.parsers import day_table
from arti.imports.parsers.daily import DAY, make_daily_parser
from arti.imports.parsers.youtube.columns import BREAKDOWNS, CONTENT, METRICS, TIME_ZONE, WITHOUT_METRIC
from arti.imports.types import SourceTable
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    breakdowns = names & {*BREAKDOWNS, *CONTENT}
    own = names & {*METRICS, *WITHOUT_METRIC}
    # What every platform has is no evidence beside columns that nobody knows.
    specific = names - {DAY} <= own or bool(own - day_table.COLUMNS.keys())
    is_listed = bool(names & METRICS.keys()) and len(own) >= (len(names) - 1) / 2
    return DAY in names and not breakdowns and specific and is_listed


PARSER = make_daily_parser(
    "youtube_studio.totals",
    "YouTube Studio, totals by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    columns=METRICS,
    recognises=_recognises,
)
