"""Slack, or any service that accepts Slack's incoming webhooks."""

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage, classify_response
from arti_core.http_client import OutboundClient


async def send(
    http_client: OutboundClient, message: OutboundMessage, destination: Destination, *, timeout_seconds: float
) -> DeliveryResult:
    """Post the message. Slack has no idempotency key: without a response the result is unknown."""
    return classify_response(
        await http_client.call("POST", destination.address, json=message.payload, timeout_seconds=timeout_seconds)
    )
