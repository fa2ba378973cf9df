"""SQL of invitations. What an invitee may do goes through definer functions, since an invitee is no member."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from arti.vocabulary import ArtistAccess, Role
from arti_core.database import Connection, Row

_INVITATION = """
  select i.id, i.email, i.display_name, i.role, i.artist_access, i.money_access, i.platforms, l.artists, l.groups,
    u.email as invited_by, i.created_at, i.requested_at, i.mailed_at as sent_at, i.expires_at,
    not private.inviter_may_invite(i.org_id, i.invited_by) as is_on_hold
  from invitations i
  left join users u on u.id = i.invited_by
  cross join lateral private.name_lists(i.org_id, i.artist_ids, i.group_ids) l
"""


async def list_invitations(
    connection: Connection, org_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return the oldest first."""
    return await connection.fetch(
        _INVITATION
        + """ where i.org_id = $1 and ($2::timestamptz is null or (i.created_at, i.id) > ($2, $3::uuid))
              order by i.created_at, i.id limit $4""",
        org_id,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def find_invitation(connection: Connection, org_id: UUID, invitation_id: UUID) -> Row | None:
    return await connection.fetchrow(_INVITATION + " where i.org_id = $1 and i.id = $2", org_id, invitation_id)


async def count_invitations(connection: Connection, org_id: UUID) -> int:
    count: int = await connection.fetchval("select count(*) from invitations where org_id = $1", org_id)
    return count


async def save_invitation(
    connection: Connection,
    org_id: UUID,
    *,
    email: str,
    display_name: str,
    role: Role,
    artist_access: ArtistAccess,
    artist_ids: Sequence[UUID],
    group_ids: Sequence[UUID],
    money_access: bool | None,
    platforms: Mapping[str, Any],
    invited_by: UUID,
    expires_at: datetime,
) -> tuple[UUID, bool]:
    """Invite an address, or change what its pending invitation offers. Returns (id, whether it is new)."""
    row = await connection.fetchrow(
        """with changed as (
             update invitations set display_name = $3, role = $4, artist_access = $5, artist_ids = $6, group_ids = $7,
               money_access = $8, platforms = $9, invited_by = $10
             where org_id = $1 and email = $2 and expires_at > clock.now() returning id),
           expired as (
             delete from invitations where org_id = $1 and email = $2 and expires_at <= clock.now())
           select id from changed""",
        org_id,
        email,
        display_name,
        role,
        artist_access,
        list(artist_ids),
        list(group_ids),
        money_access,
        dict(platforms),
        invited_by,
    )
    if row is not None:
        return row["id"], False
    new_id: UUID = await connection.fetchval(
        """insert into invitations (org_id, email, display_name, role, artist_access, artist_ids, group_ids,
             money_access, platforms, invited_by, expires_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id""",
        org_id,
        email,
        display_name,
        role,
        artist_access,
        list(artist_ids),
        list(group_ids),
        money_access,
        dict(platforms),
        invited_by,
        expires_at,
    )
    return new_id, True


async def request_mail(
    connection: Connection, org_id: UUID, invitation_id: UUID, *, invited_by: UUID, expires_at: datetime
) -> None:
    """Record that the mail was asked for again, and by whom, and prolong the invitation."""
    await connection.execute(
        """update invitations set requested_at = clock.now(), mailed_at = null, invited_by = $3, expires_at = $4
           where org_id = $1 and id = $2""",
        org_id,
        invitation_id,
        invited_by,
        expires_at,
    )


async def delete_invitation(connection: Connection, org_id: UUID, invitation_id: UUID) -> None:
    await connection.execute("delete from invitations where org_id = $1 and id = $2", org_id, invitation_id)


async def count_named(
    connection: Connection, org_id: UUID, artist_ids: Sequence[UUID], group_ids: Sequence[UUID]
) -> tuple[int, int]:
    """Return how many of these artists and groups the caller sees in the org."""
    row = await connection.fetchrow(
        """select jsonb_array_length(artists) as artists, jsonb_array_length(groups) as groups
           from private.name_lists($1, $2, $3)""",
        org_id,
        list(artist_ids),
        list(group_ids),
    )
    assert row is not None  # it returns one row
    return row["artists"], row["groups"]


async def lock_unmailed(connection: Connection, org_id: UUID, invitation_id: UUID) -> Row | None:
    """Return an invitation whose mail waits, locked until the end of the transaction. For a worker."""
    return await connection.fetchrow(
        """select i.email, i.role, i.expires_at, o.name as org_name, o.language, u.display_name as inviter_name,
             u.email as inviter_email
           from invitations i join orgs o on o.id = i.org_id left join users u on u.id = i.invited_by
           where i.org_id = $1 and i.id = $2 and i.mailed_at is null and i.expires_at > clock.now()
           for update of i""",
        org_id,
        invitation_id,
    )


async def record_mailed(connection: Connection, org_id: UUID, invitation_id: UUID, token_hash: bytes | None) -> None:
    """Record that nothing waits any more. None keeps the link of an earlier mail."""
    await connection.execute(
        """update invitations set mailed_at = clock.now(), token_hash = coalesce($3, token_hash)
           where org_id = $1 and id = $2""",
        org_id,
        invitation_id,
        token_hash,
    )


async def list_own(connection: Connection, addresses: str) -> list[Row]:
    """Return the invitations of the caller's address."""
    return await connection.fetch("select * from private.list_own_invitations($1)", addresses)


async def find_by_token(connection: Connection, token_hash: bytes) -> Row | None:
    return await connection.fetchrow("select * from private.find_invitation($1)", token_hash)


async def accept(connection: Connection, invitation_id: UUID, token_hash: bytes | None, addresses: str) -> UUID | None:
    """Make the caller a member. Returns the org, or None when the invitation is not theirs."""
    org_id: UUID | None = await connection.fetchval(
        "select private.accept_invitation($1, $2, $3)", invitation_id, token_hash, addresses
    )
    return org_id


async def decline(connection: Connection, invitation_id: UUID, token_hash: bytes | None, addresses: str) -> bool:
    declined: bool = await connection.fetchval(
        "select private.decline_invitation($1, $2, $3)", invitation_id, token_hash, addresses
    )
    return declined
