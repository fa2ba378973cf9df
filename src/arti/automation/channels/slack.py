"""Slack, or anything that takes Slack's incoming webhooks."""

from arti.automation.channels.contract import DeliveryResult, OutboundMessage, classify_response
from arti_core.http_client import OutboundClient


async def send(http_client: OutboundClient, outbound: OutboundMessage, *, timeout_seconds: float) -> DeliveryResult:
    """Post the message. Slack takes no idempotency key: a lost answer leaves the outcome unknown."""
    return classify_response(
        await http_client.call("POST", outbound.address, json=outbound.payload, timeout_seconds=timeout_seconds)
    )
