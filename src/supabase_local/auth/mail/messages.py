"""Which mail a person gets when: makes the token, notes when it was sent, writes the mail.

Each function changes `user` in memory; whoever calls saves them in the same transaction.
"""

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth.context import AuthContext
from supabase_local.auth.mail import outbox
from supabase_local.auth.tokens.flow_state_store import Challenge, create_flow
from supabase_local.auth.tokens.one_time_token_store import Purpose, issue
from supabase_local.auth.tokens.pkce import PKCE_PREFIX
from supabase_local.auth.users.models import User


async def send_confirmation(
    connection: Connection, context: AuthContext, user: User, *, redirect_to: str, challenge: Challenge | None
) -> None:
    """Ask a person who signed up whether the address is theirs."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email",
            authentication_method="email/signup",
            challenge=challenge,
            user_id=user.id,
        )
    await _send(connection, context, user, outbox.CONFIRMATION, Purpose.CONFIRMATION, "signup", redirect_to, challenge)
    user.confirmation_sent_at = clock.now()


async def send_invite(connection: Connection, context: AuthContext, user: User, *, redirect_to: str) -> None:
    await _send(connection, context, user, outbox.INVITE, Purpose.CONFIRMATION, "invite", redirect_to, None)
    user.confirmation_sent_at = user.invited_at = clock.now()


async def send_sign_in(
    connection: Connection,
    context: AuthContext,
    user: User,
    *,
    kind: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    """Mail a way in to a person who has confirmed their address. `kind` is "magiclink" or "recovery"."""
    if challenge:
        await create_flow(
            connection, provider_type=kind, authentication_method=kind, challenge=challenge, user_id=user.id
        )
    template = outbox.RECOVERY if kind == "recovery" else outbox.MAGIC_LINK
    await _send(connection, context, user, template, Purpose.RECOVERY, kind, redirect_to, challenge)
    user.recovery_sent_at = clock.now()


async def send_email_change(
    connection: Connection,
    context: AuthContext,
    user: User,
    *,
    new_address: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    """Ask the new address, and by default the old one too, whether the change is wanted."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email_change",
            authentication_method="email_change",
            challenge=challenge,
            user_id=user.id,
        )
    user.email_change, user.email_change_confirm_status = new_address, 0
    asked = [(Purpose.EMAIL_CHANGE_NEW, new_address)]
    if context.settings.mailer_secure_email_change_enabled and user.email:
        asked.append((Purpose.EMAIL_CHANGE_CURRENT, user.email))
    for purpose, address in asked:
        token = await issue(
            connection, context.settings, user.id, purpose, address=address, prefix=PKCE_PREFIX if challenge else ""
        )
        await outbox.post(
            connection,
            context,
            outbox.EMAIL_CHANGE,
            recipient=address,
            code=token.code,
            link=outbox.link_to(context, token.link_token, "email_change", redirect_to),
            new=new_address,
        )
    user.email_change_sent_at = clock.now()


async def send_nonce(connection: Connection, context: AuthContext, user: User) -> None:
    """Mail a code that proves that the person at the keyboard reads the account's mail."""
    assert user.email  # whoever calls has looked
    token = await issue(connection, context.settings, user.id, Purpose.REAUTHENTICATION, address=user.email)
    await outbox.post(connection, context, outbox.REAUTHENTICATION, recipient=user.email, code=token.code)
    user.reauthentication_sent_at = clock.now()


async def _send(
    connection: Connection,
    context: AuthContext,
    user: User,
    template: outbox.MailTemplate,
    purpose: Purpose,
    kind: str,
    redirect_to: str,
    challenge: Challenge | None,
) -> None:
    assert user.email  # nobody without an address is mailed
    prefix = PKCE_PREFIX if challenge else ""
    token = await issue(connection, context.settings, user.id, purpose, address=user.email, prefix=prefix)
    link = outbox.link_to(context, token.link_token, kind, redirect_to)
    await outbox.post(connection, context, template, recipient=user.email, code=token.code, link=link)
