"""Do owed work inside a test, without a queue: the same functions that the worker process calls."""

from arti.base.across_orgs import across_orgs
from arti.base.jobs import Tools, run_job
from arti.worker import HANDLERS, dispatch_events


async def work_off(tools: Tools, *, rounds: int = 20) -> list[tuple[str, str]]:
    """Dispatch events and run due jobs until nothing is due. Returns (job name, status) in order."""
    done: list[tuple[str, str]] = []
    for _ in range(rounds):
        events = await dispatch_events(tools.pool)
        async with across_orgs(tools.pool) as connection:
            due = await connection.fetch("select org_id, id, name from private.due_jobs(100)")
        for job in due:
            done.append((job["name"], await run_job(tools, HANDLERS, job["org_id"], job["id"])))
        if not events and not due:
            return done
    raise AssertionError(f"the work never ended: {done[-10:]}")
