"""The worker process: job handlers, subscribers of events, and schedules."""

import asyncio
import gc
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

import asyncpg
import structlog

from arti.automation import jobs as automation
from arti.automation.deliveries.fan_out import FAN_OUT_JOB, fan_out
from arti.campaigns import jobs as campaigns
from arti.connections import jobs as connections
from arti.expiry import delete_all_expired
from arti.imports.large import jobs as imports
from arti.imports.rereading import jobs as rereading
from arti.imports.upload_links import jobs as links
from arti.insights import jobs as insights
from arti.jobs import Handler, WorkerContext
from arti.metrics.places import jobs as places
from arti.music.matching import jobs as matching
from arti.ops.monitoring.watch import WorkerWatch
from arti.orgs.invitations import jobs as invitations
from arti.orgs.store import list_org_ids
from arti.privacy import jobs as privacy
from arti.settings import Settings, open_files, read_settings
from arti.vocabulary import EventType
from arti_core import file_check
from arti_core.clock import now
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.crypto import Vault
from arti_core.database import Pool, job_transaction, open_pool
from arti_core.errors import Unavailable
from arti_core.garbage import keep_returning_memory
from arti_core.http_client import OutboundClient
from arti_core.jobs import enqueue_job, enqueue_once, list_due_jobs, run_job
from arti_core.log import configure_log
from arti_core.outbox import list_pending_events, mark_dispatched
from arti_core.queue import enqueue_wakeup, open_queue, open_worker, register_slots
from arti_core.retention import keep_retention
from arti_core.telemetry.request_ids import continue_request
from arti_core.telemetry.server import serve_metrics
from arti_core.telemetry.traces import configure_traces
from arti_core.tenant_client import TenantClient
from arti_core.worker_heartbeats import BEAT_SECONDS, record_heartbeat, remove_heartbeat
from supabase_local.auth.mail.mailer import open_mail_queue

log = structlog.get_logger()

_IMPORTS = (imports, rereading, links)
_JOBS = (invitations, matching, places, connections, *_IMPORTS, insights, campaigns, automation, privacy, file_check)
HANDLERS: Final[dict[str, Handler]] = {name: handler for jobs in _JOBS for name, handler in jobs.HANDLERS.items()}

# The jobs that an event enqueues. Each gets {"event_id": ...}.
SUBSCRIPTIONS: Final[dict[str, tuple[str, ...]]] = {
    EventType.SYNC_FINISHED: (matching.MATCH_JOB, "insights.detect", campaigns.MEASURE_OF_ARTIST_JOB),
    EventType.SYNC_FAILED: (matching.MATCH_JOB,),  # what it stored before it failed
    EventType.OBSERVATIONS_ENTERED: ("insights.detect", campaigns.MEASURE_OF_ARTIST_JOB),
    EventType.IMPORT_COMMITTED: (matching.MATCH_JOB, "insights.detect", campaigns.MEASURE_OF_ARTIST_JOB),
    EventType.IMPORT_UNDONE: (matching.MATCH_JOB, "insights.withdraw", campaigns.MEASURE_OF_ARTIST_JOB),
}
# The events that rules deliver. Their deliveries are created in the transaction that dispatches the event.
DELIVERED: Final = frozenset((EventType.INSIGHT_CREATED, EventType.SYNC_FAILED, EventType.ACCOUNT_NEEDS_REAUTH))

# For each org. The dedupe key names the interval: many workers enqueue one job.
SCHEDULES: Final[dict[str, timedelta]] = {
    "connections.sync_due": timedelta(minutes=5),
    "insights.check_stale": timedelta(hours=6),
    campaigns.MEASURE_DUE_JOB: timedelta(hours=6),
    file_check.CHECK_JOB: timedelta(hours=1),
    automation.DIGESTS_JOB: timedelta(minutes=5),
}

SWEEP_SECONDS, SCHEDULE_SECONDS, REGISTER_SECONDS = 2.0, 60.0, 10.0
_EVENTS, _EVENTS_OF_EACH_ORG = 100, 10  # few of an org, so that the first of another waits for few


