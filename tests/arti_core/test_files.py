"""Files in the database, in a folder and in a bucket: what is read is what was stored, and nothing else stays."""

import base64
import hashlib
import io
import os
import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast
from uuid import UUID, uuid4

import pytest

from arti.jobs import WorkerContext
from arti_core.crypto import Vault
from arti_core.database import Connection, job_transaction
from arti_core.errors import Conflict, Misconfigured, NotFound, TooLarge
from arti_core.file_check import CHECK_JOB, sweep_gone_orgs, sweep_org
from arti_core.files.file_store import FileStore, open_file_store
from arti_core.files.store import PIECE_BYTES
from arti_core.jobs import enqueue_job
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import Damaged
from tests.arti_core.s3_server import run_s3_server
from tests.conftest import Database, World, free_port
from tests.factories.observations import make_artist
from tests.job_runner import run_due_jobs

VAULT = Vault(base64.b64encode(b"k" * 32).decode())
LONG = b"".join(n.to_bytes(4, "big") for n in range(700_000))  # 2.8 MB, of which no two pieces are equal


def open_files(urls: str) -> FileStore:
    return open_file_store(urls, vault=VAULT)


@pytest.fixture(params=["database", "folder", "bucket"])
def file_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    if request.param == "bucket":
        with run_s3_server(free_port(), "files") as access:
            yield open_file_store("s3://files/arti", access, VAULT)
    else:
        yield open_files("database" if request.param == "database" else str(tmp_path / "files"))


@pytest.fixture
async def org_id(database: Database) -> UUID:
    [row] = await database.as_owner("insert into orgs (name) values ('Org') returning id")
    return UUID(str(row["id"]))


async def add(pool: Any, file_store: FileStore, org_id: UUID, content: bytes, **more: Any) -> UUID:
    async with job_transaction(pool, org_id) as connection:
        return await file_store.add(connection, org_id, io.BytesIO(content), kind="import", name="a.csv", **more)


async def read(connection: Connection, file_store: FileStore, org_id: UUID, file_id: UUID) -> bytes:
    file = await file_store.find(connection, org_id, file_id)
    return await file_store.read(connection, file, at_most=10_000_000)


async def list_objects(file_store: FileStore) -> list[str]:
    return [one.path for place in file_store.places if place is not None for one in await place.list("")]


@pytest.mark.parametrize("content", [b"", b"x", b"y" * PIECE_BYTES, LONG], ids=["empty", "one", "a piece", "long"])
async def test_what_is_stored_is_read_again(
    file_store: FileStore, worker_context: WorkerContext, org_id: UUID, content: bytes
) -> None:
    file_id = await add(worker_context.pool, file_store, org_id, content)
    async with job_transaction(worker_context.pool, org_id) as connection:
        file = await file_store.find(connection, org_id, file_id)
        assert (file.size, file.sha256) == (len(content), hashlib.sha256(content).digest())
        assert await read(connection, file_store, org_id, file_id) == content
        for start, length in ((0, 10), (5, 3), (len(content) - 2, 10), (PIECE_BYTES - 1, PIECE_BYTES + 5)):
            start = max(start, 0)
            part = await file_store.read_range(connection, file, start, length)
            assert part == content[start : start + length]
        copy = io.BytesIO()
        await file_store.copy_to(connection, file, copy)
        assert copy.getvalue() == content
        if content:
            with pytest.raises(TooLarge):
                await file_store.read(connection, file, at_most=len(content) - 1)


