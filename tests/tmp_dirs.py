"""Temporary folders for tests, in memory if there is enough.

On a disk, ext4 does not reuse the inodes of deleted files for some seconds, and searches ever longer for a free one
while databases with hundreds of files are created and deleted.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_SHARED_MEMORY = Path("/dev/shm")
_PREFIX = "arti-test-"
_REQUIRED_BYTES = 2 << 30  # the most that the databases of one worker take, with their log


@contextmanager
def make_tmp_dir(fallback: Path) -> Iterator[Path]:
    """Yield a folder in memory that is deleted after the block, or `fallback` if memory is short."""
    if not _has_space():
        yield fallback
        return
    _remove_abandoned()
    folder, lock = _new_folder()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _new_folder() -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_SHARED_MEMORY))
        lock = _lock_folder(folder)
        if lock is not None and folder.exists():  # another run may have deleted it as abandoned
            return folder, lock
        if lock is not None:
            os.close(lock)


def _has_space() -> bool:
    try:
        stats = os.statvfs(_SHARED_MEMORY)
    except OSError:
        return False
    if stats.f_flag & os.ST_NOEXEC or not os.access(_SHARED_MEMORY, os.W_OK):  # PostgreSQL may be copied to it
        return False
    free: int = min(stats.f_bavail * stats.f_frsize, psutil.virtual_memory().available)
    return free > 2 * _REQUIRED_BYTES


def _remove_abandoned() -> None:
    """Delete the folders of runs that were killed: nothing holds their locks."""
    for folder in _SHARED_MEMORY.glob(f"{_PREFIX}*"):
        lock = _lock_folder(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _lock_folder(folder: Path) -> int | None:
    """Lock `folder` and return the open file that holds the lock, or None if another process holds it."""
    try:
        file = os.open(folder, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        return None
    return file
