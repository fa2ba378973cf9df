"""Work owed is done once, again after a failure, and never by two workers at a time."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.jobs import JobRun, WorkerContext
from arti.settings import Settings
from arti_core.database import job_transaction
from arti_core.errors import ArtiError, Invalid, Misconfigured, NotFound, RateLimited, Unavailable
from arti_core.jobs import LeaseLost, RetryLater, enqueue_job, run_job
from arti_core.queue import enqueue_wakeup, open_queue, open_worker
from tests.conftest import World


async def enqueue(worker_context: WorkerContext, org_id: UUID, **more: object) -> UUID:
    async with job_transaction(worker_context.pool, org_id) as connection:
        job_id = await enqueue_job(connection, org_id, "test.job", {}, **more)  # type: ignore[arg-type]
    assert job_id is not None
    return job_id


async def row(world: World, job_id: UUID) -> dict[str, object]:
    return dict((await world.database.as_owner("select * from jobs where id = $1", job_id))[0])


async def test_a_job_runs_once(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    ran: list[int] = []

    async def handler(job: JobRun) -> None:
        ran.append(job.attempt)

    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "done"
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "skipped"
    assert ran == [1]


async def test_a_failed_job_waits_and_at_last_is_dead(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()

    async def handler(job: JobRun) -> None:
        raise Unavailable("The other side does not answer.")

    job_id = await enqueue(worker_context, org_id, max_attempts=2)
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "queued"
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "skipped"  # not due yet
    await world.database.as_owner("update jobs set run_at = clock.now()")
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "dead"
    assert (await row(world, job_id))["last_error"] == "The other side does not answer."


@pytest.mark.parametrize(
    "error",
    [
        KeyError("kind"),
        ValueError("no UUID"),
        TypeError("None"),
        NotFound("account"),
        Invalid("The period ends before it begins."),
        asyncpg.CheckViolationError("too long"),
        asyncpg.InvalidTextRepresentationError("no number"),
        ExceptionGroup("both", [KeyError("kind"), ValueError("no UUID")]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_would_fail_again_is_not_tried_again(
    world: World, worker_context: WorkerContext, error: Exception
) -> None:
    org_id = await world.org()

    async def handler(job: JobRun) -> None:
        raise error

    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "dead"
    ended = await row(world, job_id)
    assert (ended["attempts"], ended["finished_at"] is not None) == (1, True)
    assert ended["last_error"] == (error.message if isinstance(error, ArtiError) else type(error).__name__)


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("The other side does not answer."),
        RateLimited("Too many requests."),
        Misconfigured("OPENAI_API_KEY is missing."),
        ConnectionResetError(),
        TimeoutError(),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.UniqueViolationError("written at the same time"),
        asyncpg.AdminShutdownError("stopping"),
        ExceptionGroup("one of them", [KeyError("kind"), ConnectionResetError()]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_may_succeed_later_is_tried_again(
    world: World, worker_context: WorkerContext, error: Exception
) -> None:
    org_id = await world.org()

    async def handler(job: JobRun) -> None:
        raise error

    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "queued"


async def test_a_job_of_a_newer_version_waits_for_a_worker_that_knows_it(
    world: World, worker_context: WorkerContext
) -> None:
    org_id = await world.org()
    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {}, org_id, job_id) == "queued"
    assert "does not know the job test.job" in str((await row(world, job_id))["last_error"])


async def test_retry_later_counts_no_attempt(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()

    async def handler(job: JobRun) -> None:
        raise RetryLater("the limit resets soon", after_seconds=60)

    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {"test.job": handler}, org_id, job_id) == "queued"
    assert (await row(world, job_id))["attempts"] == 0


async def test_a_suspended_worker_cannot_write_late(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    refused: list[bool] = []

    async def frozen(job: JobRun) -> None:
        # While this worker was frozen its lease ran out and another one took the job over.
        await world.database.as_owner("update jobs set lease_token = gen_random_uuid()")
        try:
            async with job.transaction() as connection:
                await connection.execute(
                    "insert into audit_log (org_id, action, subject_kind, subject_id) values ($1, 'late', 'job', '1')",
                    org_id,
                )
        except LeaseLost:
            refused.append(True)
            raise

    job_id = await enqueue(worker_context, org_id)
    assert await run_job(worker_context, {"test.job": frozen}, org_id, job_id) == "skipped"
    assert refused == [True]
    assert await world.database.as_owner("select * from audit_log where org_id = $1", org_id) == []


async def test_the_same_key_is_enqueued_once_until_it_is_done(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    await enqueue(worker_context, org_id, dedupe_key="k")
    async with job_transaction(worker_context.pool, org_id) as connection:
        assert await enqueue_job(connection, org_id, "test.job", {}, dedupe_key="k") is None


async def test_nothing_is_enqueued_after_a_rollback(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()

    async def enqueue_and_fail() -> None:
        async with job_transaction(worker_context.pool, org_id) as connection:
            await enqueue_job(connection, org_id, "test.job", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await enqueue_and_fail()
    assert await world.database.as_owner("select * from jobs where org_id = $1", org_id) == []


async def test_a_worker_is_woken_by_a_notification(settings: Settings) -> None:
    import asyncio

    name = f"test-{uuid4().hex}"
    notifications: asyncio.Queue[tuple[UUID, UUID]] = asyncio.Queue()

    async def run(org_id: UUID, job_id: UUID) -> None:
        await notifications.put((org_id, job_id))

    url = settings.redis_url.get_secret_value()
    worker = await open_worker(url, run, concurrency=2, name=name)
    running = asyncio.create_task(worker.run())
    queue = open_queue(url, name=name)
    expected = (uuid4(), uuid4())
    await enqueue_wakeup(queue, *expected, "test.job")
    assert await asyncio.wait_for(notifications.get(), 30) == expected
    await worker.close(True)
    await queue.close()
    running.cancel()
