"""Exports that ARTi knows by name and does not read yet: refused with their name, not as "unknown"."""

from arti.imports.cell_parsers import normalise_name
from arti.imports.types import SourceTable

READS = (
    "ARTi reads Spotify for Artists (audience timeline, songs, song timeline, playlists, cities) "
    "and YouTube Studio (Table data, Chart data, Totals, or their zip)"
)

# Columns that only this file has, all of them needed. The first that fits wins.
_BY_COLUMNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("a TikTok export", frozenset({"video views", "reached audience"})),
    ("a TikTok export", frozenset({"reached audience", "engaged audience"})),
    ("a Meta Business Suite list of posts (Instagram)", frozenset({"post id", "account username"})),
    ("a Meta Business Suite list of posts (Facebook)", frozenset({"post id", "page name"})),
    ("a Meta Business Suite list of videos (Facebook)", frozenset({"video asset id", "page name"})),
    ("a Meta Business Suite time series", frozenset({"date", "primary"})),
    ("a Meta Business Suite time series", frozenset({"data", "primary"})),
    ("a Meta Business Suite audience export", frozenset({"women", "men"})),
    ("a Meta Business Suite audience export", frozenset({"fb_page", "follow", "unique_users"})),
    ("a Meta Business Suite summary of content formats", frozenset({"reels", "photos", "links"})),
    ("a DistroKid royalty report", frozenset({"sale month", "store", "team percentage"})),
    ("a TuneCore sales report", frozenset({"sales period", "posted date", "store name"})),
    ("a CD Baby sales report", frozenset({"cdbabysku"})),
    ("a Bandcamp sales report", frozenset({"paid to", "item type", "item name"})),
    ("a Cargo royalty report", frozenset({"royalty id", "asset isrc"})),
    ("a PRS statement", frozenset({"cae number", "work title"})),
    ("an ASCAP statement", frozenset({"work title", "performance quarter"})),
    ("a SoundCloud for Artists royalty report", frozenset({"reporting period", "accounting period", "partner"})),
    ("a Beatport royalty report", frozenset({"product_upc", "track_isrc_code"})),
    (
        "a label distributor's sales report",
        frozenset({"internal invoice number", "catalog number"}),
    ),
)
_META_TITLES = ("facebook", "instagram", "age & gender", "content interactions", "top cities", "top countries")


def find_unsupported_format(table: SourceTable) -> str | None:
    """Return what a known, unsupported export is called, or None."""
    names = set(table.names)
    for title, needed in _BY_COLUMNS:
        if needed <= names:
            return title
    if any(normalise_name(title).startswith(_META_TITLES) for title in table.titles):
        return "a Meta Business Suite export"
    return None


def describe_unsupported_format(title: str) -> str:
    later = "royalty and sales reports" if "report" in title or "statement" in title else "its numbers"
    return f"This is {title}. ARTi does not read {later} yet. {READS}."
