"""From an event to its deliveries: one for each channel with a matching rule.

`fan_out` runs in the transaction that dispatches the event. Only if it fails there, a job repeats it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from arti.automation.channels import store as channel_store
from arti.automation.channels.transport import OutboundMessage
from arti.automation.deliveries import store
from arti.automation.deliveries.context_store import find_reader_locale
from arti.automation.deliveries.event_context import EventContext, find_event_context, make_test_context
from arti.automation.deliveries.rendering import render
from arti.automation.digests import store as digests
from arti.automation.digests.schedule import find_quiet_end
from arti.automation.notifications import store as notifications
from arti.automation.rules import store as rule_store
from arti.insights.stories.past_numbers import DETECTOR as ARRIVAL_DETECTOR
from arti.jobs import JobRun
from arti.language.pieces import as_plain
from arti.language.reader_locale import locale_of
from arti.orgs.locale_store import read_locale
from arti.vocabulary import ROLE_PERMISSIONS, EventType, Permission, Severity
from arti_core.clock import now
from arti_core.database import Connection, Row
from arti_core.jobs import enqueue_job

FAN_OUT_JOB: Final = "automation.fan_out"
DELIVER_JOB: Final = "automation.deliver"
# The ten attempts of the schedule and some for lost workers; an attempt that failed does not count as a failed job.
DELIVER_MAX_ATTEMPTS: Final = 20
# What arrives within this time is one message of a channel.
ARRIVALS_GATHERED: Final = timedelta(minutes=10)
_SEVERITIES: Final = list(Severity)
_TOO_MANY_UNSENT: Final = "Not sent: too many messages of this org wait to be sent. Send it again when they are fewer."


async def fan_out(connection: Connection, org_id: UUID, event_id: UUID, *, site_url: str) -> None:
    """Create the deliveries of an event and enqueue them. A repetition creates nothing more."""
    context = await find_event_context(connection, org_id, event_id)
    if context is None:
        return
    await _notify_members(connection, context, site_url=site_url)
    channels: set[UUID] = set()
    rules = await rule_store.list_rules_for_event(
        connection,
        org_id,
        context.event_type,
        artist_id=context.artist_id,
        provider=context.provider,
        is_money=context.is_money,
    )
    for rule in rules:
        if rule["channel_id"] not in channels and matches_conditions(rule["conditions"], context):
            channels.add(rule["channel_id"])
            if context.detector == ARRIVAL_DETECTOR and rule["kind"] != "n8n":
                await _gather_arrivals(connection, context, rule)
                continue
            own = await _in_locale_of_reader(connection, context, rule)
            await _create_delivery(
                connection, own, rule, delivery_id=uuid4(), rule_id=rule["rule_id"], site_url=site_url
            )


async def _notify_members(connection: Connection, context: EventContext, *, site_url: str) -> None:
    """Put the event behind the bells of those who see it, and mail it to those who want single stories at once."""
    if context.event_type == EventType.SYNC_FAILED or context.event_id is None:
        return  # ARTi tries again by itself
    is_story = context.subject_kind == "insight"
    needed = Permission.INSIGHTS_READ if is_story else Permission.CONNECTIONS_READ
    about: dict[str, Any] = {"artist_id": context.artist_id, "provider": context.provider, "is_money": context.is_money}
    await notifications.add_notifications(
        connection,
        context.org_id,
        event_id=context.event_id,
        insight_id=context.subject_id if is_story else None,
        account_id=None if is_story else context.subject_id,
        severity=context.severity,
        roles=[role for role, may in ROLE_PERMISSIONS.items() if needed in may],
        **about,
    )
    if context.severity is None or context.detector == ARRIVAL_DETECTOR:
        return
    readers = await notifications.list_readers_at_once(connection, context.org_id, severity=context.severity, **about)
    for reader in readers:
        own, locale = context, locale_of(reader)
        if locale != context.locale:
            own = await find_event_context(connection, context.org_id, context.event_id, locale) or context
        delivery_id = uuid4()
        await _store_and_enqueue(
            connection,
            render("email", replace(own, reason="why_at_once"), delivery_id=delivery_id, site_url=site_url),
            own,
            recipient=reader["email"],
            user_id=reader["user_id"],
            settings_id=reader["id"],
            due_at=find_quiet_end(reader, now()),
        )


async def _gather_arrivals(connection: Connection, context: EventContext, rule: Row) -> None:
    """Let one message of a channel name everything that arrives within a few minutes: a first sync, an import."""
    if await digests.has_open_arrivals(connection, context.org_id, rule["channel_id"]):
        return
    delivery_id, at = uuid4(), now()
    until = at + ARRIVALS_GATHERED
    settings = await digests.find_settings_of_channel(connection, context.org_id, rule["channel_id"])
    due_at = find_quiet_end(settings, until) or until
    if await digests.create_digest_delivery(
        connection,
        context.org_id,
        delivery_id,
        settings_id=None,
        rule_id=rule["rule_id"],
        channel_id=rule["channel_id"],
        user_id=None,
        kind=rule["kind"],
        recipient=_recipient(rule["kind"], rule["target"]),
        subject=as_plain(context.say("digest.title.arrivals")),
        period_from=at - ARRIVALS_GATHERED,
        period_until=until,
        due_at=due_at,
    ):
        await enqueue_delivery(connection, context.org_id, delivery_id, due_at=due_at)


async def _in_locale_of_reader(connection: Connection, context: EventContext, rule: Row) -> EventContext:
    """Return the context as it is read by the member whose address a channel has, else by the org."""
    address = rule["target"].get("address")
    locale = await find_reader_locale(connection, context.org_id, address) if address else None
    if locale is None or locale == context.locale or context.event_id is None:
        return context
    return await find_event_context(connection, context.org_id, context.event_id, locale) or context


async def repeat_fan_out(job: JobRun) -> None:
    """Run the fan-out that failed when its event was dispatched."""
    async with job.transaction() as connection:
        site_url = job.worker_context.settings.site_url
        await fan_out(connection, job.org_id, UUID(job.args["event_id"]), site_url=site_url)


async def create_test_delivery(job: JobRun) -> None:
    """Create and enqueue the test message of a channel."""
    async with job.transaction() as connection:
        channel = await channel_store.find_channel(connection, job.org_id, UUID(job.args["channel_id"]))
        if channel is None:
            return
        context = make_test_context(
            org_id=job.org_id,
            org_name=await channel_store.get_org_name(connection, job.org_id),
            locale=await read_locale(connection, job.org_id),
            channel_name=channel["name"],
            at=now(),
        )
        # With the job's id as its own, a job that runs twice creates one delivery.
        await _create_delivery(
            connection,
            context,
            {**dict(channel), "channel_id": channel["id"]},
            delivery_id=job.id,
            rule_id=None,
            site_url=job.worker_context.settings.site_url,
        )


def matches_conditions(conditions: Mapping[str, Any], context: EventContext) -> bool:
    """Return whether `context` meets every condition of a rule; a missing condition is always met.

    Money is sent only where a rule names its metric: whoever reads a channel need not be allowed to see it.
    """
    if context.is_money and context.metric not in conditions.get("metrics", ()):
        return False
    min_severity = conditions.get("min_severity")
    if min_severity and (
        context.severity is None or _SEVERITIES.index(context.severity) < _SEVERITIES.index(Severity(min_severity))
    ):
        return False
    facts = {
        "detectors": context.detector,
        "providers": context.provider,
        "metrics": context.metric,
        "artist_ids": str(context.artist_id),
    }
    return all(not conditions.get(name) or fact in conditions[name] for name, fact in facts.items())


async def _create_delivery(
    connection: Connection,
    context: EventContext,
    channel: Row | Mapping[str, Any],
    *,
    delivery_id: UUID,
    rule_id: UUID | None,
    site_url: str,
) -> None:
    """Create and enqueue one delivery. `channel` has channel_id, kind and target."""
    settings = await digests.find_settings_of_channel(connection, context.org_id, channel["channel_id"])
    await _store_and_enqueue(
        connection,
        render(channel["kind"], context, delivery_id=delivery_id, site_url=site_url),
        context,
        rule_id=rule_id,
        channel_id=channel["channel_id"],
        recipient=_recipient(channel["kind"], channel["target"]),
        # A test is sent at once: somebody waits for it.
        due_at=find_quiet_end(settings, now()) if context.event_id else None,
    )


async def _store_and_enqueue(
    connection: Connection,
    message: OutboundMessage,
    context: EventContext,
    *,
    recipient: str,
    rule_id: UUID | None = None,
    channel_id: UUID | None = None,
    user_id: UUID | None = None,
    settings_id: UUID | None = None,
    due_at: datetime | None = None,
) -> None:
    created = await store.create_delivery(
        connection,
        message,
        event_id=context.event_id,
        insight_id=context.subject_id if context.subject_kind == "insight" else None,
        rule_id=rule_id,
        channel_id=channel_id,
        provider=context.provider,
        recipient=recipient,
        user_id=user_id,
        settings_id=settings_id,
        due_at=due_at,
    )
    if created and await store.has_too_many_unsent(connection, context.org_id):
        await store.finish_delivery(
            connection, context.org_id, message.delivery_id, attempt=0, status="dead", error=_TOO_MANY_UNSENT
        )
    elif created:
        await enqueue_delivery(connection, context.org_id, message.delivery_id, due_at=due_at)


async def enqueue_delivery(
    connection: Connection, org_id: UUID, delivery_id: UUID, *, due_at: datetime | None = None
) -> None:
    await enqueue_job(
        connection,
        org_id,
        DELIVER_JOB,
        {"delivery_id": str(delivery_id)},
        dedupe_key=f"{DELIVER_JOB}:{delivery_id}",
        run_at=due_at,
        max_attempts=DELIVER_MAX_ATTEMPTS,
    )


def _recipient(kind: str, target: Mapping[str, str]) -> str:
    """Return the recipient as it may be shown."""
    return target.get("address") or target.get("phone") or target.get("label") or target.get("host") or kind
