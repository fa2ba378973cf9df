"""From an event to the messages that it owes: which rules it meets, and one delivery for each channel."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti.automation import store
from arti.automation.channels.rendering import EventContext, make_test_context, word
from arti.automation.deliveries import delivery_store
from arti.automation.deliveries.event_context import find_event_context, find_org_name
from arti.jobs import Job
from arti.vocabulary import Severity
from arti_core.clock import now
from arti_core.database import Connection, Row
from arti_core.jobs import enqueue_job

# One for the schedule of W7 plus room for lost workers; a try that failed does not count against it.
DELIVER_TRIES = 20
_SEVERITIES = list(Severity)


async def plan_deliveries(job: Job) -> None:
    """Owe one message to each channel whose rules the event meets. Doing it twice owes nothing more."""
    event_id = UUID(job.args["event_id"])
    async with job.transaction() as connection:
        event_context = await find_event_context(connection, job.org_id, event_id)
        if event_context is None:
            return
        rules = await store.list_rules_for(connection, job.org_id, event_context.event_type)
        told: set[UUID] = set()
        for rule in rules:
            if rule["channel_id"] not in told and matches_conditions(rule["conditions"], event_context):
                told.add(rule["channel_id"])
                await _enqueue_delivery(
                    connection,
                    job,
                    event_context,
                    rule,
                    rule["channel_id"],
                    rule_id=rule["rule_id"],
                    delivery_id=uuid4(),
                )


async def plan_test(job: Job) -> None:
    """Owe a channel the test message that a person asked for."""
    async with job.transaction() as connection:
        channel = await store.find_channel(connection, job.org_id, UUID(job.args["channel_id"]))
        if channel is None:
            return
        org_name = await find_org_name(connection, job.org_id)
        event_context = make_test_context(org_id=job.org_id, org_name=org_name, channel_name=channel["name"], at=now())
        # The job's own id: a job that runs twice owes one message.
        await _enqueue_delivery(
            connection, job, event_context, channel, channel["id"], rule_id=None, delivery_id=job.id
        )


def matches_conditions(conditions: Mapping[str, Any], event_context: EventContext) -> bool:
    """Say whether `event_context` meets every condition of a rule; a missing condition is met by all."""
    wanted = conditions.get("min_severity")
    if wanted and (
        event_context.severity is None
        or _SEVERITIES.index(event_context.severity) < _SEVERITIES.index(Severity(wanted))
    ):
        return False
    facts = {
        "detectors": event_context.detector,
        "providers": event_context.provider,
        "metrics": event_context.metric,
        "artist_ids": str(event_context.artist_id),
    }
    return all(not conditions.get(name) or fact in conditions[name] for name, fact in facts.items())


async def _enqueue_delivery(
    connection: Connection,
    job: Job,
    event_context: EventContext,
    channel: Row,
    channel_id: UUID,
    *,
    rule_id: UUID | None,
    delivery_id: UUID,
) -> None:
    message = word(channel["kind"], event_context, site_url=job.worker_context.settings.site_url)
    owed = await delivery_store.create_delivery(
        connection,
        job.org_id,
        id=delivery_id,
        event_id=event_context.event_id,
        insight_id=event_context.subject_id if event_context.subject_kind == "insight" else None,
        rule_id=rule_id,
        channel_id=channel_id,
        kind=channel["kind"],
        provider=event_context.provider,
        recipient=_shown_recipient(channel["kind"], channel["target"]),
        subject=message.subject,
        body=message.body,
        payload=message.payload,
    )
    if owed:
        await enqueue_job(
            connection,
            job.org_id,
            "automation.deliver",
            {"delivery_id": str(delivery_id)},
            dedupe_key=f"automation.deliver:{delivery_id}",
            max_attempts=DELIVER_TRIES,
        )


def _shown_recipient(kind: str, target: Mapping[str, str]) -> str:
    return target.get("address") or target.get("phone") or target.get("label") or target.get("host") or kind
