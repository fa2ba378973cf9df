"""Master keys that lie in a file wrapped by a key management service: `VERSION:wrapped.BASE64` in place of a key.

Two commands of the operator reach the service: one unwraps, which every process runs for each version when it starts
or the file changes; one wraps, which only `./arti keys` runs. Each gets bytes on its standard input and prints the
result as bytes or in base64, so that the command lines of cloud services fit as they are.
"""

import base64
import re
import shlex
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import Final

import structlog

from arti_core.errors import Misconfigured
from arti_core.key_file import KeyFile

log = structlog.get_logger()

WRAPPED: Final = "wrapped."
COMMAND_TIMEOUT: Final = 10.0
_AGAIN_SECONDS: Final = 5.0
_KEY_BYTES: Final = 32


class KeyWrapping:
    """Wraps and unwraps by the operator's commands; what was unwrapped once is not asked for again."""

    def __init__(self, *, unwrap: str, wrap: str = "") -> None:
        self._unwrap, self._wrap = shlex.split(unwrap), shlex.split(wrap)
        self._known: dict[bytes, bytes] = {}

    def open(self, text: str) -> str:
        """Return the text of the keys themselves. Raises Misconfigured, also when one of them is not wrapped."""
        parts = []
        for part in text.replace(",", " ").split():
            version, separator, encoded = part.rpartition(":")
            if not encoded.startswith(WRAPPED):
                raise Misconfigured(
                    "A master key in ARTI_MASTER_KEY_FILE is not wrapped, and ARTI_MASTER_KEY_UNWRAP_COMMAND is set. "
                    "Run ./arti keys wrap-master."
                )
            key = self._unwrapped(encoded.removeprefix(WRAPPED))
            parts.append(f"{version}{separator}{base64.b64encode(key).decode()}")
        return ",".join(parts)

    def close(self, keys: Mapping[int, bytes], *, anew: bool = False) -> str:
        """Return the text of these keys, wrapped; `anew` also those that were before. Raises Misconfigured."""
        wrapped = {} if anew else {key: sealed for sealed, key in self._known.items()}
        for key in keys.values():
            if key not in wrapped:
                wrapped[key] = self._wrapped(key)
        return ",".join(f"{version}:{WRAPPED}{_encode(wrapped[key])}" for version, key in keys.items())

    def _unwrapped(self, encoded: str) -> bytes:
        try:
            sealed = base64.b64decode(encoded, validate=True)
        except ValueError:
            raise Misconfigured("A wrapped master key is no base64. Put the file back as it was.") from None
        if sealed not in self._known:
            printed = _run(self._unwrap, sealed, "ARTI_MASTER_KEY_UNWRAP_COMMAND")
            key = printed if len(printed) == _KEY_BYTES else _decoded(printed)
            if len(key) != _KEY_BYTES:
                raise Misconfigured(
                    f"ARTI_MASTER_KEY_UNWRAP_COMMAND printed {len(key)} bytes and no key, which has 32. Run it by hand."
                )
            self._known[sealed] = key
        return self._known[sealed]

    def _wrapped(self, key: bytes) -> bytes:
        if not self._wrap:
            raise Misconfigured("ARTI_MASTER_KEY_WRAP_COMMAND is not set. It wraps a new key: docs/keys.md.")
        sealed = _decoded(_run(self._wrap, key, "ARTI_MASTER_KEY_WRAP_COMMAND"))
        if key in sealed or len(sealed) < _KEY_BYTES:
            raise Misconfigured("ARTI_MASTER_KEY_WRAP_COMMAND printed the key itself, or nothing. Run it by hand.")
        if self._unwrapped(_encode(sealed)) != key:
            raise Misconfigured("What ARTI_MASTER_KEY_WRAP_COMMAND wraps does not unwrap to the same key.")
        return sealed


class WrappedKeyFile:
    """A file of wrapped keys. When it changes, a thread unwraps it, so that no request waits for the service."""

    def __init__(self, path: str, wrapping: KeyWrapping) -> None:
        self._file, self._wrapping = KeyFile(path), wrapping
        self._pending: str | None = None
        self._fresh: str | None = None
        self._failed_at: float | None = None
        self._lock = threading.Lock()

    def read(self) -> str:
        """Return the keys. Raises Misconfigured."""
        text = self._file.changed_text(at_once=True)
        if not text:
            raise Misconfigured("ARTI_MASTER_KEY_FILE cannot be read, or is empty. Name a file that this user reads.")
        return self._wrapping.open(text)

    def changed_text(self, *, at_once: bool = False) -> str | None:
        """Return the keys when they have changed and are unwrapped, else None. `at_once`: wait for it."""
        changed = self._file.changed_text(at_once=at_once)
        if changed is not None:
            self._pending, self._failed_at = changed, None
        if at_once:
            with self._lock:  # also of a thread that is at it
                self._open()
        elif self._is_due() and self._lock.acquire(blocking=False):
            threading.Thread(target=self._open_and_release, daemon=True).start()
        fresh, self._fresh = self._fresh, None
        return fresh

    def _open_and_release(self) -> None:
        try:
            self._open()
        finally:
            self._lock.release()

    def _is_due(self) -> bool:
        waits = self._failed_at is not None and time.monotonic() - self._failed_at < _AGAIN_SECONDS
        return self._pending is not None and not waits

    def _open(self) -> None:
        text = self._pending
        if text is None or not self._is_due():
            return
        try:
            self._fresh = self._wrapping.open(text)
        except Misconfigured as error:
            self._failed_at = time.monotonic()
            log.error("the new master keys cannot be unwrapped, the previous ones stay in use", reason=error.message)
            return
        if self._pending == text:
            self._pending = None


def _run(arguments: list[str], given: bytes, name: str) -> bytes:
    """Return what a command prints. Raises Misconfigured, without what it printed."""
    try:
        return subprocess.run(arguments, input=given, capture_output=True, timeout=COMMAND_TIMEOUT, check=True).stdout
    except subprocess.CalledProcessError as error:
        raise Misconfigured(f"{name} ended with {error.returncode}. Run it by hand.") from None
    except (OSError, subprocess.TimeoutExpired, IndexError) as error:
        raise Misconfigured(
            f"{name} cannot be run ({type(error).__name__}). Run it by hand; it has {COMMAND_TIMEOUT:.0f} s."
        ) from None


def _encode(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(printed: bytes) -> bytes:
    """Return the bytes that a command printed, also when it printed them in base64."""
    try:
        return base64.b64decode(re.sub(rb"\s", b"", printed), validate=True)
    except ValueError:
        return printed
