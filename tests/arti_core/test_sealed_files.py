"""Files outside of the database are sealed with the key of their org, in parts; those of before still open."""

from dataclasses import replace
from uuid import UUID

import pytest

from arti.jobs import WorkerContext
from arti_core.database import job_transaction
from arti_core.file_check import CHECK_JOB
from arti_core.files.external import path_of
from arti_core.files.file_store import FileStore, StoredFile
from arti_core.files.sealed_content import sealed_size
from arti_core.jobs import enqueue_job
from arti_core.object_store import ObjectStore
from arti_core.sealed_stream import Damaged
from tests.arti_core.test_files import LONG, add, file_store, list_objects, open_files, org_id, read
from tests.conftest import Database
from tests.job_runner import run_due_jobs

__all__ = ["file_store", "org_id"]
pytestmark = pytest.mark.parametrize("file_store", ["folder", "bucket"], indirect=True)
MIB = 1024 * 1024
FRAME = MIB + 16
HEADER = 72


def place_of(file_store: FileStore) -> ObjectStore:
    place = file_store.places[0]
    assert place is not None
    return place


async def find(context: WorkerContext, file_store: FileStore, org_id: UUID, file_id: UUID) -> StoredFile:
    async with job_transaction(context.pool, org_id) as connection:
        return await file_store.find(connection, org_id, file_id)


async def read_part(context: WorkerContext, file_store: FileStore, file: StoredFile, start: int, length: int) -> bytes:
    async with job_transaction(context.pool, file.org_id) as connection:
        return await file_store.read_range(connection, file, start, length)


async def test_external_bytes_are_sealed_and_open_no_more_when_the_key_of_the_org_is_gone(
    file_store: FileStore, worker_context: WorkerContext, database: Database, org_id: UUID
) -> None:
    file_id = await add(worker_context.pool, file_store, org_id, LONG)
    [path] = await list_objects(file_store)
    stored = await place_of(file_store).get(path)
    assert len(stored) == sealed_size(len(LONG))
    assert not any(LONG[at : at + 16] in stored for at in range(0, len(LONG), 65_536))
    [row] = await database.as_owner("delete from private.file_keys where org_id = $1 returning sealed", org_id)
    async with job_transaction(worker_context.pool, org_id) as connection:
        with pytest.raises(Damaged, match="not what was stored"):
            await read(connection, file_store, org_id, file_id)
    await add(worker_context.pool, file_store, org_id, b"of a new key")
    async with job_transaction(worker_context.pool, org_id) as connection:
        with pytest.raises(Damaged, match="not what was stored"):
            await read(connection, file_store, org_id, file_id)
    await database.as_owner("update private.file_keys set sealed = $2 where org_id = $1", org_id, row["sealed"])
    async with job_transaction(worker_context.pool, org_id) as connection:
        assert await read(connection, file_store, org_id, file_id) == LONG
    await database.as_owner("delete from orgs where id = $1", org_id)
    assert await database.as_owner("select from private.file_keys where org_id = $1", org_id) == []


async def test_an_object_of_another_org_or_file_opens_in_no_other_place(
    file_store: FileStore, worker_context: WorkerContext, database: Database, org_id: UUID
) -> None:
    pool, place = worker_context.pool, place_of(file_store)
    [row] = await database.as_owner("insert into orgs (name) values ('Other') returning id")
    own, sibling = [await add(pool, file_store, org_id, content) for content in (b"a" * 50, b"b" * 50)]
    await add(pool, file_store, row["id"], b"a" * 50)
    file = await find(worker_context, file_store, org_id, own)
    other = await find(worker_context, file_store, org_id, sibling)
    async with job_transaction(pool, org_id) as connection:
        installation = await file_store.installation(connection)
    path = path_of(installation, org_id, file.sha256)
    for foreign in (path_of(installation, row["id"], file.sha256), path_of(installation, org_id, other.sha256)):
        await place.put(path, await place.get(foreign))
        for start in (0, 5):
            with pytest.raises(Damaged):
                await read_part(worker_context, file_store, file, start, 50)


