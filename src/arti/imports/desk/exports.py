"""The exports that people download regularly: what ticks one off, how often it is due, where it is downloaded.

Addresses are those of the platforms' own pages; the artist's id stands in them where the platform has it there.
"""

import re
from dataclasses import dataclass
from typing import Final

from arti.vocabulary import Provider

WEEK: Final = 7
MONTH: Final = 30
_ID_FORMS: Final = {"spotify": re.compile(r"[A-Za-z0-9]{22}"), "youtube": re.compile(r"UC[A-Za-z0-9_-]{22}")}


@dataclass(frozen=True, slots=True)
class RegularExport:
    """One kind of export. `sources` begin those of its imports; `at_id` is its page where the artist's id is known."""

    key: str
    provider: str
    title: str
    sources: tuple[str, ...]
    days: int
    at: str
    at_id: str | None = None

    def link(self, external_id: str | None) -> str:
        """Return the page to download it from, of the artist with this id at the platform where it is one."""
        form = _ID_FORMS.get(self.provider) if self.at_id else None
        if form and external_id and form.fullmatch(external_id):
            return str(self.at_id).format(id=external_id)
        return self.at


def _spotify(key: str, title: str, source: str, page: str) -> RegularExport:
    return RegularExport(
        f"spotify.{key}",
        Provider.SPOTIFY,
        title,
        (f"spotify_for_artists.{source}",),
        WEEK,
        "https://artists.spotify.com/",
        f"https://artists.spotify.com/c/artist/{{id}}/{page}",
    )


_STUDIO: Final = "https://studio.youtube.com/"
_OF_CHANNEL: Final = "https://studio.youtube.com/channel/{id}/analytics/tab-overview/period-default"
_META: Final = "https://business.facebook.com/latest/insights"

EXPORTS: Final[tuple[RegularExport, ...]] = (
    _spotify("audience", "Audience", "audience_timeline", "audience/stats"),
    _spotify("songs", "Songs", "songs", "music/songs"),
    _spotify("playlists", "Playlists", "playlists", "music/playlists"),
    RegularExport(
        "youtube.analytics",
        Provider.YOUTUBE,
        "Analytics",
        ("youtube_studio.",),
        WEEK,
        _STUDIO,
        _OF_CHANNEL,
    ),
    RegularExport(
        "tiktok.overview",
        "tiktok",
        "Overview",
        ("tiktok_studio.",),
        WEEK,
        "https://www.tiktok.com/tiktokstudio/analytics",
    ),
    RegularExport(
        "instagram.insights",
        Provider.INSTAGRAM,
        "Insights",
        ("meta_business_suite.",),
        WEEK,
        _META,
    ),
)
BY_KEY: Final = {export.key: export for export in EXPORTS}
# Statements are asked for where one came before: not every distributor has every artist.
_STATEMENT: Final = re.compile(r"royalties\.([a-z_]+)")


def statement_export(source: str, title: str) -> RegularExport | None:
    """Return the export of a source that is a royalty report."""
    found = _STATEMENT.fullmatch(source)
    return RegularExport(source, "", title.partition(",")[0], (source,), MONTH, "") if found else None
