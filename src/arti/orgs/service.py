"""Orgs, members and permissions."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from arti.orgs import store
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, Actor
from arti.settings import Settings
from arti.vocabulary import ROLE_PERMISSIONS, MemberStatus, Permission, Provider, Role
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Conflict, Invalid, NotFound, RateLimited
from arti_core.http_client import OutboundClient
from supabase_local.auth import admin_client as auth_service

May = dict[str, bool]
EVERYTHING: May = {"can_read": True, "can_write": True, "can_delete": True}


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A person to be added: with a password of the admin's choice, or invited by the auth service."""

    email: str
    role: Role
    display_name: str
    password: str | None
    invite: bool
    platforms: Mapping[Provider, May]


async def record_sign_in(connection: Connection, principal: Principal) -> tuple[Row, list[Row]]:
    """Record that a user is signed in, accept their invitations, and return (user, orgs).

    Id and address come from the verified token; user metadata, which users can edit, is not read.
    """
    user = await store.record_user(connection, principal.user_id, principal.email)
    await store.accept_invitations(connection)
    return user, await store.list_orgs(connection, principal.user_id)


async def update_display_name(connection: Connection, principal: Principal, display_name: str) -> Row:
    """Set the caller's display name. It grants nothing."""
    await store.record_user(connection, principal.user_id, principal.email)
    return await store.rename_user(connection, principal.user_id, display_name)


async def create_org(connection: Connection, principal: Principal, name: str) -> UUID:
    """Create an org whose first admin is the caller."""
    await store.record_user(connection, principal.user_id, principal.email)
    org_id = await store.create_org(connection, name)
    await audit(Actor(connection, org_id, principal), "org.created", org_id, {"name": name})
    return org_id


async def rename_org(access: Access, name: str) -> None:
    await store.rename_org(access.connection, access.org_id, name)
    await audit(access, "org.renamed", access.org_id, {"name": name})


async def get_provider_permissions(connection: Connection, org_id: UUID, user_id: UUID) -> dict[Provider, May]:
    """Return what a member may do on each platform. A platform without a row is open to what the role allows."""
    rows = await store.list_provider_permissions(connection, org_id, user_id)
    own = {Provider(row["provider"]): {verb: row[verb] for verb in EVERYTHING} for row in rows}
    return effective_permissions(own)


def effective_permissions(own: Mapping[Provider, May]) -> dict[Provider, May]:
    """Return what a member may do on every platform: their own row, else everything. As private.platforms_with."""
    return {provider: own.get(provider, EVERYTHING) for provider in Provider}


async def explain_permission(access: Access, permission: Permission, provider: Provider | None) -> tuple[bool, str]:
    """Say whether the caller may, and why."""
    if permission not in access.permissions:
        return False, f"The role {access.role} does not have {permission}."
    if provider is None:
        return True, f"The role {access.role} has {permission}."
    verb = "can_read" if permission.endswith(":read") else "can_write"
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    if platforms[provider][verb]:
        return True, f"The role {access.role} has {permission}, and {provider} is open to you."
    return False, f"The role {access.role} has {permission}, but an admin has closed {provider} to you."


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


