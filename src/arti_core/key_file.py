"""A file of keys that is read again when it changes, so that keys can be rotated without a restart."""

import time
from pathlib import Path

_POLL_SECONDS = 0.5


class KeyFile:
    """Polls a file at most twice a second. Without it the keys of the settings are used."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._next_poll_at = 0.0
        self._last_state: tuple[int, int] | None = None

    def changed_text(self, *, at_once: bool = False) -> str | None:
        """Return the file's text when it has changed since it was last returned, else None. `at_once`: do not wait."""
        now = time.monotonic()
        if self._path is None or (now < self._next_poll_at and not at_once):
            return None
        self._next_poll_at = now + _POLL_SECONDS
        try:
            status = self._path.stat()
            state = (status.st_mtime_ns, status.st_ino)
            if state == self._last_state:
                return None
            text = self._path.read_text()
        except OSError:
            return None
        self._last_state = state
        return text
