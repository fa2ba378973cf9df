"""A file of keys that is read again when it changes, so that keys are rotated under a running process."""

import time
from pathlib import Path

_LOOK_SECONDS = 0.5


class KeyFile:
    """Looks at a file at most twice a second. It need not exist: then the keys of the settings hold."""

    def __init__(self, path: str) -> None:
        self._path = Path(path) if path else None
        self._look_again_at = 0.0
        self._seen: tuple[int, int] | None = None

    def changed_text(self) -> str | None:
        """Return the file's text when it has changed since the last call that told it, else None."""
        now = time.monotonic()
        if self._path is None or now < self._look_again_at:
            return None
        self._look_again_at = now + _LOOK_SECONDS
        try:
            state = self._path.stat()
            seen = (state.st_mtime_ns, state.st_ino)
            if seen == self._seen:
                return None
            text = self._path.read_text()
        except OSError:
            return None
        self._seen = seen
        return text
