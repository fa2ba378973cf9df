"""The files in a zip, if it is one of YouTube Studio's and not a bomb."""

import io
import zipfile
import zlib

from arti.imports.csv_reader import MAX_BYTES
from arti.imports.types import FileRejected

MAX_MEMBERS = 50
MAX_UNPACKED = 3 * MAX_BYTES
MAX_RATIO = 200
_RATIO_FROM = 1024 * 1024
_ENDINGS = (".csv", ".tsv", ".txt")


def is_zip(content: bytes) -> bool:
    return content.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(content: bytes) -> list[tuple[str, bytes]]:
    """Return (name, content) of each text file in a zip. Raises Refused.

    Sizes in the directory of a zip can lie, so what is read is counted too. Nothing is written to a disk.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            names = {member.filename for member in members}
            if "[Content_Types].xml" in names:
                raise FileRejected(
                    "This is a spreadsheet (Excel), not a CSV export. Save it as CSV, or export it again."
                )
            if len(members) > MAX_MEMBERS:
                raise FileRejected(
                    f"The zip holds more than {MAX_MEMBERS} files. Unpack it and pick the ones you need."
                )
            wanted = [
                member
                for member in members
                if member.filename.lower().endswith(_ENDINGS)
                and not member.filename.rpartition("/")[2].startswith(".")
                and not member.filename.startswith("__MACOSX/")
            ]
            if not wanted:
                raise FileRejected("There is no CSV file in this zip.")
            return _read_members(archive, wanted)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise FileRejected("The zip is damaged, or locked by a password. Export it again.") from None


def _read_members(archive: zipfile.ZipFile, wanted: list[zipfile.ZipInfo]) -> list[tuple[str, bytes]]:
    files, unpacked = [], 0
    for member in wanted:
        stated_size = member.file_size
        if stated_size > MAX_BYTES or (
            stated_size > _RATIO_FROM and stated_size > MAX_RATIO * max(member.compress_size, 1)
        ):
            raise FileRejected(f"{member.filename[:80]} in the zip unpacks to far more than an export can be.")
        with archive.open(member) as stream:
            content = stream.read(MAX_BYTES + 1)
        unpacked += len(content)
        if len(content) > MAX_BYTES or unpacked > MAX_UNPACKED:
            raise FileRejected("The zip unpacks to far more than an export can be.")
        files.append((member.filename, content))
    return files
