"""Which artists a member sees, and whether they see money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg

from arti.orgs import store
from arti.orgs.authorization import Access
from arti.vocabulary import ArtistAccess, Role
from arti_core.database import Row
from arti_core.errors import Invalid

_LISTED_ROLES: Final = (Role.CREATOR, Role.GUEST)


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What an admin sets. None leaves it as it is; `money` is (access,), where None lets the role decide."""

    artist_access: ArtistAccess | None = None
    artist_ids: Sequence[UUID] | None = None
    group_ids: Sequence[UUID] | None = None
    money: tuple[bool | None] | None = None


def decide_artist_access(role: Role, change: AccessChange, *, before: ArtistAccess) -> ArtistAccess:
    """Return which artists a member with `role` sees after `change`. Raises Invalid where the two do not fit.

    A creator or guest always has a list, an admin never. To name artists or groups is to give a list.
    """
    named = bool(change.artist_ids or change.group_ids)
    wanted = change.artist_access or (ArtistAccess.LIST if named else before)
    if role in _LISTED_ROLES:
        if change.artist_access is ArtistAccess.ALL:
            message = f"A {role} sees the artists on their list only. Choose another role for all artists."
            raise Invalid(message, field="artist_access")
        return ArtistAccess.LIST
    if role is Role.ADMIN:
        if change.artist_access is ArtistAccess.LIST or named:
            raise Invalid("An admin sees all artists. Choose another role for a list.", field="artist_access")
        if change.money == (False,):
            raise Invalid("An admin sees money, and could give it back to themselves.", field="money_access")
        return ArtistAccess.ALL
    if wanted is ArtistAccess.ALL and named:
        message = "Whoever sees all artists has no list. Set artist_access to list, or name no artists."
        raise Invalid(message, field="artist_access")
    return wanted


async def save_lists(access: Access, user_id: UUID, artist_access: ArtistAccess, change: AccessChange) -> None:
    """Store a member's artists and groups; whoever sees all artists has none. Raises Invalid."""
    sees_all = artist_access is ArtistAccess.ALL
    connection, org_id = access.connection, access.org_id
    try:
        if sees_all or change.artist_ids is not None:
            await store.replace_member_artists(connection, org_id, user_id, [] if sees_all else change.artist_ids or [])
    except asyncpg.ForeignKeyViolationError:
        raise Invalid("One of these artists is not in this org.", field="artist_ids") from None
    try:
        if sees_all or change.group_ids is not None:
            await store.replace_member_groups(connection, org_id, user_id, [] if sees_all else change.group_ids or [])
    except asyncpg.InsufficientPrivilegeError:  # the policy wants a group that the caller sees
        raise Invalid("One of these groups is not in this org.", field="group_ids") from None


async def set_first_access(access: Access, user_id: UUID, artist_access: ArtistAccess, change: AccessChange) -> None:
    """Give a new machine member their artists, and money if it is given or denied. Raises Invalid."""
    await save_lists(access, user_id, artist_access, change)
    await store.update_member(
        access.connection, access.org_id, user_id, artist_access=artist_access, money=change.money
    )


def describe_artists(member: Mapping[str, Any] | Row) -> dict[str, Any]:
    """Return which artists a member sees, by name, for the audit log."""
    named = {kind: [item["name"] for item in member[kind]] for kind in ("artists", "groups")}
    return {"artist_access": member["artist_access"], **named}
