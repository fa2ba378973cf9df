"""Background jobs. A job is a row of `jobs`; Redis only wakes workers (arti_core.queue).

A handler receives a JobRun, works in one or more transactions, and is safe to run twice. Each of its transactions
first verifies the job's lease, so a worker that was suspended cannot write late.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID, uuid4

import asyncpg
import structlog

from arti_core.backoff import DEFAULT_BACKOFF
from arti_core.crypto import Vault
from arti_core.database import Connection, Pool, Row, job_transaction
from arti_core.errors import ArtiError, RateLimited, Unavailable
from arti_core.files.file_store import FileStore
from arti_core.http_client import OutboundClient
from arti_core.telemetry.job_runs import ObservedJob
from arti_core.telemetry.traces import current_cause
from arti_core.tenant_client import TenantClient

LEASE_SECONDS = 30
HEARTBEAT_SECONDS = 10
DEFAULT_MAX_ATTEMPTS = 5

log = structlog.get_logger()

SettingsT = TypeVar("SettingsT")


class LeaseLost(Exception):
    """Another worker holds the lease; whatever was not committed is rolled back."""


class RetryLater(Exception):
    """The job cannot be done now. It runs again after `after_seconds`, without counting as a failed attempt."""

    def __init__(self, reason: str, *, after_seconds: float) -> None:
        super().__init__(reason)
        self.after_seconds = after_seconds


@dataclass(frozen=True)  # no slots: calling a parametrized alias of a frozen generic class fails with them
class WorkerContext(Generic[SettingsT]):
    """What a worker process opens once for its handlers. `settings` are the application's own."""

    pool: Pool
    settings: SettingsT
    http_client: OutboundClient
    tenant_client: TenantClient
    vault: Vault
    file_store: FileStore
    # Taken by a job while it holds a whole file: under Python's one lock more of them need memory and end no earlier.
    whole_files: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2))


@dataclass(frozen=True, slots=True)
class JobRun(Generic[SettingsT]):
    """One attempt at a job of one org."""

    org_id: UUID
    id: UUID
    name: str
    args: Mapping[str, Any]
    attempt: int
    lease_token: UUID
    worker_context: WorkerContext[SettingsT]
    lease_secret: UUID | None = None

    @property
    def held(self) -> tuple[UUID, UUID, UUID]:
        """The first parameters of each statement that needs the lease."""
        return self.org_id, self.id, self.lease_token

    @property
    def lease(self) -> str:
        """What shows the database that this worker holds the job; the row has the digest of the secret only."""
        return f"{self.id} {self.lease_secret}" if self.lease_secret else ""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """Open one transaction inside the job's org. Raises LeaseLost when another worker holds the lease."""
        async with job_transaction(self.worker_context.pool, self.org_id, lease=self.lease) as connection:
            held = await connection.fetchval(
                "select 1 from jobs where org_id = $1 and id = $2 and lease_token = $3 for key share",
                *self.held,
            )
            if held is None:
                raise LeaseLost
            yield connection

    async def report(self, **progress: Any) -> None:
        """Update the progress that the API returns with the job."""
        async with job_transaction(self.worker_context.pool, self.org_id, durable=False) as connection:
            await connection.execute(
                "update jobs set progress = progress || $3 where org_id = $1 and id = $2",
                self.org_id,
                self.id,
                progress,
            )


Handler: TypeAlias = Callable[[JobRun[SettingsT]], Awaitable[None]]


async def enqueue_job(
    connection: Connection,
    org_id: UUID,
    name: str,
    args: Mapping[str, str],
    *,
    dedupe_key: str | None = None,
    run_at: datetime | None = None,
    requested_by: UUID | None = None,
    max_attempts: int = DEFAULT_MAX_ATTEMPTS,
) -> UUID | None:
    """Insert a job; it is dispatched to the queue after the commit. `args` are ids only.

    Returns the job's id, or None when an unfinished job with the same `dedupe_key` exists already.
    """
    job_id = uuid4()
    command_tag = await connection.execute(
        """insert into jobs (org_id, id, name, args, dedupe_key, run_at, requested_by, max_attempts, request_id,
             traceparent)
           values ($1, $2, $3, $4, $5, coalesce($6, clock.now()), $7, $8, $9, $10) on conflict do nothing""",
        org_id,
        job_id,
        name,
        dict(args),
        dedupe_key,
        run_at,
        requested_by,
        max_attempts,
        *current_cause(),
    )
    return job_id if command_tag.endswith(" 1") else None


async def enqueue_once(connection: Connection, org_id: UUID, name: str, *, dedupe_key: str) -> None:
    """Enqueue a job unless one with this key exists already, finished or not."""
    exists = await connection.fetchval(
        "select 1 from jobs where org_id = $1 and dedupe_key = $2 limit 1", org_id, dedupe_key
    )
    if exists is None:
        await enqueue_job(connection, org_id, name, {}, dedupe_key=dedupe_key)


async def list_due_jobs(connection: Connection, *, total_slots: int, org_slots: int) -> list[Row]:
    """Mark due jobs as dispatched and return their (org_id, id, name), those of all orgs in turn.

    At most `total_slots` jobs are dispatched and unfinished afterwards, and `org_slots` of one org. For a transaction
    without org.
    """
    return await connection.fetch("select org_id, id, name from private.due_jobs($1, $2)", total_slots, org_slots)


