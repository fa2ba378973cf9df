"""From an event to its deliveries: one for each channel with a matching rule.

`fan_out` runs in the transaction that dispatches the event. Only if it fails there, a job repeats it.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID, uuid4

from arti.automation.channels import store as channel_store
from arti.automation.deliveries import store
from arti.automation.deliveries.event_context import EventContext, find_event_context, make_test_context
from arti.automation.deliveries.rendering import render
from arti.automation.rules import store as rule_store
from arti.jobs import JobRun
from arti.orgs.store import read_language
from arti.vocabulary import Severity
from arti_core.clock import now
from arti_core.database import Connection, Row
from arti_core.jobs import enqueue_job

FAN_OUT_JOB: Final = "automation.fan_out"
DELIVER_JOB: Final = "automation.deliver"
# The ten attempts of the schedule and some for lost workers; an attempt that failed does not count as a failed job.
DELIVER_MAX_ATTEMPTS: Final = 20
_SEVERITIES: Final = list(Severity)
_TOO_MANY_UNSENT: Final = "Not sent: too many messages of this org wait to be sent. Send it again when they are fewer."


async def fan_out(connection: Connection, org_id: UUID, event_id: UUID, *, site_url: str) -> None:
    """Create the deliveries of an event and enqueue them. A repetition creates nothing more."""
    context = await find_event_context(connection, org_id, event_id)
    if context is None:
        return
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
            own = await _in_language_of_reader(connection, context, rule)
            await _create_delivery(
                connection, own, rule, delivery_id=uuid4(), rule_id=rule["rule_id"], site_url=site_url
            )


async def _in_language_of_reader(connection: Connection, context: EventContext, rule: Row) -> EventContext:
    """Return the context in the language of the member whose address a channel has, else in the org's."""
    address = rule["target"].get("address")
    language = await store.find_reader_language(connection, context.org_id, address) if address else None
    if language is None or language == context.language or context.event_id is None:
        return context
    return await find_event_context(connection, context.org_id, context.event_id, language) or context


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
            language=await read_language(connection, job.org_id),
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
    created = await store.create_delivery(
        connection,
        render(channel["kind"], context, delivery_id=delivery_id, site_url=site_url),
        event_id=context.event_id,
        insight_id=context.subject_id if context.subject_kind == "insight" else None,
        rule_id=rule_id,
        channel_id=channel["channel_id"],
        provider=context.provider,
        recipient=_recipient(channel["kind"], channel["target"]),
    )
    if created and await store.has_too_many_unsent(connection, context.org_id):
        await store.finish_delivery(
            connection, context.org_id, delivery_id, attempt=0, status="dead", error=_TOO_MANY_UNSENT
        )
    elif created:
        await enqueue_job(
            connection,
            context.org_id,
            DELIVER_JOB,
            {"delivery_id": str(delivery_id)},
            dedupe_key=f"{DELIVER_JOB}:{delivery_id}",
            max_attempts=DELIVER_MAX_ATTEMPTS,
        )


def _recipient(kind: str, target: Mapping[str, str]) -> str:
    """Return the recipient as it may be shown."""
    return target.get("address") or target.get("phone") or target.get("label") or target.get("host") or kind
