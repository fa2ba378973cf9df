"""Match songs of exports to tracks. Exports contain no id, so title and release date identify a song."""

from collections.abc import Sequence
from datetime import date

from arti.imports.cells.cell_parsers import normalise_name
from arti.imports.types import KnownTrack


def match_track(title: str, released_on: date | None, tracks: Sequence[KnownTrack]) -> str:
    """Return the id of the only track with this title and date, or a new id made of the two.

    Accents and case are ignored. Songs with the same title and different dates are different tracks.
    """
    new_id = f"{title}|{released_on or ''}"
    same_title = [track for track in tracks if normalise_name(track.title) == normalise_name(title)]
    if any(track.external_id == new_id for track in same_title):
        return new_id
    candidates = [
        track
        for track in same_title
        if released_on is None or track.released_on is None or track.released_on == released_on
    ]
    return candidates[0].external_id if len(candidates) == 1 else new_id


def count_tracks_titled(title: str, tracks: Sequence[KnownTrack]) -> int:
    """Return how many tracks have this title."""
    return sum(normalise_name(track.title) == normalise_name(title) for track in tracks)
