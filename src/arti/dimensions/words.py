"""The platforms' words for the values of a dimension, in exports and in responses of their APIs. Pure."""

import re
from typing import Final

from arti.dimensions.catalogue import BY_SLUG
from arti.dimensions.countries import find_country
from arti.dimensions.text import check_value, unknown_place

# Our slug, then the words that stand for it. Compared without case, spaces and signs.
_WORDS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "audience": {
        "new": ("new viewers", "new listeners"),
        "returning": ("returning viewers", "returning listeners"),
        "casual": ("casual viewers",),
        "regular": ("regular viewers",),
        "super": ("super listeners",),
        "moderate": ("moderate listeners",),
        "light": ("light listeners",),
        "previously_active": ("previously active listeners",),
        "programmed": ("programmed listeners",),
    },
    "content_type": {
        "video": ("videos", "VIDEO_ON_DEMAND", "video on demand"),
        "short": ("shorts", "SHORTS"),
        "live": ("live", "live stream", "LIVE_STREAM"),
        "post": ("posts", "FEED", "POST", "image"),
        "reel": ("reels", "REELS", "REEL"),
        "story": ("stories", "STORY"),
        "carousel": ("CAROUSEL_CONTAINER", "carousel album"),
        "ad": ("ads", "AD"),
        "unknown": ("UNSPECIFIED", "unknown"),
    },
    "device": {
        "mobile": ("MOBILE", "mobile phone", "phone"),
        "desktop": ("DESKTOP", "computer", "web"),
        "tablet": ("TABLET",),
        "tv": ("TV", "television"),
        "console": ("GAME_CONSOLE", "game console"),
        "unknown": ("UNKNOWN_PLATFORM", "unknown"),
    },
    "gender": {
        "female": ("F", "women", "woman"),
        "male": ("M", "men", "man"),
        "other": ("user-specified", "GENDER_OTHER", "non-binary", "nonbinary"),
        "unknown": ("U", "not specified", "undefined"),
    },
    "store": {
        "facebook": ("Facebook / Instagram", "Instagram/Facebook", "Meta", "Facebook"),
        "amazon_music": ("Amazon", "Amazon Unlimited", "Amazon Prime Music"),
        "youtube": ("YouTube (Ads)", "YouTube (Red)", "YouTube Premium"),
        "netease": ("NetEase Cloud Music",),
        "jiosaavn": ("Saavn",),
    },
    "subscription": {
        "subscribed": ("SUBSCRIBED", "FOLLOWER"),
        "not_subscribed": ("UNSUBSCRIBED", "NON_FOLLOWER", "not following"),
        "premium": ("paid",),
        "ad_supported": ("free", "ad-supported"),
    },
    "traffic_source": {
        "search": ("YT_SEARCH", "YouTube search"),
        "browse": ("browse features", "home"),
        "suggested": ("RELATED_VIDEO", "suggested videos"),
        "shorts_feed": ("SHORTS", "Shorts feed"),
        "related_shorts": ("SHORTS_CONTENT_LINKS", "Related Shorts"),
        "external": ("EXT_URL", "external"),
        "direct": ("NO_LINK_OTHER", "NO_LINK_EMBEDDED", "direct or unknown"),
        "channel": ("YT_CHANNEL", "channel pages", "artist profile and catalog", "artist profile"),
        "subscriber": ("SUBSCRIBER", "subscriptions feed"),
        "playlist": ("PLAYLIST", "playlists"),
        "playlist_page": ("YT_PLAYLIST_PAGE", "playlist page", "playlist pages"),
        "notification": ("NOTIFICATION", "notifications", "bell notifications"),
        "end_screen": ("END_SCREEN", "end screens"),
        "card": ("ANNOTATION", "video cards and annotations"),
        "ad": ("ADVERTISING", "YouTube advertising"),
        "campaign_card": ("CAMPAIGN_CARD", "campaign cards"),
        "hashtag": ("HASHTAGS", "hashtag pages"),
        "sound": ("SOUND_PAGE", "sound pages"),
        "remix": ("VIDEO_REMIXES", "remixed video", "remixed videos"),
        "live_redirect": ("LIVE_REDIRECT", "live redirects"),
        "live_feed": ("IMMERSIVE_LIVE", "vertical live feed"),
        "product": ("PRODUCT_PAGE", "product pages"),
        "claimed": ("YT_CLAIMED_CONTENT", "content claimed"),
        "other_page": ("YT_OTHER_PAGE", "other YouTube features"),
        "library": ("listeners' own playlists and library", "your own playlists and library", "own library"),
        "listener_playlist": ("other listeners' playlists", "listeners playlists"),
        "editorial": ("Spotify editorial playlists", "editorial playlists"),
        "algorithmic": ("Spotify algorithmic playlists", "algorithmic playlists", "personalized playlists"),
        "radio": ("radio and autoplay", "autoplay", "radio"),
    },
}
_AGE: Final = re.compile(r"\D*(\d{1,2})\s*[-–—_ ]+\s*(\d{1,2})\D*")
_AGE_FROM: Final = re.compile(r"\D*(\d{1,2})\s*(?:[+\-–]|and over|or older|\+ years)\D*")
_AGE_BELOW: Final = re.compile(r"(?:<|under|less than)\s*18\D*", re.IGNORECASE)


def _squash(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


_BY_WORD: Final = {
    name: {
        **{_squash(slug): slug for slug in BY_SLUG[name].values},
        **{_squash(label): slug for slug, label in BY_SLUG[name].values.items()},
        **{_squash(word): slug for slug, found in words.items() for word in found},
    }
    for name, words in {**{slug: {} for slug in BY_SLUG}, **_WORDS}.items()
}


def read_value(name: str, text: str) -> str:
    """Return the value of the dimension `name` that a platform's text stands for. Raises ValueError, in words.

    A city becomes the text of a place: which place it is, the gazetteer decides when the number is stored.
    """
    word = " ".join(text.split())
    if name == "country":
        value = find_country(word) or word
    elif name == "city":
        value = unknown_place(word)
    elif name == "age":
        value = _read_age(word)
    else:
        value = _BY_WORD.get(name, {}).get(_squash(word), word[:200])
    check_value(name, value)
    return value


def _read_age(word: str) -> str:
    if _AGE_BELOW.fullmatch(word):
        return "0-17"
    if (span := _AGE.fullmatch(word)) is not None:
        return f"{span[1]}-{span[2]}"
    if (first := _AGE_FROM.fullmatch(word)) is not None:
        return f"{first[1]}+"
    return "unknown" if _squash(word) in ("unknown", "u", "notspecified") else word
