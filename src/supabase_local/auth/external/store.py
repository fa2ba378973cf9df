"""SQL of auth.identities and auth.oauth_client_states."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection
from supabase_local.auth.users.models import Identity

_IDENTITY = "id, provider_id, user_id, provider, identity_data, last_sign_in_at, created_at, updated_at, email"


async def lock_subject(connection: Connection, *, provider: str, subject: str) -> None:
    """Lock an external identity until the transaction ends, whether it exists or not."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", f"{provider} {subject}")


async def find_identity(connection: Connection, *, provider: str, subject: str) -> Identity | None:
    row = await connection.fetchrow(
        f"select {_IDENTITY} from auth.identities where provider = $1 and provider_id = $2",  # noqa: S608  # columns
        provider,
        subject,
    )
    return Identity(**dict(row)) if row else None


async def insert_identity(
    connection: Connection, *, user_id: UUID, provider: str, subject: str, data: dict[str, Any], at: datetime
) -> UUID:
    """Insert an identity. Raises asyncpg.UniqueViolationError when it exists."""
    row = await connection.fetchrow(
        """insert into auth.identities
             (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
           values ($1, $2, $3, $4, $5, $5, $5) returning id""",
        subject,
        user_id,
        data,
        provider,
        at,
    )
    assert row is not None  # an insert returns its row
    return UUID(str(row["id"]))


async def update_identity(connection: Connection, identity_id: UUID, *, data: dict[str, Any], at: datetime) -> None:
    await connection.execute(
        "update auth.identities set identity_data = $2, last_sign_in_at = $3, updated_at = $3 where id = $1",
        identity_id,
        data,
        at,
    )


async def delete_identity(connection: Connection, identity_id: UUID) -> None:
    await connection.execute("delete from auth.identities where id = $1", identity_id)


async def delete_other_identities(connection: Connection, user_id: UUID, *, keep: UUID) -> None:
    await connection.execute("delete from auth.identities where user_id = $1 and id <> $2", user_id, keep)


async def delete_all_but_email(connection: Connection, user_id: UUID) -> None:
    """Delete a user's external identities and their factors."""
    await connection.execute(
        """with factors as (delete from auth.mfa_factors where user_id = $1)
           delete from auth.identities where user_id = $1 and provider <> 'email'""",
        user_id,
    )


async def list_owners(connection: Connection, addresses: Sequence[str]) -> list[UUID]:
    """Return the users who have one of `addresses`, as their e-mail or in a verified identity."""
    rows = await connection.fetch(
        """select id from auth.users where email = any ($1) and not is_sso_user and deleted_at is null
           union
           select user_id from auth.identities
           where email = any ($1) and identity_data ->> 'email_verified' = 'true' and provider not like 'sso:%'""",
        list(addresses),
    )
    return [row["id"] for row in rows]


async def list_providers(connection: Connection, user_id: UUID) -> list[str]:
    """Return the providers of a user's identities, oldest first."""
    rows = await connection.fetch(
        "select provider from auth.identities where user_id = $1 group by provider order by min(created_at), provider",
        user_id,
    )
    return [row["provider"] for row in rows]


async def insert_verifier(connection: Connection, flow_id: UUID, *, provider: str, verifier: str, at: datetime) -> None:
    """Store the verifier of a flow."""
    await connection.execute(
        """with inserted as (
             insert into auth.oauth_client_states (id, provider_type, code_verifier, created_at)
             values ($1, $2, $3, $4)
           )
           update auth.flow_state set oauth_client_state_id = $1 where id = $1""",
        flow_id,
        provider,
        verifier,
        at,
    )


async def take_verifier(connection: Connection, flow_id: UUID) -> str | None:
    """Return and delete the verifier of a flow: of two callbacks with one state only one finds it."""
    row = await connection.fetchrow(
        "delete from auth.oauth_client_states where id = $1 returning code_verifier", flow_id
    )
    return row["code_verifier"] if row else None


async def delete_old_flows(connection: Connection, *, before: datetime, oauth_before: datetime) -> None:
    """Delete some abandoned flows, since anyone may start one. Those of OAuth expire sooner."""
    await connection.execute(
        """with old as (
             select id from auth.flow_state
             where created_at < $1 or (created_at < $2 and authentication_method = 'oauth')
             order by created_at limit 50 for update skip locked
           ), deleted as (
             delete from auth.oauth_client_states where id in (select id from old)
           )
           delete from auth.flow_state where id in (select id from old)""",
        before,
        oauth_before,
    )
