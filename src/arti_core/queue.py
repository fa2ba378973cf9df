"""Wake-up notifications by BullMQ on Redis or Valkey. Jobs are rows in PostgreSQL; losing Redis loses none.

The settings below work around three timing defects of bullmq 3.4.4 for Python; docs/adr/0003-queue.md has the figures.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from bullmq import Queue, Worker

QUEUE_NAME = "arti"
_SLOTS_KEY = "arti:slots"
_KEEP = {"removeOnComplete": True, "removeOnFail": True}


def _connection(redis_url: str) -> str:
    # redis-py 8 times out after 5 s, as long as a worker blocks: an idle worker would reconnect with a growing pause.
    return redis_url + ("&" if "?" in redis_url else "?") + "socket_timeout=60"


def open_queue(redis_url: str, *, name: str = QUEUE_NAME) -> Queue:
    """Open the producing side. `await queue.close()` at the end."""
    return Queue(name, {"connection": _connection(redis_url)})


async def enqueue_wakeup(queue: Queue, org_id: UUID, job_id: UUID, name: str) -> None:
    """Notify the workers that this job is due. Carries ids only; a second notification is harmless."""
    await queue.add(name, {"org_id": str(org_id), "job_id": str(job_id)}, _KEEP)


async def register_slots(queue: Queue, process_id: UUID, slots: int) -> int:
    """Register how many jobs this process runs at once, and return the slots of all processes.

    Call it every few seconds: a process that is silent for 30 seconds counts no more.
    """
    client = queue.client
    time = (await client.time())[0]  # the server's, since the clocks of the processes may differ
    await client.zadd(_SLOTS_KEY, {f"{process_id}:{slots}": time})
    await client.zremrangebyscore(_SLOTS_KEY, "-inf", time - 30)
    return sum(int(entry.rpartition(":")[2]) for entry in await client.zrange(_SLOTS_KEY, 0, -1))


async def open_worker(
    redis_url: str, run: Callable[[UUID, UUID], Awaitable[Any]], *, concurrency: int, name: str = QUEUE_NAME
) -> Worker:
    """Open the consuming side: calls `run(org_id, job_id)` for each notification. Start it by `worker.run()`."""

    async def process(job: Any, _token: str) -> None:
        await run(UUID(job.data["org_id"]), UUID(job.data["job_id"]))

    worker = Worker(
        name,
        process,
        {
            "connection": _connection(redis_url),
            "autorun": False,
            "concurrency": concurrency,
            "lockDuration": 10_000,
            "stalledInterval": 5_000,
            "maxStalledCount": 2,
            "drainDelay": 1,
        },
    )
    # The worker never reads the version itself, and without it every delay rounds up to a second.
    for attribute in ("connection", "blocking_connection"):
        connection = getattr(worker.backend, attribute, None)
        if connection is not None:
            await connection.getRedisVersion()
    return worker