async def dispatch_events(worker_context: WorkerContext) -> int:
    """Dispatch pending events of all orgs in turn, in one transaction each. Returns how many were dispatched."""
    pool = worker_context.pool
    continue_request(None)
    async with cross_tenant_transaction(pool) as connection:
        pending = await list_pending_events(connection, _EVENTS, of_each_org=_EVENTS_OF_EACH_ORG)
    dispatched = 0
    for event in pending:
        try:
            await _dispatch_event(worker_context, event["org_id"], event["id"], event["type"])
        except Unavailable:  # not a fault of this event
            raise
        except Exception as error:
            # A fan-out that fails must not delay other orgs: a job repeats it and keeps the error on record.
            log.warning("fan-out failed", event_id=str(event["id"]), error=type(error).__name__)
            try:
                await _dispatch_event(worker_context, event["org_id"], event["id"], event["type"], fan_out_by_job=True)
            except Unavailable:
                raise
            except Exception as second:  # it stays pending, and the events of other orgs go on
                log.error("event not dispatched", event_id=str(event["id"]), error=type(second).__name__)
                continue
        dispatched += 1
    return dispatched


async def _dispatch_event(
    worker_context: WorkerContext, org_id: UUID, event_id: UUID, event_type: str, *, fan_out_by_job: bool = False
) -> None:
    """Mark an event as dispatched, create its deliveries and enqueue its jobs, all in one transaction."""
    async with job_transaction(worker_context.pool, org_id) as connection:
        if not await mark_dispatched(connection, org_id, event_id):
            return
        names = SUBSCRIPTIONS.get(event_type, ())
        if event_type in DELIVERED and fan_out_by_job:
            names += (FAN_OUT_JOB,)
        elif event_type in DELIVERED:
            await fan_out(connection, org_id, event_id, site_url=worker_context.settings.site_url)
        for name in names:
            await enqueue_job(connection, org_id, name, {"event_id": str(event_id)}, dedupe_key=f"{name}:{event_id}")


