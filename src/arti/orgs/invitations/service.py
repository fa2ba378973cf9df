"""Invitations: an admin invites an address; whoever it belongs to accepts or declines.

Nothing here looks a person up by their address for the inviter, so a known and an unknown address are answered alike.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from arti.orgs import store as orgs
from arti.orgs.audit import audit
from arti.orgs.audit.log import find_invitee
from arti.orgs.authorization import Access, ApiContext, Membership
from arti.orgs.invitations import store
from arti.orgs.member_access import AccessChange, decide_artist_access, describe_artists
from arti.orgs.service import VERBS, May, check_platforms, get_provider_permissions, sorted_permissions
from arti.settings import Settings
from arti.vocabulary import ArtistAccess, Role
from arti_core import clock
from arti_core.database import Principal, Row, anonymous_transaction, member_transaction
from arti_core.errors import ArtiError, Conflict, Invalid, NotFound, RateLimited
from arti_core.jobs import enqueue_job
from arti_core.mail_budget import take_mail_budget
from supabase_local.auth import admin_client as auth_service

MAIL_JOB: Final = "orgs.mail_invitation"
LIFE: Final = timedelta(days=14)
RESEND_AFTER: Final = timedelta(days=1)
MAX_PENDING: Final = 200


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An address, and what its owner is offered. `display_name` is the inviter's word for them."""

    email: str
    role: Role
    display_name: str
    platforms: Mapping[str, May]
    access: AccessChange


async def list_invitations(access: Access, *, after: tuple[datetime, UUID] | None, limit: int) -> list[dict[str, Any]]:
    rows = await store.list_invitations(access.connection, access.org_id, after=after, limit=limit)
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    return [_describe(row, platforms) for row in rows]


async def get_invitation(access: Access, invitation_id: UUID) -> dict[str, Any]:
    """Return one invitation of the org. Raises NotFound."""
    row = await store.find_invitation(access.connection, access.org_id, invitation_id)
    if row is None:
        raise NotFound("invitation")
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    return _describe(row, platforms)


async def invite(access: Access, invitee: NewInvitation) -> dict[str, Any]:
    """Invite an address, or change what its pending invitation offers, which sends no further mail.

    Raises Conflict for a member and for too many invitations, Invalid, RateLimited above the mail budgets.
    """
    artist_access = decide_artist_access(invitee.role, invitee.access, before=ArtistAccess.ALL)
    if invitee.email.endswith(auth_service.MACHINE_DOMAIN):
        raise Invalid("This address belongs to an API key, and a key stays in its org.", field="email")
    if await orgs.find_member_by_email(access.connection, access.org_id, invitee.email):
        raise Conflict(f"{invitee.email} is a member of this org already.", field="email")
    platforms = await get_provider_permissions(access.connection, access.org_id, access.principal.user_id)
    check_platforms(platforms, invitee.platforms)
    artist_ids = set(invitee.access.artist_ids or ()) if artist_access is ArtistAccess.LIST else set()
    group_ids = set(invitee.access.group_ids or ()) if artist_access is ArtistAccess.LIST else set()
    await _check_named(access, artist_ids, group_ids)
    invitation_id, is_new = await store.save_invitation(
        access.connection,
        access.org_id,
        email=invitee.email,
        display_name=invitee.display_name,
        role=invitee.role,
        artist_access=artist_access,
        artist_ids=sorted(artist_ids),
        group_ids=sorted(group_ids),
        money_access=invitee.access.money[0] if invitee.access.money and invitee.role is not Role.ADMIN else None,
        platforms=invitee.platforms,
        invited_by=access.principal.user_id,
        expires_at=clock.now() + LIFE,
    )
    if is_new:
        if await store.count_invitations(access.connection, access.org_id) > MAX_PENDING:
            raise Conflict(f"An org has {MAX_PENDING} pending invitations at most. Withdraw one that is not needed.")
        await _enqueue_mail(access, invitation_id)
    invitation = await get_invitation(access, invitation_id)
    about = {name: invitation[name] for name in ("email", "role", "money_access")}
    action = "invitation.created" if is_new else "invitation.changed"
    await audit(
        access,
        action,
        invitation_id,
        about | describe_artists(invitation),
        about=find_invitee(access.org_id, invitee.email),
    )
    return invitation


async def resend_invitation(access: Access, invitation_id: UUID) -> None:
    """Mail an invitation again, prolong it, and stand for it as its inviter.

    Raises NotFound, RateLimited within a day of the last mail.
    """
    invitation = await get_invitation(access, invitation_id)
    wait = (invitation["can_resend_at"] - clock.now()).total_seconds()
    if wait > 0:
        raise RateLimited(
            f"{invitation['email']} was mailed within the last day. An address gets one invitation a day: send it "
            f"again in {int(wait // 3600) + 1} h.",
            retry_after_seconds=int(wait) + 1,
        )
    await store.request_mail(
        access.connection,
        access.org_id,
        invitation_id,
        invited_by=access.principal.user_id,
        expires_at=clock.now() + LIFE,
    )
    await _enqueue_mail(access, invitation_id)
    invitee = find_invitee(access.org_id, invitation["email"])
    await audit(access, "invitation.sent_again", invitation_id, {"email": invitation["email"]}, about=invitee)


