"""E-mail over the operator's mail server."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage
from arti.settings import Settings
from arti_core import mail


async def send(
    settings: Settings,
    message: OutboundMessage,
    destination: Destination,
    *,
    images: Sequence[mail.InlineImage] = (),
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float,
) -> DeliveryResult:
    """Send the mail. Its Message-ID is derived from the delivery's id, so every attempt has the same."""
    composed = mail.compose(
        sender=settings.mail_from,
        recipient=destination.address,
        subject=message.subject,
        text=message.body,
        html=str(message.payload["html"]),
        message_id=f"{message.delivery_id}@{urlsplit(settings.site_url).hostname}",
        images=images,
        headers=headers,
    )
    result = await mail.send(settings.smtp_url.get_secret_value(), composed, timeout_seconds=timeout_seconds)
    return DeliveryResult(result.state, result.code, result.error)