async def test_equal_contents_are_apart_by_org_and_swept_with_the_last_row(
    file_store: FileStore, worker_context: WorkerContext, database: Database, org_id: UUID
) -> None:
    pool = worker_context.pool
    [row] = await database.as_owner("insert into orgs (name) values ('Other') returning id")
    other = UUID(str(row["id"]))
    first, second = [await add(pool, file_store, org_id, b"same") for _ in range(2)]
    foreign = await add(pool, file_store, other, b"same")
    is_external = file_store.places[0] is not None
    assert len(await list_objects(file_store)) == (2 if is_external else 0)
    for deleted, left in ((first, True), (second, False)):
        async with job_transaction(pool, org_id) as connection:
            await file_store.delete(connection, org_id, deleted)
        assert await sweep_org(pool, file_store, org_id) == (0 if left or not is_external else 1)
    async with job_transaction(pool, org_id) as connection:
        with pytest.raises(NotFound):
            await file_store.find(connection, org_id, foreign)
        assert await connection.fetchval("select count(*) from private.file_pieces") == 0
    async with job_transaction(pool, other) as connection:
        assert await read(connection, file_store, other, foreign) == b"same"
    await database.as_owner("delete from orgs where id = $1", other)
    assert await sweep_gone_orgs(pool, file_store) == (1 if is_external else 0)
    assert await list_objects(file_store) == []


async def test_bytes_whose_row_never_committed_are_swept_but_not_before_it_could(
    worker_context: WorkerContext, org_id: UUID, tmp_path: Path
) -> None:
    pool, file_store = worker_context.pool, open_files(str(tmp_path / "files"))
    with pytest.raises(ZeroDivisionError):
        async with job_transaction(pool, org_id) as connection:
            await file_store.add(connection, org_id, io.BytesIO(b"lost"), kind="import", name="a.csv")
            assert await sweep_org(pool, file_store, org_id) == 0
            raise ZeroDivisionError
    assert len(await list_objects(file_store)) == 1
    assert await sweep_org(pool, file_store, org_id) == 1
    async with job_transaction(pool, org_id) as connection:
        kept = await file_store.add(connection, org_id, io.BytesIO(b"kept"), kind="import", name="a.csv")
        assert await sweep_org(pool, file_store, org_id) == 0
    async with job_transaction(pool, org_id) as connection:
        assert await read(connection, file_store, org_id, kept) == b"kept"


@pytest.mark.parametrize("fault", ["changed", "missing"])
async def test_bytes_that_are_not_what_was_stored_are_an_error_and_show_in_health(
    file_store: FileStore, world: World, worker_context: WorkerContext, fault: str
) -> None:
    member = await world.member()
    artist_id = await make_artist(world.database, member.org_id)
    pool, org_id = worker_context.pool, member.org_id
    file_id = await add(pool, file_store, org_id, LONG, artist_id=artist_id)
    whole = await add(pool, file_store, org_id, b"another", artist_id=artist_id)
    context = replace(worker_context, file_store=file_store)
    async with job_transaction(pool, org_id) as connection:
        await enqueue_job(connection, org_id, CHECK_JOB, {})
    assert await run_due_jobs(context) == [(CHECK_JOB, "done")]
    assert await _files_in_health(world) == ("ok", None)

    async with job_transaction(pool, org_id) as connection:
        file = await file_store.find(connection, org_id, file_id)
        if file_store.places[0] is None and fault == "changed":
            await connection.execute("update private.file_pieces set content = '\\x00' where number = 1")
        elif file_store.places[0] is None:
            await connection.execute("delete from private.file_pieces where file_id = $1", file_id)
        else:
            [path] = [path for path in await list_objects(file_store) if path.endswith(file.sha256.hex())]
            if fault == "changed":
                stored = await file_store.places[0].get(path)
                await file_store.places[0].put(path, stored[:2_000_000] + b"\x01" + stored[2_000_001:])
            else:
                await file_store.places[0].delete(path)
    async with job_transaction(pool, org_id) as connection:
        assert await read(connection, file_store, org_id, whole) == b"another"
        with pytest.raises(Damaged, match="are not what was stored" if fault == "changed" else "are missing"):
            await read(connection, file_store, org_id, file_id)
        await connection.execute("update files set checked_at = null where id = $1", file_id)
        await enqueue_job(connection, org_id, CHECK_JOB, {})
    assert await run_due_jobs(context) == [(CHECK_JOB, "done")]
    state, detail = await _files_in_health(world)
    assert state == "degraded"
    assert detail is not None
    assert "1 file " in detail


