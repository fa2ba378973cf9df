"""Send one owed message, once: the try is on record before the call is made, and what nobody knows is not repeated.

The schedule is `WEBHOOK_BACKOFF`; the job's row carries the waiting.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from arti.automation import store
from arti.automation.channels import mail, n8n, slack, sms
from arti.automation.channels.contract import DeliveryResult, OutboundMessage
from arti.automation.channels.service import address_ref, is_external, signing_ref
from arti.automation.deliveries import delivery_store
from arti.automation.deliveries.fan_out import DELIVER_TRIES
from arti.automation.schemas import Target
from arti.jobs import Job, WorkerContext
from arti.orgs.audit import record_audit
from arti.orgs.authorization import Access
from arti_core.backoff import WEBHOOK_BACKOFF
from arti_core.clock import now
from arti_core.database import Connection, Row, job_transaction
from arti_core.errors import Conflict, Misconfigured, NotFound, Unavailable
from arti_core.http_client import AddressNotAllowed, ConnectionFailed
from arti_core.jobs import RetryLater, enqueue_job

SEND_SECONDS = 15.0
# A try that began longer ago has lost its worker: no call lasts as long.
LOST_SECONDS: Final = 120.0
MAX_REPLAY: Final = 1000
# Nothing moves these but a person who asks.
_AT_REST: Final = ("dead", "unknown", "mailbox")


@dataclass(frozen=True, slots=True)
class _NextStep:
    """What becomes of a delivery after a try."""

    status: str
    wait_seconds: float = 0.0


def classify_delivery(
    kind: str, outcome: DeliveryResult, *, attempt: int, unknowns: int, jitter: float | None = None
) -> _NextStep:
    """Decide what follows from how a try ended. `unknowns` counts earlier tries that ended unknown.

    n8n knows a repetition by its id, so an unknown try is simply repeated. A mail or a Slack message may be repeated
    once. An SMS never is.
    """
    if outcome.state == "sent":
        return _NextStep("sent")
    if outcome.state in ("refused", "gone"):
        return _NextStep("dead")
    if outcome.state == "unknown" and (kind == "sms" or (kind != "n8n" and unknowns > 0)):
        return _NextStep("unknown")
    if attempt >= WEBHOOK_BACKOFF.max_attempts:
        return _NextStep("dead")
    wait = WEBHOOK_BACKOFF.delay_seconds(attempt, retry_after_seconds=outcome.retry_after_seconds, jitter=jitter)
    return _NextStep("failed", wait)


async def deliver(job: Job) -> None:
    """Make one try at a delivery. Raises RetryLater until the next try is due.

    A job with `asked_by` makes its one try at once, whatever became of the delivery unless it was sent.
    """
    delivery_id = UUID(job.args["delivery_id"])
    asked_for = "asked_by" in job.args
    async with job.transaction() as connection:
        row = await delivery_store.lock_delivery(connection, job.org_id, delivery_id)
        if row is not None and row["status"] == "sending" and row["tries_for_seconds"] > LOST_SECONDS:
            await _mark_attempt_lost(connection, job, row)
            row = await delivery_store.lock_delivery(connection, job.org_id, delivery_id)
        if row is None or row["status"] == "sent" or (row["status"] in _AT_REST and not asked_for):
            return
        wait = _seconds_until_due(row, asked_for=asked_for)
        letter = await _prepare_message(connection, job, row) if wait <= 0 else None
    if wait > 0 and not asked_for:
        raise RetryLater("The next try is not due yet.", after_seconds=wait)
    if letter is None:
        return
    outcome = await _call(job, row["kind"], letter)
    verdict = await _record_result(job, row, outcome, attempt=letter.attempt, asked_for=asked_for)
    if verdict.status == "failed" and not asked_for:
        raise RetryLater(outcome.error or "It did not work.", after_seconds=verdict.wait_seconds)


def _seconds_until_due(row: Row, *, asked_for: bool) -> float:
    """Return how long a try must wait: for the one that runs now, else for the schedule."""
    if row["status"] == "sending":
        return max(1.0, LOST_SECONDS - float(row["tries_for_seconds"]))
    return 0.0 if asked_for else float(row["waits_seconds"])


async def _mark_attempt_lost(connection: Connection, job: Job, row: Row) -> None:
    """Write down that the running try lost its worker: nobody knows whether the message arrived."""
    lost = DeliveryResult("unknown", error="The worker was lost before the answer came.")
    verdict = classify_delivery(row["kind"], lost, attempt=row["attempts"], unknowns=row["unknowns"])
    await delivery_store.end_attempt(
        connection, job.org_id, row["id"], row["attempts"], outcome="unknown", response_status=None, error=lost.error
    )
    await delivery_store.finish_delivery(
        connection, job.org_id, row["id"], attempt=row["attempts"], status=verdict.status, error=lost.error
    )


async def _prepare_message(connection: Connection, job: Job, row: Row) -> OutboundMessage | None:
    """Put the try on record and return the letter, or None when the message stays here."""
    reason = _find_skip_reason(row)
    if reason is not None:
        await delivery_store.finish_delivery(
            connection, job.org_id, row["id"], attempt=row["attempts"], status="dead", error=reason
        )
        return None
    address, signing_secret = await _resolve_address(connection, job, row)
    if address is None:
        await delivery_store.finish_delivery(
            connection, job.org_id, row["id"], attempt=row["attempts"], status="mailbox", error=None
        )
        return None
    attempt = row["attempts"] + 1
    await delivery_store.begin_attempt(connection, job.org_id, row["id"], attempt)
    return OutboundMessage(
        org_id=job.org_id,
        delivery_id=row["id"],
        attempt=attempt,
        address=address,
        signing_secret=signing_secret,
        subject=row["subject"],
        body=row["body"],
        payload=row["payload"],
    )


def _find_skip_reason(row: Row) -> str | None:
    if row["channel_id"] is None:
        return "The channel was removed."
    if row["withdrawn"]:
        return "The insight was withdrawn: its numbers no longer stand."
    return None if row["channel_enabled"] else "The channel is switched off."


async def _resolve_address(connection: Connection, job: Job, row: Row) -> tuple[str | None, str]:
    """Return the address in clear and the signing secret; no address when nothing outside is configured."""
    settings, channel_id = job.worker_context.settings, row["channel_id"]
    channel = await store.find_channel(connection, job.org_id, channel_id)
    assert channel is not None  # the delivery's foreign key names it
    if not is_external(channel["kind"], Target.model_validate(channel["target"]), settings):
        return None, ""
    refs = [address_ref(channel_id), signing_ref(channel_id)]
    sealed = await store.list_sealed_by_ref(connection, job.org_id, kind="channel", refs=refs)
    clear = {
        ref: cast(str, job.worker_context.vault.open(secret, owner_id=job.org_id, kind="channel", ref=ref))
        for ref, secret in sealed.items()
    }
    address = clear.get(refs[0]) or channel["target"].get("address")
    if address is None and row["kind"] == "n8n":
        address = f"{settings.n8n_url.rstrip('/')}/{n8n.WEBHOOK_PATH}"
    if row["kind"] == "n8n" and refs[1] not in clear:
        raise Misconfigured("The channel has no signing secret. Give it a new one.")
    return address, clear.get(refs[1], "")


async def _call(job: Job, kind: str, letter: OutboundMessage) -> DeliveryResult:
    """Make the call; what goes wrong on the way is an outcome too."""
    worker_context = job.worker_context
    try:
        async with asyncio.timeout(2 * SEND_SECONDS):
            return await _send(worker_context, kind, letter)
    except AddressNotAllowed as error:
        return DeliveryResult("refused", error=error.message)
    except ConnectionFailed as error:
        return DeliveryResult("later", error=error.message)
    except Unavailable as error:
        return DeliveryResult("unknown", error=error.message)
    except TimeoutError:
        return DeliveryResult("unknown", error=f"No answer came within {2 * SEND_SECONDS:.0f} seconds.")


async def _send(worker_context: WorkerContext, kind: str, letter: OutboundMessage) -> DeliveryResult:
    if kind == "email":
        return await mail.send(worker_context.settings, letter, timeout_seconds=SEND_SECONDS)
    if kind == "sms":
        return await sms.send(worker_context.http_client, worker_context.settings, letter, timeout_seconds=SEND_SECONDS)
    if kind == "slack":
        return await slack.send(worker_context.http_client, letter, timeout_seconds=SEND_SECONDS)
    return await n8n.send(worker_context.http_client, letter, timeout_seconds=SEND_SECONDS)


async def _record_result(job: Job, row: Row, outcome: DeliveryResult, *, attempt: int, asked_for: bool) -> _NextStep:
    """Write down how the try ended. A call that was made is a fact, also when the job's lease ran out meanwhile."""
    verdict = classify_delivery(row["kind"], outcome, attempt=attempt, unknowns=row["unknowns"])
    written = {"sent": "sent", "unknown": "unknown"}.get(outcome.state, "failed")
    async with job_transaction(job.worker_context.pool, job.org_id) as connection:
        await delivery_store.end_attempt(
            connection,
            job.org_id,
            row["id"],
            attempt,
            outcome=written,
            response_status=outcome.response_status,
            error=outcome.error,
        )
        await delivery_store.finish_delivery(
            connection,
            job.org_id,
            row["id"],
            attempt=attempt,
            status=verdict.status,
            error=outcome.error,
            wait_seconds=verdict.wait_seconds,
        )
        if verdict.status == "failed" and asked_for:
            await _enqueue_delivery(connection, job, row["id"], after_seconds=verdict.wait_seconds)
        if outcome.state == "gone" and await store.disable_channel(
            connection, job.org_id, row["channel_id"], outcome.error or "gone"
        ):
            await record_audit(
                connection,
                org_id=job.org_id,
                actor_id=None,
                action="channel.disabled",
                subject_kind="channel",
                subject_id=row["channel_id"],
                details={"reason": outcome.error, "delivery_id": str(row["id"])},
            )
    return verdict


