"""The columns of YouTube Studio's advanced mode. A file has those that the user selected."""

import re
from collections.abc import Callable, Sequence

from arti.imports.cells.cell_parsers import normalise_whitespace, parse_number, parse_seconds
from arti.imports.readers.measures import MeasureColumn
from arti.metrics.catalogue import REVENUE_CURRENCIES

TIME_ZONE = "America/Los_Angeles"


def _ratio(metric: str, parse: Callable[[str, str | None], float | None] = parse_number) -> MeasureColumn:
    return MeasureColumn(metric, parse, additive=False)


METRICS = {
    "views": MeasureColumn("consumption.views"),
    "engaged views": MeasureColumn("consumption.engaged_views"),
    "watch time (hours)": MeasureColumn("consumption.watch_hours"),
    "subscribers": MeasureColumn("audience.followers_net"),
    "subscribers gained": MeasureColumn("audience.followers_gained"),
    "subscribers lost": MeasureColumn("audience.followers_lost"),
    "likes": MeasureColumn("engagement.likes"),
    "dislikes": MeasureColumn("engagement.dislikes"),
    "likes (vs dislikes) (%)": _ratio("engagement.like_ratio"),
    "likes (vs. dislikes) (%)": _ratio("engagement.like_ratio"),
    "comments added": MeasureColumn("engagement.comments"),
    "shares": MeasureColumn("engagement.shares"),
    "impressions": MeasureColumn("discovery.impressions"),
    "thumbnail impressions": MeasureColumn("discovery.impressions"),
    "impressions click-through rate (%)": _ratio("discovery.ctr"),
    "thumbnail click-through rate (%)": _ratio("discovery.ctr"),
    "end screen elements shown": MeasureColumn("discovery.end_screens_shown"),
    "end screen element clicks": MeasureColumn("discovery.end_screen_clicks"),
    "clicks per end screen element shown (%)": _ratio("discovery.end_screen_ctr"),
    "unique viewers": _ratio("reach.unique"),
    "new viewers": _ratio("audience.new_viewers"),
    "returning viewers": _ratio("audience.returning_viewers"),
    "average views per viewer": _ratio("consumption.views_per_viewer"),
    "average view duration": _ratio("consumption.average_view_seconds", parse_seconds),
    "average percentage viewed (%)": _ratio("consumption.average_percentage_viewed"),
    "views (%)": _ratio("consumption.views_share"),
    "watch time (hours) (%)": _ratio("consumption.watch_share"),
    **{
        f"{name} ({currency})": MeasureColumn(metric)
        for name in ("estimated revenue", "your estimated revenue")
        for currency, metric in (
            ("usd", "money.estimated_revenue"),
            *((code.lower(), f"money.estimated_revenue_{code.lower()}") for code in REVENUE_CURRENCIES),
        )
    },
    "rpm (usd)": _ratio("money.rpm"),
    "cpm (usd)": _ratio("money.cpm"),
}

# Columns that only YouTube Studio has, and of which no numbers are stored.
WITHOUT_METRIC = frozenset(
    {
        *("shown in feed", "viewed (vs. swiped away) (%)", "viewed (vs swiped away) (%)", "youtube premium views"),
        *("stayed to watch (%)", "remix views", "remix count", "unique reach"),
        *(f"{name} ({code.lower()})" for name in ("rpm", "cpm", "playback-based cpm") for code in REVENUE_CURRENCIES),
    }
)

# The first column (after the day) of a file with a breakdown, and the dimension that it is stored as.
CONTENT = ("content", "video")
BREAKDOWNS = {
    "geography": "country",
    "traffic source": "traffic_source",
    "subscription status": "subscription",
    "cities": "city",
    "viewer age": "age",
    "viewer gender": "gender",
    "device type": "device",
    "operating system": "operating_system",
    "content type": "content_type",
    "youtube product": "product",
    "playback location": "playback_location",
    "subscription source": "subscription_source",
    "sharing service": "sharing_service",
    "new and returning viewers": "audience",
}
ATTRIBUTES = ("video title", "video publish time", "duration", "city name")
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_FOOTER = re.compile(r"showing top \d[\d,.]* results", re.IGNORECASE)


def is_footer(cells: Sequence[str]) -> bool:
    """Return whether a line is a note of YouTube Studio, such as "Showing top 500 results", and not a row."""
    return bool(cells and _FOOTER.match(cells[0].strip())) and not any(cell.strip() for cell in cells[1:])


def parse_video_id(cell: str) -> str | None:
    """Return the video id in a cell, or None. YouTube puts a space before ids that begin with a minus."""
    match = _VIDEO_ID.fullmatch(normalise_whitespace(cell))
    return match[0] if match else None


def read_segment(breakdown: str, names: tuple[str, ...], cells: Sequence[str]) -> str:
    """Return the value of a row's breakdown. For cities: the name, not the map id."""
    if "city name" in names:
        return " ".join(cells[names.index("city name")].split())[:200]
    return " ".join(cells[names.index(breakdown)].split())[:200]
