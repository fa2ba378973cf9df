"""Watch a folder: files that are finished are imported once, those of one round together.

What was imported, refused or left as a preview is recorded by its digest in a file of the folder, so that neither a
restart nor a copy under another name imports it again. A file that found no artist is tried again in the next round.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from arti.imports.large.unpacking import needs_job
from arti_core.errors import Invalid

RECORD: Final = ".arti-imported.jsonl"
_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".gz", ".zip")
_PARTIAL: Final = (".part", ".crdownload", ".tmp", ".download")
_FILES_A_ROUND, _BYTES_A_ROUND = 200, 40 * 1024 * 1024

Import = Callable[[list[tuple[str, bytes]]], Awaitable[list[str]]]
# A file that is never whole in memory, and its name; returns whether it found an artist.
ImportLarge = Callable[[Path, str], Awaitable[bool]]


@dataclass(slots=True)
class WatchedFolder:
    """A folder and what is known of its files. `seen`: size and time of each file in the round before."""

    folder: Path
    seen: dict[Path, tuple[int, int]] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)

    @classmethod
    def open(cls, folder: Path) -> "WatchedFolder":
        """Raises Invalid for what is no folder, or one in which nothing can be recorded."""
        if not folder.is_dir():
            raise Invalid(f"There is no folder {folder}.", field="watch")
        record = folder / RECORD
        try:
            record.open("a").close()
        except OSError:
            raise Invalid(f"{record} cannot be written, so files would be imported twice.", field="watch") from None
        lines = record.read_text().splitlines()
        return cls(folder, done={json.loads(line)["sha256"] for line in lines if line.strip()})

    def list_finished(self) -> list[Path]:
        """Return the files that have not changed since the round before, in order."""
        now = {path: (stat.st_size, stat.st_mtime_ns) for path in self._paths() if (stat := path.stat()).st_size}
        finished = sorted(path for path, state in now.items() if self.seen.get(path) == state)
        self.seen = now
        return finished

    def _paths(self) -> Iterator[Path]:
        for path in self.folder.rglob("*"):
            is_hidden = any(part.startswith(".") for part in path.relative_to(self.folder).parts)
            is_partial = any(path.with_name(path.name + suffix).exists() for suffix in _PARTIAL)
            is_file = path.is_file() and not path.is_symlink()
            if path.suffix.casefold() in _SUFFIXES and is_file and not is_hidden and not is_partial:
                yield path

    def record(self, digest: str, name: str) -> None:
        self.done.add(digest)
        with (self.folder / RECORD).open("a") as record:
            record.write(json.dumps({"sha256": digest, "name": name}) + "\n")

    def read_new(self) -> tuple[dict[str, tuple[str, bytes]], dict[str, tuple[str, Path]]]:
        """Return the finished files that are not recorded, as many as one round takes, by digest.

        Small ones with name and bytes; large ones, which are read as jobs read them, with name and path.
        """
        found: dict[str, tuple[str, bytes]] = {}
        large: dict[str, tuple[str, Path]] = {}
        total = 0
        for path in self.list_finished():
            name = path.relative_to(self.folder).as_posix()
            if name in self.reported:
                continue
            with path.open("rb") as file:
                is_large = needs_job(file, path.stat().st_size)
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest in self.done or digest in found or digest in large:
                continue
            if is_large:
                large[digest] = (name, path)
                continue
            content = path.read_bytes()
            if len(found) >= _FILES_A_ROUND or total + len(content) > _BYTES_A_ROUND:
                break
            found[digest] = (name, content)
            total += len(content)
        return found, large

    async def run_round(self, import_files: Import, import_large: ImportLarge) -> int:
        """Import what is new. `import_files` returns the names of those that found no artist. Returns how many."""
        found, large = await asyncio.to_thread(self.read_new)
        if found:
            unplaced = set(await import_files(list(found.values())))
            for digest, (name, _) in found.items():
                is_placed = not any(one == name or one.startswith(f"{name}/") for one in unplaced)
                self._keep(digest, name, is_placed=is_placed)
        for digest, (name, path) in large.items():
            self._keep(digest, name, is_placed=await import_large(path, name))
        return len(found) + len(large)

    def _keep(self, digest: str, name: str, *, is_placed: bool) -> None:
        if is_placed:
            self.record(digest, name)
        else:
            self.reported.add(name)  # said once; tried again after a restart, or when the file is moved