@pytest.mark.parametrize("fault", ["a bit", "exchanged", "cut off", "shorter", "plain of other bytes"])
async def test_no_part_is_read_that_was_not_stored(
    file_store: FileStore, worker_context: WorkerContext, org_id: UUID, fault: str
) -> None:
    place = place_of(file_store)
    file = await find(worker_context, file_store, org_id, await add(worker_context.pool, file_store, org_id, LONG))
    [path] = await list_objects(file_store)
    stored = await place.get(path)
    frames = [stored[HEADER + at : HEADER + at + FRAME] for at in (0, FRAME, 2 * FRAME)]
    changed = {
        "a bit": stored[: HEADER + FRAME + 9] + bytes([stored[HEADER + FRAME + 9] ^ 1]) + stored[HEADER + FRAME + 10 :],
        "exchanged": stored[:HEADER] + frames[0] + frames[0] + frames[2],
        "cut off": stored[: HEADER + FRAME + 500],
        "shorter": stored[: HEADER + 2 * FRAME],
        "plain of other bytes": b"\x01" + LONG[1:],
    }[fault]
    await place.put(path, changed)
    if fault != "plain of other bytes":
        assert await read_part(worker_context, file_store, file, 10, 20) == LONG[10:30]
    for start, length in ((2 * MIB + 5, 20), (10, len(LONG))) if fault == "shorter" else ((MIB + 5, 20), (10, MIB)):
        with pytest.raises(Damaged):
            await read_part(worker_context, file_store, file, start, length)


async def test_files_from_before_are_read_and_sealed_within_a_week(
    file_store: FileStore, worker_context: WorkerContext, org_id: UUID
) -> None:
    pool, place = worker_context.pool, place_of(file_store)
    file_ids = [await add(pool, file_store, org_id, content) for content in (LONG, b"short")]
    paths = await list_objects(file_store)
    files = [await find(worker_context, file_store, org_id, file_id) for file_id in file_ids]
    by_digest = {path.rpartition("/")[2]: path for path in paths}
    for file, content in zip(files, (LONG, b"short"), strict=True):
        await place.put(by_digest[file.sha256.hex()], content)
        assert await read_part(worker_context, file_store, file, 1, 3) == content[1:4]
    assert await read_part(worker_context, file_store, files[0], MIB + 7, 30) == LONG[MIB + 7 : MIB + 37]
    async with job_transaction(pool, org_id) as connection:
        assert await read(connection, file_store, org_id, file_ids[0]) == LONG
        assert await file_store.is_external(connection, files[0])
        await enqueue_job(connection, org_id, CHECK_JOB, {})
    assert await run_due_jobs(replace(worker_context, file_store=file_store)) == [(CHECK_JOB, "done")]
    sizes = {one.path: one.size for one in await place.list("")}
    assert sizes == {by_digest[file.sha256.hex()]: sealed_size(file.size) for file in files}
    async with job_transaction(pool, org_id) as connection:
        assert [await read(connection, file_store, org_id, file_id) for file_id in file_ids] == [LONG, b"short"]


async def test_move_seals_what_is_there_and_trusts_nothing_that_it_cannot_read(
    file_store: FileStore, worker_context: WorkerContext, database: Database, org_id: UUID
) -> None:
    pool, place = worker_context.pool, place_of(file_store)
    older = await add(pool, file_store, org_id, b"from before")
    [path] = await list_objects(file_store)
    await place.put(path, b"from before")
    file = await find(worker_context, file_store, org_id, older)
    for moved in (True, False):
        async with job_transaction(pool, org_id) as connection:
            assert await file_store.move(connection, file) is moved
    assert b"from before" not in await place.get(path)
    # Left by a transaction that was rolled back, with its key: in its size, and open to nobody.
    inside = await add(pool, open_files("database"), org_id, LONG)
    await add(pool, file_store, org_id, LONG)
    await database.as_owner("delete from private.file_keys where org_id = $1", org_id)
    await database.as_owner("delete from files where org_id = $1 and id <> $2", org_id, inside)
    async with job_transaction(pool, org_id) as connection:
        file = await file_store.find(connection, org_id, inside)
        assert await read(connection, file_store, org_id, inside) == LONG
        assert await file_store.move(connection, file)
        assert await read(connection, file_store, org_id, inside) == LONG
        assert await connection.fetchval("select count(*) from private.file_pieces") == 0
