"""Word what happened for each channel: pure functions from a notice to a message, escaped as the channel needs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from arti.vocabulary import PROVIDER_NAMES, EventType, Provider, Severity

SMS_CHARACTERS = 306  # two parts of 153, the most that is read as one message
SLACK_CHARACTERS = 2900  # a section takes 3,000
_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class EventContext:
    """What is to be told: one event, with the names that people know and the facts that rules ask about."""

    event_type: str
    event_id: UUID | None
    happened_at: datetime
    org_id: UUID
    org_name: str
    title: str
    body: str
    path: str
    artist_id: UUID | None = None
    artist_name: str = ""
    subject_kind: str = ""
    subject_id: UUID | None = None
    provider: Provider | None = None
    severity: Severity | None = None
    detector: str | None = None
    metric: str | None = None
    happened_on: date | None = None

    @property
    def about(self) -> str:
        """Who it is about: artist and platform, as far as they are known."""
        platform = PROVIDER_NAMES[self.provider] if self.provider else ""
        return " on ".join(part for part in (self.artist_name, platform) if part) or self.org_name


@dataclass(frozen=True, slots=True)
class Message:
    """What one channel gets: a line, a text, and the payload that goes over the wire."""

    subject: str
    body: str
    payload: dict[str, Any]


def word(kind: str, event_context: EventContext, *, site_url: str) -> Message:
    """Word `event_context` for a channel of `kind`."""
    link = f"{site_url}{event_context.path}"
    subject = _one_line(f"{event_context.title} · {event_context.about}")[:200]
    if kind == "slack":
        return _for_slack(event_context, subject, link)
    if kind == "email":
        return _for_mail(event_context, subject, link)
    if kind == "sms":
        return _for_sms(event_context, subject, link)
    return _for_n8n(event_context, subject, link)


def _for_slack(event_context: EventContext, subject: str, link: str) -> Message:
    title, about, body, org = (
        _mrkdwn(text) for text in (event_context.title, event_context.about, event_context.body, event_context.org_name)
    )
    text = f"*{title}*\n{about}\n{body}"
    if len(text) > SLACK_CHARACTERS:
        text = _cut_escaped(text, SLACK_CHARACTERS)
    footer = f"{org} · <{_mrkdwn(link)}|Open in ARTi>"
    payload = {
        "text": f"{_mrkdwn(subject)} ({org})",
        "unfurl_links": False,
        "unfurl_media": False,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": text}},
            {"type": "context", "elements": [{"type": "mrkdwn", "text": footer}]},
        ],
    }
    return Message(subject, _plain_text(event_context, link), payload)


def _for_mail(event_context: EventContext, subject: str, link: str) -> Message:
    text = _plain_text(event_context, link)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in event_context.body.split("\n") if part.strip())
    html = (
        '<!doctype html><html lang="en"><body style="font:16px/1.5 system-ui,sans-serif;color:#10151f">'
        f'<p style="color:#566074">{escape(event_context.org_name)} · {escape(event_context.about)}</p>'
        f'<h1 style="font-size:20px">{escape(event_context.title)}</h1>{paragraphs}'
        f'<p><a href="{escape(link)}">Open in ARTi</a></p>'
        f'<p style="color:#566074;font-size:13px">You get this because a rule of '
        f"{escape(event_context.org_name)} in ARTi "
        "sends it here.</p></body></html>"
    )
    return Message(subject, text, {"text": text, "html": html})


def _for_sms(event_context: EventContext, subject: str, link: str) -> Message:
    head = f"{_one_line(event_context.org_name)[:40]}: "
    room = SMS_CHARACTERS - len(head) - len(link) - 1
    # Plain signs only: a single dot or ellipsis outside the GSM alphabet would more than halve what fits.
    line = _one_line(f"{event_context.title} - {event_context.about}")
    text = f"{head}{line if len(line) <= room else line[: room - 3] + '...'} {link}"
    return Message(subject, text, {"text": text})


def _for_n8n(event_context: EventContext, subject: str, link: str) -> Message:
    subject_facts = {
        "id": _text(event_context.subject_id),
        "title": event_context.title,
        "body": event_context.body,
        "severity": event_context.severity,
        "detector": event_context.detector,
        "provider": event_context.provider,
        "metric": event_context.metric,
        "happened_on": event_context.happened_on.isoformat() if event_context.happened_on else None,
        "url": link,
    }
    payload: dict[str, Any] = {
        "type": event_context.event_type,
        "timestamp": event_context.happened_at.isoformat(),
        "data": {
            "event_id": _text(event_context.event_id),
            "org": {"id": str(event_context.org_id), "name": event_context.org_name},
            "artist": {"id": str(event_context.artist_id), "name": event_context.artist_name}
            if event_context.artist_id
            else None,
            event_context.subject_kind or "message": subject_facts,
        },
    }
    return Message(subject, _plain_text(event_context, link), payload)


def make_test_context(*, org_id: UUID, org_name: str, channel_name: str, at: datetime) -> EventContext:
    """Return the message that a person sends to see whether a channel works."""
    return EventContext(
        event_type="channel.test",
        event_id=None,
        happened_at=at,
        org_id=org_id,
        org_name=org_name,
        title="This channel works",
        body=f"A test message of the channel {channel_name}. Nothing happened to any number.",
        path="/automation/",
    )


def account_text(event_type: str, payload: Mapping[str, Any], *, provider: Provider, account: str) -> tuple[str, str]:
    """Return title and body of what befell a connected account."""
    platform = PROVIDER_NAMES[provider]
    if event_type == EventType.ACCOUNT_NEEDS_REAUTH:
        reason = _one_line(str(payload.get("reason") or "the platform no longer accepts our access"))
        return (
            f"{platform} must be connected again",
            f"The account {account} gives no more numbers: {reason}. Connect it again to go on; "
            "the days in between are marked as a gap.",
        )
    reason = _one_line(str(payload.get("error_class") or "unknown error")).replace("_", " ")
    return (
        f"Collecting from {platform} failed",
        f"The last sync of {account} failed ({reason}). What was collected before stays; the next sync tries again.",
    )


def _plain_text(event_context: EventContext, link: str) -> str:
    return (
        f"{event_context.org_name} · {event_context.about}\n\n{event_context.title}\n\n{event_context.body}\n\n{link}"
    )


def _mrkdwn(text: str) -> str:
    """Escape for Slack: without these three, text such as <!channel> would call everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut_escaped(text: str, at_most: int) -> str:
    """Shorten escaped text without cutting an escape in two."""
    cut = text[: at_most - 1]
    start = cut.rfind("&", -5)
    return (cut[:start] if start >= 0 and ";" not in cut[start:] else cut) + "…"


def _one_line(text: str) -> str:
    return _BREAKS.sub(" ", text).strip()


def _text(id: UUID | None) -> str | None:
    return str(id) if id else None
