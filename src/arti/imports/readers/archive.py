"""Read the text files of a zip, with limits against zip bombs."""

import io
import zipfile
import zlib

from arti.imports.readers.csv_reader import MAX_BYTES
from arti.imports.types import FileRejected

MAX_MEMBERS = 50
MAX_UNPACKED = 3 * MAX_BYTES
MAX_RATIO = 200
_RATIO_APPLIES_FROM = 1024 * 1024
_SUFFIXES = (".csv", ".tsv", ".txt")


def is_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(content: bytes) -> list[tuple[str, bytes]]:
    """Return (name, content) of each text file in a zip. Raises FileRejected.

    The sizes in a zip's directory can be wrong, so the bytes read are counted too. Nothing is written to disk.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            names = {member.filename for member in members}
            if "[Content_Types].xml" in names:
                raise FileRejected(
                    "This is an Excel spreadsheet, not a CSV export. Save it as CSV, or export it again."
                )
            if len(members) > MAX_MEMBERS:
                raise FileRejected(
                    f"The zip holds more than {MAX_MEMBERS} files. Unpack it and upload the ones you need."
                )
            text_files = [
                member
                for member in members
                if member.filename.lower().endswith(_SUFFIXES)
                and not member.filename.rpartition("/")[2].startswith(".")
                and not member.filename.startswith("__MACOSX/")
            ]
            if not text_files:
                raise FileRejected("There is no CSV file in this zip.")
            return _read_members(archive, text_files)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise FileRejected("The zip is damaged or protected by a password. Export it again.") from None


def _read_members(archive: zipfile.ZipFile, text_files: list[zipfile.ZipInfo]) -> list[tuple[str, bytes]]:
    files, unpacked = [], 0
    for member in text_files:
        stated_size = member.file_size
        if stated_size > MAX_BYTES or (
            stated_size > _RATIO_APPLIES_FROM and stated_size > MAX_RATIO * max(member.compress_size, 1)
        ):
            raise FileRejected(f"{member.filename[:80]} in the zip is far larger than an export can be.")
        with archive.open(member) as stream:
            content = stream.read(MAX_BYTES + 1)
        unpacked += len(content)
        if len(content) > MAX_BYTES or unpacked > MAX_UNPACKED:
            raise FileRejected("The files in the zip are far larger than an export can be.")
        files.append((member.filename, content))
    return files
