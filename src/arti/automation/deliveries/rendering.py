"""Render an event for each kind of channel. Pure; text is escaped as the channel requires."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from arti.automation.channels.transport import OutboundMessage
from arti.automation.deliveries.event_context import EventContext
from arti.automation.messages import slack_blocks
from arti.automation.messages.mail_page import MailPage, MailStory, render_html, render_text
from arti.automation.messages.short_links import short_link
from arti.language.pieces import (
    Pieces,
    as_mail_text,
    as_markdown,
    as_plain,
    as_slack,
    as_sms,
    join_pieces,
    name_piece,
)

SMS_CHARACTERS = 306  # two parts of 153, the longest SMS that ARTi sends


def render(kind: str, context: EventContext, *, delivery_id: UUID, site_url: str) -> OutboundMessage:
    """Return the message about `context` for a channel of `kind`."""
    link = f"{site_url}{context.path}"
    subject = " ".join(as_mail_text(join_pieces((context.title, context.about), " · ")).split())[:200]
    if kind == "sms":
        body = _sms_text(context, short_link(site_url, context.subject_id) if context.subject_id else link)
        return OutboundMessage(context.org_id, delivery_id, kind, subject, body, {"text": body})
    page = _mail_page(context, link)
    body = render_text(page)
    if kind == "slack":
        payload = _slack_payload(context, link)
    elif kind == "email":
        payload = {"text": body, "html": render_html(page)}
    else:
        payload = _n8n_payload(context, link)
    return OutboundMessage(context.org_id, delivery_id, kind, subject, body, payload)


def _slack_payload(context: EventContext, link: str) -> dict[str, Any]:
    title, about, body = (as_slack(text) for text in (context.title, context.about, context.summary or context.body))
    org = as_slack((name_piece(context.org_name),))
    blocks = [slack_blocks.header(context.title), slack_blocks.context(about)]
    blocks += [slack_blocks.section(body)] if body else []
    blocks += slack_blocks.figures(context.figures)
    notes = "\n".join(f"*{as_slack(label)}:* {as_slack(text)}" for label, text in _notes(context))
    blocks += [slack_blocks.section(notes)] if notes else []
    blocks += [slack_blocks.buttons(*_buttons(context, link)), slack_blocks.context(org)]
    return slack_blocks.message(f"{title} · {about} ({org})", blocks)


def _mail_page(context: EventContext, link: str) -> MailPage:
    story = MailStory(
        title=context.title,
        about=context.about,
        body=context.summary or context.body,
        figures=context.figures,
        notes=_notes(context),
        buttons=_buttons(context, link),
    )
    return MailPage(
        language=context.language,
        org=(name_piece(context.org_name),),
        title=(),
        stories=(story,),
        footer=(context.say(context.reason),),
        has_logo=context.has_logo,
    )


def _notes(context: EventContext) -> list[tuple[Pieces, Pieces]]:
    """Return the likely cause and what to check, as far as there is one."""
    notes = (("cause", context.cause), ("check", context.next_step))
    return [(context.say(key), text) for key, text in notes if text]


def _buttons(context: EventContext, link: str) -> list[tuple[Pieces, str]]:
    buttons = [(context.say("open"), link)]
    if context.subject_kind == "insight":
        # The page acknowledges it once the reader is signed in.
        buttons.append((context.say("acknowledge"), f"{link}&acknowledge=1"))
    return buttons


def _sms_text(context: EventContext, link: str) -> str:
    head = f"{as_sms((name_piece(context.org_name),))[:40]}: "
    available = SMS_CHARACTERS - len(head) - len(link) - 1
    # ASCII only: one character outside the GSM alphabet more than halves what fits into a part.
    line = as_sms(join_pieces((context.title, context.about), " - "))
    return f"{head}{line if len(line) <= available else line[: available - 3] + '...'} {link}"


def _n8n_payload(context: EventContext, link: str) -> dict[str, Any]:
    subject: Mapping[str, Any] = {
        "id": _text(context.subject_id),
        "title": as_plain(context.title),
        "body": as_plain(context.body),
        "markdown": f"**{as_markdown(context.title)}**\n\n{as_markdown(context.body)}",
        "language": context.language,
        "severity": context.severity,
        "detector": context.detector,
        "provider": context.provider,
        "metric": context.metric,
        "happened_on": context.happened_on.isoformat() if context.happened_on else None,
        "url": link,
    }
    artist = {"id": str(context.artist_id), "name": context.artist_name} if context.artist_id else None
    return {
        "type": context.event_type,
        "timestamp": context.happened_at.isoformat(),
        "data": {
            "event_id": _text(context.event_id),
            "org": {"id": str(context.org_id), "name": context.org_name},
            "artist": artist,
            context.subject_kind or "message": subject,
        },
    }


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