async def enqueue_scheduled(pool: Pool) -> None:
    """Enqueue each org's scheduled jobs of the present interval, once however often it is called."""
    async with cross_tenant_transaction(pool) as connection:
        orgs = await list_org_ids(connection)
    for org_id in orgs:
        async with job_transaction(pool, org_id) as connection:
            for name, every in SCHEDULES.items():
                slot = int(now().timestamp() // every.total_seconds())
                await enqueue_once(connection, org_id, name, dedupe_key=f"{name}@{slot}")


class Dispatcher:
    """Puts due jobs into the queue: at once when PostgreSQL notifies or a job ends, else at the next sweep.

    No more of them than the workers can take, so that the queue itself, which is first in, first out, stays short: what
    waits, waits in the database, where the orgs take turns. One org gets half of the slots at most, so that long
    jobs of one org do not hold all of them.
    """

    def __init__(self, worker_context: WorkerContext, *, concurrency: int) -> None:
        self._context = worker_context
        self._process_id, self._concurrency = uuid4(), concurrency
        self._slots, self._registered_at = concurrency, float("-inf")
        self._jobs_due, self._slot_free, self._events_pending = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._queue = open_queue(worker_context.settings.redis_url.get_secret_value())

    def wake(self) -> None:
        """Dispatch more jobs now: a slot is free."""
        self._slot_free.set()

    async def run(self) -> None:
        """Dispatch until cancelled. Retries while Redis or PostgreSQL is not available."""
        loops = (
            self._listen(),
            _repeat(self._beat, asyncio.Event(), BEAT_SECONDS),
            _repeat(self._enqueue_scheduled, asyncio.Event(), SCHEDULE_SECONDS),
            keep_retention(self._context.pool),
            _repeat(self._dispatch_events, self._events_pending, SWEEP_SECONDS),
            # Two, so that a new job does not wait for the round after the end of another.
            _repeat(self.dispatch_jobs, self._jobs_due, SWEEP_SECONDS),
            _repeat(self.dispatch_jobs, self._slot_free, SWEEP_SECONDS),
        )
        try:
            async with asyncio.TaskGroup() as group:
                for loop in loops:
                    group.create_task(loop)
        finally:
            await self._queue.close()

    async def dispatch_jobs(self) -> bool:
        """Dispatch as many due jobs as there are free slots. Returns whether there were any."""
        time = asyncio.get_running_loop().time()
        if time - self._registered_at > REGISTER_SECONDS:
            self._slots = await register_slots(self._queue, self._process_id, self._concurrency)
            self._registered_at = time
        # A wake-up that a crash forgets is sent again.
        async with cross_tenant_transaction(self._context.pool, durable=False) as connection:
            due = await list_due_jobs(connection, total_slots=self._slots * 3 // 2, org_slots=max(1, self._slots // 2))
        for job in due:
            await enqueue_wakeup(self._queue, job["org_id"], job["id"], job["name"])
        return bool(due)

    async def _beat(self) -> bool:
        async with cross_tenant_transaction(self._context.pool, durable=False) as connection:
            await record_heartbeat(connection, self._process_id)
        return False

    async def leave(self) -> None:
        """Record that this worker stops in good order."""
        with suppress(Unavailable, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            async with cross_tenant_transaction(self._context.pool) as connection:
                await remove_heartbeat(connection, self._process_id)

    async def _dispatch_events(self) -> bool:
        return bool(await dispatch_events(self._context))

    async def _enqueue_scheduled(self) -> bool:
        await enqueue_scheduled(self._context.pool)
        await delete_all_expired(self._context)
        return False

    async def _listen(self) -> None:
        tables = {"jobs": self._jobs_due, "events": self._events_pending}
        while True:
            try:
                connection = await asyncpg.connect(self._context.settings.worker_listen_url)
                try:
                    await connection.add_listener("arti_work", lambda *notified: tables[notified[3]].set())
                    while not connection.is_closed():
                        await asyncio.sleep(5)
                finally:
                    await connection.close()
            except Exception:  # a lost connection raises many classes; the sweep continues
                await asyncio.sleep(SWEEP_SECONDS)


async def _repeat(step: Callable[[], Awaitable[bool]], wake: asyncio.Event, pause_seconds: float) -> None:
    while True:  # again at once after work, else when woken or after the pause
        wake.clear()
        try:
            busy = await step()
        except Exception as error:
            log.warning("dispatch failed, trying again", error=type(error).__name__)
            busy = False
            await asyncio.sleep(0.2)  # woken all the time, it must not spin
        if not busy:
            with suppress(TimeoutError):
                await asyncio.wait_for(wake.wait(), pause_seconds)


async def open_worker_context(settings: Settings) -> WorkerContext:
    """Open the context of the handlers. Raises Misconfigured for an unsafe database role."""
    dsn, vault = settings.worker_database_url.get_secret_value(), Vault(settings.master_keys())
    return WorkerContext(
        pool=await open_pool(dsn, size=20, claims_key=settings.claims_signing_key),
        settings=settings,
        http_client=OutboundClient(allowed_hosts=settings.private_hosts()),
        tenant_client=TenantClient(operator_hosts=settings.operator_hosts()),
        vault=vault,
        file_store=open_files(settings, vault),
    )


async def _send_mails(worker_context: WorkerContext) -> None:
    settings = worker_context.settings
    queue = open_mail_queue(settings, worker_context.pool, worker_context.vault, settings.mail_limits())
    await queue.delete_old()
    await queue.run()


async def serve(settings: Settings, *, concurrency: int = 8) -> None:
    """Run jobs until cancelled."""
    worker_context = await open_worker_context(settings)
    dispatcher = Dispatcher(worker_context, concurrency=concurrency)

    async def run(org_id: UUID, job_id: UUID) -> None:
        try:
            await run_job(worker_context, HANDLERS, org_id, job_id)
        finally:
            dispatcher.wake()

    worker = await open_worker(settings.redis_url.get_secret_value(), run, concurrency=concurrency)
    watch = WorkerWatch(worker_context.pool, settings, worker_context.http_client)
    metrics = serve_metrics("worker", settings.arti_bind, settings.arti_worker_port, settings.metrics_token)
    beside = [metrics, watch.run(), keep_returning_memory()]
    if not settings.arti_own_gateway:  # the gateway sends the queue's mails, or a worker where it is not ours
        beside.append(_send_mails(worker_context))
    tasks = [asyncio.create_task(work) for work in (dispatcher.run(), worker.run(), *beside)]
    gc.freeze()
    log.info("worker ready", concurrency=concurrency)
    try:
        await asyncio.gather(*tasks[:2])
    finally:
        for task in tasks:
            task.cancel()
        await worker.close(True)
        await dispatcher.leave()
        await worker_context.http_client.close()
        await worker_context.tenant_client.close()
        await worker_context.pool.close()


def run() -> None:
    """Run jobs until stopped. The entry point of the service `worker`."""
    settings = read_settings(needs=("worker_database_url", "arti_master_key", "claims_signing_key"))
    configure_log(service="worker", json=settings.is_production)
    configure_traces("worker", **settings.trace_export())

    async def main() -> None:
        task = asyncio.create_task(serve(settings))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(main())