async def _files_in_health(world: World) -> tuple[str, str | None]:
    member = await world.member()
    state = member.http._transport.app.state  # type: ignore[attr-defined]
    if hasattr(state, "health"):
        state.health._results.clear()
    body = (await member.http.get("/api/health")).json()
    [part] = [part for part in body["parts"] if part["name"] == "files"]
    return part["state"], part["detail"]


async def test_files_move_between_places_and_are_read_meanwhile(
    worker_context: WorkerContext, org_id: UUID, tmp_path: Path
) -> None:
    pool, folder = worker_context.pool, str(tmp_path / "files")
    in_database = open_files("database")
    file_id = await add(pool, in_database, org_id, LONG)
    to_folder, back = open_files(f"{folder},database"), open_files(f"database,{folder}")
    for file_store, pieces in ((to_folder, 0), (back, 3)):
        async with job_transaction(pool, org_id) as connection:
            assert await read(connection, file_store, org_id, file_id) == LONG
            file = await file_store.find(connection, org_id, file_id)
            assert await file_store.move(connection, file)
            assert not await file_store.move(connection, file)
            assert await read(connection, file_store, org_id, file_id) == LONG
            assert await connection.fetchval("select count(*) from private.file_pieces") == pieces


async def test_a_file_that_changes_while_it_is_read_is_refused(
    file_store: FileStore, worker_context: WorkerContext, org_id: UUID
) -> None:
    class Growing(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            self.write(b"more")
            return super().seek(offset, whence)

    with pytest.raises(Conflict, match="changed while it was read"):
        async with job_transaction(worker_context.pool, org_id) as connection:
            await file_store.add(connection, org_id, Growing(b"at first"), kind="import", name="a.csv")
    async with job_transaction(worker_context.pool, org_id) as connection:
        assert await connection.fetchval("select count(*) from files") == 0


@pytest.mark.parametrize("place", ["database", "folder"])
async def test_a_large_file_is_never_whole_in_memory(
    worker_context: WorkerContext, org_id: UUID, tmp_path: Path, place: str
) -> None:
    size, large = 100 * 1024 * 1024, tmp_path / "large"
    with large.open("wb") as target:
        for _ in range(size // PIECE_BYTES):
            target.write(os.urandom(PIECE_BYTES))
    file_store = open_files(place if place == "database" else str(tmp_path / "files"))
    tracemalloc.start()
    try:
        with large.open("rb") as source:
            async with job_transaction(worker_context.pool, org_id) as connection:
                id = await file_store.add(connection, org_id, cast(BinaryIO, source), kind="import", name="a.csv")
        async with job_transaction(worker_context.pool, org_id) as connection:
            file = await file_store.find(connection, org_id, id)
            assert sum([len(piece) async for piece in file_store.stream(connection, file)]) == size
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 48 * 1024 * 1024


async def test_a_copy_of_a_database_sweeps_nothing_of_the_other(
    worker_context: WorkerContext, database: Database, org_id: UUID, tmp_path: Path
) -> None:
    pool, folder = worker_context.pool, str(tmp_path / "files")
    await add(pool, open_files(folder), org_id, b"of the first")
    await database.as_owner("update private.file_place set installation = gen_random_uuid()")
    await database.as_owner("delete from files where kind = 'import' and org_id = $1", org_id)
    assert await sweep_org(pool, open_files(folder), org_id) == 0
    await database.as_owner("delete from orgs where id = $1", org_id)
    assert await sweep_gone_orgs(pool, open_files(folder)) == 0
    assert len(await open_object_store(folder).list("")) == 1


@pytest.mark.parametrize("urls", ["files", "ftp://a/b", "database,database", "s3://"])
def test_a_place_that_is_none_is_refused(urls: str) -> None:
    with pytest.raises(Misconfigured):
        open_file_store(urls)


async def test_files_of_one_org_are_not_those_of_another(
    file_store: FileStore, worker_context: WorkerContext, org_id: UUID
) -> None:
    file_id = await add(worker_context.pool, file_store, org_id, b"mine")
    async with job_transaction(worker_context.pool, uuid4()) as connection:
        with pytest.raises(NotFound):
            await file_store.find(connection, org_id, file_id)
