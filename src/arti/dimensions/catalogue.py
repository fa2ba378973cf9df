"""The dimensions by which a number may be split, and the values of those that have a list.

Migration 20261129000700_dimensions.sql seeds the same rows; a test compares them.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

ValueKind = Literal["list", "country", "place", "period", "text"]

_UNKNOWN: Final = {"unknown": "Unknown to the platform"}


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension. `kind` says what a value is: of a list, a country, a place, a period, or any text.

    `values` are slug and name. A `store` may also be a text that is not in its list: there are too many stores.
    """

    slug: str
    name: str
    description: str
    kind: ValueKind
    values: dict[str, str] = field(default_factory=dict)
    open: bool = False


_AGES: Final = {
    "0-17": "Under 18",
    **{
        f"{first}-{last}": f"{first}–{last}"
        for first, last in (
            *((13, 17), (18, 22), (18, 24), (23, 27), (25, 34), (28, 34)),
            *((35, 44), (45, 54), (45, 59), (55, 64)),
        )
    },
    "60+": "60 and older",
    "65+": "65 and older",
}

DIMENSIONS: Final[tuple[Dimension, ...]] = (
    Dimension("age", "Age", "How old the people are, in the platform's groups.", "list", _AGES | _UNKNOWN),
    Dimension(
        "audience",
        "Audience segment",
        "How well the people know the artist: new, returning, and Spotify's segments.",
        "list",
        {
            "new": "New",
            "returning": "Returning",
            "casual": "Casual",
            "regular": "Regular",
            "super": "Super listeners",
            "moderate": "Moderate listeners",
            "light": "Light listeners",
            "previously_active": "Previously active",
            "programmed": "Programmed",
        },
    ),
    Dimension("campaign", "Campaign", "A campaign of ads or a mail to a list, as its source names it.", "text"),
    Dimension("channel", "Channel", "Where a link was shared; as its source names it.", "text"),
    Dimension("city", "City", "Where the people are: a place, or the text of a place that is not known.", "place"),
    Dimension(
        "content_type",
        "Content type",
        "What was watched: videos, shorts, live streams, posts, reels, stories.",
        "list",
        {
            "video": "Videos",
            "short": "Shorts",
            "live": "Live streams",
            "post": "Posts",
            "reel": "Reels",
            "story": "Stories",
            "carousel": "Carousels",
            "ad": "Ads",
        }
        | _UNKNOWN,
    ),
    Dimension("country", "Country", "ISO 3166-1 alpha-2; XK is Kosovo, ZZ unknown to the platform.", "country"),
    Dimension(
        "device",
        "Device",
        "What it was played on.",
        "list",
        {
            "mobile": "Mobile phone",
            "desktop": "Computer",
            "tablet": "Tablet",
            "tv": "TV",
            "console": "Game console",
            "car": "Car",
            "speaker": "Speaker",
            "wearable": "Wearable",
        }
        | _UNKNOWN,
    ),
    Dimension("event", "Event", "A show or another event; as the seller of its tickets names it.", "text"),
    Dimension(
        "gender",
        "Gender",
        "As people told the platform.",
        "list",
        {"female": "Female", "male": "Male", "other": "Another, or their own word"} | _UNKNOWN,
    ),
    Dimension("link", "Link", "A smart link; as its source names it.", "text"),
    Dimension("operating_system", "Operating system", "As the platform names it.", "text"),
    Dimension(
        "period",
        "Period",
        "A total of several days, stored on the last of them: 28day, lifetime.",
        "period",
    ),
    Dimension("playback_location", "Playback location", "On which page or player; as the platform names it.", "text"),
    Dimension("product", "YouTube product", "YouTube, YouTube Music, YouTube Kids; as YouTube names it.", "text"),
    Dimension("sharing_service", "Sharing service", "Where it was shared to; as the platform names it.", "text"),
    Dimension("song", "Song", "The title of a song on a playlist, as an export names it.", "text"),
    Dimension(
        "store",
        "Store",
        "Where it was sold or streamed.",
        "list",
        {
            "spotify": "Spotify",
            "apple_music": "Apple Music",
            "itunes": "iTunes",
            "youtube": "YouTube",
            "youtube_music": "YouTube Music",
            "youtube_content_id": "YouTube Content ID",
            "amazon_music": "Amazon Music",
            "deezer": "Deezer",
            "tidal": "Tidal",
            "soundcloud": "SoundCloud",
            "bandcamp": "Bandcamp",
            "beatport": "Beatport",
            "tiktok": "TikTok",
            "facebook": "Facebook and Instagram",
            "pandora": "Pandora",
            "napster": "Napster",
            "qobuz": "Qobuz",
            "anghami": "Anghami",
            "boomplay": "Boomplay",
            "jiosaavn": "JioSaavn",
            "netease": "NetEase",
            "qq_music": "QQ Music",
            "yandex_music": "Yandex Music",
        },
        open=True,
    ),
    Dimension(
        "subscription",
        "Subscription",
        "Whether the people subscribe or follow, or pay for the platform.",
        "list",
        {
            "subscribed": "Subscribed or following",
            "not_subscribed": "Not subscribed",
            "premium": "Paying",
            "ad_supported": "Free, with ads",
        }
        | _UNKNOWN,
    ),
    Dimension("subscription_source", "Source of subscribers", "Where they subscribed; as YouTube names it.", "text"),
    Dimension(
        "traffic_source",
        "Traffic source",
        "How people came to it.",
        "list",
        {
            "search": "Search",
            "browse": "Browse and home",
            "suggested": "Suggested videos",
            "shorts_feed": "Shorts feed",
            "related_shorts": "Related Shorts",
            "external": "Other websites and apps",
            "direct": "Direct or unknown",
            "channel": "Channel or profile pages",
            "subscriber": "Subscriptions feed",
            "playlist": "Playlists",
            "playlist_page": "Playlist pages",
            "notification": "Notifications",
            "end_screen": "End screens",
            "card": "Cards and annotations",
            "ad": "Advertising",
            "campaign_card": "Campaign cards",
            "hashtag": "Hashtag pages",
            "sound": "Sound pages",
            "remix": "Remixed videos",
            "live_redirect": "Live redirects",
            "live_feed": "Vertical live feed",
            "product": "Product pages",
            "claimed": "Claimed content",
            "other_page": "Other pages of the platform",
            "library": "Listeners' own library",
            "listener_playlist": "Listeners' playlists",
            "editorial": "Editorial playlists",
            "algorithmic": "Algorithmic playlists",
            "radio": "Radio and autoplay",
            "other": "Other",
        },
    ),
)
BY_SLUG: Final = {dimension.slug: dimension for dimension in DIMENSIONS}
