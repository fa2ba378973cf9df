"""SQL of auth.users, auth.identities and auth.sessions. Runs as supabase_auth_admin, the schema's owner."""

# ruff: noqa: S608  # only the two lists of columns below are put into statements

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection, Row, fetch_one
from supabase_local.auth.users.models import Identity, UserRow

_USER = """id, email, encrypted_password, aud, role, email_confirmed_at, invited_at, confirmation_sent_at,
  recovery_sent_at, nullif(email_change, '') as email_change, email_change_sent_at, last_sign_in_at,
  coalesce(raw_app_meta_data, '{}') as app_metadata, coalesce(raw_user_meta_data, '{}') as user_metadata,
  created_at, updated_at, phone, phone_confirmed_at, banned_until, deleted_at, is_anonymous,
  reauthentication_sent_at, coalesce(email_change_confirm_status, 0) as email_change_confirm_status,
  (select coalesce(jsonb_agg(to_jsonb(factor) - 'secret' order by created_at), '[]')
   from auth.mfa_factors as factor where factor.user_id = users.id) as factors"""


async def find_user(connection: Connection, user_id: UUID) -> UserRow | None:
    row = await connection.fetchrow(f"select {_USER} from auth.users where id = $1", user_id)
    return _user(row)


async def lock_user(connection: Connection, user_id: UUID) -> UserRow | None:
    """Return the user, locked until the transaction ends."""
    row = await connection.fetchrow(f"select {_USER} from auth.users where id = $1 for update", user_id)
    return _user(row)


async def find_user_by_email(connection: Connection, email: str) -> UserRow | None:
    row = await connection.fetchrow(
        f"select {_USER} from auth.users where email = $1 and not is_sso_user and deleted_at is null", email
    )
    return _user(row)


async def find_user_by_phone(connection: Connection, phone: str) -> UserRow | None:
    row = await connection.fetchrow(
        f"select {_USER} from auth.users where phone = $1 and not is_sso_user and deleted_at is null", phone
    )
    return _user(row)


async def list_users(connection: Connection, *, text: str, limit: int, offset: int) -> list[UserRow]:
    """Return users, newest first; `text` filters by a part of e-mail or full name."""
    rows = await connection.fetch(
        f"""select {_USER} from auth.users
            where deleted_at is null and ($1 = '' or position(lower($1) in email) > 0
              or position(lower($1) in lower(raw_user_meta_data ->> 'full_name')) > 0)
            order by created_at desc, id limit $2 offset $3""",
        text,
        limit,
        offset,
    )
    return [UserRow(**dict(row)) for row in rows]


async def count_users(connection: Connection, *, text: str) -> int:
    row = await fetch_one(
        connection,
        """select count(*) as users from auth.users
           where deleted_at is null and ($1 = '' or position(lower($1) in email) > 0
             or position(lower($1) in lower(raw_user_meta_data ->> 'full_name')) > 0)""",
        text,
    )
    return int(row["users"])


async def insert_user(connection: Connection, user: UserRow) -> None:
    """Insert a user. Raises asyncpg.UniqueViolationError when the e-mail or the id is taken."""
    await connection.execute(
        """insert into auth.users (instance_id, id, aud, role, email, encrypted_password, email_confirmed_at,
             invited_at, confirmation_token, recovery_token, email_change_token_new, email_change, raw_app_meta_data,
             raw_user_meta_data, is_anonymous, created_at, updated_at, phone, phone_confirmed_at)
           values ('00000000-0000-0000-0000-000000000000', $1, $2, $3, $4, $5, $6, $7,
             '', '', '', '', $8, $9, $10, $11, $11, $12, $13)""",
        user.id,
        user.aud,
        user.role,
        user.email,
        user.encrypted_password,
        user.email_confirmed_at,
        user.invited_at,
        user.app_metadata,
        user.user_metadata,
        user.is_anonymous,
        user.created_at,
        user.phone,
        user.phone_confirmed_at,
    )


async def save_user(connection: Connection, user: UserRow) -> None:
    """Update the changeable columns of a user. Raises asyncpg.UniqueViolationError when e-mail or phone is taken."""
    await connection.execute(
        """update auth.users set email = $2, encrypted_password = $3, email_confirmed_at = $4, last_sign_in_at = $5,
             raw_app_meta_data = $6, raw_user_meta_data = $7, banned_until = $8, deleted_at = $9,
             email_change = coalesce($10, ''), email_change_sent_at = $11, updated_at = $12, role = $13, phone = $14,
             phone_confirmed_at = $15, is_anonymous = $16, invited_at = $17, confirmation_sent_at = $18,
             recovery_sent_at = $19, reauthentication_sent_at = $20, email_change_confirm_status = $21
           where id = $1""",
        user.id,
        user.email,
        user.encrypted_password,
        user.email_confirmed_at,
        user.last_sign_in_at,
        user.app_metadata,
        user.user_metadata,
        user.banned_until,
        user.deleted_at,
        user.email_change,
        user.email_change_sent_at,
        user.updated_at,
        user.role,
        user.phone,
        user.phone_confirmed_at,
        user.is_anonymous,
        user.invited_at,
        user.confirmation_sent_at,
        user.recovery_sent_at,
        user.reauthentication_sent_at,
        user.email_change_confirm_status,
    )


