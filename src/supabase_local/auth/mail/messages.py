"""Send the mails of auth: issue the token, record the time on the user, enqueue the mail (GoTrue's mail.go).

Each function changes `user` in memory; the caller saves it in the same transaction.
"""

from arti_core import clock
from arti_core.database import Connection
from supabase_local.auth.context import AuthContext
from supabase_local.auth.mail import mailer
from supabase_local.auth.tokens.flow_state_store import CodeChallenge, create_flow
from supabase_local.auth.tokens.one_time_token_store import Purpose, issue
from supabase_local.auth.tokens.pkce import PKCE_PREFIX
from supabase_local.auth.users.models import UserRow


async def send_confirmation(
    connection: Connection, context: AuthContext, user: UserRow, *, redirect_to: str, challenge: CodeChallenge | None
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
    await _send(connection, context, user, mailer.CONFIRMATION, Purpose.CONFIRMATION, "signup", redirect_to, challenge)
    user.confirmation_sent_at = clock.now()


async def send_invite(connection: Connection, context: AuthContext, user: UserRow, *, redirect_to: str) -> None:
    await _send(connection, context, user, mailer.INVITE, Purpose.CONFIRMATION, "invite", redirect_to, None)
    user.confirmation_sent_at = user.invited_at = clock.now()


async def send_sign_in(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    *,
    kind: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
) -> None:
    """Mail a sign-in link to a confirmed user. `kind` is "magiclink" or "recovery"."""
    if challenge:
        await create_flow(
            connection, provider_type=kind, authentication_method=kind, challenge=challenge, user_id=user.id
        )
    template = mailer.RECOVERY if kind == "recovery" else mailer.MAGIC_LINK
    await _send(connection, context, user, template, Purpose.RECOVERY, kind, redirect_to, challenge)
    user.recovery_sent_at = clock.now()


async def send_email_change(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    *,
    new_address: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
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
            link=mailer.action_link(context, token.link_token, "email_change", redirect_to),
            new_address=new_address,
        )
    user.email_change_sent_at = clock.now()


async def send_nonce(connection: Connection, context: AuthContext, user: UserRow) -> None:
    """Mail the code for a reauthentication."""
    assert user.email  # checked by the caller
    token = await issue(connection, context.settings, user.id, Purpose.REAUTHENTICATION, address=user.email)
    await mailer.enqueue_mail(connection, context, mailer.REAUTHENTICATION, recipient=user.email, code=token.code)
    user.reauthentication_sent_at = clock.now()


async def _send(
    connection: Connection,
    context: AuthContext,
    user: UserRow,
    template: mailer.MailTemplate,
    purpose: Purpose,
    kind: str,
    redirect_to: str,
    challenge: CodeChallenge | None,
) -> None:
    assert user.email  # checked by the caller
    prefix = PKCE_PREFIX if challenge else ""
    token = await issue(connection, context.settings, user.id, purpose, address=user.email, prefix=prefix)
    link = mailer.action_link(context, token.link_token, kind, redirect_to)
    await mailer.enqueue_mail(connection, context, template, recipient=user.email, code=token.code, link=link)
