"""SQL of jobs, as people see them, and of the state of backups and files."""

from datetime import datetime
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one

_JOB = """id, name, status, attempts, max_attempts, progress, last_error, requested_by, run_at, created_at,
  started_at, finished_at"""


async def list_jobs(
    connection: Connection, org_id: UUID, *, status: str | None, after: tuple[datetime, UUID] | None, limit: int
) -> list[Row]:
    """Return the newest first."""
    return await connection.fetch(
        f"""select {_JOB} from jobs
            where org_id = $1 and ($2::text is null or status = $2)
              and ($3::timestamptz is null or (created_at, id) < ($3, $4::uuid))
            order by created_at desc, id desc limit $5""",  # noqa: S608  a constant
        org_id,
        status,
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )


async def find_job(connection: Connection, org_id: UUID, job_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_JOB} from jobs where org_id = $1 and id = $2",  # noqa: S608
        org_id,
        job_id,
    )


async def read_backup_state(connection: Connection) -> Row:
    """Return how backups are, as the service that makes them reported last."""
    return await fetch_one(connection, "select * from private.read_backup_state()")


async def count_file_problems(connection: Connection) -> int:
    """Return how many files of all orgs lack their bytes, as the last check of each found it."""
    count: int = await connection.fetchval("select private.count_file_problems()")
    return count


async def list_used_providers(connection: Connection) -> list[str]:
    """Return the providers that have a connected account of any org."""
    rows = await connection.fetch("select provider from private.used_providers() as provider order by 1")
    return [row["provider"] for row in rows]