async def delete_user(connection: Connection, user_id: UUID) -> None:
    await connection.execute("delete from auth.users where id = $1", user_id)


async def list_identities(connection: Connection, user_ids: Sequence[UUID]) -> list[Identity]:
    rows = await connection.fetch(
        """select id, provider_id, user_id, provider, identity_data, last_sign_in_at, created_at, updated_at, email
           from auth.identities where user_id = any ($1) order by created_at, id""",
        user_ids,
    )
    return [Identity(**dict(row)) for row in rows]


async def upsert_email_identity(connection: Connection, user: UserRow, at: datetime) -> None:
    """Insert or update the identity `email` of a user."""
    data = {
        "sub": str(user.id),
        "email": user.email,
        "email_verified": user.email_confirmed_at is not None,
        "phone_verified": False,
    }
    await _upsert_identity(connection, user, "email", data, at)


async def upsert_phone_identity(connection: Connection, user: UserRow, at: datetime) -> None:
    """Insert or update the identity `phone` of a user."""
    verified = user.phone_confirmed_at is not None
    data = {"sub": str(user.id), "phone": user.phone, "email_verified": False, "phone_verified": verified}
    await _upsert_identity(connection, user, "phone", data, at)


async def _upsert_identity(
    connection: Connection, user: UserRow, provider: str, data: Mapping[str, Any], at: datetime
) -> None:
    await connection.execute(
        """insert into auth.identities
             (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
           values ($1, $2, $3, $5, $4, $4, $4)
           on conflict (provider_id, provider) do update
           set identity_data = auth.identities.identity_data || excluded.identity_data,
               updated_at = excluded.updated_at""",
        str(user.id),
        user.id,
        data,
        at,
        provider,
    )


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    user_id: UUID
    refreshed_at: datetime | None  # naive, in UTC, as upstream stores it
    not_after: datetime | None
    created_at: datetime
    aal: str
    refresh_token_hmac_key: str | None
    refresh_token_counter: int | None
    aal2_since_counter: int | None = None


_SESSION = """id, user_id, refreshed_at, not_after, created_at, coalesce(aal, 'aal1')::text as aal,
  refresh_token_hmac_key, refresh_token_counter, aal2_since_counter"""


async def insert_session(
    connection: Connection, session: Session, *, method: str, user_agent: str | None, ip: str | None
) -> None:
    """Insert a session and its authentication method."""
    await connection.execute(
        """insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip,
             refresh_token_hmac_key, refresh_token_counter)
           values ($1, $2, $3, $3, $4::text::auth.aal_level, $5, $6::text::inet, $7, $8)""",
        session.id,
        session.user_id,
        session.created_at,
        session.aal,
        user_agent,
        ip,
        session.refresh_token_hmac_key,
        session.refresh_token_counter,
    )
    await connection.execute(
        """insert into auth.mfa_amr_claims (session_id, created_at, updated_at, authentication_method, id)
           values ($1, $2, $2, $3, $4)""",
        session.id,
        session.created_at,
        method,
        uuid4(),
    )


async def find_session(connection: Connection, session_id: UUID) -> Session | None:
    row = await connection.fetchrow(f"select {_SESSION} from auth.sessions where id = $1", session_id)
    return Session(**dict(row)) if row else None


async def lock_session(connection: Connection, session_id: UUID) -> Session | None:
    """Return the session, locked; waits for a lock of another transaction."""
    row = await connection.fetchrow(f"select {_SESSION} from auth.sessions where id = $1 for update", session_id)
    return Session(**dict(row)) if row else None


async def try_lock_session(connection: Connection, session_id: UUID) -> Session | None:
    """Return the session, locked; None when it does not exist or another transaction has locked it."""
    row = await connection.fetchrow(
        f"select {_SESSION} from auth.sessions where id = $1 for update skip locked", session_id
    )
    return Session(**dict(row)) if row else None


async def refresh_session(
    connection: Connection,
    session_id: UUID,
    *,
    counter: int,
    hmac_key: str,
    at: datetime,
    user_agent: str | None,
    ip: str | None,
) -> None:
    await connection.execute(
        """update auth.sessions set refresh_token_counter = $2, refreshed_at = $3::timestamptz at time zone 'UTC',
             updated_at = $3, user_agent = $4, ip = $5::text::inet, refresh_token_hmac_key = $6 where id = $1""",
        session_id,
        counter,
        at,
        user_agent,
        ip,
        hmac_key,
    )


async def list_methods(connection: Connection, session_id: UUID) -> list[dict[str, Any]]:
    """Return the authentication methods of a session, latest first, in the form of the claim `amr`."""
    rows = await connection.fetch(
        """select authentication_method as method, extract(epoch from updated_at)::bigint as timestamp
           from auth.mfa_amr_claims where session_id = $1 order by updated_at desc""",
        session_id,
    )
    return [dict(row) for row in rows]


async def delete_session(connection: Connection, session_id: UUID) -> None:
    await connection.execute("delete from auth.sessions where id = $1", session_id)


async def delete_sessions(connection: Connection, user_id: UUID, *, keep: UUID | None = None) -> None:
    """End all sessions of a user, except the one in `keep`."""
    await connection.execute(
        "delete from auth.sessions where user_id = $1 and id is distinct from $2::uuid", user_id, keep
    )


def _user(row: Row | None) -> UserRow | None:
    return UserRow(**dict(row)) if row else None
