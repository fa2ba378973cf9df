"""TikTok Studio, by day: overview, followers, viewers; and the business export of before.

TikTok Studio writes days without a year ("29 December", in the account's language) and "undefined" for what it does not
know. Headers from published exports and parsers: Date,Video Views,Profile Views,Likes,Comments,Shares;
Date,Followers,Difference in followers from previous day; Date,Total Viewers,New Viewers,Returning Viewers.
"""

from collections.abc import Callable

from arti.imports.parsers.daily import DAY, make_daily_parser
from arti.imports.readers.measures import MeasureColumn
from arti.imports.types import Parser, SourceTable

PROVIDER = "tiktok"
COLUMNS = {
    "video views": MeasureColumn("consumption.views"),
    "profile views": MeasureColumn("reach.profile_views"),
    "likes": MeasureColumn("engagement.likes"),
    "comments": MeasureColumn("engagement.comments"),
    "shares": MeasureColumn("engagement.shares"),
    "reached audience": MeasureColumn("reach.unique", additive=False),
    "engaged audience": MeasureColumn("reach.accounts_engaged", additive=False),
    "followers": MeasureColumn("audience.followers", additive=False),
    "total followers": MeasureColumn("audience.followers", additive=False),
    "difference in followers from previous day": MeasureColumn("audience.followers_net"),
    "net growth": MeasureColumn("audience.followers_net"),
    "new followers": MeasureColumn("audience.followers_gained"),
    "lost followers": MeasureColumn("audience.followers_lost"),
    "total viewers": MeasureColumn("reach.unique", additive=False),
    "new viewers": MeasureColumn("audience.new_viewers", additive=False),
    "returning viewers": MeasureColumn("audience.returning_viewers", additive=False),
}
# Columns that only this export has.
_OWN = {
    "overview": {"video views", "profile views"},
    "followers": {"followers", "difference in followers from previous day"},
    "viewers": {"total viewers", "returning viewers"},
    "business_audience": {"reached audience", "engaged audience"},
}
_TITLES = {
    "overview": "TikTok Studio, overview by day",
    "followers": "TikTok Studio, followers by day",
    "viewers": "TikTok Studio, viewers by day",
    "business_audience": "TikTok, audience by day",
}


def _recogniser(own: set[str]) -> Callable[[SourceTable], bool]:
    return lambda table: table.names.count(DAY) == 1 and own <= set(table.names)


def _make(kind: str) -> Parser:
    return make_daily_parser(
        f"tiktok_studio.{kind}",
        _TITLES[kind],
        provider=PROVIDER,
        time_zone="UTC",
        columns=COLUMNS,
        recognises=_recogniser(_OWN[kind]),
    )


PARSERS = tuple(map(_make, _OWN))
