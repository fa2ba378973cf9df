"""The service: a backup a day by itself, in a bucket too, and its state where health reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from arti.ops.backup_health import describe_backup_problem
from arti_core import clock
from arti_core.errors import Unavailable
from arti_core.object_store import open_object_store
from local_stack import postgres
from local_stack.backup import service
from local_stack.backup.recovery.cluster import restore_cluster
from local_stack.backup.repository import Repository
from local_stack.backup.retention import BackupRetention
from local_stack.backup.service import BackupService
from local_stack.binaries import postgres_bin
from tests.arti_core.s3_server import run_s3_server
from tests.conftest import free_port
from tests.eventually import eventually
from tests.local_stack.backup.conftest import KEY, Installation


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_LOOK", 0.1), ("_REPORT", 0.2), ("_FIRST_BACKUP", 0.0), ("_RETRY", 0.5)):
        monkeypatch.setattr(service, f"{name}_SECONDS", seconds)


@asynccontextmanager
async def serving(installation: Installation, repository: Repository) -> AsyncIterator[None]:
    running = BackupService(
        repository, installation.dsn, postgres_bin(), spool=installation.spool, retention=BackupRetention()
    )
    task = asyncio.create_task(running.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def state_of(installation: Installation) -> asyncpg.Record:
    async with installation.connect("arti_api") as connection:
        row = await connection.fetchrow("select * from private.read_backup_state()")
        assert row is not None
        return row


async def test_it_backs_up_to_a_bucket_by_itself_and_says_how_it_is(installation: Installation) -> None:
    with run_s3_server(free_port(), "backups") as access:
        repository = Repository(open_object_store("s3://backups/arti", access), [KEY])
        async with serving(installation, repository):

            async def is_good() -> bool:
                state = await state_of(installation)
                return state["last_backup_at"] is not None and state["archived_until"] is not None

            assert await eventually(is_good, seconds=90)
            assert describe_backup_problem(dict(await state_of(installation)), clock.now()) is None
            async with installation.connect() as connection:
                org_id = await connection.fetchval("insert into orgs (name) values ('last') returning id")
                gone = await connection.fetchval("insert into orgs (name) values ('gone') returning id")
                await connection.execute("delete from orgs where id = $1", gone)
            since = clock.now()

            async def is_archived() -> bool:
                return bool((await state_of(installation))["archived_until"] > since)

            assert await eventually(is_archived, seconds=60)
            assert len(await repository.list_backups()) == 1

            async def is_in_ledger() -> bool:
                return await repository.list_objects("deletions") != []

            assert await eventually(is_in_ledger, seconds=30)
        stored = [one.path for one in await repository.list_objects("")]
        assert {path.partition("/")[0] for path in stored} == {"backups", "wal", "deletions"}
        installation.destroy()
        await restore_cluster(repository, installation.cluster, installation.spool, to=None)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select name from orgs where id = $1", org_id) == "last"


async def test_an_error_shows_in_health_and_goes_when_it_is_over(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = installation.repository
    put_stream = repository.put_stream

    async def refuse(*_: object) -> None:
        raise Unavailable("The bucket backups cannot be read or written (test).")

    monkeypatch.setattr(repository, "put_stream", refuse)
    async with serving(installation, repository):

        async def is_failing() -> bool:
            return (await state_of(installation))["last_error"] is not None

        assert await eventually(is_failing, seconds=60)
        state = await state_of(installation)
        late = clock.now() + service.EVERY * 1.2
        assert "The bucket backups cannot be read or written" in str(describe_backup_problem(dict(state), late))
        monkeypatch.setattr(repository, "put_stream", put_stream)

        async def is_good() -> bool:
            state = await state_of(installation)
            return state["last_error"] is None and state["last_backup_at"] is not None

        assert await eventually(is_good, seconds=60)
