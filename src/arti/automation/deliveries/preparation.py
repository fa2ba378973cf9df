"""What a delivery sends, and where to, at the moment of an attempt; or why it is not sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlsplit

from arti.automation.channels import store as channel_store
from arti.automation.channels.service import resolve_destination
from arti.automation.channels.transport import Destination, OutboundMessage
from arti.automation.deliveries import context_store, store
from arti.automation.digests.writing import DigestMessage, write_digest
from arti.automation.messages.chart_links import LinkedChart, image_block, is_public_address
from arti.automation.notifications.subscriptions import SubscriptionLink, SubscriptionPart
from arti.automation.sms_limits.service import reserve_sms
from arti.insights.store import list_chart_values
from arti.jobs import JobRun
from arti.language.pieces import name_piece
from arti.orgs.audit import audit
from arti.orgs.authorization import Actor
from arti.settings import Settings
from arti_core.database import Connection, Row
from arti_core.mail import InlineImage
from arti_core.tenant_client import UrlNotAllowed


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way."""

    message: OutboundMessage
    destination: Destination
    images: Sequence[InlineImage] = ()
    headers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """Why a delivery makes no attempt. `message`: what the mailbox keeps of a digest."""

    status: Literal["mailbox", "dead", "held", "cancelled"]
    reason: str | None = None
    message: OutboundMessage | None = None


async def prepare(connection: Connection, job: JobRun, row: Row) -> Outgoing | Unsent:
    """Return what a delivery sends now. Disables a channel whose stored URL may not be called."""
    reason = _find_skip_reason(row)
    if reason is not None:
        return Unsent("dead", reason)
    message = OutboundMessage(job.org_id, row["id"], row["kind"], row["subject"], row["body"], row["payload"])
    written: DigestMessage | None = None
    if row["period_until"] is not None:
        written = await write_digest(connection, job.org_id, row, job.worker_context.vault, job.worker_context.settings)
        if written is None:
            return Unsent("cancelled", "There was nothing to send any more that this recipient may see.")
        message = replace(message, subject=written.subject, body=written.text, payload=written.payload)
    elif row["user_id"] is not None and not await store.may_receive(connection, job.org_id, row["id"]):
        return Unsent("cancelled", "The recipient may not see this any more.")
    elif (
        row["user_id"] is None and row["event_id"] and not await store.rule_may_send(connection, job.org_id, row["id"])
    ):
        return Unsent("cancelled", "Its rule was deleted, or runs for a member who does not see this.")
    try:
        destination = await _find_destination(connection, job, row)
    except UrlNotAllowed as error:
        await disable_channel(connection, job, row, reason=error.message)
        return Unsent("dead", error.message)
    if destination is None:
        return Unsent("mailbox", message=replace(message, payload=written.kept_payload()) if written else None)
    if row["kind"] == "sms":
        refusal = await reserve_sms(connection, job.org_id, job.worker_context.settings, message.body)
        return Unsent("held", refusal) if refusal else Outgoing(message, destination)
    if row["kind"] == "slack" and written is None and row["event_id"] is not None:
        message = replace(message, payload=await _with_chart(connection, job, row))
    if row["kind"] != "email":
        return Outgoing(message, destination)
    link = written.link if written else _link(job, row)
    headers = unsubscribe_headers(link.seal(job.worker_context.vault), job.worker_context.settings)
    return Outgoing(message, destination, written.images if written else (), headers)


async def _with_chart(connection: Connection, job: JobRun, row: Row) -> Mapping[str, Any]:
    """Return Slack's payload with the chart of its story above the buttons, where Slack can load one."""
    payload: dict[str, Any] = row["payload"]
    insight = await context_store.find_charted_insight(connection, job.org_id, row["event_id"])
    context = job.worker_context
    if insight is None or not is_public_address(context.settings.api_url):
        return payload
    chart = (await list_chart_values(connection, job.org_id, [insight]))[insight["id"]]
    mark = (insight["happened_on"] - chart["from_on"]).days // insight["step_days"]
    linked = LinkedChart(list(chart["values"]), mark, insight["direction"] < 0)
    url = linked.link(context.vault, job.org_id, context.settings.api_url)
    if url is None:
        return payload
    blocks = list(payload["blocks"])
    at = next((at for at, block in enumerate(blocks) if block["type"] == "actions"), len(blocks))
    text = (name_piece(payload["text"]),)
    return payload | {"blocks": [*blocks[:at], image_block(url, text), *blocks[at:]]}


def unsubscribe_headers(token: str, settings: Settings) -> dict[str, str]:
    """Return the headers by which a mail program ends a subscription with one click (RFC 8058)."""
    host = urlsplit(settings.site_url).hostname
    return {
        "List-Id": f"ARTi <notifications.{host}>",
        "List-Unsubscribe": f"<{settings.api_url}/api/subscription?token={token}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


async def disable_channel(connection: Connection, job: JobRun, row: Row, *, reason: str) -> None:
    if await channel_store.disable_channel(connection, job.org_id, row["channel_id"], reason):
        details = {"reason": reason, "delivery_id": str(row["id"])}
        await audit(
            Actor(connection, job.org_id, None, job.worker_context.vault),
            "channel.disabled",
            row["channel_id"],
            details,
        )


def _link(job: JobRun, row: Row) -> SubscriptionLink:
    """Return the link that ends what a mail about one event belongs to."""
    part: SubscriptionPart = "at_once" if row["user_id"] else "channel"
    return SubscriptionLink(job.org_id, part, row["settings_id"] if row["user_id"] else row["channel_id"])


async def _find_destination(connection: Connection, job: JobRun, row: Row) -> Destination | None:
    context = job.worker_context
    if row["channel_id"] is None:  # a member, or who gets a copy
        return Destination(row["recipient"]) if context.settings.sends_mail else None
    channel = await channel_store.find_channel(connection, job.org_id, row["channel_id"])
    assert channel is not None  # the delivery's foreign key names it
    destination = await resolve_destination(connection, job.org_id, channel, context.settings, context.vault)
    if destination is None or row["period_until"] is None or row["kind"] != "email":
        return destination
    return Destination(row["recipient"])  # a copy of the channel's digest has another address


def _find_skip_reason(row: Row) -> str | None:
    if row["withdrawn"]:
        return "The insight was withdrawn because its numbers are no longer valid."
    if row["settings_id"] is not None and row["channel_id"] is None:
        return None
    if row["channel_id"] is None:
        return "The channel was deleted."
    return None if row["channel_enabled"] else "The channel is disabled."
