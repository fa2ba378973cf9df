"""Folders for what the tests throw away, in memory where there is room for it.

A file system on a disk keeps the inodes of deleted files aside for some seconds, and searches ever longer for a free
one while databases of hundreds of files come and go.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")
_PREFIX = "arti-test-"
_REQUIRED_BYTES = 2 << 30  # what the databases of one worker take at most, with their log


@contextmanager
def make_tmp_dir(otherwise: Path) -> Iterator[Path]:
    """Give a folder in memory that ends with the block, or `otherwise` where memory is scarce."""
    if not _has_space():
        yield otherwise
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
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=_MEMORY))
        lock = _locked(folder)
        if lock is not None and folder.exists():  # another run may have taken it for abandoned
            return folder, lock
        if lock is not None:
            os.close(lock)


def _has_space() -> bool:
    try:
        place = os.statvfs(_MEMORY)
    except OSError:
        return False
    if place.f_flag & os.ST_NOEXEC or not os.access(_MEMORY, os.W_OK):  # PostgreSQL may be copied beside its data
        return False
    free: int = min(place.f_bavail * place.f_frsize, psutil.virtual_memory().available)
    return free > 2 * _REQUIRED_BYTES


def _remove_abandoned() -> None:
    """Remove what a run that was killed has left: nobody holds its lock."""
    for folder in _MEMORY.glob(f"{_PREFIX}*"):
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def _locked(folder: Path) -> int | None:
    """Return an open file that holds the lock of `folder`, or None where another process holds it."""
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
