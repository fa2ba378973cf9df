"""Public schemas of playlists and placements."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.music.playlists.kinds import PlaylistKind
from arti.orgs.schemas import Body


class Playlist(BaseModel):
    id: UUID
    provider: str
    title: str
    curator: str | None = Field(description="Null, or - where the platform does not show who it is.")
    kind: PlaylistKind
    kind_set_by_hand: bool = Field(description="False: classified from title and curator.")
    url: str | None


class PlaylistKindChange(Body):
    kind: PlaylistKind | None = Field(description="Null: classify it from title and curator again.")


class PlaylistReport(BaseModel):
    """What one export or sync says. `source_row` 1 is the line after the header."""

    artist_id: UUID
    asset_id: UUID | None
    song: str | None = Field(description="Null: the source does not say which of the artist's songs.")
    added_on: date | None = Field(description="Only where the source gives the day.")
    streams: int | None = Field(description="Brought from `from_on` to `to_on`. Null: not stated.")
    listeners: int | None = Field(description="Brought from `from_on` to `to_on`. Null: not stated.")
    source: str
    period: str
    from_on: date | None = Field(description="First day of the period. Null: since the beginning.")
    to_on: date
    import_id: UUID | None
    sync_run_id: UUID | None
    source_row: int | None


class Placement(PlaylistReport):
    """A song on a playlist, from when to when as far as sources say.

    Numbers, period, source and row are those of the last export or sync that names it. A source that does not name a
    playlist says that it brought no plays in its period, or too few to be listed.
    """

    id: UUID
    playlist: Playlist
    recording_id: UUID | None = Field(description="Null: the song is not matched, or not named.")
    start_known: Literal["day", "between", "before"] = Field(
        description="The source gives the day; it lies between two sources; it was there in the first source already."
    )
    started_not_before: date | None = Field(description="Null: unknown, it was there in the first source already.")
    started_not_after: date
    ended: bool = Field(description="Whether a later source of the same kind no longer names it.")
    ended_not_before: date | None
    ended_not_after: date | None = Field(description="Null: the latest source names it.")
    snapshots: int = Field(description="How many exports or syncs in a row name it.")
    first_import_id: UUID | None
    first_sync_run_id: UUID | None
    first_source_row: int | None


class PlaylistDetail(Playlist):
    placements: list[Placement]
    reports: list[PlaylistReport] = Field(description="The latest first.")
