"""Render an event for each kind of channel. Pure; text is escaped as the channel requires."""

from collections.abc import Mapping
from html import escape
from typing import Any
from uuid import UUID

from arti.automation.channels.transport import OutboundMessage
from arti.automation.deliveries.event_context import EventContext
from arti.language.pieces import (
    as_html,
    as_mail_text,
    as_markdown,
    as_plain,
    as_slack,
    as_sms,
    join_pieces,
    name_piece,
)

SMS_CHARACTERS = 306  # two parts of 153, the longest SMS that ARTi sends
SLACK_CHARACTERS = 2900  # a section may have 3,000


def render(kind: str, context: EventContext, *, delivery_id: UUID, site_url: str) -> OutboundMessage:
    """Return the message about `context` for a channel of `kind`."""
    link = f"{site_url}{context.path}"
    subject = " ".join(as_mail_text(join_pieces((context.title, context.about), " · ")).split())[:200]
    body = _sms_text(context, link) if kind == "sms" else _plain_text(context, link)
    if kind == "slack":
        payload = _slack_payload(context, link)
    elif kind == "email":
        payload = {"text": body, "html": _html(context, link)}
    elif kind == "sms":
        payload = {"text": body}
    else:
        payload = _n8n_payload(context, link)
    return OutboundMessage(context.org_id, delivery_id, kind, subject, body, payload)


def _slack_payload(context: EventContext, link: str) -> dict[str, Any]:
    title, about, body = (as_slack(text) for text in (context.title, context.about, context.body))
    org = as_slack((name_piece(context.org_name),))
    text = f"*{title}*\n{about}\n{body}"
    if len(text) > SLACK_CHARACTERS:
        text = _cut_escaped(text, SLACK_CHARACTERS)
    footer = f"{org} · <{link.replace('&', '&amp;')}|{as_slack(context.say('open'))}>"
    # `verbatim`: Slack makes no links and mentions of its own out of what a name holds.
    return {
        "text": f"{title} · {about} ({org})",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": footer, "verbatim": True}]},
        ],
    }


def _html(context: EventContext, link: str) -> str:
    org = as_html((name_piece(context.org_name),))
    return (
        f'<!doctype html><html lang="{context.language}">'
        '<body style="font:16px/1.5 system-ui,sans-serif;color:#10151f">'
        f'<p style="color:#566074">{org} · {as_html(context.about)}</p>'
        f'<h1 style="font-size:20px">{as_html(context.title)}</h1><p>{as_html(context.body)}</p>'
        f'<p><a href="{escape(link)}">{as_html(context.say("open"))}</a></p>'
        f'<p style="color:#566074;font-size:13px">{as_html(context.say("why"))}</p></body></html>'
    )


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


def _plain_text(context: EventContext, link: str) -> str:
    org, about, title, body = (
        as_mail_text(text) for text in ((name_piece(context.org_name),), context.about, context.title, context.body)
    )
    return f"{org} · {about}\n\n{title}\n\n{body}\n\n{link}"


def _cut_escaped(text: str, at_most: int) -> str:
    """Shorten escaped text without cutting an escape in two."""
    cut = text[: at_most - 1]
    start = cut.rfind("&", -5)
    return (cut[:start] if start >= 0 and ";" not in cut[start:] else cut) + "…"


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
