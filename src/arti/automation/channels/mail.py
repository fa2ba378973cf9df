"""E-mail over the operator's mail server."""

from urllib.parse import urlsplit

from arti.automation.channels.contract import Letter, Outcome
from arti.base import mail
from arti.settings import Settings


async def send(settings: Settings, letter: Letter, *, timeout_seconds: float) -> Outcome:
    """Send the mail. Its Message-ID is the delivery's id at every try, so that a repetition can be told."""
    message = mail.compose(
        sender=settings.mail_from,
        recipient=letter.address,
        subject=letter.subject,
        text=letter.body,
        html=str(letter.payload["html"]),
        message_id=f"{letter.delivery_id}@{urlsplit(settings.site_url).hostname}",
    )
    ended = await mail.send(settings.smtp_url.get_secret_value(), message, timeout_seconds=timeout_seconds)
    return Outcome(ended.state, ended.code, ended.error)
