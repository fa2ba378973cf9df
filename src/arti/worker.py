"""Put the rooms together: the queue, who hears which event, and what runs by the clock."""

import asyncio
import gc
import signal
from datetime import timedelta
from typing import Final
from uuid import UUID

import asyncpg
import structlog

from arti.automation import jobs as automation
from arti.connections import jobs as connections
from arti.insights import jobs as insights
from arti.jobs import Handler, WorkerContext
from arti.settings import Settings, read_settings
from arti.vocabulary import EventType
from arti_core.clock import now
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.crypto import Vault
from arti_core.database import Pool, job_transaction, open_pool
from arti_core.http_client import OutboundClient
from arti_core.jobs import enqueue_job, run_job
from arti_core.log import configure_log
from arti_core.queue import enqueue_wakeup, open_queue, open_worker

log = structlog.get_logger()

HANDLERS: Final[dict[str, Handler]] = {**connections.HANDLERS, **insights.HANDLERS, **automation.HANDLERS}

# Who hears which event. Each job gets {"event_id": ...}.
SUBSCRIPTIONS: Final[dict[EventType, tuple[str, ...]]] = {
    EventType.SYNC_FINISHED: ("insights.detect",),
    EventType.SYNC_FAILED: ("automation.plan_deliveries",),
    EventType.IMPORT_COMMITTED: ("insights.detect",),
    EventType.IMPORT_UNDONE: ("insights.withdraw",),
    EventType.INSIGHT_CREATED: ("automation.plan_deliveries",),
    EventType.ACCOUNT_NEEDS_REAUTH: ("automation.plan_deliveries",),
}

# What runs by the clock, once for each org. Kept by a job's dedupe key, so that many workers owe it once.
SCHEDULES: Final[dict[str, timedelta]] = {
    "connections.sync_due": timedelta(minutes=5),
    "insights.check_stale": timedelta(hours=6),
}

SWEEP_SECONDS = 2.0
_BATCH = 200


async def dispatch_events(pool: Pool) -> int:
    """Turn owed events into jobs of those who hear them. Returns how many events left."""
    async with cross_tenant_transaction(pool) as connection:
        owed = await connection.fetch("select org_id, id, type from private.owed_events($1)", _BATCH)
    for event in owed:
        async with job_transaction(pool, event["org_id"]) as connection:
            taken = await connection.fetchval(
                """update events set dispatched_at = now()
                   where org_id = $1 and id = $2 and dispatched_at is null returning 1""",
                event["org_id"],
                event["id"],
            )
            for name in SUBSCRIPTIONS.get(EventType(event["type"]), ()) if taken else ():
                await enqueue_job(
                    connection,
                    event["org_id"],
                    name,
                    {"event_id": str(event["id"])},
                    dedupe_key=f"{name}:{event['id']}",
                )
    return len(owed)


async def enqueue_scheduled(pool: Pool) -> None:
    """Owe each org its scheduled jobs of the present slot of time. Safe to call as often as one likes."""
    async with cross_tenant_transaction(pool) as connection:
        orgs = [row[0] for row in await connection.fetch("select private.all_org_ids()")]
    for org_id in orgs:
        async with job_transaction(pool, org_id) as connection:
            for name, every in SCHEDULES.items():
                slot = int(now().timestamp() // every.total_seconds())
                known = await connection.fetchval(
                    "select 1 from jobs where org_id = $1 and dedupe_key = $2 limit 1", org_id, f"{name}@{slot}"
                )
                if known is None:
                    await enqueue_job(connection, org_id, name, {}, dedupe_key=f"{name}@{slot}")


class Dispatcher:
    """Rings the queue for due jobs: at once when PostgreSQL notifies, else at the next sweep."""

    def __init__(self, worker_context: WorkerContext) -> None:
        self._tools = worker_context
        self._wake = asyncio.Event()
        self._queue = open_queue(worker_context.settings.redis_url.get_secret_value())

    async def run(self) -> None:
        """Dispatch until cancelled. An outage of Redis or PostgreSQL is waited out."""
        listener = asyncio.create_task(self._listen())
        scheduled_at = 0.0
        loop = asyncio.get_running_loop()
        try:
            while True:
                try:
                    if loop.time() - scheduled_at > 60:
                        await enqueue_scheduled(self._tools.pool)
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
        """Hand out what is due now. Returns whether there was anything."""
        events = await dispatch_events(self._tools.pool)
        async with cross_tenant_transaction(self._tools.pool) as connection:
            due = await connection.fetch("select org_id, id, name from private.due_jobs($1)", _BATCH)
        for job in due:
            await enqueue_wakeup(self._queue, job["org_id"], job["id"], job["name"])
        return bool(events or due)

    async def _listen(self) -> None:
        while True:
            try:
                connection = await asyncpg.connect(self._tools.settings.worker_database_url.get_secret_value())
                try:
                    await connection.add_listener("arti_work", lambda *_: self._wake.set())
                    while not connection.is_closed():
                        await asyncio.sleep(5)
                finally:
                    await connection.close()
            except Exception:  # asyncpg has no common base for what a lost connection raises; the sweep works on
                await asyncio.sleep(SWEEP_SECONDS)


async def open_worker_context(settings: Settings) -> WorkerContext:
    """Open what handlers need. Refuses an unsafe database role."""
    return WorkerContext(
        pool=await open_pool(settings.worker_database_url.get_secret_value(), size=20),
        settings=settings,
        http_client=OutboundClient(allowed_hosts=settings.private_hosts()),
        vault=Vault(settings.arti_master_key.get_secret_value()),
    )


async def serve(settings: Settings, *, concurrency: int = 8) -> None:
    """Work until cancelled."""
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
    """Work until stopped. The entry of the box `worker`."""
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
