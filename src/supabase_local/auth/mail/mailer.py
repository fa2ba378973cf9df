"""The mails of auth: templates, links, the hourly limit, and the mail queue (GoTrue's internal/mailer)."""

from dataclasses import dataclass
from datetime import timedelta
from html import escape
from urllib.parse import quote_plus, urlsplit

from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool
from arti_core.mail_queue import MailContent, MailQueue, MailServer
from arti_core.mail_queue_store import count_mails_since
from supabase_local.auth.context import AuthContext
from supabase_local.auth.errors import AuthError
from supabase_local.auth.mail import store
from supabase_local.settings import SupabaseLocalSettings


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """The texts of one kind of mail. `{address}` is the new address, `{code}` the code."""

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


def open_mail_queue(settings: SupabaseLocalSettings, pool: Pool, vault: Vault) -> MailQueue:
    """Return the mail queue with the mail server of `settings`."""
    domain = urlsplit(settings.supabase_url).hostname or "localhost"
    server = MailServer(settings.smtp_url.get_secret_value(), settings.mail_from, message_id_domain=domain)
    return MailQueue(pool, vault, server)


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
    link: str = "",
    new_address: str = "",
) -> None:
    """Enqueue a mail. Raises AuthError above the hourly limit."""
    await store.lock_email_limit(connection)
    await check_mail_limit(connection, context)
    text, html = _render(template, code=code, link=link, new_address=new_address)
    await context.mail_queue.enqueue(
        connection,
        recipient=recipient,
        kind=template.kind,
        title=template.title,
        content=MailContent(template.subject.replace("{code}", code), text, html),
    )


async def check_mail_limit(connection: Connection, context: AuthContext) -> None:
    """Raise AuthError above the hourly limit. As upstream, there is none with autoconfirm."""
    if context.settings.enable_email_autoconfirm:
        return
    sent = await count_mails_since(connection, clock.now() - timedelta(hours=1))
    pending = await store.count_pending_requests(connection)
    if sent + pending >= context.settings.rate_limit_email_sent:
        raise AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded")


def _render(template: MailTemplate, *, code: str, link: str, new_address: str) -> tuple[str, str]:
    """Return a mail's body as text and as HTML."""
    sentence = template.sentence.replace("{address}", new_address)
    lines, parts = (
        [template.title, "", sentence, ""],
        [f"<h2>{escape(template.title)}</h2>", f"<p>{escape(sentence)}</p>"],
    )
    if link:
        lines += [link, "", f"Alternatively, enter the code: {code}", ""]
        parts.append(f'<p><a href="{escape(link)}">{escape(template.button)}</a></p>')
        parts.append(f"<p>Alternatively, enter the code: <strong>{code}</strong></p>")
    else:
        lines += [code, ""]
        parts.append(f"<p><strong>{code}</strong></p>")
    return "\n".join([*lines, template.note, ""]), "\n".join([*parts, f"<p>{escape(template.note)}</p>"])
