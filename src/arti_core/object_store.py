"""Objects in a folder or in a bucket of any S3-compatible service, by one set of calls.

A path is relative to the URL that the store was opened with. A put replaces the whole object at once: a reader gets the
old one or the new one, and a put that is broken off leaves the old one.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from arti_core.errors import Misconfigured, Unavailable

# S3 takes at most 10,000 parts, so an object has at most 160 GB.
_PART_BYTES: Final = 16 * 1024 * 1024
_PARTS_AT_ONCE: Final = 2
_READ_BYTES: Final = 4 * 1024 * 1024
_RETRY_SECONDS: Final = 20


class ObjectNotFound(Exception):
    """There is no object of this path."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """How to reach a bucket. `endpoint` is empty for Amazon's own."""

    endpoint: str = ""
    region: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    session_token: str = ""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as a list shows it: `size` in bytes, `modified_at` by the store's clock."""

    path: str
    size: int
    modified_at: datetime


class ObjectStore:
    """One folder, or one bucket with a prefix. Safe to share between tasks."""

    def __init__(self, store: LocalStore | S3Store, name: str) -> None:
        self._store = store
        self.name = name

    async def put(self, path: str, content: bytes | AsyncIterator[bytes]) -> None:
        """Store an object, from memory or as a stream that is never whole in memory. Raises Unavailable."""
        with self._errors():
            await obstore.put_async(self._store, path, content, chunk_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE)

    async def get(self, path: str) -> bytes:
        """Return an object. Raises ObjectNotFound, Unavailable."""
        with self._errors():
            return bytes(await (await obstore.get_async(self._store, path)).bytes_async())

    async def stream(self, path: str, start: int = 0) -> AsyncIterator[bytes]:
        """Yield an object, or what follows its first `start` bytes, in pieces of some MiB.

        Raises ObjectNotFound, Unavailable.
        """
        with self._errors():
            found = await obstore.get_async(self._store, path, options={"range": {"offset": start}} if start else {})
            async for piece in found.stream(_READ_BYTES):
                yield bytes(piece)

    async def read_range(self, path: str, start: int, length: int) -> bytes:
        """Return a part that an object has in full. Raises ObjectNotFound, Unavailable."""
        with self._errors():
            return bytes(await obstore.get_range_async(self._store, path, start=start, length=length))

    async def size_of(self, path: str) -> int:
        """Return the bytes of an object. Raises ObjectNotFound, Unavailable."""
        with self._errors():
            return (await obstore.head_async(self._store, path))["size"]

    async def list_folders(self, prefix: str) -> list[str]:
        """Return the names of the folders that stand directly in `prefix`. Raises Unavailable."""
        with self._errors():
            found = await obstore.list_with_delimiter_async(self._store, prefix)
        return sorted(path.rstrip("/").rpartition("/")[2] for path in found["common_prefixes"])

    async def list(self, prefix: str) -> list[StoredObject]:
        """Return the objects below the folder `prefix`, by path. Raises Unavailable."""
        found: list[StoredObject] = []
        with self._errors():
            async for chunk in obstore.list(self._store, prefix):
                found += [StoredObject(str(one["path"]), one["size"], one["last_modified"]) for one in chunk]
        return sorted(found, key=lambda one: one.path)

    async def delete(self, path: str) -> None:
        """Delete an object; one that is gone already is no error. Raises Unavailable."""
        with self._errors():
            try:
                await obstore.delete_async(self._store, path)
            except (NotFoundError, FileNotFoundError):
                pass

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (NotFoundError, FileNotFoundError) as error:
            raise ObjectNotFound(self.name) from error
        except (BaseError, OSError) as error:
            # The message of the library holds the whole answer of the server; the class says enough.
            raise Unavailable(
                f"{self.name} cannot be read or written ({type(error).__name__}). "
                "Check that it exists, the credentials, and the space that is left."
            ) from error


def open_object_store(url: str, access: S3Access = S3Access()) -> ObjectStore:
    """Open `s3://bucket/prefix`, `file:///folder` or a folder, which is made. Raises Misconfigured."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc and not parts.query and "@" not in parts.netloc:
        return ObjectStore(_open_bucket(parts.netloc, parts.path.strip("/"), access), f"The bucket {parts.netloc}")
    folder = Path(unquote(parts.path)) if parts.scheme == "file" and not parts.netloc else Path(url).expanduser()
    if (parts.scheme not in ("", "file")) or not folder.is_absolute():
        raise Misconfigured(f"{url!r} is no place for objects: give s3://bucket/prefix or an absolute folder.")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Misconfigured(
            f"The folder {folder} cannot be made ({error.strerror}). Make it, or name another."
        ) from None
    return ObjectStore(LocalStore(folder), f"The folder {folder}")


def _open_bucket(bucket: str, prefix: str, access: S3Access) -> S3Store:
    given = {
        "endpoint": access.endpoint,
        "region": access.region or "us-east-1",  # what S3-compatible services without regions expect
        "access_key_id": access.access_key_id,
        "secret_access_key": access.secret_access_key,
        "token": access.session_token,
    }
    return S3Store(
        bucket,
        prefix=prefix or None,
        config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
        client_options={
            "allow_http": access.endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
            "timeout": timedelta(seconds=60),  # of one part
        },
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=_RETRY_SECONDS)},
    )
