"""Read a backup from its first to its last byte and check that it is whole, without restoring it."""

import asyncio
import re
import tarfile
from collections import Counter
from pathlib import Path
from typing import IO, Any, Final, cast

import orjson

from arti_core.sealed_stream import Damaged
from local_stack.backup.programs import Program
from local_stack.backup.repository import PARTIAL, Manifest, Repository
from local_stack.backup.tar_stream import read_tar

_NEEDED: Final = ("PG_VERSION", "backup_label", "backup_manifest", "global/pg_control")
_COPY: Final = re.compile(rb"COPY (\S+) \(")


async def verify_backup(repository: Repository, manifest: Manifest, programs: Path) -> str:
    """Return a sentence on what was checked. Raises Damaged, Misconfigured, Unavailable.

    Every frame is authenticated. Physical: each file of the server's own list is there in its size, and the log goes on
    from it without a gap. Logical: the dump holds as many rows of each table as the database had.
    """
    if manifest.kind == "logical":
        return await _verify_dump(repository, manifest, programs)
    sizes: dict[str, int] = {}
    listed: list[dict[str, Any]] = []

    def look(tar: tarfile.TarFile) -> None:
        for member in tar:
            if member.isfile():
                sizes[member.name.removeprefix("./")] = member.size
            if member.name.endswith("backup_manifest"):
                content = cast(IO[bytes], tar.extractfile(member)).read()
                listed.extend(orjson.loads(content)["Files"])

    await read_tar(repository.stream(manifest.data_path), look)
    missing = [name for name in _NEEDED if name not in sizes]
    missing += [entry["Path"] for entry in listed if "Path" in entry and sizes.get(entry["Path"]) != entry["Size"]]
    if missing or not listed:
        raise Damaged(
            f"The backup {manifest.id} lacks {', '.join(missing[:3]) or 'its list of files'}. Use another one."
        )
    segments = await _verify_log(repository, manifest)
    return f"{len(sizes)} files whole, {segments} segments of the log follow without a gap"


async def _verify_log(repository: Repository, manifest: Manifest) -> int:
    segments = await repository.list_segments(manifest.stream, manifest.first_segment)
    stored = {one.path.rpartition("/")[2] for one in await repository.list_objects(f"wal/{manifest.stream}")}
    after = sorted(name for name in stored - set(segments) if len(name) == 24 and name > manifest.first_segment)
    if after:
        raise Damaged(
            f"The log after the backup {manifest.id} has a gap before {after[0]}: "
            "later moments cannot be restored from it. Make a new one with ./arti backup."
        )
    return len(segments)


async def verify_log_content(repository: Repository, manifest: Manifest) -> None:
    """Open every segment of the log after a backup. Raises Damaged."""
    for name in await repository.list_segments(manifest.stream, manifest.first_segment):
        if not name.endswith(PARTIAL):  # that one may be replaced right now
            await repository.get_segment(manifest.stream, name)


async def _verify_dump(repository: Repository, manifest: Manifest, programs: Path) -> str:
    program = Program([str(programs / "pg_restore"), "--data-only", "--file=-"], {"LC_ALL": "C"})
    rows: Counter[str] = Counter()
    table, rest = "", b""
    async for chunk in program.read(feed=repository.stream(manifest.data_path)):
        table, rest = await asyncio.to_thread(_count_rows, rest + chunk, table, rows)
    wrong = sorted(name for name, count in manifest.counts.items() if rows[name] != count)
    if wrong:
        raise Damaged(
            f"The dump {manifest.id} has {rows[wrong[0]]} rows of {wrong[0]} and the database had "
            f"{manifest.counts[wrong[0]]} ({len(wrong)} tables differ). Use another one."
        )
    return f"{len(manifest.counts)} tables with {sum(rows.values())} rows, as many as the database had"


def _count_rows(text: bytes, table: str, rows: "Counter[str]") -> tuple[str, bytes]:
    """Count the rows of COPY blocks; returns the table that is open at the end, and the unfinished line."""
    *lines, rest = text.split(b"\n")
    for line in lines:
        if table:
            if line == b"\\.":
                table = ""
            else:
                rows[table] += 1
        elif found := _COPY.match(line):
            table = found[1].decode()
    return table, rest
