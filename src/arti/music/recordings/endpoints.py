"""HTTP of recordings and credits. Reading a song with its numbers: arti.metrics.songs."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from arti.music.recordings import schemas, service, store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission
from arti_core.errors import NotFound

router = ApiRouter(tags=["songs"])

WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]


@router.post("/api/recordings", status_code=201)
async def create_recording(recording: schemas.NewRecording, access: WritesRoster) -> schemas.Recording:
    """Add a song by hand, for example one that is not out yet. Matching will find its assets later."""
    return await _read(access, await service.create_recording(access, recording))


@router.patch("/api/recordings/{recording_id}")
async def update_recording(
    recording_id: UUID, change: schemas.RecordingChange, access: WritesRoster
) -> schemas.Recording:
    """Change a song. Fields that are left out stay as they are."""
    await service.update_recording(access, recording_id, change.model_dump(exclude_unset=True))
    return await _read(access, recording_id)


@router.put("/api/recordings/{recording_id}/credits", status_code=204)
async def replace_recording_credits(recording_id: UUID, body: schemas.Credits, access: WritesRoster) -> Response:
    """Set all credits of a song. Those of artists whom you do not see stay."""
    await service.replace_credits(access, recording_id, body.credits)
    return Response(status_code=204)


async def _read(access: Access, recording_id: UUID) -> schemas.Recording:
    row = await store.find_recording(access.connection, access.org_id, recording_id)
    if row is None:
        raise NotFound("recording")
    return schemas.Recording.model_validate(dict(row))
