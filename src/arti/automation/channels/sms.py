"""SMS over Twilio's API. It has no idempotency key, so a message that may have been sent is never repeated."""

from http import HTTPStatus

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage, classify_response
from arti.settings import Settings
from arti_core.http_client import OutboundClient

# Responses after which Twilio certainly accepted nothing.
_NOT_SENT = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNAUTHORIZED)


async def send(
    http_client: OutboundClient,
    settings: Settings,
    message: OutboundMessage,
    destination: Destination,
    *,
    timeout_seconds: float,
) -> DeliveryResult:
    """Create one Message resource: POST /2010-04-01/Accounts/{sid}/Messages.json, a form, basic auth."""
    sid = settings.twilio_account_sid
    response = await http_client.call(
        "POST",
        f"{settings.twilio_base_url.rstrip('/')}/2010-04-01/Accounts/{sid}/Messages.json",
        form={"To": destination.address, "From": settings.twilio_from, "Body": message.body},
        auth=(sid, settings.twilio_auth_token.get_secret_value()),
        timeout_seconds=timeout_seconds,
    )
    result = classify_response(response)
    if result.state == "sent" or response.status in _NOT_SENT:
        return result
    if response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryResult(
            "refused", response.status, f"Twilio refused the message ({response.status}). Check the phone number."
        )
    return DeliveryResult(
        "unknown", response.status, f"Twilio answered {response.status}; the message may have been sent."
    )
