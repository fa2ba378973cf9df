"""Do owed work inside a test, without a queue: the same functions that the worker process calls."""

from arti.jobs import WorkerContext
from arti.worker import HANDLERS, dispatch_events
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.jobs import list_due_jobs, run_job


async def run_due_jobs(worker_context: WorkerContext, *, rounds: int = 20) -> list[tuple[str, str]]:
    """Dispatch events and run due jobs until nothing is due. Returns (job name, status) in order."""
    done: list[tuple[str, str]] = []
    for _ in range(rounds):
        events = await dispatch_events(worker_context)
        async with cross_tenant_transaction(worker_context.pool) as connection:
            due = await list_due_jobs(connection, total_slots=100, org_slots=100)
        for job in due:
            done.append((job["name"], await run_job(worker_context, HANDLERS, job["org_id"], job["id"])))
        if not events and not due:
            return done
    raise AssertionError(f"the work never ended: {done[-10:]}")