async def withdraw_invitation(access: Access, invitation_id: UUID) -> None:
    """Withdraw an invitation; its link stops working. Raises NotFound."""
    invitation = await get_invitation(access, invitation_id)
    await store.delete_invitation(access.connection, access.org_id, invitation_id)
    about = {"email": invitation["email"], "role": invitation["role"]}
    invitee = find_invitee(access.org_id, invitation["email"])
    await audit(access, "invitation.withdrawn", invitation_id, about, about=invitee)


async def _check_named(access: Access, artist_ids: set[UUID], group_ids: set[UUID]) -> None:
    artists, groups = await store.count_named(access.connection, access.org_id, list(artist_ids), list(group_ids))
    if artists < len(artist_ids):
        raise Invalid("One of these artists is not in this org.", field="artist_ids")
    if groups < len(group_ids):
        raise Invalid("One of these groups is not in this org.", field="group_ids")


async def _enqueue_mail(access: Access, invitation_id: UUID) -> None:
    limits = access.context.settings.mail_limits()
    await take_mail_budget(access.connection, limits.invitation(access.org_id, access.principal.user_id))
    await enqueue_job(
        access.connection,
        access.org_id,
        MAIL_JOB,
        {"invitation_id": str(invitation_id)},
        dedupe_key=f"{MAIL_JOB}:{invitation_id}",
        requested_by=access.principal.user_id,
    )


def _describe(row: Row, known_platforms: Mapping[str, May]) -> dict[str, Any]:
    membership = Membership(Role(row["role"]), ArtistAccess(row["artist_access"]), row["money_access"])
    open_to_all = dict.fromkeys(VERBS, True)
    return {
        **row,
        "permissions": sorted_permissions(membership),
        "platforms": {slug: row["platforms"].get(slug, open_to_all) for slug in known_platforms},
        "can_resend_at": row["requested_at"] + RESEND_AFTER,
    }


# The invitee's side.


class InvitationNotFound(NotFound):
    """Withdrawn, expired, answered, never made, or for another address: all get the same response."""

    def __init__(self) -> None:
        ArtiError.__init__(
            self,
            "This invitation is not valid, or it is for another address than the one you are signed in with. "
            "Sign in with the invited address, or ask whoever invited you to send it again.",
        )


def proof_by_address(settings: Settings) -> Literal["confirmed", "older", "none"]:
    """Return which accounts count as the owner of their address, without a mailed link: see private.may_answer.

    Where an account's address is confirmed by itself, anybody could sign up with the invited one.
    """
    if not settings.enable_email_autoconfirm or settings.disable_signup:
        return "confirmed"
    return "none" if settings.is_production else "older"


def hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


async def list_own_invitations(context: ApiContext, principal: Principal) -> list[Row]:
    """Return the invitations that the caller may answer."""
    async with member_transaction(context.pool, principal, read_only=True) as connection:
        return await store.list_own(connection, proof_by_address(context.settings))


async def find_invitation(context: ApiContext, token: str) -> Row:
    """Return the invitation of a mailed link. Raises InvitationNotFound."""
    async with anonymous_transaction(context.pool) as connection:
        row = await store.find_by_token(connection, hash_token(token))
    if row is None:
        raise InvitationNotFound
    return row


async def create_account(context: ApiContext, token: str) -> tuple[str, str]:
    """Create the account of an invited address, which the link has proven.

    Returns the address, and a token that signs in once.

    Raises InvitationNotFound, and Conflict when there is an account.
    """
    row = await find_invitation(context, token)
    if row["has_account"]:
        raise Conflict(f"{row['email']} has an account. Sign in with it, then accept.")
    metadata = {"display_name": row["display_name"]} if row["display_name"] else {}
    email: str = row["email"]
    return email, await auth_service.make_invite_token(
        context.http_client, context.settings, email=email, user_metadata=metadata
    )


async def accept_invitation(context: ApiContext, principal: Principal, invitation_id: UUID, token: str | None) -> UUID:
    """Make the caller a member of the org, which is returned. Raises InvitationNotFound."""
    async with member_transaction(context.pool, principal) as connection:
        await orgs.record_user(connection, principal.user_id, principal.email)
        org_id = await store.accept(
            connection, invitation_id, hash_token(token) if token else None, proof_by_address(context.settings)
        )
        if org_id is None:
            raise InvitationNotFound
    return org_id


async def decline_invitation(
    context: ApiContext, principal: Principal | None, invitation_id: UUID, token: str | None
) -> None:
    """Decline an invitation; it is deleted. Raises InvitationNotFound."""
    transaction = member_transaction(context.pool, principal) if principal else anonymous_transaction(context.pool)
    async with transaction as connection:
        hashed = hash_token(token) if token else None
        if not await store.decline(connection, invitation_id, hashed, proof_by_address(context.settings)):
            raise InvitationNotFound
