"""Send one owed message, once: the try is on record before the call is made, and what nobody knows is not repeated.

The schedule is the ten steps of the Standard Webhooks example (75 h 35 min); the job's row carries the waiting.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import uniform
from typing import Final, cast
from uuid import UUID

from arti.automation import deliveries, store
from arti.automation.channels import mail, n8n, slack, sms
from arti.automation.channels.contract import Letter, Outcome
from arti.automation.planning import DELIVER_TRIES
from arti.automation.schemas import Target
from arti.automation.service import address_ref, leads_outside, signing_ref
from arti.base.clock import now
from arti.base.database import Connection, Row, as_job
from arti.base.errors import Conflict, Misconfigured, NotFound, Unavailable
from arti.base.http import AddressRefused, NotReached
from arti.base.jobs import Job, RetryLater, Tools, request_job
from arti.orgs.access import Access
from arti.orgs.audit import record_audit

# Seconds to wait before try 1, 2, ... 10.
SCHEDULE: Final = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
LONGEST_WAIT_SECONDS: Final = 86_400.0
SEND_SECONDS = 15.0
# A try that began longer ago has lost its worker: no call lasts as long.
LOST_SECONDS: Final = 120.0
MAX_REPLAY: Final = 1000
# Nothing moves these but a person who asks.
_AT_REST: Final = ("dead", "unknown", "mailbox")


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What becomes of a delivery after a try."""

    status: str
    wait_seconds: float = 0.0


def judge_delivery(kind: str, outcome: Outcome, *, attempt: int, unknowns: int, jitter: float = 1.0) -> _Verdict:
    """Decide what follows from how a try ended. `unknowns` counts earlier tries that ended unknown.

    n8n knows a repetition by its id, so an unknown try is simply repeated. A mail or a Slack message may be repeated
    once. An SMS never is.
    """
    if outcome.state == "sent":
        return _Verdict("sent")
    if outcome.state in ("refused", "gone"):
        return _Verdict("dead")
    if outcome.state == "unknown" and (kind == "sms" or (kind != "n8n" and unknowns > 0)):
        return _Verdict("unknown")
    if attempt >= len(SCHEDULE):
        return _Verdict("dead")
    wait = max(SCHEDULE[attempt] * jitter, outcome.retry_after_seconds)
    return _Verdict("failed", min(wait, LONGEST_WAIT_SECONDS))


async def deliver(job: Job) -> None:
    """Make one try at a delivery. Raises RetryLater until the next try is due.

    A job with `asked_by` makes its one try at once, whatever became of the delivery unless it was sent.
    """
    delivery_id = UUID(job.args["delivery_id"])
    asked_for = "asked_by" in job.args
    async with job.transaction() as connection:
        row = await deliveries.lock_delivery(connection, job.org_id, delivery_id)
        if row is not None and row["status"] == "sending" and row["tries_for_seconds"] > LOST_SECONDS:
            await _bury_lost_try(connection, job, row)
            row = await deliveries.lock_delivery(connection, job.org_id, delivery_id)
        if row is None or row["status"] == "sent" or (row["status"] in _AT_REST and not asked_for):
            return
        wait = _seconds_until_due(row, asked_for=asked_for)
        letter = await _make_ready(connection, job, row) if wait <= 0 else None
    if wait > 0 and not asked_for:
        raise RetryLater("The next try is not due yet.", after_seconds=wait)
    if letter is None:
        return
    outcome = await _call(job, row["kind"], letter)
    verdict = await _settle(job, row, outcome, attempt=letter.attempt, asked_for=asked_for)
    if verdict.status == "failed" and not asked_for:
        raise RetryLater(outcome.error or "It did not work.", after_seconds=verdict.wait_seconds)


def _seconds_until_due(row: Row, *, asked_for: bool) -> float:
    """Return how long a try must wait: for the one that runs now, else for the schedule."""
    if row["status"] == "sending":
        return max(1.0, LOST_SECONDS - float(row["tries_for_seconds"]))
    return 0.0 if asked_for else float(row["waits_seconds"])


async def _bury_lost_try(connection: Connection, job: Job, row: Row) -> None:
    """Write down that the running try lost its worker: nobody knows whether the message arrived."""
    lost = Outcome("unknown", error="The worker was lost before the answer came.")
    verdict = judge_delivery(row["kind"], lost, attempt=row["attempts"], unknowns=row["unknowns"])
    await deliveries.end_attempt(
        connection, job.org_id, row["id"], row["attempts"], outcome="unknown", response_status=None, error=lost.error
    )
    await deliveries.settle_delivery(
        connection, job.org_id, row["id"], attempt=row["attempts"], status=verdict.status, error=lost.error
    )


async def _make_ready(connection: Connection, job: Job, row: Row) -> Letter | None:
    """Put the try on record and return the letter, or None when the message stays here."""
    reason = _reason_not_to(row)
    if reason is not None:
        await deliveries.settle_delivery(
            connection, job.org_id, row["id"], attempt=row["attempts"], status="dead", error=reason
        )
        return None
    address, signing_secret = await _addressed(connection, job, row)
    if address is None:
        await deliveries.settle_delivery(
            connection, job.org_id, row["id"], attempt=row["attempts"], status="mailbox", error=None
        )
        return None
    attempt = row["attempts"] + 1
    await deliveries.begin_attempt(connection, job.org_id, row["id"], attempt)
    return Letter(
        org_id=job.org_id,
        delivery_id=row["id"],
        attempt=attempt,
        address=address,
        signing_secret=signing_secret,
        subject=row["subject"],
        body=row["body"],
        payload=row["payload"],
    )


