"""The mails of auth: templates, links, the hourly limit, and the mail queue (GoTrue's internal/mailer)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from html import escape
from typing import Final
from urllib.parse import quote_plus, urlsplit

from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool
from arti_core.mail_budget import MailLimitReached, MailLimits
from arti_core.mail_queue import MailContent, MailQueue, MailServer
from arti_core.mail_queue_store import count_mails_since
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.errors import AuthError
from supabase_local.auth.mail import store
from supabase_local.settings import SupabaseLocalSettings


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """The texts of one kind of mail, in English. `{address}` is the new address, `{code}` the code."""

    kind: str
    subject: str
    title: str
    sentence: str
    button: str
    note: str = "If you didn't request this, you can safely ignore this email."


CONFIRMATION = MailTemplate(
    kind="confirmation",
    subject="Confirm your email address",
    title="Confirm your email address",
    sentence="Follow the link below to confirm this email address and finish signing up.",
    button="Confirm email address",
)
MAGIC_LINK = MailTemplate(
    kind="magic_link",
    subject="Your sign-in link",
    title="Your sign-in link",
    sentence="Follow the link below to sign in. This link expires shortly and can only be used once.",
    button="Sign in",
)
RECOVERY = MailTemplate(
    kind="recovery",
    subject="Reset your password",
    title="Reset your password",
    sentence="We received a request to reset your password. Follow the link below to choose a new one.",
    button="Reset password",
)
INVITE = MailTemplate(
    kind="invite",
    subject="You've been invited",
    title="You've been invited",
    sentence="You've been invited to create an account. Follow the link below to accept.",
    button="Accept invitation",
)
EMAIL_CHANGE = MailTemplate(
    kind="email_change",
    subject="Confirm your new email address",
    title="Confirm your new email address",
    sentence="Follow the link below to confirm {address} as your new email address.",
    button="Confirm new email address",
)
REAUTHENTICATION = MailTemplate(
    kind="reauthentication",
    subject="{code} is your verification code",
    title="Your verification code",
    sentence="Use the code below to verify your identity. It expires shortly.",
    button="",
)


_CODE_INSTEAD: Final = "Alternatively, enter the code: {code}"


def open_mail_queue(
    settings: SupabaseLocalSettings, pool: Pool, vault: Vault, limits: MailLimits | None = None
) -> MailQueue:
    """Return the mail queue with the mail server of `settings`."""
    domain = urlsplit(settings.public_supabase_url).hostname or "localhost"
    server = MailServer(settings.smtp_url.get_secret_value(), settings.mail_from, message_id_domain=domain)
    return MailQueue(pool, vault, server, limits)


def action_link(context: AuthContext, token: str, kind: str, redirect_to: str) -> str:
    """Return the link of a mail: always to the configured gateway, whatever the request's headers are."""
    # As upstream: escaped only if it must be, so that the link is readable.
    where = quote_plus(redirect_to) if any(sign in redirect_to for sign in "&=#") else redirect_to
    return f"{context.issuer}/verify?token={quote_plus(token)}&type={quote_plus(kind)}&redirect_to={where}"


async def enqueue_mail(
    connection: Connection,
    context: AuthContext,
    template: MailTemplate,
    *,
    recipient: str,
    code: str,
    translate: Callable[[str], str],
    link: str = "",
    new_address: str = "",
    newcomer: ClientInfo | None = None,
) -> None:
    """Enqueue a mail. `newcomer` is who asked, when nobody is known to have the address.

    Raises AuthError above the hourly limit and above the mail budgets.
    """
    await store.lock_email_limit(connection)
    await check_mail_limit(connection, context, for_newcomer=newcomer is not None)
    text, html = _render(template, translate, code=code, link=link, new_address=new_address)
    try:
        await context.mail_queue.enqueue(
            connection,
            recipient=recipient,
            kind=template.kind,
            title=template.title,
            content=MailContent(translate(template.subject).replace("{code}", code), text, html),
            budget="newcomer" if newcomer else "account",
            ip=newcomer.ip if newcomer else None,
        )
    except MailLimitReached as reached:
        raise limit_error(reached) from None


def limit_error(reached: MailLimitReached) -> AuthError:
    """Return the refusal of a mail budget in GoTrue's form."""
    seconds = reached.retry_after_seconds
    return AuthError(429, "over_email_send_rate_limit", reached.message, retry_after=seconds)


async def take_request(connection: Connection, context: AuthContext, address: str) -> None:
    """Count a stranger's request for a mail to an address, known or not. Raises AuthError."""
    try:
        await context.mail_queue.take_request(connection, address)
    except MailLimitReached as reached:
        raise limit_error(reached) from None


async def take_newcomer_mail(connection: Connection, context: AuthContext, newcomer: ClientInfo) -> None:
    """Count a mail to an unknown address, though none is sent: a known one must not be told by the refusal."""
    await check_mail_limit(connection, context, for_newcomer=True)
    try:
        await context.mail_queue.take_newcomer_mail(connection, newcomer.ip)
    except MailLimitReached as reached:
        raise limit_error(reached) from None


async def check_mail_limit(connection: Connection, context: AuthContext, *, for_newcomer: bool = False) -> None:
    """Raise AuthError above the hourly limit, of which newcomers have half. As upstream, none with autoconfirm."""
    if context.settings.enable_email_autoconfirm:
        return
    since, limit = clock.now() - timedelta(hours=1), context.settings.rate_limit_email_sent
    sent = await count_mails_since(connection, since, ["account", "newcomer"])
    pending = await store.count_pending_requests(connection)
    if sent + pending >= limit or (
        for_newcomer and await count_mails_since(connection, since, ["newcomer"]) >= (limit + 1) // 2
    ):
        raise AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded", retry_after=600)


def _render(
    template: MailTemplate, translate: Callable[[str], str], *, code: str, link: str, new_address: str
) -> tuple[str, str]:
    """Return a mail's body as text and as HTML. Codes and addresses come after the translation, which keeps texts."""
    title, note = translate(template.title), translate(template.note)
    sentence = translate(template.sentence).replace("{address}", new_address)
    lines, parts = [title, "", sentence, ""], [f"<h2>{escape(title)}</h2>", f"<p>{escape(sentence)}</p>"]
    if link:
        instead = translate(_CODE_INSTEAD)
        lines += [link, "", instead.replace("{code}", code), ""]
        parts.append(f'<p><a href="{escape(link)}">{escape(translate(template.button))}</a></p>')
        parts.append(f"<p>{escape(instead).replace('{code}', f'<strong>{code}</strong>')}</p>")
    else:
        lines += [code, ""]
        parts.append(f"<p><strong>{code}</strong></p>")
    return "\n".join([*lines, note, ""]), "\n".join([*parts, f"<p>{escape(note)}</p>"])
