"""While the backups cannot be reached the database goes on, the disk does not fill up, and nothing is lost."""

from pathlib import Path

import asyncpg
import pytest

from arti_core import clock
from arti_core.errors import Unavailable
from arti_core.object_store import open_object_store
from local_stack import postgres
from local_stack.backup import wal_archive
from local_stack.backup.recovery.cluster import restore_cluster
from local_stack.backup.repository import Repository
from tests.eventually import eventually
from tests.local_stack.backup.conftest import KEY, Installation, wait_until_archived

MB = 1024 * 1024


class BreakableRepository(Repository):
    """Backups that can be out of reach."""

    is_down = False

    async def put(self, path: str, data: bytes) -> None:
        if self.is_down:
            raise Unavailable("The bucket backups cannot be read or written (test).")
        await super().put(path, data)


@pytest.fixture
def breakable(installation: Installation) -> BreakableRepository:
    return BreakableRepository(open_object_store(str(installation.root / "backups")), [KEY])


async def write_log(connection: "asyncpg.Connection[asyncpg.Record]", megabytes: int) -> None:
    for _ in range(megabytes):
        await connection.execute(
            "select pg_logical_emit_message(false, 'test', repeat(gen_random_uuid()::text, 29000))"
        )


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def test_an_outage_costs_nothing_but_a_little_disk(
    installation: Installation, breakable: BreakableRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal_archive, "_SPOOL_BYTES", 32 * MB)
    async with installation.archiving(breakable) as archive, installation.connect() as connection:
        manifest = await installation.back_up(archive)
        breakable.is_down = True
        await write_log(connection, 160)
        await connection.execute("insert into orgs (name) values ('during the outage')")

        async def is_paused() -> bool:
            return installation.errors != [] and archive._receiver is None

        assert await eventually(is_paused, seconds=60)
        held = size_of(installation.spool.folder)  # above the limit by what came between two looks
        await write_log(connection, 48)
        assert size_of(installation.spool.folder) == held > 32 * MB
        assert "The bucket backups cannot be read or written" in installation.errors[0]

        breakable.is_down = False
        await wait_until_archived(archive, clock.now())
        assert size_of(installation.spool.folder) <= 16 * MB + 100
    installation.destroy()
    restored = await restore_cluster(installation.repository, installation.cluster, installation.spool, to=None)
    assert restored.manifest.id == manifest.id
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select count(*) from orgs where name = 'during the outage'") == 1


async def test_after_an_outage_that_was_too_long_a_new_stream_begins(
    installation: Installation, breakable: BreakableRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wal_archive, "_SPOOL_BYTES", 16 * MB)
    installation.stop()
    command = postgres.server_command
    monkeypatch.setattr(
        postgres,
        "server_command",
        lambda cluster, **more: [
            part.replace("max_slot_wal_keep_size=1GB", "max_slot_wal_keep_size=64MB").replace(
                "max_wal_size=1GB", "max_wal_size=64MB"
            )
            for part in command(cluster, **more)
        ],
    )
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.archiving(breakable) as archive, installation.connect() as connection:
        first = await installation.back_up(archive)
        archive.needs_base.clear()
        breakable.is_down = True

        async def is_lost() -> bool:
            await write_log(connection, 40)
            await connection.execute("checkpoint")
            return bool(await connection.fetchval("select wal_status = 'lost' from pg_replication_slots"))

        assert await eventually(is_lost, seconds=60)
        assert size_of(installation.cluster.folder / "pg_wal") < 400 * MB
        breakable.is_down = False
        second = await installation.back_up(archive)
        await wait_until_archived(archive, clock.now())
        await connection.execute("insert into orgs (name) values ('after the outage')")
        await wait_until_archived(archive, clock.now())
    assert second.stream != first.stream
    installation.destroy()
    await restore_cluster(installation.repository, installation.cluster, installation.spool, to=None)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select count(*) from orgs where name = 'after the outage'") == 1


async def test_what_waits_in_the_folder_is_part_of_a_restore(
    installation: Installation, breakable: BreakableRepository
) -> None:
    """The files of the database are gone, the folder of the archive is not."""
    async with installation.archiving(breakable) as archive, installation.connect() as connection:
        await installation.back_up(archive)
        await wait_until_archived(archive, clock.now())
        breakable.is_down = True
        await connection.execute("insert into orgs (name) values ('not shipped')")

        async def is_received() -> bool:
            unfinished = installation.spool.partial()
            return any(
                b"not shipped" in path.read_bytes() for path in [*installation.spool.complete(), unfinished] if path
            )

        assert await eventually(is_received, seconds=30)
    installation.destroy()
    await restore_cluster(installation.repository, installation.cluster, installation.spool, to=None)
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select count(*) from orgs where name = 'not shipped'") == 1