async def create_member(
    access: Access, http_client: OutboundClient, settings: Settings, invitee: NewInvitation
) -> dict[str, Any]:
    """Add a person to the org, creating their user with the auth service when they have none.

    An existing user keeps their password and becomes a member at their next sign-in.
    Raises Conflict when they are a member, Invalid without a password or an invitation.
    """
    if (invitee.password is None) == (not invitee.invite):
        raise Invalid("Give either a password or invite: true.", field="password")
    if invitee.email.endswith(auth_service.MACHINE_DOMAIN):
        raise Invalid("This address belongs to an API key, and a key stays in its org.", field="email")
    if await store.find_member_by_email(access.connection, access.org_id, invitee.email):
        raise Conflict(f"{invitee.email} is a member of this org already.", field="email")
    status = MemberStatus.INVITED if invitee.invite else MemberStatus.ACTIVE
    metadata = {"display_name": invitee.display_name} if invitee.display_name else {}
    try:
        if invitee.invite:
            user_id = await auth_service.invite_user(http_client, settings, email=invitee.email, user_metadata=metadata)
        else:
            user_id = await auth_service.create_user(
                http_client, settings, email=invitee.email, password=invitee.password, user_metadata=metadata
            )
    except Conflict:
        known = await auth_service.find_user_by_email(http_client, settings, invitee.email)
        if known is None:
            raise
        user_id, status = known.id, MemberStatus.INVITED
        with suppress(RateLimited):  # they were mailed a moment ago
            await auth_service.mail_sign_in(http_client, settings, email=invitee.email)
    try:
        await store.add_member(
            access.connection,
            access.org_id,
            user_id,
            display_name=invitee.display_name,
            role=invitee.role,
            status=status,
        )
    except asyncpg.UniqueViolationError:
        raise Conflict(f"{invitee.email} is a member of this org already.", field="email") from None
    if invitee.platforms:
        await store.save_provider_permissions(access.connection, access.org_id, user_id, invitee.platforms)
    about = {"email": invitee.email, "role": invitee.role, "status": status}
    await audit(access, "member.added", user_id, about)
    return await get_member(access, user_id)


async def resend_invitation(access: Access, http_client: OutboundClient, settings: Settings, user_id: UUID) -> None:
    """Mail the invitation again to a member who has not accepted it. Raises NotFound, Conflict, RateLimited."""
    member = await get_member(access, user_id)
    if member["status"] != MemberStatus.INVITED:
        raise Conflict("Only a member who has not signed in yet can be invited again.")
    try:
        await auth_service.invite_user(http_client, settings, email=member["email"])
    except Conflict:  # they have a user, and need only sign in
        await auth_service.mail_sign_in(http_client, settings, email=member["email"])
    await audit(access, "member.invited_again", user_id, {"email": member["email"]})


async def update_member(
    access: Access,
    user_id: UUID,
    *,
    role: Role | None,
    status: MemberStatus | None,
    platforms: Mapping[Provider, May] | None,
) -> dict[str, Any]:
    """Change role, status or platforms. Raises NotFound, and Conflict for the last admin."""
    before = await get_member(access, user_id)
    if status is MemberStatus.INVITED and before["status"] != MemberStatus.INVITED:
        raise Invalid("A member who has signed in cannot be invited again. Use active or disabled.", field="status")
    if before["machine"] and role is Role.ADMIN:
        raise Invalid("An API key cannot be an admin: it could make keys itself.", field="role")
    after = {
        **before,
        "role": role or before["role"],
        "status": status or before["status"],
        "platforms": before["platforms"] | {provider.value: may for provider, may in (platforms or {}).items()},
    }
    # Audited first: who removes their own rights could not write the entry afterwards.
    for field, action in (
        ("role", "member.role_changed"),
        ("status", "member.status_changed"),
        ("platforms", "member.platforms_changed"),
    ):
        if before[field] != after[field]:
            about = {"email": before["email"], "from": before[field], "to": after[field]}
            await audit(access, action, user_id, about)
    if platforms:
        await store.save_provider_permissions(access.connection, access.org_id, user_id, platforms)
    with _keep_last_admin():
        changed = await store.update_member(access.connection, access.org_id, user_id, role=role, status=status)
    if not changed:  # the caller, or the member, was removed a moment ago
        raise NotFound("member")
    return after


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
    effective = effective_permissions(row["platforms"])
    return {**row, "platforms": {provider.value: may for provider, may in effective.items()}}


def permissions_of(role: Role) -> list[Permission]:
    """Return the permissions of `role`, in the order of the vocabulary."""
    return [permission for permission in Permission if permission in ROLE_PERMISSIONS[role]]
