"""Which song a row means. Exports give no id, so a song is its title and its release date."""

from collections.abc import Sequence
from datetime import date

from arti.imports.cell_parsers import normalise_name
from arti.imports.types import KnownTrack


def identify(title: str, released_on: date | None, known: Sequence[KnownTrack]) -> str:
    """Return the id of the one known song of this title (and date), or a new one made of the two.

    Accents and capitals make no difference; two songs that only differ in their date stay two.
    """
    made = f"{title}|{released_on or ''}"
    same = [track for track in known if normalise_name(track.title) == normalise_name(title)]
    if any(track.external_id == made for track in same):
        return made
    fitting = [
        track for track in same if released_on is None or track.released_on is None or track.released_on == released_on
    ]
    return fitting[0].external_id if len(fitting) == 1 else made


def count_same_title(title: str, known: Sequence[KnownTrack]) -> int:
    """Return how many known songs have this title."""
    return sum(normalise_name(track.title) == normalise_name(title) for track in known)
