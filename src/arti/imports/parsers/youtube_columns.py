"""The columns of YouTube Studio's advanced mode. Which ones a file has follows what the person ticked."""

import re
from collections.abc import Callable, Sequence

from arti.imports.cell_parsers import parse_number, parse_seconds
from arti.imports.measures import MeasureColumn

TIME_ZONE = "America/Los_Angeles"


def _ratio(metric: str, parse: Callable[[str], float | None] = parse_number) -> MeasureColumn:
    return MeasureColumn(metric, parse, additive=False)


METRICS = {
    "views": MeasureColumn("consumption.views"),
    "engaged views": MeasureColumn("consumption.engaged_views"),
    "watch time (hours)": MeasureColumn("consumption.watch_hours"),
    "subscribers": MeasureColumn("audience.followers_net", negative=True),
    "subscribers gained": MeasureColumn("audience.followers_gained"),
    "subscribers lost": MeasureColumn("audience.followers_lost"),
    "likes": MeasureColumn("engagement.likes", negative=True),
    "dislikes": MeasureColumn("engagement.dislikes", negative=True),
    "likes (vs dislikes) (%)": _ratio("engagement.like_ratio"),
    "likes (vs. dislikes) (%)": _ratio("engagement.like_ratio"),
    "comments added": MeasureColumn("engagement.comments", negative=True),
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
    "estimated revenue (usd)": MeasureColumn("money.estimated_revenue", negative=True),
    "your estimated revenue (usd)": MeasureColumn("money.estimated_revenue", negative=True),
    "rpm (usd)": _ratio("money.rpm"),
    "cpm (usd)": _ratio("money.cpm"),
}

# What a file is broken down by: the name of its first column (after the day), and the name under which it is kept.
CONTENT = ("content", "video")
BREAKDOWNS = {
    "geography": "country",
    "traffic source": "traffic_source",
    "subscription status": "subscription_status",
    "cities": "city",
    "viewer age": "age",
    "viewer gender": "gender",
    "device type": "device",
    "operating system": "operating_system",
    "content type": "content_type",
    "youtube product": "youtube_product",
    "playback location": "playback_location",
    "subscription source": "subscription_source",
    "sharing service": "sharing_service",
    "new and returning viewers": "audience",
}
DESCRIBES = ("video title", "video publish time", "duration", "city name")
_VIDEO_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_REMARK = re.compile(r"showing top \d[\d,.]* results", re.IGNORECASE)


def is_footer(cells: Sequence[str]) -> bool:
    """Say whether a line is a remark of YouTube Studio, such as "Showing top 500 results", and no row."""
    return bool(cells and _REMARK.match(cells[0].strip())) and not any(cell.strip() for cell in cells[1:])


def video_id(cell: str) -> str | None:
    """Return the id of a video. A leading space is YouTube's own, put before ids that begin with a minus."""
    found = _VIDEO_ID.fullmatch(cell.strip())
    return found[0] if found else None


def part_name(breakdown: str, names: tuple[str, ...], cells: Sequence[str]) -> str:
    """Return what a row of a breakdown is about: the city's name rather than its id on the map."""
    if "city name" in names:
        return " ".join(cells[names.index("city name")].split())[:200]
    return " ".join(cells[names.index(breakdown)].split())[:200]
