"""A worker reads the secrets of an org only with the lease of a job of it."""

from uuid import UUID, uuid4

import asyncpg
import pytest

from arti.jobs import JobRun, WorkerContext
from arti_core.database import job_transaction
from arti_core.jobs import digest_lease, enqueue_job, run_job
from arti_core.vault_store import find_sealed, list_sealed, lock_sealed
from tests.conftest import World


async def org_with_secret(world: World) -> UUID:
    org_id = await world.org()
    await world.database.as_owner(
        "insert into private.vault (org_id, kind, ref, sealed, key_version) values ($1, 'account', 'a', 'secret', 1)",
        org_id,
    )
    return org_id


async def test_a_job_reads_the_secrets_of_its_org_alone(world: World, worker_context: WorkerContext) -> None:
    own, other = await org_with_secret(world), await org_with_secret(world)
    read: dict[str, object] = {}

    async def handler(job: JobRun) -> None:
        async with job.transaction() as connection:
            read["own"] = await list_sealed(connection, own, kind="account", refs=["a"])
            read["locked"] = await lock_sealed(connection, own, kind="account", ref="a")
            read["other"] = await list_sealed(connection, other, kind="account", refs=["a"])
            # Any statement may set these: without a lease of that org they open nothing.
            await connection.execute("select set_config('app.job_org_id', $1, true)", str(other))
            read["set"] = await connection.fetch("select * from private.vault")

    async with job_transaction(worker_context.pool, own) as connection:
        job_id = await enqueue_job(connection, own, "test.job", {})
    assert job_id is not None
    assert await run_job(worker_context, {"test.job": handler}, own, job_id) == "done"
    assert read == {"own": {"a": b"secret"}, "locked": b"secret", "other": {}, "set": []}


async def test_the_digest_in_the_row_shows_no_lease(world: World, worker_context: WorkerContext) -> None:
    org_id, secret, job_id = await org_with_secret(world), uuid4(), uuid4()
    await world.database.as_owner(
        """insert into jobs (org_id, id, name, status, lease_token, lease_until)
           values ($1, $2, 'test.job', 'running', $3, clock.now() + interval '30 seconds')""",
        org_id,
        job_id,
        digest_lease(secret),
    )

    async def rows(lease: str) -> int:
        async with job_transaction(worker_context.pool, org_id, lease=lease) as connection:
            return len(await connection.fetch("select * from private.vault"))

    assert await rows(f"{job_id} {secret}") == 1
    assert await rows(f"{job_id} {digest_lease(secret)}") == 0
    assert await rows(f"{uuid4()} {secret}") == 0
    assert await rows("") == 0
    await world.database.as_owner("update jobs set status = 'done' where id = $1", job_id)
    assert await rows(f"{job_id} {secret}") == 0


async def test_only_the_api_reads_before_sign_in(world: World, worker_context: WorkerContext) -> None:
    org_id = await world.org()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with job_transaction(worker_context.pool, org_id) as connection:
            await find_sealed(connection, org_id, kind="webhook_source", ref="custom")
