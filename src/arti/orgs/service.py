"""Orgs, members and permissions."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from arti.orgs import store
from arti.orgs.audit import audit
from arti.orgs.authorization import Access, Actor, Membership
from arti.orgs.locale_store import LOCALE_COLUMNS
from arti.vocabulary import ROLE_PERMISSIONS, Permission
from arti_core.crypto import Vault
from arti_core.database import Connection, Principal, Row
from arti_core.errors import Invalid

May = dict[str, bool]
VERBS: Final = ("can_read", "can_write", "can_delete")


async def record_sign_in(connection: Connection, principal: Principal, active_org: str | None) -> tuple[Row, list[Row]]:
    """Record that a user is signed in, and seen in the org that they have open; return (user, orgs).

    Id and address come from the verified token; user metadata, which users can edit, is not read.
    """
    user = await store.record_user(connection, principal.user_id, principal.email)
    orgs = await store.list_orgs(connection, principal.user_id)
    for org in orgs:
        if str(org["id"]) == active_org:
            await store.record_seen(connection, org["id"])
    return user, orgs


async def update_user(connection: Connection, principal: Principal, changes: Mapping[str, Any]) -> Row:
    """Set the caller's display name, or how they read. Neither grants anything."""
    user = await store.record_user(connection, principal.user_id, principal.email)
    return await store.update_user(connection, principal.user_id, {**user, **changes})


async def create_org(connection: Connection, principal: Principal, vault: Vault, name: str) -> UUID:
    """Create an org whose first admin is the caller."""
    await store.record_user(connection, principal.user_id, principal.email)
    org_id = await store.create_org(connection, name)
    await audit(Actor(connection, org_id, principal, vault), "org.created", org_id, {"name": name})
    return org_id


async def change_retention(access: Access, refused_file_days: int) -> None:
    await store.set_refused_file_days(access.connection, access.org_id, refused_file_days)
    await audit(access, "org.retention_changed", access.org_id, {"refused_file_days": refused_file_days})


async def update_org(access: Access, changes: Mapping[str, Any]) -> Row:
    """Rename the org, or change how its channels are written to and what members see who chose nothing."""
    before = dict(await store.lock_org(access.connection, access.org_id))
    row = await store.update_org(access.connection, access.org_id, {**before, **changes})
    if "name" in changes:
        await audit(access, "org.renamed", access.org_id, {"name": row["name"]})
    if "language" in changes:
        await audit(access, "org.language_changed", access.org_id, {"language": row["language"]})
    regional = {name: f"{before[name]} → {row[name]}" for name in LOCALE_COLUMNS[1:] if row[name] != before[name]}
    if regional:
        await audit(access, "org.region_changed", access.org_id, regional)
    return row


async def get_provider_permissions(connection: Connection, org_id: UUID, user_id: UUID) -> dict[str, May]:
    """Return what a member may do on each platform. A platform without a row is open to what the role allows."""
    rows = await store.list_provider_permissions(connection, org_id, user_id)
    return {row["provider"]: {verb: row[verb] for verb in VERBS} for row in rows}


def check_platforms(known: Collection[str], named: Iterable[str], *, field: str = "platforms") -> None:
    """Raise Invalid for a name that is neither a platform nor a source of the org."""
    for provider in named:
        if provider not in known:
            raise Invalid(f"There is no platform or source {provider[:60]!r} in this org.", field=field)


async def explain_permission(access: Access, permission: Permission, provider: str | None) -> tuple[bool, str]:
    """Say whether the caller may, and why."""
    has = permission in access.permissions
    reason = f"The role {access.role} {'has' if has else 'does not have'} {permission}"
    if has != (permission in ROLE_PERMISSIONS[access.role]):
        reason = f"An admin has {'given you' if has else 'denied you'} {permission}"
    if not has or provider is None:
        return has, f"{reason}."
    verb = "can_read" if permission.endswith(":read") else "can_write"
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    check_platforms(platforms, [provider], field="provider")
    if platforms[provider][verb]:
        return True, f"{reason}, and {provider} is open to you."
    return False, f"{reason}, but an admin has closed {provider} to you."


def sorted_permissions(membership: Membership) -> list[Permission]:
    """Return what a member may do, in the order of the vocabulary."""
    return [permission for permission in Permission if permission in membership.permissions]
