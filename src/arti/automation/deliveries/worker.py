"""Send one message at most once: an attempt is recorded before its call, and an unknown result is not repeated blindly.

The schedule is `WEBHOOK_BACKOFF`; between attempts the job's row waits.
"""

import asyncio
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from arti.automation.channels import mail, n8n, slack, sms
from arti.automation.channels.transport import DeliveryResult
from arti.automation.deliveries import store
from arti.automation.deliveries.fan_out import enqueue_delivery
from arti.automation.deliveries.preparation import Outgoing, Unsent, disable_channel, prepare
from arti.automation.messages.logo import find_logo
from arti.automation.sms_limits.service import give_back_sms
from arti.counters import DELIVERIES
from arti.jobs import JobRun, WorkerContext
from arti_core.backoff import WEBHOOK_BACKOFF
from arti_core.clock import now
from arti_core.database import Connection, Row, job_transaction
from arti_core.errors import Unavailable
from arti_core.http_client import AddressNotAllowed, ConnectionFailed
from arti_core.jobs import RetryLater
from arti_core.mail_budget import MailLimitReached, take_mail_budget

log = structlog.get_logger()

SEND_SECONDS = 15.0
# No call lasts this long: an older attempt without a result has lost its worker.
LOST_SECONDS: Final = 120.0
# States that only a request of a member changes.
_FINAL_STATES: Final = ("dead", "unknown", "mailbox", "held", "cancelled")


def next_state(kind: str, result: DeliveryResult, *, attempt: int, unknown_attempts: int) -> tuple[str, float]:
    """Return the delivery's state after an attempt, and the seconds until the next one if it is `failed`.

    `unknown_attempts` counts earlier attempts without a known result. n8n recognises a repetition by its id, so it is
    always repeated. A mail or a Slack message is repeated once. An SMS never is.
    """
    if result.state == "sent":
        return "sent", 0.0
    if result.state in ("refused", "gone"):
        return "dead", 0.0
    if result.state == "unknown" and (kind == "sms" or (kind != "n8n" and unknown_attempts > 0)):
        return "unknown", 0.0
    if attempt >= WEBHOOK_BACKOFF.max_attempts:
        return "dead", 0.0
    return "failed", WEBHOOK_BACKOFF.delay_seconds(attempt, retry_after_seconds=result.retry_after_seconds)


async def deliver(job: JobRun) -> None:
    """Make one attempt at a delivery. Raises RetryLater until the next attempt is due.

    A job that a member requested makes one attempt at once, in any state but `sent`.
    """
    delivery_id = UUID(job.args["delivery_id"])
    # `asked_by`: jobs that were enqueued by version 0.1.
    requested = "requested_by" in job.args or "asked_by" in job.args
    async with job.transaction() as connection:
        row = await store.lock_delivery(connection, job.org_id, delivery_id)
        if row is not None and row["status"] == "sending" and row["attempt_age_seconds"] > LOST_SECONDS:
            await _mark_attempt_lost(connection, job, row)
            row = await store.lock_delivery(connection, job.org_id, delivery_id)
        if row is None or row["status"] == "sent" or (row["status"] in _FINAL_STATES and not requested):
            return
        wait = _seconds_until_due(row, requested=requested)
        outgoing = await _begin_attempt(connection, job, row) if wait <= 0 else None
    if wait > 0 and not requested:
        raise RetryLater("The next attempt is not due yet.", after_seconds=wait)
    if outgoing is None:
        return
    attempt = row["attempts"] + 1
    result = await _send(job.worker_context, outgoing, attempt=attempt)
    status, wait = await _record_result(job, row, result, attempt=attempt, requested=requested)
    DELIVERIES.labels(row["kind"], status).inc()
    if status == "failed" and not requested:
        raise RetryLater(result.error or "The attempt failed.", after_seconds=wait)


def _seconds_until_due(row: Row, *, requested: bool) -> float:
    """Return how long an attempt must wait: for the one in progress, else for the schedule."""
    if row["status"] == "sending":
        return max(1.0, LOST_SECONDS - float(row["attempt_age_seconds"]))
    return 0.0 if requested else float(row["due_in_seconds"])


