"""Public shapes of invitations."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from arti.orgs.schemas import Body, DisplayName, Email, ListedItem, MoneyAccess, NewAccess, Platforms
from arti.vocabulary import ArtistAccess, Permission, Role


class NewMember(NewAccess):
    """An address to invite. Its owner chooses their own password."""

    email: Email
    role: Role
    display_name: DisplayName = ""
    invite: Literal[True] = Field(default=True, description="May be left out: people join by invitation only.")
    platforms: Platforms = Field(default_factory=dict)


class Invitation(BaseModel):
    """An address that was invited. Nothing in it comes from whoever it belongs to."""

    id: UUID
    email: str
    display_name: str = Field(description="As the inviter wrote it.")
    role: Role
    status: Literal["invited"] = "invited"
    artist_access: ArtistAccess
    artists: list[ListedItem]
    groups: list[ListedItem]
    money_access: MoneyAccess
    permissions: list[Permission] = Field(description="Those that the invitee will have.")
    platforms: Platforms
    invited_by: str | None = Field(description="Address of the inviter; null when they have left.")
    created_at: datetime
    sent_at: datetime | None = Field(
        description="When its mail was handed on; null while it waits. An address gets one such mail a day, whoever "
        "invites it, so a further one within the day is not sent."
    )
    can_resend_at: datetime
    expires_at: datetime
    is_on_hold: bool = Field(
        description="Its inviter may no longer invite, so nobody can accept it until another admin sends it again, or "
        "invites the address anew."
    )


class InvitationToken(Body):
    token: str = Field(min_length=20, max_length=200, description="Of the mailed link.")


class InvitationAnswer(Body):
    token: str | None = Field(
        default=None,
        min_length=20,
        max_length=200,
        description="Of the mailed link. Needed where the caller's address is not proven otherwise.",
    )


class OwnInvitation(BaseModel):
    """What an invitation tells the invitee."""

    id: UUID
    org_name: str
    email: str
    role: Role
    invited_by: str | None = Field(description="Name or address; null when the inviter has left.")
    created_at: datetime
    expires_at: datetime


class LinkedInvitation(OwnInvitation):
    """The invitation of a mailed link."""

    display_name: str
    has_account: bool = Field(description="Whether the invited address has an account: then they sign in to accept.")


class SignUpToken(BaseModel):
    email: str
    token_hash: str = Field(description="For `verifyOtp` with type `invite`, once: signs in to the new account.")


class AcceptedInvitation(BaseModel):
    org_id: UUID
