"""E-mail over the operator's mail server."""

from urllib.parse import urlsplit

from arti.automation.channels.contract import DeliveryResult, OutboundMessage
from arti.settings import Settings
from arti_core import mail


async def send(settings: Settings, outbound: OutboundMessage, *, timeout_seconds: float) -> DeliveryResult:
    """Send the mail. Its Message-ID is the delivery's id at every try, so that a repetition can be told."""
    message = mail.compose(
        sender=settings.mail_from,
        recipient=outbound.address,
        subject=outbound.subject,
        text=outbound.body,
        html=str(outbound.payload["html"]),
        message_id=f"{outbound.delivery_id}@{urlsplit(settings.site_url).hostname}",
    )
    ended = await mail.send(settings.smtp_url.get_secret_value(), message, timeout_seconds=timeout_seconds)
    return DeliveryResult(ended.state, ended.code, ended.error)
