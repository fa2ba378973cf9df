"""The job that looks after an org's files: each row has its bytes, and bytes that no row names are deleted."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import structlog

from arti_core import clock
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.database import Pool, job_transaction
from arti_core.files import store
from arti_core.files.file_store import FileStore, StoredFile, read_row
from arti_core.jobs import Handler, JobRun

log = structlog.get_logger()

CHECK_JOB: Final = "files.check"
# Every byte is read again within about a week, a part in each run.
_READ_EVERY: Final = timedelta(days=7)
_READ_BYTES: Final = 256 * 1024 * 1024
_READ_FILES: Final = 200


async def check_files(job: JobRun[Any]) -> None:
    """Sweep an org's bytes that no row names, and record which files lack theirs. Raises Unavailable."""
    file_store, pool = job.worker_context.file_store, job.worker_context.pool
    await sweep_org(pool, file_store, job.org_id)
    async with job.transaction() as connection:
        rows = await store.list_files(connection, job.org_id)
        for row in rows:
            file = read_row(job.org_id, row)
            is_whole = row["present"] == file.size or await file_store.is_external(connection, file)
            if not is_whole:
                await store.record_check(connection, job.org_id, file.id, "missing", was_read=False)
            elif file.problem == "missing":
                await store.record_check(connection, job.org_id, file.id, None, was_read=False)
        before = clock.now() - _READ_EVERY
        due = await store.list_unchecked(connection, job.org_id, before=before, limit=_READ_FILES)
    left = _READ_BYTES
    for row in due:
        if left <= 0:
            return
        file = read_row(job.org_id, row)
        left -= file.size
        await _read_again(job, file)


async def _read_again(job: JobRun[Any], file: StoredFile) -> None:
    async with job.transaction() as connection:
        file_store = job.worker_context.file_store
        problem = await file_store.find_problem(connection, file)
        if problem is None:
            await file_store.seal_older(connection, file)
        await store.record_check(connection, job.org_id, file.id, problem, was_read=True)


async def sweep_org(pool: Pool, file_store: FileStore, org_id: UUID) -> int:
    """Delete what lies outside of the database for an org and no row of it names. Returns how many. May run twice."""
    swept = 0
    for place in file_store.places:
        if place is None:
            continue
        async with job_transaction(pool, org_id) as connection:
            installation = await file_store.installation(connection)
        for stored in await place.list(f"{installation}/{org_id}"):
            async with job_transaction(pool, org_id) as connection:
                digest = _digest_in(stored.path)
                if digest is not None and await store.may_sweep(connection, org_id, digest):
                    await place.delete(stored.path)
                    swept += 1
    return swept


async def sweep_gone_orgs(pool: Pool, file_store: FileStore) -> int:
    """Delete what lies outside of the database for orgs that are gone. Returns how many. May run twice."""
    swept = 0
    for place in file_store.places:
        if place is None:
            continue
        async with cross_tenant_transaction(pool) as connection:
            installation = await file_store.installation(connection)
            folders = await place.list_folders(str(installation))
            present = {str(org_id) for org_id in await store.list_org_ids(connection)}
        for folder in set(folders) - present:
            for stored in await place.list(f"{installation}/{folder}"):
                await place.delete(stored.path)
                swept += 1
    if swept:
        log.info("files of deleted orgs swept", files=swept)
    return swept


def _digest_in(path: str) -> bytes | None:
    """Return the digest that a path names, None for what somebody else has put there."""
    try:
        return bytes.fromhex(path.rpartition("/")[2])
    except ValueError:
        return None


HANDLERS: Final[dict[str, Handler[Any]]] = {CHECK_JOB: check_files}