async def _enqueue_delivery(connection: Connection, job: Job, delivery_id: UUID, *, after_seconds: float) -> None:
    """Owe the next try by the schedule, unless it is owed already."""
    await enqueue_job(
        connection,
        job.org_id,
        "automation.deliver",
        {"delivery_id": str(delivery_id)},
        dedupe_key=f"automation.deliver:{delivery_id}",
        run_at=now() + timedelta(seconds=after_seconds),
        max_attempts=DELIVER_TRIES,
    )


async def enqueue_retry(access: Access, delivery_id: UUID) -> UUID | None:
    """Owe one more try now. Returns None when one is owed already. Raises Conflict for what was sent."""
    row = await delivery_store.find_delivery(access.connection, access.org_id, delivery_id)
    if row is None:
        raise NotFound("delivery")
    if row["status"] in ("sent", "sending"):
        raise Conflict("This message was sent, or is being sent now. Sending it again would double it.")
    return await _enqueue_attempt(access, delivery_id)


async def enqueue_replay(access: Access, *, since: datetime, until: datetime | None) -> int:
    """Owe one more try for each message that was given up between `since` and `until`. Returns how many."""
    dead = await delivery_store.list_dead(access.connection, access.org_id, since=since, until=until, limit=MAX_REPLAY)
    return sum([await _enqueue_attempt(access, delivery_id) is not None for delivery_id in dead])


async def _enqueue_attempt(access: Access, delivery_id: UUID) -> UUID | None:
    return await enqueue_job(
        access.connection,
        access.org_id,
        "automation.deliver",
        {"delivery_id": str(delivery_id), "asked_by": str(access.principal.user_id)},
        dedupe_key=f"automation.deliver:{delivery_id}:asked",
        requested_by=access.principal.user_id,
        max_attempts=DELIVER_TRIES,
    )
