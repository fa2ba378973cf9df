"""Recognise exports that ARTi does not import yet, so that they are refused by name."""

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.types import SourceTable

SUPPORTED_EXPORTS = (
    "ARTi imports Spotify for Artists (audience timeline, songs, song timeline, playlists, cities, countries, gender, "
    "age, source of streams, segments), the counts of Apple Music, Amazon Music and SoundCloud for Artists, "
    "YouTube Studio (Table data, Chart data, Totals, or their zip), TikTok Studio (overview, followers, viewers, "
    "content), Meta Business Suite (one metric by day, posts, reels, stories, videos, audience), campaigns of Meta, "
    "TikTok and Google Ads, Marquee and Showcase, smart links, ticket sales, mails to a list, and royalties of "
    "DistroKid, TuneCore, CD Baby, Bandcamp, Cargo, SoundCloud for Artists, Beatport, PRS, ASCAP, ClicknClear, "
    "Believe, The Orchard, FUGA, Amuse and labels with a month, a store and an amount in each row"
)

# Columns that identify a format; all must be present. The first match is used.
_FORMATS_BY_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("a Meta Business Suite summary of content formats", frozenset({"reels", "photos", "links"})),
)
_META_TITLES = (
    "facebook",
    "instagram",
    "content interactions",
    "top pages",
    "published content",
)


def find_unsupported_format(table: SourceTable) -> str | None:
    """Return the name of an unsupported export, or None."""
    names = set(table.names)
    for title, required in _FORMATS_BY_COLUMNS:
        if required <= names:
            return title
    if any(normalise_name(title).startswith(_META_TITLES) for title in table.titles):
        return "a Meta Business Suite export"
    return None


def describe_unsupported_format(title: str) -> str:
    content = "royalty and sales reports" if "report" in title or "statement" in title else "these files"
    return f"This is {title}. ARTi cannot import {content} yet. {SUPPORTED_EXPORTS}."
