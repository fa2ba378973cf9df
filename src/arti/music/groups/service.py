"""Artist groups and tags."""

from collections.abc import Sequence
from uuid import UUID

from arti.music.groups import store
from arti.music.groups.schemas import ArtistGroup
from arti.music.store import has_artists
from arti.orgs.audit import audit
from arti.orgs.authorization import Access
from arti.vocabulary import Permission
from arti_core.database import Row
from arti_core.errors import Conflict, Forbidden, NotFound


async def list_groups(access: Access) -> list[ArtistGroup]:
    return [_shape(access, row) for row in await store.list_groups(access.connection, access.org_id)]


async def get_group(access: Access, group_id: UUID) -> ArtistGroup:
    """Return a group. Raises NotFound."""
    return _shape(access, await _get_row(access, group_id))


async def create_group(access: Access, name: str) -> ArtistGroup:
    """Add an empty group. Raises Conflict for a name that is taken."""
    id = await store.insert_group(access.connection, access.org_id, name)
    if id is None:
        raise Conflict(f"There is already a group called {name}.", field="name")
    await audit(access, "artist_group.created", id, {"name": name})
    return await get_group(access, id)


async def rename_group(access: Access, group_id: UUID, name: str) -> None:
    """Raises NotFound, Conflict for a name that is taken."""
    before = await _get_row(access, group_id)
    if not await store.rename_group(access.connection, access.org_id, group_id, name):
        raise Conflict(f"There is already a group called {name}.", field="name")
    if name != before["name"]:
        await audit(access, "artist_group.renamed", group_id, {"from": before["name"], "to": name})


async def delete_group(access: Access, group_id: UUID) -> None:
    """Delete a group; its artists stay, but members lose the access that it gave. Raises NotFound."""
    group = await _get_row(access, group_id)
    await store.delete_group(access.connection, access.org_id, group_id)
    about = {"name": group["name"], "artists": _names(group), "member_count": group["member_count"]}
    await audit(access, "artist_group.deleted", group_id, about)


async def replace_artists(access: Access, group_id: UUID, artist_ids: Sequence[UUID]) -> None:
    """Make these the artists of a group; members who have the group see them. Raises NotFound."""
    before = await _get_row(access, group_id)
    if not await has_artists(access.connection, access.org_id, artist_ids):
        raise NotFound("artist")
    await store.replace_artists(access.connection, access.org_id, group_id, list(artist_ids))
    after = await _get_row(access, group_id)
    if before["artists"] != after["artists"]:
        about = {"name": after["name"], "from": _names(before), "to": _names(after)}
        await audit(access, "artist_group.artists_changed", group_id, about)


async def _get_row(access: Access, group_id: UUID) -> Row:
    row = await store.find_group(access.connection, access.org_id, group_id)
    if row is None:
        raise NotFound("group")
    return row


def _names(row: Row) -> list[str]:
    return [artist["name"] for artist in row["artists"]]


def _shape(access: Access, row: Row) -> ArtistGroup:
    sees_members = Permission.MEMBERS_READ in access.permissions
    return ArtistGroup.model_validate({**row, "member_count": row["member_count"] if sees_members else None})


async def delete_tag(actor: Access, tag_id: UUID) -> None:
    """Delete a tag from all artists. Raises NotFound, Forbidden for who does not see all of them."""
    if not actor.sees_all_artists:
        raise Forbidden("A tag is deleted from all artists: ask a member who sees all of them, or take it off yours.")
    name = await store.delete_tag(actor.connection, actor.org_id, tag_id)
    if name is None:
        raise NotFound("tag")
    await audit(actor, "tag.deleted", tag_id, {"name": name})
