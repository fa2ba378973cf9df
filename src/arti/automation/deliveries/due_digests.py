"""Find the digests that are due and store their deliveries: one for each recipient and period."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from arti.automation.channels import store as channel_store
from arti.automation.deliveries.fan_out import enqueue_delivery
from arti.automation.digests import pages, store
from arti.automation.digests.content import read_digest
from arti.automation.digests.schedule import find_last_due, find_quiet_end
from arti.jobs import JobRun
from arti.language.pieces import as_mail_text
from arti.orgs.authorization import read_membership
from arti.vocabulary import Permission
from arti_core.clock import now
from arti_core.database import Connection, Row

DIGESTS_JOB: Final = "automation.create_due_digests"
# What was found before the hour is committed by then.
_SETTLED: Final = timedelta(minutes=1)


async def create_due_digests(job: JobRun) -> None:
    """Create the digests of all members and channels of an org whose hour has come.

    A period is marked as done with in the transaction that stores its deliveries, so that it is sent once however many
    workers and runs there are. After a pause of the workers one digest covers all of it. Without news nothing is sent.
    """
    async with job.transaction() as connection:
        rows = await store.list_settings_with_digest(connection, job.org_id)
    for row in rows:
        until = find_last_due(row, now() - _SETTLED)
        if until <= row["covered_until"]:
            continue
        async with job.transaction() as connection:
            if await store.cover_period(connection, job.org_id, row["id"], row["covered_until"], until):
                await _create_digest(connection, job.org_id, row, until=until)


async def _create_digest(connection: Connection, org_id: UUID, row: Row, *, until: datetime) -> None:
    after = row["covered_until"]
    digest = await read_digest(connection, org_id, row, after=after, until=until)
    reader = await store.find_reader(connection, org_id, row["run_as"])
    if digest is None or reader is None:
        return
    if row["user_id"] is not None:
        await store.add_digest_notification(connection, org_id, row["user_id"], after=after, until=until)
        kind, channel_id = "email", None
        recipients = [reader["email"]] if row["by_mail"] else []
    else:
        channel = await channel_store.find_channel(connection, org_id, row["channel_id"])
        if channel is None or not channel["enabled"]:
            return
        kind, channel_id, target = channel["kind"], channel["id"], channel["target"]
        recipients = [target.get("address") or target.get("label") or target.get("host") or kind]
    subject = " ".join(as_mail_text(pages.title_of(digest)).split())[:200]
    due_at = find_quiet_end(row, now()) or now()
    # Who named addresses for copies may no longer send anything there.
    may_copy = kind == "email" and Permission.AUTOMATION_MANAGE in read_membership(reader).permissions
    copies = [address for address in row["cc"] if may_copy and address not in recipients]
    for recipient in (*recipients, *copies):
        is_copy, delivery_id = recipient in copies, uuid4()
        if await store.create_digest_delivery(
            connection,
            org_id,
            delivery_id,
            settings_id=row["id"],
            rule_id=None,
            channel_id=channel_id,
            user_id=None if is_copy else row["user_id"],
            kind=kind,
            recipient=recipient,
            subject=subject,
            period_from=after,
            period_until=until,
            due_at=due_at,
            is_copy=is_copy,
        ):
            await enqueue_delivery(connection, org_id, delivery_id, due_at=due_at)
