"""HTTP of artist groups and tags."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from arti.music.groups import schemas, service, store
from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, needs
from arti.vocabulary import Permission

router = ApiRouter(tags=["artists"])

ReadsRoster = Annotated[Access, needs(Permission.ROSTER_READ)]
WritesRoster = Annotated[Access, needs(Permission.ROSTER_WRITE)]
# A group decides who sees what, so whoever manages members keeps the groups.
ManagesMembers = Annotated[Access, needs(Permission.MEMBERS_MANAGE)]


@router.get("/api/artist-groups")
async def list_artist_groups(access: ReadsRoster) -> schemas.ArtistGroups:
    """List the groups of which you see an artist, with those of their artists that you see."""
    return schemas.ArtistGroups(items=await service.list_groups(access))


@router.post("/api/artist-groups", status_code=201)
async def create_artist_group(group: schemas.ArtistGroupName, access: ManagesMembers) -> schemas.ArtistGroup:
    """Add a group without artists."""
    return await service.create_group(access, group.name)


@router.patch("/api/artist-groups/{group_id}")
async def rename_artist_group(
    group_id: UUID, group: schemas.ArtistGroupName, access: ManagesMembers
) -> schemas.ArtistGroup:
    """Rename a group."""
    await service.rename_group(access, group_id, group.name)
    return await service.get_group(access, group_id)


@router.delete("/api/artist-groups/{group_id}", status_code=204)
async def delete_artist_group(group_id: UUID, access: ManagesMembers) -> Response:
    """Delete a group. Its artists stay; members lose the access that it gave."""
    await service.delete_group(access, group_id)
    return Response(status_code=204)


@router.put("/api/artist-groups/{group_id}/artists")
async def replace_group_artists(group_id: UUID, body: schemas.ArtistIds, access: ManagesMembers) -> schemas.ArtistGroup:
    """Set the artists of a group. Members who have the group see them at once."""
    await service.replace_artists(access, group_id, body.artist_ids)
    return await service.get_group(access, group_id)


@router.get("/api/tags")
async def list_tags(access: ReadsRoster) -> schemas.Tags:
    """List the org's tags. A tag is made when an artist gets it."""
    rows = await store.list_tags(access.connection, access.org_id)
    return schemas.Tags(items=[schemas.Tag.model_validate(dict(row)) for row in rows])


@router.delete("/api/tags/{tag_id}", status_code=204)
async def delete_tag(tag_id: UUID, access: WritesRoster) -> Response:
    """Delete a tag from all artists, which takes a member who sees all of them."""
    await service.delete_tag(access, tag_id)
    return Response(status_code=204)
