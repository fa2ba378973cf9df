"""Where backups are kept: the objects of one folder or bucket, each sealed under its own name.

    backups/<id>/data        a base backup (tar) or a dump; without a manifest it was broken off and counts for nothing
    backups/<id>/manifest    what is in it; written last
    wal/<stream>/<segment>   the write-ahead log after it; `.partial` is the segment that is being filled
    deletions/<id>           the ledger of deletions, which a restore applies again

A stream is a write-ahead log without a gap. A restored database, and one whose log has a gap, begins a new one.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from arti_core.errors import NotFound, Unavailable
from arti_core.object_store import ObjectNotFound, ObjectStore, StoredObject
from arti_core.sealed_stream import Damaged, StreamKey, StreamOpener, StreamSealer, open_bytes, seal_bytes

PARTIAL: Final = ".partial"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One good backup.

    Physical: a restore is possible to any moment from `ended_at` on, for which the log of `stream` from `first_segment`
    on is needed. Logical: it holds `started_at`, `counts` has the rows of each table, `roles` the
    statements that make its roles. Sizes in bytes.
    """

    id: str
    kind: str
    started_at: datetime
    ended_at: datetime
    plain_bytes: int
    postgres: str
    arti: str
    schema_version: str
    stream: str = ""
    first_segment: str = ""
    timeline: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    roles: list[str] = field(default_factory=list)

    @property
    def data_path(self) -> str:
        return f"backups/{self.id}/data"

    @property
    def restores_from(self) -> datetime:
        """The first moment that it can restore."""
        return self.ended_at if self.kind == "physical" else self.started_at


def write_manifest(manifest: Manifest) -> bytes:
    return orjson.dumps(asdict(manifest))


def read_manifest(data: bytes) -> Manifest:
    values: dict[str, Any] = orjson.loads(data)
    for name in ("started_at", "ended_at"):
        values[name] = datetime.fromisoformat(values[name])
    return Manifest(**values)


class Repository:
    """Reads and writes sealed objects. The first key seals; each opens."""

    def __init__(self, store: ObjectStore, keys: list[StreamKey]) -> None:
        self._store, self._keys = store, keys

    @property
    def name(self) -> str:
        return self._store.name

    async def put(self, path: str, data: bytes) -> None:
        """Store a small object, or a segment. Raises Unavailable."""
        await self._store.put(path, await asyncio.to_thread(seal_bytes, self._keys[0], path, data))

    async def get(self, path: str) -> bytes:
        """Return a small object, or a segment. Raises ObjectNotFound, Damaged, Misconfigured, Unavailable."""
        sealed = await self._store.get(path)
        return await asyncio.to_thread(open_bytes, self._keys, path, sealed)

    async def put_stream(self, path: str, chunks: AsyncIterator[bytes]) -> None:
        """Store an object of any length. Raises Unavailable, and whatever `chunks` raises."""
        await self._store.put(path, self._seal(path, chunks))

    async def _seal(self, path: str, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        sealer = StreamSealer(self._keys[0], path)
        async for chunk in chunks:  # in a thread: compressing must not hold up the log of the database
            yield await asyncio.to_thread(sealer.update, chunk)
        yield await asyncio.to_thread(sealer.finish)

    async def stream(self, path: str) -> AsyncIterator[bytes]:
        """Yield an object of any length. Raises like `get`, at the latest at its end."""
        opener = StreamOpener(self._keys, path)
        try:
            async for chunk in self._store.stream(path):
                yield await asyncio.to_thread(opener.update, chunk)
        except ObjectNotFound:
            raise Damaged(f"{path} is missing in {self.name}. Use another backup.") from None
        yield await asyncio.to_thread(opener.finish)

    async def list_objects(self, prefix: str) -> list[StoredObject]:
        return await self._store.list(prefix)

    async def delete(self, path: str) -> None:
        await self._store.delete(path)

    async def list_backups(self) -> list[Manifest]:
        """Return the good backups, the oldest first. Raises Damaged, Misconfigured, Unavailable."""
        paths = [one.path for one in await self._store.list("backups") if one.path.endswith("/manifest")]
        manifests = [read_manifest(await self.get(path)) for path in paths]
        return sorted(manifests, key=lambda manifest: manifest.restores_from)

    async def list_segments(self, stream: str, first: str) -> list[str]:
        """Return the segments from `first` on that follow each other without a gap; the last may be partial."""
        found = {one.path.rpartition("/")[2] for one in await self._store.list(f"wal/{stream}")}
        segments = []
        wanted = first
        while wanted in found:
            segments.append(wanted)
            wanted = next_segment(wanted)
        if f"{wanted}{PARTIAL}" in found:
            segments.append(f"{wanted}{PARTIAL}")
        return segments

    async def put_segment(self, stream: str, name: str, data: bytes) -> None:
        """Store a segment, and drop the partial one that it completes. Raises Unavailable."""
        await self.put(f"wal/{stream}/{name}", data)
        if not name.endswith(PARTIAL):
            await self.delete(f"wal/{stream}/{name}{PARTIAL}")

    async def get_segment(self, stream: str, name: str) -> bytes:
        """Return a segment. Raises Damaged, Misconfigured, Unavailable."""
        try:
            return await self.get(f"wal/{stream}/{name}")
        except ObjectNotFound:
            raise Damaged(f"The segment {name} is missing in {self.name}.") from None


def choose_backup(backups: list[Manifest], *, to: datetime | None, backup_id: str | None) -> Manifest:
    """Return the newest backup from which the moment `to` can be restored, or the one that is named."""
    if not backups:
        raise Unavailable("There is no backup here. Make one with ./arti backup, or check ARTI_BACKUP_URL.")
    if backup_id is not None:
        named = [manifest for manifest in backups if manifest.id == backup_id]
        if not named:
            raise NotFound("backup", "./arti backup list shows all.")
        backups = named
    fitting = [manifest for manifest in backups if to is None or manifest.restores_from <= to]
    if not fitting:
        raise Unavailable(
            f"The first moment that can be restored is {backups[0].restores_from:%Y-%m-%dT%H:%M:%SZ}. "
            "Give a later one; ./arti backup list shows what there is."
        )
    return fitting[-1]


def segment_of(lsn: str, timeline: int, segment_bytes: int) -> str:
    """Return the name of the segment that holds the position `lsn` (as 0/2000028)."""
    high, low = (int(part, 16) for part in lsn.split("/"))
    per_file = 0x100000000 // segment_bytes
    number = ((high << 32) + low) // segment_bytes
    return f"{timeline:08X}{number // per_file:08X}{number % per_file:08X}"


def next_segment(name: str, segment_bytes: int = 16 * 1024 * 1024) -> str:
    """Return the name of the segment after `name`, on the same timeline."""
    per_file = 0x100000000 // segment_bytes
    number = int(name[8:16], 16) * per_file + int(name[16:24], 16) + 1
    return f"{name[:8]}{number // per_file:08X}{number % per_file:08X}"
