"""Send the mails of auth: issue the token, record the time on the user, enqueue the mail (GoTrue's mail.go).

Each function changes `user` in memory; the caller saves it in the same transaction.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.mail import mailer
from supabase_local.auth.tokens.flow_state_store import CodeChallenge, create_flow
from supabase_local.auth.tokens.one_time_token_store import Purpose, issue
from supabase_local.auth.tokens.pkce import PKCE_PREFIX
from supabase_local.auth.users.models import UserRow

# So long after it was confirmed an address counts as a newcomer's: confirming many costs an attacker a day.
_NEWCOMER_FOR: Final = timedelta(days=1)


async def send_confirmation(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    *,
    redirect_to: str,
    challenge: CodeChallenge | None,
    client_info: ClientInfo,
) -> None:
    """Mail the confirmation of a sign-up."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email",
            authentication_method="email/signup",
            challenge=challenge,
            user_id=user.id,
        )
    await _send(
        connection,
        context,
        user,
        mailer.CONFIRMATION,
        Purpose.CONFIRMATION,
        "signup",
        redirect_to,
        challenge,
        client_info,
    )
    user.confirmation_sent_at = clock.now()


async def send_invite(connection: Connection, context: AuthContext, user: UserRow, *, redirect_to: str) -> None:
    await _send(connection, context, user, mailer.INVITE, Purpose.CONFIRMATION, "invite", redirect_to, None, None)
    user.confirmation_sent_at = user.invited_at = clock.now()


async def send_sign_in(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    *,
    kind: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
    client_info: ClientInfo,
) -> None:
    """Mail a sign-in link to a confirmed user. `kind` is "magiclink" or "recovery"."""
    if challenge:
        await create_flow(
            connection, provider_type=kind, authentication_method=kind, challenge=challenge, user_id=user.id
        )
    template = mailer.RECOVERY if kind == "recovery" else mailer.MAGIC_LINK
    await _send(connection, context, user, template, Purpose.RECOVERY, kind, redirect_to, challenge, client_info)
    user.recovery_sent_at = clock.now()


async def send_email_change(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    *,
    new_address: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
    client_info: ClientInfo,
) -> None:
    """Mail the confirmation of a new address to it and, by default, to the old one."""
    if challenge:
        await create_flow(
            connection,
            provider_type="email_change",
            authentication_method="email_change",
            challenge=challenge,
            user_id=user.id,
        )
    user.email_change, user.email_change_confirm_status = new_address, 0
    recipients = [(Purpose.EMAIL_CHANGE_NEW, new_address)]
    if context.settings.mailer_secure_email_change_enabled and user.email:
        recipients.append((Purpose.EMAIL_CHANGE_CURRENT, user.email))
    translate = await _find_translator(connection, context, user, client_info)
    for purpose, address in recipients:
        token = await issue(
            connection, context.settings, user.id, purpose, address=address, prefix=PKCE_PREFIX if challenge else ""
        )
        await mailer.enqueue_mail(
            connection,
            context,
            mailer.EMAIL_CHANGE,
            recipient=address,
            code=token.code,
            translate=translate,
            link=mailer.action_link(context, token.link_token, "email_change", redirect_to),
            new_address=new_address,
            newcomer=client_info if address == new_address or is_newcomer(user) else None,
        )
    user.email_change_sent_at = clock.now()


async def send_nonce(connection: Connection, context: AuthContext, user: UserRow, *, client_info: ClientInfo) -> None:
    """Mail the code for a reauthentication."""
    assert user.email  # checked by the caller
    token = await issue(connection, context.settings, user.id, Purpose.REAUTHENTICATION, address=user.email)
    await mailer.enqueue_mail(
        connection,
        context,
        mailer.REAUTHENTICATION,
        recipient=user.email,
        code=token.code,
        translate=await _find_translator(connection, context, user, client_info),
        newcomer=client_info if is_newcomer(user) else None,
    )
    user.reauthentication_sent_at = clock.now()


def is_newcomer(user: UserRow) -> bool:
    """Return whether nobody has had the user's address for a day, nor an administrator invited it."""
    if user.invited_at is not None:
        return False
    return user.email_confirmed_at is None or clock.now() - user.email_confirmed_at < _NEWCOMER_FOR


async def _find_translator(
    connection: Connection, context: AuthContext, user: UserRow, client_info: ClientInfo | None
) -> Callable[[str], str]:
    """Return what translates a mail to a user; `client_info`: who asked for it, unless it was an administrator."""
    return await context.find_mail_translator(connection, user.id, client_info.accept_language if client_info else "")


async def _send(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    template: mailer.MailTemplate,
    purpose: Purpose,
    kind: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
    client_info: ClientInfo | None,
) -> None:
    """`client_info` is who asked; None: an administrator."""
    assert user.email  # checked by the caller
    prefix = PKCE_PREFIX if challenge else ""
    token = await issue(connection, context.settings, user.id, purpose, address=user.email, prefix=prefix)
    link = mailer.action_link(context, token.link_token, kind, redirect_to)
    await mailer.enqueue_mail(
        connection,
        context,
        template,
        recipient=user.email,
        code=token.code,
        translate=await _find_translator(connection, context, user, client_info),
        link=link,
        newcomer=client_info if client_info and is_newcomer(user) else None,
    )
