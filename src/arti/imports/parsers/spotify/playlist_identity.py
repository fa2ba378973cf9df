"""Which playlist a row names. Exports contain no id, so title and author identify one.

Many listeners have a playlist of the same name, and no author is shown for them: there the day on which the song was
added is what differs. A cell that cannot be read, or a column that a re-saved file lacks, makes no other playlist: the
row is then of the only known one that fits.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.types import KnownTrack

NO_AUTHOR = ("", "-")
_PREFIX = "playlist:"


@dataclass(frozen=True, slots=True)
class PlaylistIdentity:
    """A playlist as exports name it."""

    title: str
    author: str
    added_on: date | None

    @property
    def asset_id(self) -> str:
        """The external id of the playlist's asset."""
        return f"{_PREFIX}{self.title}|{self.author}|{self.added_on or ''}"

    @property
    def playlist_id(self) -> str:
        """The id of the playlist itself, which several songs can be on."""
        named = f"{self.title}|{self.author}"
        return f"{named}|{self.added_on or ''}" if self.author in NO_AUTHOR else named


def match_playlist(
    wanted: PlaylistIdentity,
    known: Sequence[KnownTrack],
    *,
    taken: Collection[str] = (),
    is_day_unreadable: bool = False,
    is_author_missing: bool = False,
) -> PlaylistIdentity | None:
    """Return the known playlist of a row, or the row's own; None where several known ones fit and none is certain.

    `taken`: ids of assets that earlier rows of the file are. A day or an author that is not there fits any.
    """
    same_title = [
        identity
        for track in known
        if normalise_name(track.title) == normalise_name(wanted.title)
        and (identity := _parse(track.external_id)) is not None
        and identity.asset_id not in taken
    ]
    if any(identity == wanted for identity in same_title):
        return wanted
    candidates = [
        identity
        for identity in same_title
        if (is_author_missing or identity.author == wanted.author)
        and (wanted.added_on is None or identity.added_on is None or identity.added_on == wanted.added_on)
    ]
    if len(candidates) == 1:
        return candidates[0]
    return None if candidates and (is_day_unreadable or is_author_missing) else wanted


def _parse(asset_id: str) -> PlaylistIdentity | None:
    parts = asset_id.removeprefix(_PREFIX).rsplit("|", 2)
    if not asset_id.startswith(_PREFIX) or len(parts) != 3:
        return None
    try:
        return PlaylistIdentity(parts[0], parts[1], date.fromisoformat(parts[2]) if parts[2] else None)
    except ValueError:
        return None
