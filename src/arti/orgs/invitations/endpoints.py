"""Invitations: of an org, for its admins, and of an address, for whoever it belongs to."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request

from arti.orgs.api_route import ApiRouter
from arti.orgs.authorization import Access, MaybeSignedIn, SignedIn, get_context, needs, public
from arti.orgs.invitations import schemas, service
from arti.orgs.member_access import AccessChange
from arti.vocabulary import Permission
from arti_core.paging import MAX_PAGE, Page, make_page_by_creation, read_cursor

router = ApiRouter(tags=["orgs"])

Admin = Annotated[Access, needs(Permission.MEMBERS_MANAGE)]


@router.post("/api/admin/users", status_code=201)
async def invite_member(body: schemas.NewMember, access: Admin) -> schemas.Invitation:
    """Invite an address into the active org. It gets a mail; its owner becomes a member when they accept.

    For an address that is invited already this changes what it is offered, and sends no further mail.
    """
    invitee = service.NewInvitation(
        email=body.email,
        role=body.role,
        display_name=body.display_name,
        platforms={provider: may.model_dump() for provider, may in body.platforms.items()},
        access=AccessChange(body.artist_access, body.artist_ids, body.group_ids, (body.money_access,)),
    )
    return schemas.Invitation.model_validate(await service.invite(access, invitee))


@router.get("/api/admin/invitations")
async def list_invitations(
    access: Admin,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.")] = None,
) -> Page[schemas.Invitation]:
    """List the pending and expired invitations of the active org, the oldest first."""
    rows = await service.list_invitations(access, after=read_cursor(cursor), limit=limit + 1)
    return make_page_by_creation([schemas.Invitation.model_validate(row) for row in rows], limit)


@router.post("/api/admin/invitations/{invitation_id}/resend", status_code=204)
async def resend_invitation(invitation_id: UUID, access: Admin) -> None:
    """Mail an invitation again, at most once a day, and prolong it."""
    await service.resend_invitation(access, invitation_id)


@router.delete("/api/admin/invitations/{invitation_id}", status_code=204)
async def withdraw_invitation(invitation_id: UUID, access: Admin) -> None:
    """Withdraw an invitation. Its link stops working at once."""
    await service.withdraw_invitation(access, invitation_id)


@router.get("/api/invitations")
@public
async def list_own_invitations(request: Request, principal: SignedIn) -> list[schemas.OwnInvitation]:
    """List the invitations of the caller's address. Reading them accepts nothing."""
    rows = await service.list_own_invitations(get_context(request), principal)
    return [schemas.OwnInvitation(**row) for row in rows]


@router.post("/api/invitations/lookup")
@public
async def find_invitation(request: Request, body: schemas.InvitationToken) -> schemas.LinkedInvitation:
    """Return the invitation of a mailed link."""
    return schemas.LinkedInvitation(**await service.find_invitation(get_context(request), body.token))


@router.post("/api/invitations/sign-up")
@public
async def sign_up_by_invitation(request: Request, body: schemas.InvitationToken) -> schemas.SignUpToken:
    """Create the account of an invited address that has none. It accepts nothing yet."""
    email, token_hash = await service.create_account(get_context(request), body.token)
    return schemas.SignUpToken(email=email, token_hash=token_hash)


@router.post("/api/invitations/{invitation_id}/accept")
@public
async def accept_invitation(
    request: Request, invitation_id: UUID, body: schemas.InvitationAnswer, principal: SignedIn
) -> schemas.AcceptedInvitation:
    """Become a member of the org that invited the caller's address."""
    org_id = await service.accept_invitation(get_context(request), principal, invitation_id, body.token)
    return schemas.AcceptedInvitation(org_id=org_id)


@router.post("/api/invitations/{invitation_id}/decline", status_code=204)
@public
async def decline_invitation(
    request: Request, invitation_id: UUID, body: schemas.InvitationAnswer, principal: MaybeSignedIn
) -> None:
    """Decline an invitation. Whoever has the mailed link need not sign in."""
    await service.decline_invitation(get_context(request), principal, invitation_id, body.token)
