"""Unlink an identity (GoTrue's identity.go)."""

from uuid import UUID

import asyncpg

from arti_core import clock
from arti_core.database import Connection, open_transaction
from supabase_local.auth import store as user_store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, forbidden, unprocessable
from supabase_local.auth.external import store
from supabase_local.auth.external.linking import update_providers
from supabase_local.auth.tokens.one_time_token_store import delete_tokens
from supabase_local.auth.tokens.sessions import user_of
from supabase_local.auth.users.accounts import audit
from supabase_local.auth.users.models import Identity, UserRow, merge_metadata
from supabase_local.gateway.authentication import AuthResult


async def unlink(context: AuthContext, principal: AuthResult, identity_id: UUID, *, client_info: ClientInfo) -> None:
    """Delete an identity of the principal. Raises AuthError for the last one.

    A user whose e-mail came with it gets the address of another identity, preferably a verified one.
    """
    try:
        async with open_transaction(context.pool, "begin") as connection:
            unlocked, _ = await user_of(connection, principal)
            user = await user_store.lock_user(connection, unlocked.id)
            if user is None:
                raise forbidden("user_not_found", "User from sub claim in JWT does not exist")
            identities = await user_store.list_identities(connection, [user.id])
            if len(identities) <= 1:
                raise unprocessable(
                    "single_identity_not_deletable", "User must have at least 1 identity after unlinking"
                )
            if identity_id not in [identity.id for identity in identities]:
                raise unprocessable("identity_not_found", "Identity doesn't exist")
            await store.delete_identity(connection, identity_id)
            await _sync_email(
                connection, context, user, [identity for identity in identities if identity.id != identity_id]
            )
            await update_providers(connection, user)
            user.updated_at = clock.now()
            await user_store.save_user(connection, user)
            await audit(connection, user, "identity_unlinked", client_info)
    except asyncpg.UniqueViolationError:
        raise _email_conflict() from None


async def _sync_email(connection: Connection, context: AuthContext, user: UserRow, remaining: list[Identity]) -> None:
    if any((identity.email or "") == (user.email or "") for identity in remaining):
        return
    for identity in sorted(remaining, key=_rank):
        if identity.email and await user_store.find_user_by_email(connection, identity.email):
            continue
        user.email = identity.email
        await delete_tokens(connection, user.id)
        user.email_change = None
        if not identity.email or not (_is_verified(identity) or context.settings.enable_email_autoconfirm):
            user.email_confirmed_at = None
            user.user_metadata = merge_metadata(user.user_metadata, {"email_verified": False})
        return
    raise _email_conflict()


def _rank(identity: Identity) -> tuple[int, float, str]:
    """Order: verified addresses, unverified ones, none; older before newer."""
    first = 2 if not identity.email else 0 if _is_verified(identity) else 1
    return first, identity.created_at.timestamp() if identity.created_at else 0.0, str(identity.id)


def _is_verified(identity: Identity) -> bool:
    return identity.identity_data.get("email_verified") is True


def _email_conflict() -> AuthError:
    return unprocessable("email_conflict_identity_not_deletable", "Unable to unlink identity due to email conflict")