async def requeue_job(connection: Connection, org_id: UUID, job_id: UUID) -> None:
    """Queue a failed or dead job again, with all its attempts.

    Raises asyncpg.UniqueViolationError when an unfinished job has the same dedupe key.
    """
    await connection.execute(
        """update jobs set status = 'queued', attempts = 0, run_at = clock.now(), dispatched_at = null,
             finished_at = null
           where org_id = $1 and id = $2 and status in ('failed', 'dead')""",
        org_id,
        job_id,
    )


_PERMANENT_DATABASE_ERRORS = (
    asyncpg.DataError,
    asyncpg.InsufficientPrivilegeError,
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
)


def is_transient(error: BaseException) -> bool:
    """Return whether another attempt may succeed: the cause is outside the job, or a race with another transaction.

    A job whose arguments are wrong, whose subject is gone, or whose code fails would fail again.
    """
    if isinstance(error, BaseExceptionGroup):
        return any(is_transient(part) for part in error.exceptions)
    if isinstance(error, ArtiError):
        return error.status >= HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(error, RateLimited)
    if isinstance(error, asyncpg.PostgresError):
        return not isinstance(error, _PERMANENT_DATABASE_ERRORS)
    return isinstance(error, OSError | asyncpg.InterfaceError | asyncpg.InternalClientError)


async def run_job(
    worker_context: WorkerContext[SettingsT], handlers: Mapping[str, Handler[SettingsT]], org_id: UUID, job_id: UUID
) -> str:
    """Take the lease of a job, run its handler, and record the result.

    Returns the job's status afterwards, or "skipped" when it is not due or belongs to another worker.
    """
    secret = uuid4()
    # Lease and result need not survive a crash of the server: the job would be run again, which it is made for.
    async with job_transaction(worker_context.pool, org_id, durable=False) as connection:
        row = await connection.fetchrow(
            """update jobs set status = 'running', attempts = attempts + 1, lease_token = $4,
                 lease_until = clock.now() + make_interval(secs => $3), started_at = coalesce(started_at, clock.now())
               where org_id = $1 and id = $2
                 and (status = 'queued' and run_at <= clock.now()
                      or status = 'running' and lease_until < clock.now())
               returning name, args, attempts, max_attempts, lease_token, request_id, traceparent""",
            org_id,
            job_id,
            LEASE_SECONDS,
            digest_lease(secret),
        )
    if row is None:
        return "skipped"
    job = JobRun(org_id, job_id, row["name"], row["args"], row["attempts"], row["lease_token"], worker_context, secret)
    with ObservedJob(job.name, job_id, dict(row), is_known=job.name in handlers) as observed:
        observed.result = await _attempt(job, handlers, row["max_attempts"])
    return observed.result


async def _attempt(job: JobRun[SettingsT], handlers: Mapping[str, Handler[SettingsT]], max_attempts: int) -> str:
    # A job that kills its worker never reaches the lines below, so the attempts are checked at the start.
    if job.attempt > max_attempts + 2:
        return await _finish_job(job, "dead", error="The worker was lost at each attempt.")
    heartbeat = asyncio.create_task(_heartbeat(job))
    try:
        handler = handlers.get(job.name)
        if handler is None:  # an older worker beside a newer one, during an update
            raise Unavailable(f"This worker does not know the job {job.name}. Update all workers to one version.")
        await handler(job)
    except LeaseLost:
        return "skipped"
    except RetryLater as later:
        return await _reschedule(job, later.after_seconds, str(later), counts=False)
    except Exception as error:
        expected = isinstance(error, ArtiError)
        log.warning("job failed", attempt=job.attempt, exc_info=not expected)
        reason = error.message if isinstance(error, ArtiError) else type(error).__name__
        if job.attempt >= max_attempts or not is_transient(error):
            return await _finish_job(job, "dead", error=reason)
        return await _reschedule(job, DEFAULT_BACKOFF.delay_seconds(job.attempt), reason, counts=True)
    finally:
        heartbeat.cancel()
        with suppress(asyncio.CancelledError):
            await heartbeat
    return await _finish_job(job, "done", error=None)


def digest_lease(secret: UUID) -> UUID:
    """Return what a job's row holds of the secret of its lease. As private.leased_org_id()."""
    return UUID(bytes=sha256(secret.bytes).digest()[:16])


async def _heartbeat(job: JobRun[Any]) -> None:
    while True:
        await asyncio.sleep(HEARTBEAT_SECONDS)
        async with job_transaction(job.worker_context.pool, job.org_id, durable=False) as connection:
            await connection.execute(
                """update jobs set lease_until = clock.now() + make_interval(secs => $4)
                   where org_id = $1 and id = $2 and lease_token = $3""",
                *job.held,
                LEASE_SECONDS,
            )


async def _finish_job(job: JobRun[Any], status: str, *, error: str | None) -> str:
    async with job_transaction(job.worker_context.pool, job.org_id, durable=False) as connection:
        await connection.execute(
            """update jobs set status = $4, last_error = $5, finished_at = clock.now(), lease_until = null
               where org_id = $1 and id = $2 and lease_token = $3""",
            *job.held,
            status,
            error,
        )
    return status


async def _reschedule(job: JobRun[Any], after_seconds: float, reason: str, *, counts: bool) -> str:
    async with job_transaction(job.worker_context.pool, job.org_id, durable=False) as connection:
        await connection.execute(
            """update jobs set status = 'queued', dispatched_at = null, lease_until = null, last_error = $5,
                 run_at = clock.now() + make_interval(secs => $4), attempts = attempts - $6
               where org_id = $1 and id = $2 and lease_token = $3""",
            *job.held,
            after_seconds,
            reason,
            0 if counts else 1,
        )
    return "queued"
