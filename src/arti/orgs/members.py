"""Members of an org: list, change, remove. How they join: invitations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from arti.orgs import store
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, read_membership
from arti.orgs.member_access import AccessChange, decide_artist_access, describe_artists, save_lists
from arti.orgs.service import May, check_platforms, sorted_permissions
from arti.vocabulary import ArtistAccess, MemberStatus, Role
from arti_core.database import Row
from arti_core.errors import Conflict, Invalid, NotFound


async def list_members(
    access: Access,
    *,
    text: str | None,
    role: Role | None,
    status: MemberStatus | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[dict[str, Any]]:
    rows = await store.list_members(
        access.connection, access.org_id, text=text, role=role, status=status, after=after, limit=limit
    )
    return [_member(row) for row in rows]


async def get_member(access: Access, user_id: UUID) -> dict[str, Any]:
    """Return one member with all platforms named. Raises NotFound."""
    row = await store.find_member(access.connection, access.org_id, user_id)
    if row is None:
        raise NotFound("member")
    return _member(row)


async def update_member(
    access: Access,
    user_id: UUID,
    *,
    role: Role | None,
    status: MemberStatus | None,
    platforms: Mapping[str, May] | None,
    change: AccessChange,
) -> dict[str, Any]:
    """Change role, status, platforms, artists or money. Raises NotFound, Invalid, and Conflict for the last admin."""
    await store.lock_member(access.connection, access.org_id, user_id)
    before = await get_member(access, user_id)
    check_platforms(before["platforms"], platforms or {})
    if before["machine"] and role is Role.ADMIN:
        raise Invalid("An API key cannot be an admin: it could make keys itself.", field="role")
    new_role = role or Role(before["role"])
    artist_access = decide_artist_access(new_role, change, before=ArtistAccess(before["artist_access"]))
    if platforms:
        await store.save_provider_permissions(access.connection, access.org_id, user_id, platforms)
    await save_lists(access, user_id, artist_access, change)
    after = {
        **await get_member(access, user_id),
        "role": new_role,
        "status": status or before["status"],
        "artist_access": artist_access,
        "money_access": _money_access(new_role, change, before["money_access"]),
    }
    # Audited before the membership is changed: who removes their own rights could not write the entry afterwards.
    for action, old, new in _differences(before, after):
        await audit(access, action, user_id, {"email": before["email"], "from": old, "to": new})
    with _keep_last_admin():
        changed = await store.update_member(
            access.connection,
            access.org_id,
            user_id,
            role=role,
            status=status,
            artist_access=artist_access if artist_access != before["artist_access"] else None,
            money=change.money,
        )
    if not changed:  # the caller, or the member, was removed a moment ago
        raise NotFound("member")
    return _with_permissions(after)


def _money_access(role: Role, change: AccessChange, before: bool | None) -> bool | None:
    if role is Role.ADMIN:
        return None
    return change.money[0] if change.money else before


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Yield (action, old value, new value) of what differs."""
    for field, action in (
        ("role", "member.role_changed"),
        ("status", "member.status_changed"),
        ("platforms", "member.platforms_changed"),
        ("money_access", "member.money_changed"),
    ):
        if before[field] != after[field]:
            yield action, before[field], after[field]
    if describe_artists(before) != describe_artists(after):
        yield "member.artists_changed", describe_artists(before), describe_artists(after)


async def delete_member(access: Access, user_id: UUID) -> None:
    """Remove a person from the org; their user stays. Raises NotFound, and Conflict for the last admin."""
    member = await get_member(access, user_id)
    await audit(access, "member.removed", user_id, {"email": member["email"], "role": member["role"]})
    with _keep_last_admin():
        deleted = await store.delete_member(access.connection, access.org_id, user_id)
    if not deleted:
        raise NotFound("member")


@contextmanager
def _keep_last_admin() -> Iterator[None]:
    """Raise Conflict when the database refuses to remove the last admin."""
    try:
        yield
    except asyncpg.CheckViolationError:
        raise Conflict("An org needs an admin. Make somebody else an admin first.") from None


def _member(row: Row) -> dict[str, Any]:
    return _with_permissions(dict(row))


def _with_permissions(member: dict[str, Any]) -> dict[str, Any]:
    return {**member, "permissions": sorted_permissions(read_membership(member))}
