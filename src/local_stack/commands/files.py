"""`./arti files move|check`: bring files to the first place of ARTI_FILES_URL, or read all of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from arti.orgs.store import list_org_ids
from arti.settings import open_files
from arti_core.cross_tenant import cross_tenant_transaction
from arti_core.crypto import Vault
from arti_core.database import Pool, job_transaction, open_pool
from arti_core.files import store
from arti_core.files.file_store import FileStore, StoredFile, read_row
from local_stack.data_directory import find_data_directory
from local_stack.environment import load_environment


async def run(action: str) -> int:
    """Move or check every file of every org, while everything runs. Returns the exit code. Raises Unavailable."""
    moved = known = damaged = 0
    async with _open() as (pool, file_store):
        async for file in _list_all(pool):
            known += 1
            async with job_transaction(pool, file.org_id) as connection:
                if action == "move":
                    moved += await file_store.move(connection, file)
                    continue
                problem = await file_store.find_problem(connection, file)
                await store.record_check(connection, file.org_id, file.id, problem, was_read=True)
            if problem is not None:
                damaged += 1
                print(f"{problem}: {file.kind} {file.name} (org {file.org_id}, file {file.id})")
    print(f"{moved} of {known} files were moved." if action == "move" else f"{known - damaged} of {known} are whole.")
    return 1 if damaged else 0


@asynccontextmanager
async def _open() -> AsyncIterator[tuple[Pool, FileStore]]:
    folder = find_data_directory()
    folder.prepare()
    settings = load_environment(folder).settings()
    pool = await open_pool(
        settings.worker_database_url.get_secret_value(), size=2, claims_key=settings.claims_signing_key
    )
    try:
        yield pool, open_files(settings, Vault(settings.master_keys()))
    finally:
        await pool.close()


async def _list_all(pool: Pool) -> AsyncIterator[StoredFile]:
    async with cross_tenant_transaction(pool) as connection:
        orgs = await list_org_ids(connection)
    for org_id in orgs:
        async with job_transaction(pool, org_id) as connection:
            rows = await store.list_files(connection, org_id)
        for row in rows:
            yield read_row(org_id, row)
