"""The mails of auth: their texts, the hourly limit, and how they are put into the mail queue of arti_core."""

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
from supabase_local.settings import SupabaseLocalSettings

_BUDGET_LOCK = 4_127_003  # any number, the same for every gateway


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """What a mail of one kind says. `{address}` is the new address, `{code}` the code."""

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


def link_to(context: AuthContext, token: str, kind: str, redirect_to: str) -> str:
    """Return the link that a mail holds: always to the configured gateway, whatever the request's headers say."""
    # As upstream: what has none of these signs is taken as it is, so that it reads well in the mail.
    where = quote_plus(redirect_to) if any(sign in redirect_to for sign in "&=#") else redirect_to
    return f"{context.issuer}/verify?token={quote_plus(token)}&type={quote_plus(kind)}&redirect_to={where}"


async def post(
    connection: Connection,
    context: AuthContext,
    template: MailTemplate,
    *,
    recipient: str,
    code: str,
    link: str = "",
    new: str = "",
) -> None:
    """Write a mail. Raises AuthError when too many were written within the hour."""
    await connection.execute("select pg_advisory_xact_lock($1)", _BUDGET_LOCK)
    await check_mail_limit(connection, context)
    text, html = _render(template, code=code, link=link, new=new)
    await context.mail_queue.enqueue(
        connection,
        recipient=recipient,
        kind=template.kind,
        title=template.title,
        content=MailContent(template.subject.replace("{code}", code), text, html),
    )


async def check_mail_limit(connection: Connection, context: AuthContext) -> None:
    """Raise AuthError when no more mails may be sent now. As upstream, no limit where sign-ups confirm themselves."""
    if context.settings.enable_email_autoconfirm:
        return
    written = await count_mails_since(connection, clock.now() - timedelta(hours=1))
    pending: int = await connection.fetchval("select count(*) from auth.mail_requests where owed is not null")
    if written + pending >= context.settings.rate_limit_email_sent:
        raise AuthError(429, "over_email_send_rate_limit", "email rate limit exceeded")


def _render(template: MailTemplate, *, code: str, link: str, new: str) -> tuple[str, str]:
    """Return a mail's body as text and as HTML."""
    sentence = template.sentence.replace("{address}", new)
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
