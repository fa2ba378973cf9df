"""The metric catalogue: units and kinds. Changes of definition are data: see `arti.metrics.definitions.feed`.

Migrations seed the same rows; a test compares them.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    `kind`: counter (a running total), flow (what happened on the day), rolling (people in a moving window, or
    daily uniques), ratio. `aggregation`: how days become a period: sum, last, mean, or none (they cannot be combined).
    `can_fall`: false for a counter whose lower value is no loss but a correction, so that it has no gain.
    """

    slug: str
    name: str
    unit: str
    kind: str
    aggregation: str
    description: str
    higher_is_better: bool = True
    can_fall: bool = True


# Other currencies than USD in which YouTube Studio shows revenue. Amounts of different currencies are never one series.
REVENUE_CURRENCIES: Final = (
    *("AED", "ARS", "AUD", "BGN", "BOB", "BRL", "CAD", "CHF", "CLP", "COP", "CRC", "CZK", "DKK", "EGP", "EUR", "GBP"),
    *("HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KES", "KRW", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP"),
    *("PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "UYU", "VND", "ZAR"),
)

CATALOGUE: Final[tuple[Metric, ...]] = (
    Metric("audience.followers", "Followers", "people", "counter", "last", "People who follow or subscribe."),
    Metric("audience.followers_gained", "New followers", "people", "flow", "sum", "People who began to follow."),
    Metric("audience.followers_lost", "Lost followers", "people", "flow", "sum", "People who stopped.", False),
    Metric("audience.followers_net", "Net followers", "people", "flow", "sum", "Followers gained less followers lost."),
    Metric("audience.listeners", "Daily listeners", "people", "rolling", "mean", "Different people in one day."),
    Metric("audience.listeners_share", "Share of listeners", "percent", "ratio", "none", "Part of the listeners."),
    Metric(
        "audience.monthly_listeners",
        "Monthly listeners",
        "people",
        "rolling",
        "last",
        "Different people in the last 28 days.",
    ),
    Metric(
        "audience.monthly_active_listeners",
        "Monthly active listeners",
        "people",
        "rolling",
        "last",
        "Different people who chose to listen in the last 28 days.",
    ),
    Metric(
        "audience.super_listeners",
        "Super listeners",
        "people",
        "rolling",
        "last",
        "The most devoted of the monthly active listeners.",
    ),
    Metric("audience.followers_share", "Share of followers", "percent", "ratio", "none", "Part of the followers."),
    Metric("audience.new_viewers", "New viewers", "people", "rolling", "none", "People who had not watched before."),
    Metric("audience.returning_viewers", "Returning viewers", "people", "rolling", "none", "People who came back."),
    Metric("reach.unique", "Reach", "people", "rolling", "none", "Different people who saw something in the period."),
    Metric("reach.profile_views", "Profile visits", "views", "flow", "sum", "Visits to the profile."),
    Metric("reach.accounts_engaged", "Accounts engaged", "people", "rolling", "none", "Different people who reacted."),
    Metric("consumption.streams", "Streams", "streams", "flow", "sum", "Plays of 30 seconds or more."),
    Metric("consumption.plays", "Plays", "plays", "counter", "last", "Plays since publication.", can_fall=False),
    Metric(
        "consumption.plays_by_day",
        "Plays by day",
        "plays",
        "flow",
        "sum",
        "Plays of the day, as the platform counts them.",
    ),
    Metric("consumption.views", "Views", "views", "flow", "sum", "Views, as the provider counts them."),
    Metric(
        "consumption.views_total",
        "Lifetime views",
        "views",
        "counter",
        "last",
        "Views since publication.",
        can_fall=False,
    ),
    Metric(
        "consumption.three_second_views_total",
        "Lifetime 3-second views",
        "views",
        "counter",
        "last",
        "Times a video was watched for 3 seconds or more, since publication.",
        can_fall=False,
    ),
    Metric(
        "consumption.engaged_views",
        "Engaged views",
        "views",
        "flow",
        "sum",
        "Views that went on past the first seconds; what YouTube called views before 31 March 2025.",
    ),
    Metric("consumption.watch_hours", "Watch time", "hours", "flow", "sum", "Hours watched."),
    Metric(
        "consumption.average_view_seconds", "Average view", "seconds", "ratio", "none", "Average length of one view."
    ),
    Metric(
        "consumption.average_percentage_viewed",
        "Average part viewed",
        "percent",
        "ratio",
        "none",
        "Part of a video that one view covers.",
    ),
    Metric("consumption.views_per_viewer", "Views per viewer", "views", "ratio", "none", "Views for each viewer."),
    Metric("consumption.views_share", "Share of views", "percent", "ratio", "none", "Part of all views in the period."),
    Metric(
        "consumption.watch_share", "Share of watch time", "percent", "ratio", "none", "Part of all hours in the period."
    ),
    Metric("audience.viewer_share", "Share of viewers", "percent", "ratio", "none", "Part of the signed-in viewers."),
    Metric("engagement.likes", "Likes", "count", "flow", "sum", "Likes given, less likes taken back."),
    Metric("engagement.dislikes", "Dislikes", "count", "flow", "sum", "Dislikes given.", False),
    Metric("engagement.like_ratio", "Likes of all votes", "percent", "ratio", "none", "Likes of likes and dislikes."),
    Metric("engagement.comments", "Comments", "count", "flow", "sum", "Comments written."),
    Metric("engagement.shares", "Shares", "count", "flow", "sum", "Shares."),
    Metric("engagement.saves", "Saves", "count", "flow", "sum", "Saves to a library or collection."),
    Metric("engagement.interactions", "Interactions", "count", "flow", "sum", "Likes, comments, shares and saves."),
    Metric(
        "engagement.link_clicks",
        "Link clicks",
        "count",
        "flow",
        "sum",
        "Clicks on the links of the profile or of a post.",
    ),
    Metric("engagement.likes_total", "Lifetime likes", "count", "counter", "last", "Likes since publication."),
    Metric(
        "engagement.reactions_total",
        "Lifetime reactions",
        "count",
        "counter",
        "last",
        "Likes and other reactions since publication.",
    ),
    Metric("engagement.comments_total", "Lifetime comments", "count", "counter", "last", "Comments since publication."),
    Metric("engagement.reposts_total", "Lifetime reposts", "count", "counter", "last", "Reposts since publication."),
    Metric(
        "engagement.shares_total",
        "Lifetime shares",
        "count",
        "counter",
        "last",
        "Shares since publication.",
        can_fall=False,
    ),
    Metric("engagement.saves_total", "Lifetime saves", "count", "counter", "last", "Saves since publication."),
    Metric("discovery.playlist_adds", "Playlist adds", "count", "flow", "sum", "Times a song was put on a playlist."),
    Metric("discovery.impressions", "Impressions", "count", "flow", "sum", "Times a thumbnail was shown."),
    Metric("discovery.shazams", "Shazams", "count", "flow", "sum", "Times a song was identified with Shazam."),
    Metric("discovery.ctr", "Click-through rate", "percent", "ratio", "none", "Impressions that became views."),
    Metric("discovery.end_screens_shown", "End screens shown", "count", "flow", "sum", "End screen elements shown."),
    Metric("discovery.end_screen_clicks", "End screen clicks", "count", "flow", "sum", "Clicks on end screens."),
    Metric("discovery.end_screen_ctr", "End screen clicks per shown", "percent", "ratio", "none", "Clicks per shown."),
    Metric("catalogue.assets_total", "Published items", "count", "counter", "last", "Tracks, videos or posts online."),
    Metric("money.estimated_revenue", "Estimated revenue", "USD", "flow", "sum", "Revenue before final adjustment."),
    Metric("money.rpm", "Revenue per 1,000 views", "USD", "ratio", "none", "Revenue for each 1,000 views."),
    Metric("money.cpm", "Cost per 1,000 impressions", "USD", "ratio", "none", "What advertisers pay for 1,000 ads."),
    *(
        Metric(
            f"money.estimated_revenue_{code.lower()}",
            f"Estimated revenue ({code})",
            code,
            "flow",
            "sum",
            f"Revenue in {code} before final adjustment.",
        )
        for code in REVENUE_CURRENCIES
    ),
)

# Metrics that are honestly below zero: what people took back, and money that was paid back.
SIGNED: Final = frozenset(
    {
        "audience.followers_net",
        "engagement.likes",
        "engagement.dislikes",
        "engagement.comments",
        "engagement.saves",
        "engagement.interactions",
        "money.estimated_revenue",
        *(f"money.estimated_revenue_{code.lower()}" for code in REVENUE_CURRENCIES),
        "money.rpm",
        "money.cpm",
    }
)

METRICS: Final[dict[str, Metric]] = {metric.slug: metric for metric in CATALOGUE}
