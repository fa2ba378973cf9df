"""What an upload holds: one table, the members of a zip, the sheets of a workbook, the blocks of one file.

Every member is accounted for: what cannot be read comes back with the reason. Limits hold against zip bombs; the sizes
in a zip's directory can be wrong, so the bytes read are counted too. Nothing is written to disk.
"""

import gzip
import io
import zipfile
import zlib
from dataclasses import dataclass

from arti.imports.readers.blocks import split_blocks
from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.readers.text_encoding import find_magic
from arti.imports.readers.workbooks.sheets import is_partly_hidden, is_workbook, read_sheets
from arti.imports.types import FileRejected

MAX_MEMBERS = 200
MAX_UNPACKED = 3 * MAX_BYTES
MAX_RATIO = 200
RATIO_APPLIES_FROM = 1024 * 1024
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".gz")
# What systems add by themselves, and nobody put there.
_ADDED_BY_SYSTEMS = ("thumbs.db", "desktop.ini")
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class UploadedTable:
    """One table of an upload. `refusal`: why it cannot be read; its content is then stored for a look at it."""

    name: str
    content: bytes
    refusal: str | None = None


def unpack(file_name: str, content: bytes) -> list[UploadedTable]:
    """Return the tables of an upload, at least one. Raises FileRejected where the whole cannot be opened."""
    if len(content) > MAX_BYTES:
        # Nothing of it is kept: what is cut off is no evidence.
        too_large = f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Export a shorter period."
        return [UploadedTable(file_name, b"", too_large)]
    if not is_zip(content) or is_workbook(content):
        return _unpack_one(file_name, content)
    members: list[UploadedTable] = []
    for name, member in _read_zip(content):
        path = f"{file_name}/{name}"
        if isinstance(member, str):
            members.append(UploadedTable(path, b"", member))
            continue
        try:
            members += _unpack_one(path, member)
        except FileRejected as error:
            members.append(UploadedTable(path, b"", str(error)))
    return members


def _unpack_one(name: str, content: bytes) -> list[UploadedTable]:
    if content.startswith(b"\x1f\x8b"):
        name, content = name.removesuffix(".gz"), _read_gzip(content)
    if is_workbook(content):
        sheets = read_sheets(content)
        return [
            UploadedTable(name if len(sheets) == 1 and not is_partly_hidden(title) else f"{name}/{title}", sheet)
            for title, sheet in sheets
        ]
    blocks = split_blocks(content)
    if blocks:
        return [UploadedTable(f"{name}/{title}", block) for title, block in blocks]
    return [UploadedTable(name, content)]


def is_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _read_gzip(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            unpacked = stream.read(MAX_BYTES + 1)
    except DAMAGED:
        raise damaged_gzip() from None
    if len(unpacked) > MAX_BYTES:
        raise FileRejected(f"The file in the gzip is larger than {MAX_BYTES // 1024 // 1024} MB.")
    return unpacked


def _read_zip(content: bytes) -> list[tuple[str, bytes | str]]:
    """Return (name, content or reason) of each member of a zip. Raises FileRejected."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _read_members(archive, list_members(archive))
    except DAMAGED:
        raise damaged_zip() from None


def list_members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the files that somebody put into a zip, at least one. Raises FileRejected."""
    members = [member for member in archive.infolist() if not member.is_dir() and not _is_added(member.filename)]
    if len(members) > MAX_MEMBERS:
        raise FileRejected(f"The zip holds more than {MAX_MEMBERS} files. Unpack it and upload the ones you need.")
    if not members:
        raise FileRejected("The zip is empty.")
    return members


def damaged_zip() -> FileRejected:
    return FileRejected("The zip is damaged or protected by a password. Export it again.")


def damaged_gzip() -> FileRejected:
    return FileRejected("The gzip file is damaged. Export it again.")


def refuse_member(path: str, beginning: bytes) -> str | None:
    """Return why a file in a zip, which is no workbook, is left out."""
    if is_zip(beginning):
        return "This is a zip file inside a zip file. Unpack it, and upload its files."
    magic = find_magic(beginning)
    return f"This is {magic or 'no table'}, and was left out." if magic or not path.lower().endswith(SUFFIXES) else None


def _is_added(path: str) -> bool:
    name = path.rpartition("/")[2]
    return path.startswith("__MACOSX/") or name.startswith(".") or name.casefold() in _ADDED_BY_SYSTEMS


def _read_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> list[tuple[str, bytes | str]]:
    files: list[tuple[str, bytes | str]] = []
    unpacked = 0
    for member in members:
        size = member.file_size
        if size > MAX_BYTES or (size > RATIO_APPLIES_FROM and size > MAX_RATIO * max(member.compress_size, 1)):
            raise FileRejected(f"{member.filename[:80]} in the zip is far larger than an export can be.")
        with archive.open(member) as stream:
            content = stream.read(MAX_BYTES + 1)
        unpacked += len(content)
        if len(content) > MAX_BYTES or unpacked > MAX_UNPACKED:
            raise FileRejected("The files in the zip are far larger than an export can be.")
        refusal = None if is_workbook(content) else refuse_member(member.filename, content)
        files.append((member.filename, refusal or content))
    return files
