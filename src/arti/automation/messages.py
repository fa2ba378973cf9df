"""Word what happened for each channel: pure functions from a notice to a message, escaped as the channel needs it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from typing import Any
from uuid import UUID

from arti.vocabulary import EventType, Provider, Severity

PROVIDER_NAMES = {
    Provider.SPOTIFY: "Spotify",
    Provider.INSTAGRAM: "Instagram",
    Provider.YOUTUBE: "YouTube",
    Provider.SOUNDCLOUD: "SoundCloud",
}
SMS_CHARACTERS = 306  # two parts of 153, the most that is read as one message
SLACK_CHARACTERS = 2900  # a section takes 3,000
_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Notice:
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


def word(kind: str, notice: Notice, *, site_url: str) -> Message:
    """Word `notice` for a channel of `kind`."""
    link = f"{site_url}{notice.path}"
    subject = _one_line(f"{notice.title} · {notice.about}")[:200]
    if kind == "slack":
        return _for_slack(notice, subject, link)
    if kind == "email":
        return _for_mail(notice, subject, link)
    if kind == "sms":
        return _for_sms(notice, subject, link)
    return _for_n8n(notice, subject, link)


def _for_slack(notice: Notice, subject: str, link: str) -> Message:
    title, about, body, org = (_mrkdwn(text) for text in (notice.title, notice.about, notice.body, notice.org_name))
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
    return Message(subject, _plain_text(notice, link), payload)


def _for_mail(notice: Notice, subject: str, link: str) -> Message:
    text = _plain_text(notice, link)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in notice.body.split("\n") if part.strip())
    html = (
        '<!doctype html><html lang="en"><body style="font:16px/1.5 system-ui,sans-serif;color:#10151f">'
        f'<p style="color:#566074">{escape(notice.org_name)} · {escape(notice.about)}</p>'
        f'<h1 style="font-size:20px">{escape(notice.title)}</h1>{paragraphs}'
        f'<p><a href="{escape(link)}">Open in ARTi</a></p>'
        f'<p style="color:#566074;font-size:13px">You get this because a rule of {escape(notice.org_name)} in ARTi '
        "sends it here.</p></body></html>"
    )
    return Message(subject, text, {"text": text, "html": html})


def _for_sms(notice: Notice, subject: str, link: str) -> Message:
    head = f"{_one_line(notice.org_name)[:40]}: "
    room = SMS_CHARACTERS - len(head) - len(link) - 1
    # Plain signs only: a single dot or ellipsis outside the GSM alphabet would more than halve what fits.
    line = _one_line(f"{notice.title} - {notice.about}")
    text = f"{head}{line if len(line) <= room else line[: room - 3] + '...'} {link}"
    return Message(subject, text, {"text": text})


def _for_n8n(notice: Notice, subject: str, link: str) -> Message:
    subject_facts = {
        "id": _text(notice.subject_id),
        "title": notice.title,
        "body": notice.body,
        "severity": notice.severity,
        "detector": notice.detector,
        "provider": notice.provider,
        "metric": notice.metric,
        "happened_on": notice.happened_on.isoformat() if notice.happened_on else None,
        "url": link,
    }
    payload: dict[str, Any] = {
        "type": notice.event_type,
        "timestamp": notice.happened_at.isoformat(),
        "data": {
            "event_id": _text(notice.event_id),
            "org": {"id": str(notice.org_id), "name": notice.org_name},
            "artist": {"id": str(notice.artist_id), "name": notice.artist_name} if notice.artist_id else None,
            notice.subject_kind or "message": subject_facts,
        },
    }
    return Message(subject, _plain_text(notice, link), payload)


def make_test_notice(*, org_id: UUID, org_name: str, channel_name: str, at: datetime) -> Notice:
    """Return the message that a person sends to see whether a channel works."""
    return Notice(
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


def _plain_text(notice: Notice, link: str) -> str:
    return f"{notice.org_name} · {notice.about}\n\n{notice.title}\n\n{notice.body}\n\n{link}"


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
