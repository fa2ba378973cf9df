"""Mails that report what happened to an account (GoTrue's notifications). They hold no link that signs in, and no code.

They are outside of the hourly limit: whoever has taken over an account could use it up to stay unnoticed.
"""

from dataclasses import dataclass
from html import escape

import structlog

from arti_core import clock
from arti_core.database import Connection
from arti_core.mail_budget import MailLimitReached
from arti_core.mail_queue import MailContent
from supabase_local.auth.context import AuthContext, ClientInfo
from supabase_local.auth.users.models import UserRow

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Notice:
    """The texts of one kind, in English. `advice` is what to do when it was not the user."""

    kind: str
    title: str
    sentence: str
    advice: str


PASSWORD_CHANGED = Notice(
    kind="password_changed_notification",
    title="Your password has been changed",
    sentence="The password of your account was changed, and other devices were signed out.",
    advice="If this was not you, choose a new password at once ('forgot password') at",
)
SESSION_REVOKED = Notice(
    kind="session_revoked_notification",
    title="One of your sessions was ended",
    sentence="An old key of one of your sessions was used again. It may have been copied, so this session was ended.",
    advice="If you do not recognise the device, change your password and sign out everywhere at",
)


async def enqueue_notice(
    connection: Connection, context: AuthContext, notice: Notice, user: UserRow, client_info: ClientInfo
) -> None:
    """Enqueue a mail to the user's confirmed address, if there is one and a mail budget is left.

    Call `mail_queue.wake` after the commit.
    """
    if not user.email or user.email_confirmed_at is None:
        return
    say = await context.find_mail_translator(connection, user.id, client_info.accept_language)
    title = say(notice.title)
    lines = (
        say(notice.sentence),
        say(f"When: {clock.now():%-d %B %Y %H:%M} UTC"),
        say("From: {address}").replace("{address}", client_info.ip or say("an unknown address")),
        say("With: {program}").replace("{program}", (client_info.user_agent or say("an unknown program"))[:200]),
        f"{say(notice.advice)} {context.settings.site_url}",
    )
    try:
        await context.mail_queue.enqueue(
            connection,
            recipient=user.email,
            kind=notice.kind,
            title=notice.title,
            budget="notice",
            content=MailContent(
                title,
                "\n\n".join((title, *lines, "")),
                "\n".join((f"<h2>{escape(title)}</h2>", *(f"<p>{escape(line)}</p>" for line in lines))),
            ),
        )
    except MailLimitReached:  # dozens within a day: what happened must not fail for want of a further mail
        log.warning("a notice was not mailed", user_id=str(user.id), kind=notice.kind)
