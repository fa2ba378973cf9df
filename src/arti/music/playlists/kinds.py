"""Classify what kind of playlist a title and curator name. Pure."""

import re
from typing import Final, Literal

PlaylistKind = Literal["editorial", "algorithmic", "listener", "unknown"]
DESCRIPTIONS: Final[dict[PlaylistKind, str]] = {
    "editorial": "of the platform's editors",
    "algorithmic": "made for each listener",
    "listener": "of a listener",
    "unknown": "of an unknown curator",
}

# What Spotify for Artists lists under "Spotify" and is made for each listener. Its editors' lists have other names.
_ALGORITHMIC = re.compile(
    r"radio|mixes|your dj|dj|release radar|discover weekly|smart shuffle|autoplay|on repeat|repeat rewind|daylist"
    r"|blend|jam|daily mix( \d)?|your top songs \d{4}|.+ radio|.+ mix|your summer rewind|your time capsule"
    r"|daily drive|niche mixes|made for you",
    re.IGNORECASE,
)
_PLATFORM = {"spotify", "apple music", "deezer", "amazon music", "youtube music", "soundcloud", "tidal"}


def classify_playlist(title: str, curator: str | None) -> PlaylistKind:
    """Return the kind by curator and title: the platform's own lists are editorial unless made for each listener.

    A curator who is not shown ("-") is a listener. Without a curator the kind is unknown.
    """
    if not curator:
        return "unknown"
    if curator.casefold() not in _PLATFORM:
        return "listener"
    return "algorithmic" if _ALGORITHMIC.fullmatch(title.strip()) else "editorial"
