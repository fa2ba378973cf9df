"""Compose a mail and send it by the operator's SMTP server. Never retries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy, default
from email.utils import formatdate
from typing import Any, Literal, cast
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

_NOTHING_SENT = (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError, aiosmtplib.SMTPAuthenticationError)
_IN_DOUBT = (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError)
_STARTTLS = {"always": True, "never": False}


@dataclass(frozen=True, slots=True)
class MailResult:
    """The result of one attempt.

    sent: accepted by the server. later: not accepted, a retry may succeed. refused: a retry will not succeed.
    unknown: it may have been accepted.
    """

    state: Literal["sent", "later", "refused", "unknown"]
    code: int | None = None
    error: str | None = None


class _LinkHeader(UnstructuredHeader, BaseHeader):
    """A header with one link, which stays on its line: folded it is encoded, and no mail program knows it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _LinkHeader)
_POLICY = default.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class InlineImage:
    """An image that the HTML shows as cid:<its content id>."""

    content_id: str
    media_type: str
    content: bytes


def compose(
    *,
    sender: str,
    recipient: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    images: Sequence[InlineImage] = (),
    headers: Mapping[str, str] | None = None,
) -> EmailMessage:
    """Return a mail: plain text, with HTML as the alternative. `message_id` is the same at every attempt."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        mail[name] = value
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    page = cast(EmailMessage, mail.get_payload(1))
    for image in images:
        kind, _, subtype = image.media_type.partition("/")
        page.add_related(image.content, kind, subtype, cid=f"<{image.content_id}>", disposition="inline")
    return mail


async def send(server_url: str, mail: EmailMessage, *, timeout_seconds: float) -> MailResult:
    """Send `mail` to smtp[s]://user:password@host:port.

    `smtps` is TLS from the first byte. `smtp` takes STARTTLS when the server offers it; `?starttls=always` requires it,
    `?starttls=never` sends in clear.
    """
    try:
        await aiosmtplib.send(mail, timeout=timeout_seconds, **_connection_options(server_url))
    except _NOTHING_SENT as error:
        return MailResult("later", error=f"The mail server cannot be used ({type(error).__name__}). Check SMTP_URL.")
    except aiosmtplib.SMTPRecipientsRefused as refused:
        return _classify_reply(refused.recipients[0].code)
    except aiosmtplib.SMTPResponseException as response:
        return _classify_reply(response.code)
    except aiosmtplib.SMTPNotSupported as error:
        return MailResult(
            "refused", error=f"The mail server cannot do what this message needs ({type(error).__name__})."
        )
    except _IN_DOUBT as error:
        return MailResult("unknown", error=f"The mail server broke off ({type(error).__name__}).")
    except aiosmtplib.SMTPException as error:  # it offers no STARTTLS although the setting requires it
        return MailResult("later", error=f"The mail server cannot be used ({type(error).__name__}). Check SMTP_URL.")
    return MailResult("sent", 250)


async def try_login(server_url: str, *, timeout_seconds: float) -> str:
    """Connect and log in as for a mail, and send none. Returns why that fails, or nothing."""
    try:
        async with aiosmtplib.SMTP(timeout=timeout_seconds, **_connection_options(server_url)):
            return ""
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return f"The mail server cannot be used ({type(error).__name__})."


def _connection_options(server_url: str) -> dict[str, Any]:
    url = urlsplit(server_url)
    implicit_tls = url.scheme == "smtps"
    return {
        "hostname": url.hostname,
        "port": url.port or (465 if implicit_tls else 587),
        "username": unquote(url.username) if url.username else None,
        "password": unquote(url.password) if url.password else None,
        "use_tls": implicit_tls,
        "start_tls": None if implicit_tls else _STARTTLS.get(parse_qs(url.query).get("starttls", [""])[0]),
    }


def _classify_reply(code: int) -> MailResult:
    """Classify a refusal: 4xx is temporary, 5xx is permanent."""
    if code >= 500:
        return MailResult("refused", code, f"The mail server refused the message ({code}). Check the address.")
    return MailResult("later", code, f"The mail server cannot take the message now ({code}).")
