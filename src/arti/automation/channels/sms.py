"""SMS over Twilio's API, which takes no idempotency key: a message that may have left is never sent again by itself."""

from http import HTTPStatus

from arti.automation.channels.contract import DeliveryResult, OutboundMessage, classify_response
from arti.settings import Settings
from arti_core.http_client import OutboundClient

# Twilio took nothing in: too many requests, our credentials, or it says so itself.
_SURELY_NOT_SENT = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.UNAUTHORIZED)


async def send(
    http_client: OutboundClient, settings: Settings, outbound: OutboundMessage, *, timeout_seconds: float
) -> DeliveryResult:
    """Create one Message resource: POST /2010-04-01/Accounts/{sid}/Messages.json, a form, basic auth."""
    sid = settings.twilio_account_sid
    answer = await http_client.call(
        "POST",
        f"{settings.twilio_base_url.rstrip('/')}/2010-04-01/Accounts/{sid}/Messages.json",
        form={"To": outbound.address, "From": settings.twilio_from, "Body": outbound.body},
        auth=(sid, settings.twilio_auth_token.get_secret_value()),
        timeout_seconds=timeout_seconds,
    )
    outcome = classify_response(answer)
    if outcome.state == "sent" or answer.status in _SURELY_NOT_SENT:
        return outcome
    if answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return DeliveryResult(
            "refused", answer.status, f"Twilio refused the message ({answer.status}). Check the number."
        )
    return DeliveryResult("unknown", answer.status, f"Twilio answered {answer.status}: it may have sent the message.")
