"""The local mailbox of the sign-in service. The HTML of a mail is shown in a frame that may do nothing."""

import re
from uuid import UUID

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from arti.ops.console.mails import store
from arti.ops.console.rendering import address
from arti.ops.console.session_guard import HEADERS, ConsoleRequest, page, require_session
from arti_core.crypto import Vault
from arti_core.database import Row
from arti_core.errors import Misconfigured, NotFound
from arti_core.mail_queue import MailContent, open_content

_STATES = {"kept": "good", "sent": "good", "queued": "warn", "failed": "bad"}
_LINK = re.compile(r"https?://[^\s<>\"']+")
# Sandboxed without exception: no script, no form, no link that leads away, no picture from outside.
_FRAMED = HEADERS | {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


async def list_mails(console_request: ConsoleRequest) -> Response:
    word, number = console_request.query("q"), console_request.page_number
    if not await store.has_mail_queue(console_request.pool):
        return page(console_request, "mails.html", "Mail", here="/mails", mails=None)
    mails = await store.list_mails(console_request.pool, word=word, page=number)
    return page(
        console_request,
        "mails.html",
        "Mail",
        here="/mails",
        STATES=_STATES,
        word=word,
        mails=mails[: store.PAGE_MAILS],
        page_number=number + 1,
        previous=address("/mails", q=word, page=number - 1) if number else "",
        following=address("/mails", q=word, page=number + 1) if len(mails) > store.PAGE_MAILS else "",
    )


async def show_mail(console_request: ConsoleRequest) -> Response:
    mail, content = await _open_mail(console_request)
    return page(
        console_request,
        "mail.html",
        content.subject or "Mail",
        here="/mails",
        STATES=_STATES,
        mail=mail,
        content=content,
        links=list(dict.fromkeys(_LINK.findall(content.text))),
    )


async def show_html(console_request: ConsoleRequest) -> Response:
    _, content = await _open_mail(console_request)
    return HTMLResponse(content.html, headers=_FRAMED)


async def _open_mail(console_request: ConsoleRequest) -> tuple[Row, MailContent]:
    """Return a mail of the queue and its content, which is empty once it was sent."""
    mail = await store.get_mail(console_request.pool, _id(console_request))
    if mail["sealed"] is None:
        return mail, MailContent(mail["title"], "", "")
    vault: Vault | None = console_request.request.app.state.vault
    if vault is None:
        raise Misconfigured("The console has no master key, so that it opens no mail. Set ARTI_MASTER_KEY.")
    return mail, open_content(vault, mail["id"], mail["sealed"])


def _id(console_request: ConsoleRequest) -> UUID:
    try:
        return UUID(console_request.query("id"))
    except ValueError:
        raise NotFound("mail") from None


ROUTES = [
    Route("/mails", require_session(list_mails)),
    Route("/mail", require_session(show_mail)),
    Route("/mail/html", require_session(show_html)),
]
