"""Files are data: a restore brings them back as they were at its moment, from wherever they lay."""

import base64
import io
import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from arti_core import clock
from arti_core.crypto import Vault
from arti_core.database import Connection
from arti_core.files import store
from arti_core.files.file_store import FileStore, open_file_store, read_row
from arti_core.object_store import open_object_store
from arti_core.sealed_stream import Damaged
from local_stack import postgres
from local_stack.backup.file_copies import FileCopies, bring_back, prune_copies, verify_copies
from local_stack.backup.recovery.after_restore import Cleared
from local_stack.backup.recovery.cluster import restore_cluster
from local_stack.backup.repository import Manifest, Repository
from local_stack.backup.service import make_backup
from local_stack.binaries import postgres_bin
from tests.arti_core.s3_server import run_s3_server
from tests.conftest import free_port
from tests.local_stack.backup.conftest import KEY, Installation, add_people, hash_tables, wait_until_archived
from tests.local_stack.backup.test_drill import server_time

VAULT = Vault(base64.b64encode(b"k" * 32).decode())
LONG = os.urandom(2_500_000)


def open_files(urls: str) -> FileStore:
    return open_file_store(urls, vault=VAULT)


@pytest.fixture(params=["database", "folder", "bucket"])
def file_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FileStore]:
    if request.param == "bucket":
        with run_s3_server(free_port(), "files") as access:
            yield open_file_store("s3://files/arti", access, VAULT)
    else:
        yield open_files("database" if request.param == "database" else str(tmp_path / "files"))


async def add_file(connection: Connection, file_store: FileStore, org: UUID, artist: UUID, content: bytes) -> UUID:
    async with connection.transaction():
        return await file_store.add(
            connection, org, io.BytesIO(content), kind="import", name="Streams.csv", artist_id=artist
        )


async def hash_files(connection: Connection, file_store: FileStore, org_id: UUID) -> dict[UUID, str]:
    """Read every byte of every file of an org."""
    files = [read_row(org_id, row) for row in await store.list_files(connection, org_id)]
    problems = {file.id: await file_store.find_problem(connection, file) for file in files}
    return {file.id: problems[file.id] or file.sha256.hex() for file in files}


async def destroy_objects(file_store: FileStore) -> None:
    for place in file_store.places:
        if place is not None:
            for stored in await place.list(""):
                await place.delete(stored.path)


