"""Find or create the account of an external identity (GoTrue's models/linking.go), with one more restriction.

An account is found by the provider's id of the user. A new id is linked to an account only by an e-mail address that
the provider has verified; an unverified one is linked to none, even with autoconfirm.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth import store as user_store
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError, bad_request, forbidden, unprocessable
from supabase_local.auth.external import store
from supabase_local.auth.external.profiles import Profile
from supabase_local.auth.mail import messages
from supabase_local.auth.mail.rate_limit import check_mail_frequency
from supabase_local.auth.tokens.one_time_token_store import delete_tokens
from supabase_local.auth.users.accounts import audit, new_user
from supabase_local.auth.users.models import UserRow, merge_metadata


@dataclass(frozen=True, slots=True)
class ExternalSignIn:
    """The user, or why they cannot sign in. What was written is committed in both cases."""

    user: UserRow | None
    refusal: AuthError | None = None


async def sign_in_with_identity(
    connection: Connection,
    context: AuthContext,
    provider: str,
    profile: Profile,
    *,
    redirect_to: str,
    client_info: ClientInfo,
) -> ExternalSignIn:
    """Find or create the account of an external identity. Raises AuthError when nothing must be committed.

    Raises asyncpg.UniqueViolationError on a concurrent sign-in with the same address: try again.
    """
    at = clock.now()
    await store.lock_subject(connection, provider=provider, subject=profile.subject)
    identity = await store.find_identity(connection, provider=provider, subject=profile.subject)
    if identity is not None:
        user = await _lock(connection, identity.user_id)
        await store.update_identity(connection, identity.id, data=profile.claims, at=at)
        identity_id = identity.id
    else:
        user = await _find_user_by_verified_email(connection, profile) or await _create_user(
            connection, context, provider, profile, client_info
        )
        identity_id = await store.insert_identity(
            connection, user_id=user.id, provider=provider, subject=profile.subject, data=profile.claims, at=at
        )
        await audit(connection, user, "identity_linked", client_info)
    if user.is_banned:
        raise forbidden("user_banned", "User is banned")
    user.user_metadata = merge_metadata(user.user_metadata, profile.claims)
    if user.confirmed_at is None:
        return await _confirm(connection, context, provider, profile, user, identity_id, redirect_to, client_info)
    await update_providers(connection, user)
    await user_store.save_user(connection, user)
    await audit(connection, user, "login", client_info, traits={"method": provider})
    return ExternalSignIn(user)


async def link(
    connection: Connection,
    context: AuthContext,
    provider: str,
    profile: Profile,
    target_id: UUID,
    *,
    redirect_to: str,
    client_info: ClientInfo,
) -> ExternalSignIn:
    """Link an identity to the account of a signed-in user. Raises AuthError."""
    user = await user_store.lock_user(connection, target_id)
    if user is None or user.deleted_at is not None:
        raise unprocessable("user_not_found", "Linking target user not found")
    if user.is_banned:
        raise forbidden("user_banned", "User is banned")
    await store.lock_subject(connection, provider=provider, subject=profile.subject)
    identity = await store.find_identity(connection, provider=provider, subject=profile.subject)
    if identity is not None:
        whose = "" if identity.user_id == user.id else " to another user"
        raise unprocessable("identity_already_exists", f"Identity is already linked{whose}")
    at = clock.now()
    await store.insert_identity(
        connection, user_id=user.id, provider=provider, subject=profile.subject, data=profile.claims, at=at
    )
    await audit(connection, user, "identity_linked", client_info)
    refusal = None
    if not user.email:
        refusal = await _claim_email(connection, context, provider, profile, user, redirect_to, client_info)
    await update_providers(connection, user)
    user.updated_at = at
    await user_store.save_user(connection, user)
    return ExternalSignIn(None if refusal else user, refusal)


async def _find_user_by_verified_email(connection: Connection, profile: Profile) -> UserRow | None:
    verified = [email.address for email in profile.emails if email.verified]
    owners = await store.list_owners(connection, verified) if verified else []
    if len(owners) > 1:
        raise AuthError(
            500,
            "unexpected_failure",
            "Multiple accounts with the same email address in the same linking domain detected: default",
        )
    return await _lock(connection, owners[0]) if owners else None


async def _create_user(
    connection: Connection, context: AuthContext, provider: str, profile: Profile, client_info: ClientInfo
) -> UserRow:
    if context.settings.disable_signup:
        raise unprocessable("signup_disabled", "Signups not allowed for this instance")
    primary = profile.primary
    if primary is None:
        raise AuthError(500, "unexpected_failure", "Error getting user email from external provider")
    if await user_store.find_user_by_email(connection, primary.address):  # and the provider has not verified it
        raise _unverified(provider, mailed=False)
    user = new_user(primary.address, hashed=None, data=profile.claims, confirmed=False)
    user.app_metadata = {"provider": provider, "providers": [provider]}
    await user_store.insert_user(connection, user)
    await audit(connection, user, "user_signedup", client_info)
    return user


async def _confirm(
    connection: Connection,
    context: AuthContext,
    provider: str,
    profile: Profile,
    user: UserRow,
    identity_id: UUID,
    redirect_to: str,
    client_info: ClientInfo,
) -> ExternalSignIn:
    """Sign in a user whose address is unverified so far, or mail them a confirmation.

    Other identities, sessions and the password may be an attacker's, who pre-registered the address: they are deleted.
    """
    await store.delete_other_identities(connection, user.id, keep=identity_id)
    await user_store.delete_sessions(connection, user.id)
    user.encrypted_password = None
    user.user_metadata = dict(profile.claims)
    await update_providers(connection, user)
    verified = any(email.verified and email.address == user.email for email in profile.emails)
    refusal = None
    if verified or (context.settings.enable_email_autoconfirm and user.email):
        await _set_confirmed(connection, user, clock.now())
    elif user.email:
        check_mail_frequency(context, user.confirmation_sent_at)
        await messages.send_confirmation(
            connection, context, user, redirect_to=redirect_to, challenge=None, client_info=client_info
        )
        refusal = _unverified(provider, mailed=True)
    else:
        refusal = _unverified(provider, mailed=False)
    await user_store.save_user(connection, user)
    return ExternalSignIn(None if refusal else user, refusal)


async def _claim_email(
    connection: Connection,
    context: AuthContext,
    provider: str,
    profile: Profile,
    user: UserRow,
    redirect_to: str,
    client_info: ClientInfo,
) -> AuthError | None:
    """Give an anonymous user the address of their new identity. Returns why they cannot sign in yet."""
    primary = profile.primary
    if primary is None:
        return None
    if await user_store.find_user_by_email(connection, primary.address):
        raise bad_request("email_exists", "A user with this email address has already been registered")
    user.email = primary.address
    if not primary.verified:
        await messages.send_confirmation(
            connection, context, user, redirect_to=redirect_to, challenge=None, client_info=client_info
        )
        message = f"Unverified email with {provider}. A confirmation email has been sent to your {provider} email"
        return unprocessable("email_not_confirmed", message)
    await _set_confirmed(connection, user, clock.now())
    user.is_anonymous = False
    return None


async def _set_confirmed(connection: Connection, user: UserRow, at: datetime) -> None:
    user.email_confirmed_at = at
    user.user_metadata = merge_metadata(user.user_metadata, {"email_verified": True})
    await delete_tokens(connection, user.id)


async def update_providers(connection: Connection, user: UserRow) -> None:
    """Update the providers in the user's app_metadata; the caller saves the user."""
    providers = await store.list_providers(connection, user.id)
    changes: dict[str, Any] = {"providers": providers}
    if providers:
        changes["provider"] = providers[0]
    user.app_metadata = merge_metadata(user.app_metadata, changes)


async def _lock(connection: Connection, user_id: UUID) -> UserRow:
    user = await user_store.lock_user(connection, user_id)
    if user is None or user.deleted_at is not None:
        raise forbidden("user_not_found", "User not found")
    return user


def _unverified(provider: str, *, mailed: bool) -> AuthError:
    remedy = (
        f"A confirmation email has been sent to your {provider} email"
        if mailed
        else f"Verify the email with {provider} in order to sign in"
    )
    return unprocessable("provider_email_needs_verification", f"Unverified email with {provider}. {remedy}")
