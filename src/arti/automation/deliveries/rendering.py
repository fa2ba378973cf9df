"""Render an event for each kind of channel. Pure; text is escaped as the channel requires."""

import re
from collections.abc import Mapping
from html import escape
from typing import Any
from uuid import UUID

from arti.automation.channels.transport import OutboundMessage
from arti.automation.deliveries.event_context import EventContext

SMS_CHARACTERS = 306  # two parts of 153, the longest SMS that ARTi sends
SLACK_CHARACTERS = 2900  # a section may have 3,000
_WHITESPACE = re.compile(r"\s+")


def render(kind: str, context: EventContext, *, delivery_id: UUID, site_url: str) -> OutboundMessage:
    """Return the message about `context` for a channel of `kind`."""
    link = f"{site_url}{context.path}"
    subject = _one_line(f"{context.title} · {context.about}")[:200]
    body = _sms_text(context, link) if kind == "sms" else _plain_text(context, link)
    if kind == "slack":
        payload = _slack_payload(context, subject, link)
    elif kind == "email":
        payload = {"text": body, "html": _html(context, link)}
    elif kind == "sms":
        payload = {"text": body}
    else:
        payload = _n8n_payload(context, link)
    return OutboundMessage(context.org_id, delivery_id, kind, subject, body, payload)


def _slack_payload(context: EventContext, subject: str, link: str) -> dict[str, Any]:
    title, about, body, org = (_mrkdwn(text) for text in (context.title, context.about, context.body, context.org_name))
    text = f"*{title}*\n{about}\n{body}"
    if len(text) > SLACK_CHARACTERS:
        text = _cut_escaped(text, SLACK_CHARACTERS)
    footer = f"{org} · <{_mrkdwn(link)}|Open in ARTi>"
    return {
        "text": f"{_mrkdwn(subject)} ({org})",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": footer}]},
        ],
    }


def _html(context: EventContext, link: str) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in context.body.split("\n") if part.strip())
    return (
        '<!doctype html><html lang="en"><body style="font:16px/1.5 system-ui,sans-serif;color:#10151f">'
        f'<p style="color:#566074">{escape(context.org_name)} · {escape(context.about)}</p>'
        f'<h1 style="font-size:20px">{escape(context.title)}</h1>{paragraphs}'
        f'<p><a href="{escape(link)}">Open in ARTi</a></p>'
        '<p style="color:#566074;font-size:13px">You receive this mail because of a notification rule of '
        f"{escape(context.org_name)} in ARTi.</p></body></html>"
    )


def _sms_text(context: EventContext, link: str) -> str:
    head = f"{_one_line(context.org_name)[:40]}: "
    available = SMS_CHARACTERS - len(head) - len(link) - 1
    # ASCII only: one character outside the GSM alphabet more than halves what fits into a part.
    line = _one_line(f"{context.title} - {context.about}")
    return f"{head}{line if len(line) <= available else line[: available - 3] + '...'} {link}"


def _n8n_payload(context: EventContext, link: str) -> dict[str, Any]:
    subject: Mapping[str, Any] = {
        "id": _text(context.subject_id),
        "title": context.title,
        "body": context.body,
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
    return f"{context.org_name} · {context.about}\n\n{context.title}\n\n{context.body}\n\n{link}"


def _mrkdwn(text: str) -> str:
    """Escape for Slack, so that a text such as <!channel> notifies no one."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut_escaped(text: str, at_most: int) -> str:
    """Shorten escaped text without cutting an escape in two."""
    cut = text[: at_most - 1]
    start = cut.rfind("&", -5)
    return (cut[:start] if start >= 0 and ";" not in cut[start:] else cut) + "…"


def _one_line(text: str) -> str:
    return _WHITESPACE.sub(" ", text).strip()


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