async def test_files_are_as_they_were_at_a_moment(
    installation: Installation, file_store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = FileCopies(installation.repository, FileStore(file_store.places))  # the service has no master key
    async with installation.archiving() as archive, installation.connect() as connection:
        people = await add_people(connection, "Night Owl")
        named = (file_store, people.org_id, people.artist_id)
        await add_file(connection, *named, LONG)
        await archive.needs_base.wait()
        manifest = await make_backup(
            installation.repository, installation.dsn, postgres_bin(), stream=installation.spool.stream, copies=copies
        )
        late = await add_file(connection, *named, b"after the backup")
        await copies.copy(installation.dsn)
        expected = await hash_tables(connection), await hash_files(connection, file_store, people.org_id)
        moment = await server_time(connection)
        await connection.execute("delete from files where id = $1", late)
        await add_file(connection, *named, b"after the moment")
        await wait_until_archived(archive, clock.now())
    is_external = file_store.places[0] is not None
    assert await verify_copies(installation.repository, manifest, read=True) == (1 if is_external else 0)
    installation.destroy()
    await destroy_objects(file_store)

    async def nothing(*_: object, **__: object) -> Cleared:
        return Cleared()

    monkeypatch.setattr("local_stack.backup.recovery.cluster.clear_restored", nothing)
    restored = await restore_cluster(
        installation.repository, installation.cluster, installation.spool, to=moment, file_store=file_store
    )
    assert restored.files == (2 if is_external else 0)
    assert not [warning for warning in restored.warnings if "in no backup" in warning]
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert (await hash_tables(connection), await hash_files(connection, file_store, people.org_id)) == expected
        assert len(expected[1]) == 2
        assert "missing" not in expected[1].values()
    assert installation.errors == []


async def test_what_was_deleted_does_not_come_back_and_a_copy_has_a_place_of_its_own(
    installation: Installation, file_store: FileStore, tmp_path: Path
) -> None:
    copies = FileCopies(installation.repository, FileStore(file_store.places))  # the service has no master key
    async with installation.archiving() as archive, installation.connect() as connection:
        people, other = await add_people(connection, "Night Owl"), await add_people(connection, "Day Lark")
        kept = await add_file(connection, file_store, people.org_id, people.artist_id, b"kept")
        gone = await add_file(connection, file_store, people.org_id, people.artist_id, b"of one import")
        await add_file(connection, file_store, other.org_id, other.artist_id, b"of an org that is deleted")
        await archive.needs_base.wait()
        await make_backup(
            installation.repository, installation.dsn, postgres_bin(), stream=installation.spool.stream, copies=copies
        )
        moment = await server_time(connection)
        place = await connection.fetchval("select private.file_installation()")
        await connection.execute("delete from files where id = $1", gone)
        await connection.execute("delete from orgs where id = $1", other.org_id)
        await installation.ship_ledger()
        await wait_until_archived(archive, clock.now())
    installation.destroy()
    into = open_files(str(tmp_path / "other") if file_store.places[0] is not None else "database")
    restored = await restore_cluster(
        installation.repository, installation.cluster, installation.spool, to=moment, file_store=into, is_copy=True
    )
    assert restored.cleared.problems == []
    assert not [warning for warning in restored.warnings if "in no backup" in warning]
    installation.start()
    await postgres.wait_for_server(installation.cluster)
    async with installation.connect() as connection:
        assert await connection.fetchval("select private.file_installation()") != place
        assert (await hash_files(connection, into, people.org_id)).keys() == {kept}
        assert "missing" not in (await hash_files(connection, into, people.org_id)).values()
        assert await connection.fetchval("select count(*) from files where org_id = $1", other.org_id) == 0
    brought = [one for place in into.places if place is not None for one in await place.list("")]
    assert len(brought) == (1 if into.places[0] is not None else 0)


async def test_a_copy_that_is_lost_or_changed_is_found(installation: Installation, tmp_path: Path) -> None:
    repository, file_store = installation.repository, open_files(str(tmp_path / "files"))
    copies = FileCopies(repository, FileStore(file_store.places))
    async with installation.archiving() as archive, installation.connect() as connection:
        people = await add_people(connection, "Night Owl")
        await add_file(connection, file_store, people.org_id, people.artist_id, LONG)
        await archive.needs_base.wait()
        manifest = await make_backup(
            repository, installation.dsn, postgres_bin(), stream=installation.spool.stream, copies=copies
        )
        [copy] = await repository.list_objects("files")
        before = copy.modified_at
        await copies.copy(installation.dsn)
        assert [one.modified_at for one in await repository.list_objects("files")] == [before]  # not copied again
        stored = installation.root / "backups" / copy.path
        assert LONG[:64] not in stored.read_bytes()
        stored.write_bytes(stored.read_bytes()[:-20])
        assert await verify_copies(repository, manifest, read=False) == 1
        with pytest.raises(Damaged):
            await verify_copies(repository, manifest, read=True)
        stored.unlink()
        with pytest.raises(Damaged, match="1 files of the backup"):
            await verify_copies(repository, manifest, read=False)
        await add_file(connection, file_store, people.org_id, people.artist_id, b"lost before it was copied")
        await destroy_objects(file_store)
        assert len(await copies.copy(installation.dsn)) == 1  # the other one, which is copied
        assert copies.problem is not None
        assert "1 files cannot be backed up. A file of the org" in copies.problem


async def test_copies_that_no_kept_backup_needs_are_deleted(tmp_path: Path) -> None:
    repository = Repository(open_object_store(str(tmp_path / "backups")), [KEY])
    at = clock.now()
    kept = [Manifest(name, "logical", at, at, 1, "16", "1", "1") for name in ("a", "b")]
    for path in ("files/o/aa", "files/o/bb", "files/o/cc", "files/o/dd"):
        await repository.put(path, b"x")
        age = timedelta(days=0 if path.endswith("dd") else 30)
        os.utime(tmp_path / "backups" / path, times=((at - age).timestamp(),) * 2)
    await repository.put("backups/a/files", b'[["files/o/aa", 1]]')
    await prune_copies(repository, kept, since=at - timedelta(days=7))
    assert len(await repository.list_objects("files")) == 4  # what `b` needs is not known
    await repository.put("backups/b/files", b'[["files/o/bb", 1]]')
    await prune_copies(repository, kept, since=at - timedelta(days=7))
    assert [one.path for one in await repository.list_objects("files")] == ["files/o/aa", "files/o/bb", "files/o/dd"]


@pytest.mark.parametrize("form", ["sealed", "from before"])
async def test_a_copy_opens_wherever_it_is_brought_back(
    installation: Installation, file_store: FileStore, tmp_path: Path, form: str
) -> None:
    """A copy is sealed as the file was; one from before files were sealed is sealed when it is brought back."""
    folder = open_files(str(tmp_path / "before"))
    copies = FileCopies(installation.repository, FileStore(folder.places))
    async with installation.connect() as connection:
        people = await add_people(connection, "Night Owl")
        for _ in range(2):
            await add_file(connection, folder, people.org_id, people.artist_id, LONG)
        [stored] = (tmp_path / "before").rglob("????????????????????????????????????????????????????????????????")
        if form == "from before":
            stored.write_bytes(LONG)
        await copies.copy(installation.dsn)
        shutil.rmtree(tmp_path / "before")
        files = await hash_files(connection, folder, people.org_id)
        assert set(files.values()) == {"missing"}
        for place in (FileStore(file_store.places), file_store):
            brought, problems = await bring_back(connection, installation.repository, place, is_copy=True)
            if place.places[0] is None and form == "sealed" and place is not file_store:
                assert (brought, len(problems)) == (0, 1)
                assert "a key that is not there" in problems[0]
                continue
            assert (brought, problems) == (1, [])
            if file_store.places[0] is None:
                break
        assert set((await hash_files(connection, file_store, people.org_id)).values()) == {sha256(LONG).hexdigest()}
        for external in file_store.places:
            objects = await external.list("") if external is not None else []
            plain = (
                [one for one in objects if LONG[:64] in await external.get(one.path)] if external is not None else []
            )
            assert (len(objects), len(plain)) == ((2, form == "from before") if external is not None else (0, 0))
