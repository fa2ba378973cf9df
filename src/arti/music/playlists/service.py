"""Playlists, and from when to when a song was on them as far as sources say."""

from datetime import date
from uuid import NAMESPACE_URL, UUID, uuid5

from arti.music.playlists import store
from arti.music.playlists.kinds import PlaylistKind, classify_playlist
from arti.music.playlists.schemas import Placement, Playlist, PlaylistDetail, PlaylistReport
from arti.music.service import get_artist
from arti.music.store import find_asset_ids
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.providers.contract import PlaylistSnapshot
from arti_core.database import Connection, Row
from arti_core.errors import NotFound

_MOST = 500  # placements or reports of one playlist


async def record_snapshot(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID,
    provider: str,
    snapshot: PlaylistSnapshot,
    import_id: UUID | None = None,
    sync_run_id: UUID | None = None,
) -> None:
    """Store what a source names. The assets of its songs must be stored already."""
    songs = {entry.song for entry in snapshot.entries if entry.song} | ({snapshot.song} if snapshot.song else set())
    ids = await find_asset_ids(connection, org_id, artist_id=artist_id, provider=provider, external_ids=sorted(songs))
    snapshot_id = await store.insert_snapshot(
        connection,
        org_id,
        artist_id=artist_id,
        provider=provider,
        snapshot=snapshot,
        song_id=ids[snapshot.song] if snapshot.song else None,
        import_id=import_id,
        sync_run_id=sync_run_id,
    )
    playlist_ids = [_playlist_id(org_id, provider, entry.external_id) for entry in snapshot.entries]
    first = dict(zip(reversed(playlist_ids), reversed(snapshot.entries), strict=True))
    await store.insert_playlists(
        connection,
        org_id,
        provider=provider,
        ids=list(first),
        kinds=[classify_playlist(entry.title, entry.curator) for entry in first.values()],
        entries=list(first.values()),
    )
    await store.insert_entries(
        connection,
        org_id,
        snapshot_id,
        artist_id=artist_id,
        provider=provider,
        playlist_ids=playlist_ids,
        song_ids=[ids[entry.song] if entry.song else None for entry in snapshot.entries],
        entries=snapshot.entries,
    )


async def list_artist_placements(
    connection: Connection,
    org_id: UUID,
    artist_id: UUID,
    *,
    kind: PlaylistKind | None,
    current: bool | None,
    offset: int,
    limit: int,
    known_on: date | None = None,
) -> list[Placement]:
    """Return the placements of an artist's songs, the latest first. Raises NotFound."""
    await get_artist(connection, org_id, artist_id)
    rows = await store.list_artist_placements(
        connection, org_id, artist_id, kind=kind, current=current, offset=offset, limit=limit, known_on=known_on
    )
    return [_show(row) for row in rows]


async def list_recording_placements(
    connection: Connection,
    org_id: UUID,
    recording_id: UUID,
    *,
    kind: PlaylistKind | None,
    current: bool | None,
    offset: int,
    limit: int,
    known_on: date | None = None,
) -> list[Placement]:
    """Return the placements of a recording, on all platforms. Raises NotFound."""
    if not await store.recording_exists(connection, org_id, recording_id):
        raise NotFound("recording")
    rows = await store.list_recording_placements(
        connection, org_id, recording_id, kind=kind, current=current, offset=offset, limit=limit, known_on=known_on
    )
    return [_show(row) for row in rows]


async def get_playlist(
    connection: Connection, org_id: UUID, playlist_id: UUID, *, known_on: date | None
) -> PlaylistDetail:
    """Return a playlist with its placements and what each export or sync says of it. Raises NotFound."""
    row = await _get_row(connection, org_id, playlist_id, known_on)
    placements = await store.list_placements_on(connection, org_id, playlist_id, limit=_MOST, known_on=known_on)
    reports = await store.list_entries_of(connection, org_id, playlist_id, limit=_MOST, known_on=known_on)
    return PlaylistDetail(
        **_show_playlist(row).model_dump(),
        placements=[_show(placement) for placement in placements],
        reports=[PlaylistReport.model_validate(dict(report)) for report in reports],
    )


async def update_kind(access: Access, playlist_id: UUID, *, kind: PlaylistKind | None) -> Playlist:
    """Say of what kind a playlist is; None goes back to what title and curator say. Raises NotFound."""
    row = await _get_row(access.connection, access.org_id, playlist_id)
    classified = kind or classify_playlist(row["title"], row["curator"])
    set_by = access.principal.user_id if kind else None
    await store.update_kind(access.connection, access.org_id, playlist_id, kind=classified, set_by=set_by)
    await audit(access, "playlist.kind_changed", playlist_id, {"from": row["kind"], "to": classified})
    return _show_playlist(await _get_row(access.connection, access.org_id, playlist_id))


def _playlist_id(org_id: UUID, provider: str, external_id: str) -> UUID:
    """Return the id that this playlist always has in this org.

    Not a random one: whoever imports may not see the playlist's row yet, so its id could not be looked up.
    """
    return uuid5(NAMESPACE_URL, f"arti:{org_id}:{provider}:{external_id}")


async def _get_row(connection: Connection, org_id: UUID, playlist_id: UUID, known_on: date | None = None) -> Row:
    row = await store.find_playlist(connection, org_id, playlist_id, known_on=known_on)
    if row is None:
        raise NotFound("playlist")
    return row


def _show_playlist(row: Row) -> Playlist:
    return Playlist.model_validate(dict(row))


def _show(row: Row) -> Placement:
    fields = dict(row)
    return Placement.model_validate(fields | {"playlist": {**fields, "id": fields["playlist_id"]}})
