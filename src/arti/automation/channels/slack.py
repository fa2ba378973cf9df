"""Slack's incoming webhooks. Only the three ids of a webhook come from a tenant; the host is the operator's setting."""

import re
from typing import Final

from arti.automation.channels.transport import DeliveryResult, Destination, OutboundMessage, classify_response
from arti.settings import Settings
from arti_core.http_client import OutboundClient
from arti_core.tenant_client import UrlNotAllowed

HOST: Final = "hooks.slack.com"
_WEBHOOK = re.compile(r"https://hooks\.slack\.com(/services/[A-Za-z0-9]+/[A-Za-z0-9]+/[A-Za-z0-9_-]+)")


def build_address(settings: Settings, webhook_url: str) -> str:
    """Return the address of an incoming webhook, its path below SLACK_BASE_URL. Raises UrlNotAllowed."""
    found = _WEBHOOK.fullmatch(webhook_url)
    if found is None:
        raise UrlNotAllowed(
            "This is not an incoming webhook of Slack. Copy the URL https://hooks.slack.com/services/... "
            "from your Slack app, or add a channel of kind n8n for another receiver."
        )
    return settings.slack_base_url.rstrip("/") + found[1]


async def send(
    http_client: OutboundClient, message: OutboundMessage, destination: Destination, *, timeout_seconds: float
) -> DeliveryResult:
    """Post the message. Slack has no idempotency key: without a response the result is unknown."""
    return classify_response(
        await http_client.call("POST", destination.address, json=message.payload, timeout_seconds=timeout_seconds)
    )