def _reason_not_to(row: Row) -> str | None:
    if row["channel_id"] is None:
        return "The channel was removed."
    if row["withdrawn"]:
        return "The insight was withdrawn: its numbers no longer stand."
    return None if row["channel_enabled"] else "The channel is switched off."


async def _addressed(connection: Connection, job: Job, row: Row) -> tuple[str | None, str]:
    """Return the address in clear and the signing secret; no address when nothing outside is configured."""
    settings, channel_id = job.tools.settings, row["channel_id"]
    channel = await store.find_channel(connection, job.org_id, channel_id)
    assert channel is not None  # the delivery's foreign key names it
    if not leads_outside(channel["kind"], Target.model_validate(channel["target"]), settings):
        return None, ""
    refs = [address_ref(channel_id), signing_ref(channel_id)]
    sealed = await store.sealed_by_ref(connection, job.org_id, kind="channel", refs=refs)
    clear = {
        ref: cast(str, job.tools.vault.open(secret, org_id=job.org_id, kind="channel", ref=ref))
        for ref, secret in sealed.items()
    }
    address = clear.get(refs[0]) or channel["target"].get("address")
    if address is None and row["kind"] == "n8n":
        address = f"{settings.n8n_url.rstrip('/')}/{n8n.WEBHOOK_PATH}"
    if row["kind"] == "n8n" and refs[1] not in clear:
        raise Misconfigured("The channel has no signing secret. Give it a new one.")
    return address, clear.get(refs[1], "")


async def _call(job: Job, kind: str, letter: Letter) -> Outcome:
    """Make the call; what goes wrong on the way is an outcome too."""
    tools = job.tools
    try:
        async with asyncio.timeout(2 * SEND_SECONDS):
            return await _send(tools, kind, letter)
    except AddressRefused as error:
        return Outcome("refused", error=error.message)
    except NotReached as error:
        return Outcome("later", error=error.message)
    except Unavailable as error:
        return Outcome("unknown", error=error.message)
    except TimeoutError:
        return Outcome("unknown", error=f"No answer came within {2 * SEND_SECONDS:.0f} seconds.")


async def _send(tools: Tools, kind: str, letter: Letter) -> Outcome:
    if kind == "email":
        return await mail.send(tools.settings, letter, timeout_seconds=SEND_SECONDS)
    if kind == "sms":
        return await sms.send(tools.outside, tools.settings, letter, timeout_seconds=SEND_SECONDS)
    if kind == "slack":
        return await slack.send(tools.outside, letter, timeout_seconds=SEND_SECONDS)
    return await n8n.send(tools.outside, letter, timeout_seconds=SEND_SECONDS)


async def _settle(job: Job, row: Row, outcome: Outcome, *, attempt: int, asked_for: bool) -> _Verdict:
    """Write down how the try ended. A call that was made is a fact, also when the job's lease ran out meanwhile."""
    jitter = uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    verdict = judge_delivery(row["kind"], outcome, attempt=attempt, unknowns=row["unknowns"], jitter=jitter)
    written = {"sent": "sent", "unknown": "unknown"}.get(outcome.state, "failed")
    async with as_job(job.tools.pool, job.org_id) as connection:
        await deliveries.end_attempt(
            connection,
            job.org_id,
            row["id"],
            attempt,
            outcome=written,
            response_status=outcome.response_status,
            error=outcome.error,
        )
        await deliveries.settle_delivery(
            connection,
            job.org_id,
            row["id"],
            attempt=attempt,
            status=verdict.status,
            error=outcome.error,
            wait_seconds=verdict.wait_seconds,
        )
        if verdict.status == "failed" and asked_for:
            await _owe(connection, job, row["id"], after_seconds=verdict.wait_seconds)
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


async def _owe(connection: Connection, job: Job, delivery_id: UUID, *, after_seconds: float) -> None:
    """Owe the next try by the schedule, unless it is owed already."""
    await request_job(
        connection,
        job.org_id,
        "automation.deliver",
        {"delivery_id": str(delivery_id)},
        dedupe_key=f"automation.deliver:{delivery_id}",
        run_at=now() + timedelta(seconds=after_seconds),
        max_attempts=DELIVER_TRIES,
    )


async def request_retry(access: Access, delivery_id: UUID) -> UUID | None:
    """Owe one more try now. Returns None when one is owed already. Raises Conflict for what was sent."""
    row = await deliveries.find_delivery(access.connection, access.org_id, delivery_id)
    if row is None:
        raise NotFound("delivery")
    if row["status"] in ("sent", "sending"):
        raise Conflict("This message was sent, or is being sent now. Sending it again would double it.")
    return await _ask(access, delivery_id)


async def request_replay(access: Access, *, since: datetime, until: datetime | None) -> int:
    """Owe one more try for each message that was given up between `since` and `until`. Returns how many."""
    dead = await deliveries.list_dead(access.connection, access.org_id, since=since, until=until, limit=MAX_REPLAY)
    return sum([await _ask(access, delivery_id) is not None for delivery_id in dead])


async def _ask(access: Access, delivery_id: UUID) -> UUID | None:
    return await request_job(
        access.connection,
        access.org_id,
        "automation.deliver",
        {"delivery_id": str(delivery_id), "asked_by": str(access.caller.user_id)},
        dedupe_key=f"automation.deliver:{delivery_id}:asked",
        requested_by=access.caller.user_id,
        max_attempts=DELIVER_TRIES,
    )
