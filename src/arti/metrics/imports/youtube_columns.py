"""The columns of YouTube Studio's advanced mode. Which ones a file has follows what the person ticked."""

import re
from collections.abc import Callable, Sequence

from arti.metrics.imports.columns import Column
from arti.metrics.imports.values import parse_number, parse_seconds

TIME_ZONE = "America/Los_Angeles"


def _ratio(metric: str, parse: Callable[[str], float | None] = parse_number) -> Column:
    return Column(metric, parse, additive=False)


METRICS = {
    "views": Column("consumption.views"),
    "engaged views": Column("consumption.engaged_views"),
    "watch time (hours)": Column("consumption.watch_hours"),
    "subscribers": Column("audience.followers_net", negative=True),
    "subscribers gained": Column("audience.followers_gained"),
    "subscribers lost": Column("audience.followers_lost"),
    "likes": Column("engagement.likes", negative=True),
    "dislikes": Column("engagement.dislikes", negative=True),
    "likes (vs dislikes) (%)": _ratio("engagement.like_ratio"),
    "likes (vs. dislikes) (%)": _ratio("engagement.like_ratio"),
    "comments added": Column("engagement.comments", negative=True),
    "shares": Column("engagement.shares"),
    "impressions": Column("discovery.impressions"),
    "thumbnail impressions": Column("discovery.impressions"),
    "impressions click-through rate (%)": _ratio("discovery.ctr"),
    "thumbnail click-through rate (%)": _ratio("discovery.ctr"),
    "end screen elements shown": Column("discovery.end_screens_shown"),
    "end screen element clicks": Column("discovery.end_screen_clicks"),
    "clicks per end screen element shown (%)": _ratio("discovery.end_screen_ctr"),
    "unique viewers": _ratio("reach.unique"),
    "new viewers": _ratio("audience.new_viewers"),
    "returning viewers": _ratio("audience.returning_viewers"),
    "average views per viewer": _ratio("consumption.views_per_viewer"),
    "average view duration": _ratio("consumption.average_view_seconds", parse_seconds),
    "average percentage viewed (%)": _ratio("consumption.average_percentage_viewed"),
    "views (%)": _ratio("consumption.views_share"),
    "watch time (hours) (%)": _ratio("consumption.watch_share"),
    "estimated revenue (usd)": Column("money.estimated_revenue", negative=True),
    "your estimated revenue (usd)": Column("money.estimated_revenue", negative=True),
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


def is_remark(cells: Sequence[str]) -> bool:
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
