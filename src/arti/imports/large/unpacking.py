"""What a large upload holds: files on disk instead of in memory, one for each table that a job has to read."""

import gzip
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, BinaryIO, Final

from arti.imports.readers.archive import (
    DAMAGED,
    MAX_RATIO,
    RATIO_APPLIES_FROM,
    UploadedTable,
    damaged_gzip,
    damaged_zip,
    is_zip,
    list_members,
    refuse_member,
    unpack,
)
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.readers.workbooks.sheets import is_workbook
from arti.imports.types import FileRejected

# A file above this is read by a job; below it, within the request: a few tens of thousands of rows.
SMALL_BYTES: Final = 2 * 1024 * 1024
MAX_UNPACKED: Final = 4 * 1024 * 1024 * 1024
MAX_FILE: Final = 2 * 1024 * 1024 * 1024 - 1
_PIECE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class LargeTable:
    """A table that a job has to read. `source` is open until the stack of `unpack_large` ends."""

    name: str
    source: BinaryIO


def needs_job(source: BinaryIO, size: int) -> bool:
    """Return whether an upload holds a file that is too large for a request."""
    try:
        return size > SMALL_BYTES or _unpacked_size(source) > SMALL_BYTES
    finally:
        source.seek(0)


def _unpacked_size(source: BinaryIO) -> int:
    """Return how large the largest file in a zip or gzip says to be; 0 for one that is neither, or damaged."""
    source.seek(0)
    head = source.read(4)
    if is_zip(head):
        try:
            with zipfile.ZipFile(source) as archive:
                return max((member.file_size for member in archive.infolist()), default=0)
        except DAMAGED:
            return 0
    if head.startswith(b"\x1f\x8b"):
        source.seek(-4, 2)
        return int.from_bytes(source.read(4), "little")
    return 0


def unpack_large(file_name: str, source: BinaryIO, stack: ExitStack) -> list[UploadedTable | LargeTable]:
    """Return the tables of a large upload; those that are small after all are in memory. Raises FileRejected.

    `stack` closes the files on disk.
    """
    left, size = [MAX_UNPACKED], _size_of(source)
    head = source.read(4)
    source.seek(0)
    if not is_zip(head):
        return _open_one(file_name, source, size, stack, left)
    try:
        archive = stack.enter_context(zipfile.ZipFile(source))
        if size <= MAX_BYTES and is_workbook(_read(source)):
            return [*unpack(file_name, _read(source))]
        found: list[UploadedTable | LargeTable] = []
        for member in list_members(archive):
            path = f"{file_name}/{member.filename}"
            try:
                with archive.open(member) as stream:
                    file = _copy(stream, member.compress_size, stack, left)
                found += _open_member(path, file, stack, left)
            except FileRejected as error:
                found.append(UploadedTable(path, b"", str(error)))
    except DAMAGED:
        raise damaged_zip() from None
    return found


def _open_member(path: str, file: BinaryIO, stack: ExitStack, left: list[int]) -> list[UploadedTable | LargeTable]:
    size = _size_of(file)
    head = file.read(16)
    file.seek(0)
    is_book = is_zip(head) and size <= MAX_BYTES and is_workbook(_read(file))
    if refusal := None if is_book else refuse_member(path, head):
        raise FileRejected(refusal)
    return _open_one(path, file, size, stack, left)


def _open_one(
    name: str, file: BinaryIO, size: int, stack: ExitStack, left: list[int]
) -> list[UploadedTable | LargeTable]:
    file.seek(0)
    if file.read(2) == b"\x1f\x8b":
        file.seek(0)
        try:
            with gzip.open(file) as stream:
                file = _copy(stream, size, stack, left)
        except DAMAGED:
            raise damaged_gzip() from None
        name, size = name.removesuffix(".gz"), _size_of(file)
    if size <= SMALL_BYTES or (size <= MAX_BYTES and is_workbook(_read(file))):
        return [*unpack(name, _read(file))]
    return [LargeTable(name, file)]


def _copy(stream: IO[bytes] | gzip.GzipFile, packed: int, stack: ExitStack, left: list[int]) -> BinaryIO:
    """Copy a stream to a file on disk, up to what is left of the limit. Raises FileRejected for a bomb."""
    target: BinaryIO = stack.enter_context(TemporaryFile())  # noqa: SIM115  closed by the stack
    written = 0
    for piece in _pieces(stream):
        written += len(piece)
        left[0] -= len(piece)
        if written > MAX_FILE or left[0] < 0 or (written > RATIO_APPLIES_FROM and written > MAX_RATIO * max(packed, 1)):
            raise FileRejected("The packed files are far larger than an export can be.")
        target.write(piece)
    target.seek(0)
    return target


def _pieces(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _read(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read(MAX_BYTES + 1)


def _size_of(file: BinaryIO) -> int:
    file.seek(0, 2)
    size = file.tell()
    file.seek(0)
    return size
