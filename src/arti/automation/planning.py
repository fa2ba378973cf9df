"""From an event to the messages that it owes: which rules it meets, and one delivery for each channel."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from arti.automation import deliveries, store
from arti.automation.messages import Notice, make_test_notice, word
from arti.automation.notices import find_notice, find_org_name
from arti.base.clock import now
from arti.base.database import Connection, Row
from arti.base.jobs import Job, request_job
from arti.vocabulary import Severity

# One for the schedule of W7 plus room for lost workers; a try that failed does not count against it.
DELIVER_TRIES = 20
_SEVERITIES = list(Severity)


async def plan_deliveries(job: Job) -> None:
    """Owe one message to each channel whose rules the event meets. Doing it twice owes nothing more."""
    event_id = UUID(job.args["event_id"])
    async with job.transaction() as connection:
        notice = await find_notice(connection, job.org_id, event_id)
        if notice is None:
            return
        rules = await store.list_rules_for(connection, job.org_id, notice.event_type)
        told: set[UUID] = set()
        for rule in rules:
            if rule["channel_id"] not in told and meets(rule["conditions"], notice):
                told.add(rule["channel_id"])
                await _owe(
                    connection, job, notice, rule, rule["channel_id"], rule_id=rule["rule_id"], delivery_id=uuid4()
                )


async def plan_test(job: Job) -> None:
    """Owe a channel the test message that a person asked for."""
    async with job.transaction() as connection:
        channel = await store.find_channel(connection, job.org_id, UUID(job.args["channel_id"]))
        if channel is None:
            return
        org_name = await find_org_name(connection, job.org_id)
        notice = make_test_notice(org_id=job.org_id, org_name=org_name, channel_name=channel["name"], at=now())
        # The job's own id: a job that runs twice owes one message.
        await _owe(connection, job, notice, channel, channel["id"], rule_id=None, delivery_id=job.id)


def meets(conditions: Mapping[str, Any], notice: Notice) -> bool:
    """Say whether `notice` meets every condition of a rule; a missing condition is met by all."""
    wanted = conditions.get("min_severity")
    if wanted and (notice.severity is None or _SEVERITIES.index(notice.severity) < _SEVERITIES.index(Severity(wanted))):
        return False
    facts = {
        "detectors": notice.detector,
        "providers": notice.provider,
        "metrics": notice.metric,
        "artist_ids": str(notice.artist_id),
    }
    return all(not conditions.get(name) or fact in conditions[name] for name, fact in facts.items())


async def _owe(
    connection: Connection,
    job: Job,
    notice: Notice,
    channel: Row,
    channel_id: UUID,
    *,
    rule_id: UUID | None,
    delivery_id: UUID,
) -> None:
    message = word(channel["kind"], notice, site_url=job.tools.settings.site_url)
    owed = await deliveries.create_delivery(
        connection,
        job.org_id,
        id=delivery_id,
        event_id=notice.event_id,
        insight_id=notice.subject_id if notice.subject_kind == "insight" else None,
        rule_id=rule_id,
        channel_id=channel_id,
        kind=channel["kind"],
        provider=notice.provider,
        recipient=_shown_recipient(channel["kind"], channel["target"]),
        subject=message.subject,
        body=message.body,
        payload=message.payload,
    )
    if owed:
        await request_job(
            connection,
            job.org_id,
            "automation.deliver",
            {"delivery_id": str(delivery_id)},
            dedupe_key=f"automation.deliver:{delivery_id}",
            max_attempts=DELIVER_TRIES,
        )


def _shown_recipient(kind: str, target: Mapping[str, str]) -> str:
    return target.get("address") or target.get("phone") or target.get("label") or target.get("host") or kind
