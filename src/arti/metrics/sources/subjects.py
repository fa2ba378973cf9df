"""What a typed or pushed value is about: an artist, an asset, or a song or release.

A song that is counted by an own source is an item of that source, as it is of a platform: so its numbers roll up with
those of the platforms, and follow it when songs are merged or split.
"""

from collections.abc import Sequence
from uuid import UUID

from arti.metrics.sources import schemas, store
from arti.music.matching.store import link_asset
from arti.music.recordings.service import resolve_recording
from arti.music.recordings.store import find_recording
from arti.music.releases.service import resolve_release
from arti.music.releases.store import find_release
from arti.music.store import find_asset_ids, upsert_assets
from arti.orgs.authorization import Access
from arti.providers.contract import AssetRecord
from arti_core.errors import Invalid, NotFound


def subject_key(index: int, value: schemas.EnteredValue) -> str | None:
    """Return the text by which a value names its asset, song or release; None for the artist. Raises Invalid."""
    named = {
        f"{kind}:{id}" for kind in ("asset", "recording", "release") if (id := getattr(value, f"{kind}_id")) is not None
    }
    if len(named) > 1:
        raise Invalid(
            "A value is of one thing: give asset_id, recording_id or release_id.",
            field=f"observations.{index}.asset_id",
        )
    return next(iter(named), None)


async def find_assets(
    access: Access, source: str, artist_id: UUID, values: Sequence[schemas.EnteredValue]
) -> dict[str, UUID]:
    """Return the assets that values are about by their keys; those of songs and releases are made where missing.

    Raises NotFound for what the caller does not see, Invalid for a song or release of other artists.
    """
    connection, org_id = access.connection, access.org_id
    wanted = {value.asset_id for value in values if value.asset_id}
    found = await store.list_asset_ids(connection, org_id, sorted(wanted)) if wanted else []
    if len(found) < len(wanted):
        raise NotFound("asset")
    assets = {f"asset:{id}": id for id in found}
    for recording_id in {value.recording_id for value in values if value.recording_id}:
        song_id = await resolve_recording(connection, org_id, recording_id)
        song = await find_recording(connection, org_id, song_id)
        if song is None:
            raise NotFound("recording")
        _check_credits(song["credits"], artist_id, "recording_id")
        assets[f"recording:{recording_id}"] = await _find_or_create(
            access, source, artist_id, AssetRecord(f"recording:{song_id}", "track", song["title"]), recording_id=song_id
        )
    for release_id in {value.release_id for value in values if value.release_id}:
        id = await resolve_release(connection, org_id, release_id)
        release = await find_release(connection, org_id, id)
        if release is None:
            raise NotFound("release")
        _check_credits(release["credits"], artist_id, "release_id")
        assets[f"release:{release_id}"] = await _find_or_create(
            access, source, artist_id, AssetRecord(f"release:{id}", "album", release["title"]), release_id=id
        )
    return assets


def _check_credits(credits: Sequence[dict[str, object]], artist_id: UUID, field: str) -> None:
    if str(artist_id) not in {str(credit["artist_id"]) for credit in credits}:
        raise Invalid("The artist is not credited on it. Give the artist whose it is.", field=f"observations.0.{field}")


async def _find_or_create(
    access: Access,
    source: str,
    artist_id: UUID,
    record: AssetRecord,
    *,
    recording_id: UUID | None = None,
    release_id: UUID | None = None,
) -> UUID:
    connection, org_id = access.connection, access.org_id
    found = await _find(access, source, artist_id, record)
    if found is not None:
        return found
    await upsert_assets(connection, org_id, artist_id=artist_id, provider=source, assets=[record])
    made = await _find(access, source, artist_id, record)
    assert made is not None
    await link_asset(connection, org_id, made, recording_id=recording_id, release_id=release_id)
    return made


async def _find(access: Access, source: str, artist_id: UUID, record: AssetRecord) -> UUID | None:
    found = await find_asset_ids(
        access.connection, access.org_id, artist_id=artist_id, provider=source, external_ids=[record.external_id]
    )
    return found.get(record.external_id)
