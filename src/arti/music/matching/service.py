"""Match an artist's assets with recordings and releases: link the certain ones, keep the doubtful ones for a person.

A track that is certainly no recording we know is a new one. A video or reel without its song stays without one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID, uuid4

from arti.music.matching import store
from arti.music.matching.roster import Roster, credit_keys, read_roster
from arti.music.matching.scoring import Match, SongFacts, choose, score_recording, score_release
from arti.music.matching.songs import MatchableAsset, read_asset, read_recording, read_release
from arti.music.recordings import store as recordings
from arti.music.releases import store as releases
from arti_core.database import Connection

BATCH = 100
_KINDS = ("album", "single", "ep", "compilation")


@dataclass(slots=True)
class MatchCounts:
    """What a run did: assets linked to a song, songs that are new, assets that wait for a person."""

    linked: int = 0
    created: int = 0
    doubtful: int = 0


@dataclass(slots=True)
class _Songs:
    """The songs that the assets of a batch may be, with those that the batch itself made."""

    roster: Roster
    recordings: list[SongFacts]
    releases: list[SongFacts]
    counts: MatchCounts = field(default_factory=MatchCounts)


async def match_batch(connection: Connection, org_id: UUID, artist_id: UUID, asset_ids: Sequence[UUID]) -> MatchCounts:
    """Match assets of one artist, in this order. Safe to run twice."""
    await store.lock_songs(connection, org_id)
    roster = read_roster(await store.list_roster(connection, org_id))
    if artist_id not in roster.names:
        return MatchCounts()
    rows = await store.list_assets(connection, org_id, asset_ids)
    assets = [read_asset(row, roster) for row in rows if row["recording_id"] is None and row["release_id"] is None]
    if not assets:
        return MatchCounts()
    external_ids = [id for asset in assets for _, id in asset.facts.platform_ids]
    songs = _Songs(
        roster,
        [
            read_recording(row)
            for row in await store.list_recordings(
                connection,
                org_id,
                artist_id=artist_id,
                isrcs={asset.facts.isrc for asset in assets if asset.facts.isrc},
                title_keys={asset.title.key for asset in assets},
                external_ids=external_ids,
            )
        ],
        [
            read_release(row)
            for row in await store.list_releases(
                connection,
                org_id,
                artist_id=artist_id,
                upcs={asset.facts.upc for asset in assets if asset.facts.upc},
                external_ids=external_ids,
            )
        ],
    )
    for asset in assets:
        if asset.kind == "album":
            await _match_album(connection, org_id, asset, songs)
        else:
            await _match_recording(connection, org_id, asset, songs)
        await _learn_ids(connection, org_id, asset, roster)
    return songs.counts


async def _match_recording(connection: Connection, org_id: UUID, asset: MatchableAsset, songs: _Songs) -> None:
    rejected = set(asset.row["rejected"])
    matches = [
        match
        for song in songs.recordings
        if song.id not in rejected and (match := score_recording(asset.facts, song)) is not None
    ]
    linked, doubtful = choose(matches)
    if linked is not None:
        recording_id = linked.song_id
        await _link(connection, org_id, asset, linked, "recording_id")
        await complete_from_asset(connection, org_id, asset, recording_id)
        songs.recordings = [_with_asset(song, asset) if song.id == recording_id else song for song in songs.recordings]
        songs.counts.linked += 1
    elif asset.kind == "track":
        recording_id = await create_from_asset(connection, org_id, asset, songs.recordings, songs.roster)
        await store.link_asset(connection, org_id, asset.id, recording_id=recording_id, release_id=None)
        songs.counts.created += 1
    for match in doubtful:
        await _record(connection, org_id, asset, match, "recording_id", "open")
    songs.counts.doubtful += bool(doubtful)
    if linked is not None or asset.kind == "track":
        await _put_on_release(connection, org_id, asset, recording_id)


async def create_from_asset(
    connection: Connection,
    org_id: UUID,
    asset: MatchableAsset,
    known: list[SongFacts],
    roster: Roster,
    *,
    created_by: UUID | None = None,
) -> UUID:
    """Make a recording of what a platform says of an asset, and add it to `known`. Versions find their original."""
    id, facts, title = uuid4(), asset.facts, asset.title
    same = [song for song in known if song.title.key == title.key and song.artists & facts.artists]
    original = next((song.id for song in same if not song.title.kinds), None) if title.kinds else None
    await recordings.insert_recording(
        connection,
        org_id,
        id,
        title=title.song[:500],
        version_title=title.version[:200] if title.version else None,
        version_of=original,
        isrc=facts.isrc,
        duration_ms=facts.duration_ms,
        released_on=facts.released_on,
        title_key=title.key[:500],
        created_by=created_by,
    )
    await recordings.insert_credits(connection, org_id, asset.credits, recording_id=id)
    if not title.kinds and (versions := [song.id for song in same if song.title.kinds]):
        await recordings.set_version_of(connection, org_id, versions, id)
    guests = credit_keys(roster, [credit for credit in asset.credits if credit.role in ("featured", "remixer")])
    known.append(_with_asset(SongFacts(id, title, facts.artists, guests=guests), asset))
    return id


async def complete_from_asset(connection: Connection, org_id: UUID, asset: MatchableAsset, recording_id: UUID) -> None:
    """Fill in what an asset knows of its recording: identifiers, duration, and credits that the provider names."""
    facts = asset.facts
    clip = asset.kind != "track"
    await recordings.complete_recording(
        connection,
        org_id,
        recording_id,
        isrc=facts.isrc,
        duration_ms=None if clip else facts.duration_ms,
        released_on=None if clip else facts.released_on,
    )
    if asset.row["credits"] or asset.title.featured:
        await recordings.insert_credits(connection, org_id, asset.credits, recording_id=recording_id)


async def _match_album(connection: Connection, org_id: UUID, asset: MatchableAsset, songs: _Songs) -> None:
    rejected = set(asset.row["rejected"])
    matches = [
        match
        for song in songs.releases
        if song.id not in rejected and (match := score_release(asset.facts, song)) is not None
    ]
    linked, doubtful = choose(matches)
    details, facts = asset.row["details"], asset.facts
    kind = details.get("album_type") if details.get("album_type") in _KINDS else None
    label = str(details.get("label") or "")[:200] or None
    if linked is not None:
        await _link(connection, org_id, asset, linked, "release_id")
        await releases.complete_release(
            connection,
            org_id,
            linked.song_id,
            upc=facts.upc,
            label=label,
            kind=kind,
            released_on=facts.released_on,
        )
        songs.counts.linked += 1
        return
    id = uuid4()
    await releases.insert_release(
        connection,
        org_id,
        id,
        title=asset.row["title"][:500],
        upc=facts.upc,
        label=label,
        kind=kind,
        released_on=facts.released_on,
        title_key=asset.title.key[:500],
        created_by=None,
    )
    await recordings.insert_credits(connection, org_id, asset.credits, release_id=id)
    await store.link_asset(connection, org_id, asset.id, recording_id=None, release_id=id)
    songs.releases.append(
        SongFacts(id, asset.title, facts.artists, facts.platform_ids, upc=facts.upc, released_on=facts.released_on)
    )
    songs.counts.created += 1
    for match in doubtful:
        await _record(connection, org_id, asset, match, "release_id", "open")
    songs.counts.doubtful += bool(doubtful)


async def _put_on_release(connection: Connection, org_id: UUID, asset: MatchableAsset, recording_id: UUID) -> None:
    """Put the recording of a track on the release of the album that the provider names."""
    details = asset.row["details"]
    album = details.get("album_id")
    if not album:
        return
    release_id = await store.find_album(
        connection, org_id, artist_id=asset.artist_id, provider=asset.provider, external_id=str(album)
    )
    if release_id is not None:
        disc, position = (details.get(name) for name in ("disc_number", "track_number"))
        await releases.insert_track(connection, org_id, release_id, recording_id, disc=disc, position=position)


async def _link(connection: Connection, org_id: UUID, asset: MatchableAsset, match: Match, column: str) -> None:
    ids = {"recording_id": None, "release_id": None, column: match.song_id}
    await store.link_asset(connection, org_id, asset.id, **ids)
    await store.close_candidates(connection, org_id, asset.id)
    await _record(connection, org_id, asset, match, column, "linked")


async def _record(
    connection: Connection, org_id: UUID, asset: MatchableAsset, match: Match, column: str, status: str
) -> None:
    ids = {"recording_id": None, "release_id": None, column: match.song_id}
    await store.record_candidate(
        connection,
        org_id,
        asset_id=asset.id,
        artist_id=asset.artist_id,
        score=match.score,
        reasons=[asdict(reason) for reason in match.reasons],
        status=status,
        **ids,
    )


async def _learn_ids(connection: Connection, org_id: UUID, asset: MatchableAsset, roster: Roster) -> None:
    """Remember the artist's own id where a platform names the artist with it."""
    for entry in asset.row["credits"]:
        id = entry.get("external_id")
        if id and roster.find(entry["name"]) == asset.artist_id and f"{asset.provider} {id}" not in roster.by_id:
            await store.insert_external_id(connection, org_id, asset.artist_id, provider=asset.provider, external_id=id)
            roster.by_id[f"{asset.provider} {id}"] = asset.artist_id


def _with_asset(song: SongFacts, asset: MatchableAsset) -> SongFacts:
    """Return a song as it is known after an asset was linked to it."""
    facts = asset.facts
    return SongFacts(
        id=song.id,
        title=song.title,
        artists=song.artists | facts.artists,
        platform_ids=song.platform_ids | {(asset.provider, asset.external_id)},
        isrcs=song.isrcs | ({facts.isrc} if facts.isrc else frozenset()),
        duration_ms=song.duration_ms or (facts.duration_ms if asset.kind == "track" else None),
        released_on=song.released_on or (facts.released_on if asset.kind == "track" else None),
        guests=song.guests,
    )