async def _mark_attempt_lost(connection: Connection, job: JobRun, row: Row) -> None:
    """Record that the attempt in progress lost its worker, so that its result is unknown."""
    lost = DeliveryResult("unknown", error="The worker stopped before the response came.")
    status, _ = next_state(row["kind"], lost, attempt=row["attempts"], unknown_attempts=row["unknown_attempts"])
    await store.end_attempt(
        connection, job.org_id, row["id"], row["attempts"], outcome="unknown", response_status=None, error=lost.error
    )
    await store.finish_delivery(
        connection, job.org_id, row["id"], attempt=row["attempts"], status=status, error=lost.error
    )


async def _begin_attempt(connection: Connection, job: JobRun, row: Row) -> Outgoing | None:
    """Record the attempt and return what goes where, or None when the message is not sent."""
    prepared = await prepare(connection, job, row)
    if isinstance(prepared, Unsent):
        await store.finish_delivery(
            connection,
            job.org_id,
            row["id"],
            attempt=row["attempts"],
            status=prepared.status,
            error=prepared.reason,
            message=prepared.message,
        )
        return None
    await store.begin_attempt(connection, job.org_id, row["id"], row["attempts"] + 1)
    return prepared


async def _send(context: WorkerContext, outgoing: Outgoing, *, attempt: int) -> DeliveryResult:
    """Make the call. A failed call is a result too."""
    try:
        async with asyncio.timeout(2 * SEND_SECONDS):
            return await _call_transport(context, outgoing, attempt=attempt)
    except AddressNotAllowed:
        # Only the operator's own addresses go this way, so the reason is for the operator's log, not for the org.
        log.error("an address of the operator's settings is not allowed", kind=outgoing.message.kind)
        return DeliveryResult("later", error="The operator's settings do not allow this call yet.")
    except MailLimitReached as error:
        return DeliveryResult("later", error=error.message, retry_after_seconds=error.retry_after_seconds or 0.0)
    except ConnectionFailed as error:
        return DeliveryResult("later", error=error.message)
    except Unavailable as error:
        return DeliveryResult("unknown", error=error.message)
    except TimeoutError:
        return DeliveryResult("unknown", error=f"No response within {2 * SEND_SECONDS:.0f} seconds.")


async def _call_transport(context: WorkerContext, outgoing: Outgoing, *, attempt: int) -> DeliveryResult:
    message, destination = outgoing.message, outgoing.destination
    client, tenant_client, settings = context.http_client, context.tenant_client, context.settings
    if message.kind == "email":
        async with job_transaction(context.pool, message.org_id) as connection:
            await take_mail_budget(connection, settings.mail_limits().org_mail(message.org_id, destination.address))
            logo = await find_logo(connection, context.file_store, message.org_id)
        return await mail.send(
            settings,
            message,
            destination,
            images=[*([logo] if logo else []), *outgoing.images],
            headers=outgoing.headers,
            timeout_seconds=SEND_SECONDS,
        )
    if message.kind == "sms":
        return await sms.send(client, settings, message, destination, timeout_seconds=SEND_SECONDS)
    if message.kind == "slack":
        return await slack.send(client, message, destination, timeout_seconds=SEND_SECONDS)
    return await n8n.send(client, tenant_client, message, destination, attempt=attempt, timeout_seconds=SEND_SECONDS)


async def _record_result(
    job: JobRun, row: Row, result: DeliveryResult, *, attempt: int, requested: bool
) -> tuple[str, float]:
    """Record the result of an attempt, also when the job's lease ran out meanwhile: the call was made.

    Returns the delivery's state and the seconds until the next attempt.
    """
    status, wait = next_state(row["kind"], result, attempt=attempt, unknown_attempts=row["unknown_attempts"])
    async with job_transaction(job.worker_context.pool, job.org_id) as connection:
        await store.end_attempt(
            connection,
            job.org_id,
            row["id"],
            attempt,
            outcome=result.state if result.state in ("sent", "unknown") else "failed",
            response_status=result.response_status,
            error=result.error,
        )
        await store.finish_delivery(
            connection,
            job.org_id,
            row["id"],
            attempt=attempt,
            status=status,
            error=result.error,
            wait_seconds=wait,
        )
        if row["kind"] == "sms" and result.state not in ("sent", "unknown"):
            await give_back_sms(connection, job.org_id, job.worker_context.settings, row["body"])
        if status == "failed" and requested:
            await enqueue_delivery(connection, job.org_id, row["id"], due_at=now() + timedelta(seconds=wait))
        if result.state == "gone":
            await disable_channel(connection, job, row, reason=result.error or "gone")
    return status, wait
