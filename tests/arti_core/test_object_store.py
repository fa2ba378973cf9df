"""Objects in a folder and in a bucket behave alike."""

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from arti_core.errors import Misconfigured, Unavailable
from arti_core.object_store import ObjectNotFound, ObjectStore, S3Access, open_object_store
from tests.arti_core.s3_server import run_s3_server
from tests.conftest import free_port


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Access]:
    with run_s3_server(free_port(), "backups") as access:
        yield access


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, s3: S3Access) -> ObjectStore:
    if request.param == "folder":
        return open_object_store(str(tmp_path / "made" / "here"))
    return open_object_store(f"s3://backups/{tmp_path.name}", s3)


async def test_objects_are_put_read_listed_and_deleted(store: ObjectStore) -> None:
    await store.put("wal/b", b"second")
    await store.put("wal/a", b"first")
    await store.put("wal/a", b"first again")
    await store.put("bases/x", b"")
    assert await store.get("wal/a") == b"first again"
    assert [(one.path, one.size) for one in await store.list("wal")] == [("wal/a", 11), ("wal/b", 6)]
    await store.delete("wal/a")
    await store.delete("wal/a")
    assert [one.path for one in await store.list("wal")] == ["wal/b"]
    assert await store.list("nothing") == []
    with pytest.raises(ObjectNotFound):
        await store.get("wal/a")
    with pytest.raises(ObjectNotFound):
        [piece async for piece in store.stream("wal/a")]


async def test_a_stream_of_several_parts_comes_back(store: ObjectStore) -> None:
    block = os.urandom(1024 * 1024)

    async def blocks() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield block

    await store.put("base", blocks())
    read = b"".join([piece async for piece in store.stream("base")])
    assert read == block * 40


async def test_a_stream_that_fails_leaves_no_object(store: ObjectStore) -> None:
    async def fails() -> AsyncIterator[bytes]:
        yield os.urandom(20 * 1024 * 1024)
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="the source broke"):
        await store.put("base", fails())
    assert await store.list("") == []


async def test_a_wrong_signature_is_refused(s3: S3Access) -> None:
    wrong = open_object_store("s3://backups/x", replace(s3, secret_access_key="not it"))
    with pytest.raises(Unavailable, match="The bucket backups cannot be read or written") as error:
        await wrong.put("a", b"x")
    assert "not it" not in error.value.message


def test_the_server_can_be_run_again_in_one_process() -> None:
    for _ in range(2):
        with run_s3_server(free_port(), "again") as access:
            assert access.access_key_id


async def test_a_bucket_that_is_missing_is_named(s3: S3Access) -> None:
    with pytest.raises((Unavailable, ObjectNotFound), match="missing"):
        await open_object_store("s3://missing", s3).put("a", b"x")


@pytest.mark.parametrize(
    "url", ["relative/folder", "https://bucket/x", "s3://", "s3://key:secret@bucket", "file://host/x"]
)
def test_what_is_no_place_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="s3://bucket/prefix"):
        open_object_store(url)


def test_the_folder_is_closed_to_others(tmp_path: Path) -> None:
    open_object_store(str(tmp_path / "backups"))
    assert (tmp_path / "backups").stat().st_mode & 0o077 == 0
