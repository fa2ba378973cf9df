"""YouTube Studio, `Totals.csv`: the daily totals of the whole report.

`Table data.csv` broken down by date has the same columns, and a Total row to check against.
"""

from arti.imports.parsers.daily import DAY, make_daily_parser
from arti.imports.parsers.youtube.columns import BREAKDOWNS, CONTENT, METRICS, TIME_ZONE, WITHOUT_METRIC
from arti.imports.types import SourceTable
from arti.vocabulary import Provider


def _recognises(table: SourceTable) -> bool:
    names = set(table.names)
    breakdowns = names & {*BREAKDOWNS, *CONTENT}
    own = names & {*METRICS, *WITHOUT_METRIC}
    return DAY in names and not breakdowns and bool(names & METRICS.keys()) and len(own) >= len(names) / 2


PARSER = make_daily_parser(
    "youtube_studio.totals",
    "YouTube Studio, totals by day",
    provider=Provider.YOUTUBE,
    time_zone=TIME_ZONE,
    columns=METRICS,
    recognises=_recognises,
)
