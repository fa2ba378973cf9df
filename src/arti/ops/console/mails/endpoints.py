"""The local mailbox of the sign-in service. The HTML of a mail is shown in a frame that may do nothing."""

import re
from uuid import UUID

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from arti.ops.console.html import Markup, tag
from arti.ops.console.layout import address, badge, button, data_table, error_box, labelled, line, note, page, pager
from arti.ops.console.mails import store
from arti.ops.console.session_guard import HEADERS, ConsoleRequest, html, require_session
from arti_core.crypto import Vault
from arti_core.database import Row
from arti_core.errors import NotFound
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
        text = "This database keeps no mails: the Supabase that is configured sends its own."
        return html(page("Mail", tag("h1", "Mail"), note(text), here="/mails", **console_request.frame))
    mails = await store.list_mails(console_request.pool, word=word, page=number)
    lines = [
        line(
            f"{mail['created_at']:%Y-%m-%d %H:%M:%S}",
            tag("td", badge(mail["state"], _STATES.get(mail["state"], ""))),
            mail["kind"],
            mail["recipient"],
            tag("td", tag("a", mail["title"], href=address("/mail", id=str(mail["id"])))),
        )
        for mail in mails[: store.PAGE_MAILS]
    ]
    search = tag(
        "form",
        labelled("Recipient or subject holds", tag("input", name="q", value=word, type="search")),
        button("Find", kind="plain"),
        method="get",
        class_="bar",
        role="search",
    )
    previous = address("/mails", q=word, page=number - 1) if number else ""
    following = address("/mails", q=word, page=number + 1) if len(mails) > store.PAGE_MAILS else ""
    return html(
        page(
            "Mail",
            tag("h1", "Mail"),
            note("What the sign-in service wrote. Without a mail server the mails are kept here; they sign people in."),
            search,
            data_table("Mails", ("When, UTC", "State", "Kind", "To", "Subject"), lines, empty="No mails."),
            pager(f"page {number + 1}", previous=previous, following=following),
            here="/mails",
            **console_request.frame,
        )
    )


async def show_mail(console_request: ConsoleRequest) -> Response:
    mail, content = await _open_mail(console_request)
    state = tag("span", badge(mail["state"], _STATES.get(mail["state"], "")))
    facts = [state, tag("span", mail["kind"]), tag("span", "to ", tag("strong", mail["recipient"]))]
    facts.append(tag("span", f"{mail['created_at']:%Y-%m-%d %H:%M:%S} UTC"))
    if mail["attempts"]:
        facts.append(tag("span", f"{mail['attempts']} attempts"))
    links = dict.fromkeys(_LINK.findall(content.text))
    frame = tag("iframe", sandbox="", src=address("/mail/html", id=str(mail["id"])), title="The mail as HTML")
    return html(
        page(
            content.subject or "Mail",
            tag("h1", content.subject or "(no subject)"),
            tag("p", *facts, class_="facts"),
            error_box(mail["last_error"] or ""),
            _links(list(links)),
            tag("h2", "Text"),
            tag("pre", content.text),
            [tag("h2", "HTML"), frame] if content.html else None,
            here="/mails",
            **console_request.frame,
        )
    )


def _links(links: list[str]) -> Markup | None:
    if not links:
        return None
    items = (tag("li", tag("a", link, href=link, rel="noreferrer noopener", target="_blank")) for link in links)
    return tag("section", tag("h2", "Links in it"), tag("ul", *items), aria_label="Links in it")


async def show_html(console_request: ConsoleRequest) -> Response:
    _, content = await _open_mail(console_request)
    return HTMLResponse(content.html, headers=_FRAMED)


async def _open_mail(console_request: ConsoleRequest) -> tuple[Row, MailContent]:
    """Return a mail of the queue and its content, which is empty once it was sent."""
    mail = await store.get_mail(console_request.pool, _id(console_request))
    if mail["sealed"] is None:
        return mail, MailContent(mail["title"], "", "")
    vault = Vault(console_request.request.app.state.master_key)
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
