"""SQL of syncs, as a worker inside one org."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row, fetch_one


@dataclass(slots=True)
class SyncRunState:
    """A sync run and what it has stored so far; grows with each page."""

    id: UUID
    status: str
    pages: int
    gaps: list[dict[str, str]]


async def lock_account(connection: Connection, org_id: UUID, account_id: UUID) -> Row | None:
    """Return the account and lock its row until the transaction ends."""
    return await connection.fetchrow(
        """select id, artist_id, provider, external_id, status, cursor, last_success_at
           from accounts where org_id = $1 and id = $2 for no key update""",
        org_id,
        account_id,
    )


async def open_run(connection: Connection, org_id: UUID, account_id: UUID, *, kind: str, job_id: UUID) -> SyncRunState:
    """Return the run of this job: the one of an earlier attempt, or a new one."""
    row = await connection.fetchrow(
        """select id, status, pages, gaps from sync_runs
           where org_id = $1 and account_id = $2 and job_id = $3""",
        org_id,
        account_id,
        job_id,
    ) or await fetch_one(
        connection,
        """insert into sync_runs (org_id, account_id, kind, job_id) values ($1, $2, $3, $4)
           returning id, status, pages, gaps""",
        org_id,
        account_id,
        kind,
        job_id,
    )
    return SyncRunState(row["id"], row["status"], row["pages"], row["gaps"])


async def has_restored_tokens(connection: Connection, org_id: UUID, account_id: UUID) -> bool:
    """Return whether the tokens are of a restored database and were not renewed since."""
    restored: bool | None = await connection.fetchval(
        "select tokens_restored_at is not null from accounts where org_id = $1 and id = $2", org_id, account_id
    )
    return bool(restored)


async def record_expiry(
    connection: Connection,
    org_id: UUID,
    account_id: UUID,
    *,
    token_expires_at: datetime | None,
    consent_expires_at: datetime | None,
) -> None:
    await connection.execute(
        """update accounts set token_expires_at = $3, consent_expires_at = $4, tokens_restored_at = null,
             updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        account_id,
        token_expires_at,
        consent_expires_at,
    )


async def record_page(
    connection: Connection,
    org_id: UUID,
    account_id: UUID,
    run_id: UUID,
    *,
    cursor: Mapping[str, Any],
    new: int,
    restated: int,
    calls: int,
    gaps: Sequence[Mapping[str, str]],
) -> None:
    """Update the cursor and the run's counters after a page, in one statement."""
    await connection.execute(
        """with account as (
             update accounts set cursor = $4, last_sync_at = clock.now() where org_id = $1 and id = $2
           )
           update sync_runs set pages = pages + 1, broken_answers = 0, observations_new = observations_new + $5,
             observations_restated = observations_restated + $6, calls = calls + $7, gaps = $8
           where org_id = $1 and id = $3""",
        org_id,
        account_id,
        run_id,
        dict(cursor),
        new,
        restated,
        calls,
        list(gaps),
    )


async def finish_run(
    connection: Connection,
    org_id: UUID,
    account_id: UUID,
    run_id: UUID,
    *,
    status: str,
    next_sync_at: datetime,
) -> None:
    await connection.execute(
        """with account as (
             update accounts set last_sync_at = clock.now(), last_success_at = clock.now(), next_sync_at = $5,
               last_error_class = null, last_error_message = null, updated_at = clock.now()
             where org_id = $1 and id = $2
           )
           update sync_runs set status = $4, finished_at = clock.now() where org_id = $1 and id = $3""",
        org_id,
        account_id,
        run_id,
        status,
        next_sync_at,
    )


async def record_error(
    connection: Connection,
    org_id: UUID,
    account_id: UUID,
    *,
    error_class: str,
    message: str,
    next_sync_at: datetime | None,
    status: str | None,
) -> None:
    """Record an error on the account. `status` and `next_sync_at` stay as they are when None."""
    await connection.execute(
        """update accounts set last_error_class = $3, last_error_message = $4, last_sync_at = clock.now(),
             next_sync_at = coalesce($5, next_sync_at), status = coalesce($6, status), updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        account_id,
        error_class,
        message,
        next_sync_at,
        status,
    )


async def fail_run(connection: Connection, org_id: UUID, run_id: UUID, *, error_class: str, message: str) -> None:
    await connection.execute(
        """update sync_runs set status = 'failed', finished_at = clock.now(), error_class = $3, error_message = $4
           where org_id = $1 and id = $2""",
        org_id,
        run_id,
        error_class,
        message,
    )


async def count_broken_answer(connection: Connection, org_id: UUID, run_id: UUID) -> int:
    """Count an answer that could not be used; return how many there were since the last page."""
    number: int = await connection.fetchval(
        """update sync_runs set broken_answers = broken_answers + 1 where org_id = $1 and id = $2
           returning broken_answers""",
        org_id,
        run_id,
    )
    return number


async def list_due(connection: Connection, org_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select id, last_success_at from accounts
           where org_id = $1 and status = 'active' and next_sync_at <= clock.now() order by next_sync_at""",
        org_id,
    )


async def list_accounts(connection: Connection, org_id: UUID) -> list[Row]:
    """Return (id, provider) of all accounts of the org."""
    return await connection.fetch("select id, provider from accounts where org_id = $1 order by id", org_id)
