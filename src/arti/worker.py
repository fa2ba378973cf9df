"""The worker process: job handlers, subscribers of events, and schedules."""

import asyncio
import gc
import signal
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from arti.automation import jobs as automation
from arti.automation.deliveries.fan_out import FAN_OUT_JOB, fan_out
from arti.connections import jobs as connections
from arti.insights import jobs as insights
from arti.jobs import Handler, WorkerContext
from arti.orgs.store import list_org_ids
from arti.settings import Settings, read_settings
from arti.vocabulary import EventType
from arti_core.clock import now
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.crypto import Vault
from arti_core.database import Pool, job_transaction, open_pool
from arti_core.errors import Unavailable
from arti_core.http_client import OutboundClient
from arti_core.jobs import enqueue_job, enqueue_once, list_due_jobs, run_job
from arti_core.log import configure_log
from arti_core.outbox import list_pending_events, mark_dispatched
from arti_core.queue import enqueue_wakeup, open_queue, open_worker

log = structlog.get_logger()

HANDLERS: Final[dict[str, Handler]] = {**connections.HANDLERS, **insights.HANDLERS, **automation.HANDLERS}

# The jobs that an event enqueues. Each gets {"event_id": ...}.
SUBSCRIPTIONS: Final[dict[str, tuple[str, ...]]] = {
    EventType.SYNC_FINISHED: ("insights.detect",),
    EventType.IMPORT_COMMITTED: ("insights.detect",),
    EventType.IMPORT_UNDONE: ("insights.withdraw",),
}
# The events that rules deliver. Their deliveries are created in the transaction that dispatches the event.
DELIVERED: Final[frozenset[str]] = frozenset(
    (EventType.INSIGHT_CREATED, EventType.SYNC_FAILED, EventType.ACCOUNT_NEEDS_REAUTH)
)

# Jobs on a schedule, for each org. The dedupe key names the interval, so that many workers enqueue one job.
SCHEDULES: Final[dict[str, timedelta]] = {
    "connections.sync_due": timedelta(minutes=5),
    "insights.check_stale": timedelta(hours=6),
}

SWEEP_SECONDS = 2.0
_BATCH = 200


async def dispatch_events(worker_context: WorkerContext) -> int:
    """Dispatch each pending event to its subscribers once, in one transaction each. Returns the number of events."""
    pool = worker_context.pool
    async with cross_tenant_transaction(pool) as connection:
        pending = await list_pending_events(connection, _BATCH)
    for event in pending:
        try:
            await _dispatch_event(worker_context, event["org_id"], event["id"], event["type"])
        except Unavailable:  # not a fault of this event
            raise
        except Exception as error:
            # A fan-out that fails must not delay other orgs: a job repeats it and keeps the error on record.
            log.warning("fan-out failed", event_id=str(event["id"]), error=type(error).__name__)
            await _dispatch_event(worker_context, event["org_id"], event["id"], event["type"], fan_out_by_job=True)
    return len(pending)


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
    """Puts due jobs into the queue: at once when PostgreSQL notifies, else at the next sweep."""

    def __init__(self, worker_context: WorkerContext) -> None:
        self._context = worker_context
        self._wake = asyncio.Event()
        self._queue = open_queue(worker_context.settings.redis_url.get_secret_value())

    async def run(self) -> None:
        """Dispatch until cancelled. Retries while Redis or PostgreSQL is not available."""
        listener = asyncio.create_task(self._listen())
        scheduled_at = 0.0
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    if loop.time() - scheduled_at > 60:
                        await enqueue_scheduled(self._context.pool)
                        scheduled_at = loop.time()
                    busy = await self.sweep()
                except Exception as error:
                    log.warning("dispatch failed, trying again", error=type(error).__name__)
                    busy = False
                if not busy:
                    try:
                        await asyncio.wait_for(self._wake.wait(), SWEEP_SECONDS)
                    except TimeoutError:
                        pass
                self._wake.clear()
        finally:
            listener.cancel()
            await self._queue.close()

    async def sweep(self) -> bool:
        """Dispatch the events and jobs that are due now. Returns whether there were any."""
        events = await dispatch_events(self._context)
        async with cross_tenant_transaction(self._context.pool) as connection:
            due = await list_due_jobs(connection, _BATCH)
        for job in due:
            await enqueue_wakeup(self._queue, job["org_id"], job["id"], job["name"])
        return bool(events or due)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._context.settings.worker_database_url.get_secret_value())
                try:
                    await connection.add_listener("arti_work", lambda *_: self._wake.set())
                    while not connection.is_closed():
                        await asyncio.sleep(5)
                finally:
                    await connection.close()
            except Exception:  # a lost connection raises many classes; the sweep continues
                await asyncio.sleep(SWEEP_SECONDS)


async def open_worker_context(settings: Settings) -> WorkerContext:
    """Open the context of the handlers. Raises Misconfigured for an unsafe database role."""
    return WorkerContext(
        pool=await open_pool(settings.worker_database_url.get_secret_value(), size=20),
        settings=settings,
        http_client=OutboundClient(allowed_hosts=settings.private_hosts()),
        vault=Vault(settings.arti_master_key.get_secret_value()),
    )


async def serve(settings: Settings, *, concurrency: int = 8) -> None:
    """Run jobs until cancelled."""
    worker_context = await open_worker_context(settings)

    async def run(org_id: UUID, job_id: UUID) -> None:
        await run_job(worker_context, HANDLERS, org_id, job_id)

    worker = await open_worker(settings.redis_url.get_secret_value(), run, concurrency=concurrency)
    dispatcher = asyncio.create_task(Dispatcher(worker_context).run())
    working = asyncio.create_task(worker.run())
    gc.freeze()
    log.info("worker ready", concurrency=concurrency)
    try:
        await asyncio.gather(dispatcher, working)
    finally:
        dispatcher.cancel()
        await worker.close(True)
        await worker_context.http_client.close()
        await worker_context.pool.close()


def run() -> None:
    """Run jobs until stopped. The entry point of the service `worker`."""
    settings = read_settings()
    configure_log(service="worker", json=settings.is_production)

    async def main() -> None:
        task = asyncio.create_task(serve(settings))
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            pass

    asyncio.run(main())
