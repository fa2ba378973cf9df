"""Read a published export with Python's csv module alone, without the product: what it holds, to compare with."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

SPOTIFY, YOUTUBE, META = "exports-spotify-for-artists", "exports-youtube-studio", "exports-meta-business-suite"
DISTRIBUTORS, ARTICLE = "exports-distributors", "series-royalties-by-store-month"
FOLDERS = (SPOTIFY, YOUTUBE, META, DISTRIBUTORS, ARTICLE)
# Read as a picture of the world, not as somebody's export.
NOT_AN_EXPORT = f"{ARTICLE}/country_year.csv"

_WATCH = {"Watch time (hours)": "consumption.watch_hours"}
_ENGAGEMENT = {name: f"engagement.{name.lower()}" for name in ("Likes", "Shares", "Saves", "Comments")}
# What the columns of an export hold, by the first words of its path; the last that fits counts.
METRICS: dict[str, dict[str, str]] = {
    SPOTIFY: {
        "listeners": "audience.listeners",
        "count": "audience.listeners",
        "streams": "consumption.streams",
        "saves": "engagement.saves",
        "followers": "audience.followers",
    },
    YOUTUBE: {
        **_WATCH,
        "Views": "consumption.views",
        "Engaged views": "consumption.engaged_views",
        "Subscribers": "audience.followers_net",
        "Subscribers gained": "audience.followers_gained",
        "Subscribers lost": "audience.followers_lost",
        "Likes": "engagement.likes",
        "Dislikes": "engagement.dislikes",
        "Comments added": "engagement.comments",
        "Shares": "engagement.shares",
        "Impressions": "discovery.impressions",
        "Impressions click-through rate (%)": "discovery.ctr",
        "Views (%)": "consumption.views_share",
        "Watch time (hours) (%)": "consumption.watch_share",
        "Average view duration": "consumption.average_view_seconds",
        "Average percentage viewed (%)": "consumption.average_percentage_viewed",
        "Unique viewers": "reach.unique",
        "New viewers": "audience.new_viewers",
        "Returning viewers": "audience.returning_viewers",
        "Average views per viewer": "consumption.views_per_viewer",
        "End screen elements shown": "discovery.end_screens_shown",
        "End screen element clicks": "discovery.end_screen_clicks",
        "Clicks per end screen element shown (%)": "discovery.end_screen_ctr",
        "Likes (vs dislikes) (%)": "engagement.like_ratio",
        "Likes (vs. dislikes) (%)": "engagement.like_ratio",
        "Estimated revenue (USD)": "money.estimated_revenue",
        "Your estimated revenue (USD)": "money.estimated_revenue",
        "RPM (USD)": "money.rpm",
        "CPM (USD)": "money.cpm",
    },
    META: {
        **{
            f"{name}": f"engagement.{name.lower()}_total"
            for name in ("Likes", "Shares", "Saves", "Comments", "Reactions")
        },
        "Views": "consumption.views_total",
        "Reach": "reach.unique",
        "Follows": "audience.followers_gained",
        "3-second video views": "consumption.three_second_views_total",
        "Average Seconds viewed": "consumption.average_view_seconds",
        "Reactions, Comments and Shares": "engagement.interactions",
        "Reactions, comments and shares": "engagement.interactions",
        "Link Clicks": "engagement.link_clicks",
    },
    f"{META}/vintage-bg/TIKTOK": {
        **_ENGAGEMENT,
        "Video views": "consumption.views",
        "Profile views": "reach.profile_views",
        "Reached audience": "reach.unique",
        "Engaged audience": "reach.accounts_engaged",
        "Net growth": "audience.followers_net",
        "New followers": "audience.followers_gained",
        "Lost followers": "audience.followers_lost",
        "Total followers": "audience.followers",
    },
}
# The metric of a table whose only number is called Primary, by the last word of its title.
TITLES = {
    "reach": "reach.unique",
    "viewers": "reach.unique",
    "views": "consumption.views",
    "follows": "audience.followers_gained",
    "visits": "reach.profile_views",
    "interactions": "engagement.interactions",
    "clicks": "engagement.link_clicks",
}


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file: its title where it has one, and its rows with the header first."""

    title: str
    rows: list[list[str]]

    @property
    def header(self) -> list[str]:
        return [name.replace("\u00ad", "").strip() for name in self.rows[0]]

    @property
    def body(self) -> list[list[str]]:
        return self.rows[1:]

    @property
    def lines(self) -> list[list[str]]:
        """The rows that are no total of the others."""
        return [row for row in self.body if row[0] != "Total"]

    def numbers(self, column: int) -> list[float]:
        return [value for row in self.lines if column < len(row) and (value := number(row[column])) is not None]


def read_text(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith(b"\xff\xfe"):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def read_tables(path: Path) -> list[Table]:
    """Return the tables of a file, each without its title."""
    text = read_text(path)
    first, _, rest = text.partition("\n")
    if "sep=" in first:
        text, delimiter = rest, first.strip('\r\n"').strip()[4:5] or "\t"
    else:
        delimiter = next((mark for mark in "\t;" if mark in first), ",")
    if first.startswith('"') and '""' in first:
        # A spreadsheet has quoted each line; the lines of a caption only at its beginning and end.
        rows = list(csv.reader(io.StringIO(text, newline="")))
        text = "\n".join(",".join(row) for row in rows)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True))
    tables: list[Table] = []
    title = ""
    current: list[list[str]] = []
    for row in [*rows, []]:
        filled = [cell for cell in row if cell.strip()]
        if not filled:
            if current:
                tables.append(Table(title, current))
            current, title = [], ""
        elif len(filled) == 1 and not current and not title:
            title = filled[0]
        else:
            current.append(row)
    return tables


def number(cell: str) -> float | None:
    """Return the number in a cell as these files write it, seconds of H:MM:SS; None for another text."""
    text = cell.strip().rstrip("%").replace(",", "")
    if re.fullmatch(r"\d+:\d\d:\d\d", text):
        hours, minutes, seconds = map(int, text.split(":"))
        return 3600 * hours + 60 * minutes + seconds
    try:
        return float(text) if re.fullmatch(r"[-+]?[\d.]+(?:[eE][-+]?\d+)?", text) else None
    except ValueError:
        return None


def exact(cell: str) -> Decimal:
    try:
        return Decimal(cell.strip().replace(",", "") or "0")
    except InvalidOperation:
        return Decimal(0)


def metrics_of(path: str) -> dict[str, str]:
    """Return the metrics by header of the file at `path`, below the folder of published files."""
    return next((METRICS[start] for start in reversed(METRICS) if path.startswith(start)), {})


def days_of(table: Table, column: int) -> Sequence[str]:
    """Return the first and the last day of a column of days, as text."""
    days = sorted(row[column].strip()[:10].replace("/", "-") for row in table.lines)
    return [days[0], days[-1]]
