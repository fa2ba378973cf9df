"""The master keys of an installation: several versions at once, the first of which seals, all of which open.

They are written as `VERSION:KEY`, separated by commas or lines; a key alone has version 1. The text comes from a
setting, from a file that is read again when it changes, or from a command (of a key management service) that prints it.
"""

import base64
import shlex
import subprocess
import threading
import time
from collections.abc import Mapping
from typing import Final

import structlog
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arti_core.errors import Misconfigured
from arti_core.key_file import KeyFile
from arti_core.wrapped_keys import COMMAND_TIMEOUT, WRAPPED, KeyWrapping, WrappedKeyFile

log = structlog.get_logger()

MAX_VERSION: Final = 255  # a sealed value names its version in one byte
COMMAND_SECONDS: Final = 60.0  # how long a process may not know of what the command prints
_AGAIN_SECONDS: Final = 5.0


def parse_master_keys(text: str) -> dict[int, bytes]:
    """Return the keys by version, in their order. Raises Misconfigured, with a message that holds no key."""
    keys: dict[int, bytes] = {}
    for part in text.replace(",", " ").split():
        number, separator, encoded = part.rpartition(":")
        version = int(number) if number.isascii() and number.isdigit() else 0 if separator else 1
        if not 1 <= version <= MAX_VERSION:
            raise Misconfigured(f"The version of a master key must be from 1 to {MAX_VERSION}, as 2:KEY.")
        if version in keys:
            raise Misconfigured(f"There are two master keys of version {version}. Write VERSION:KEY for each.")
        keys[version] = _decode(encoded)
    if not keys:
        raise Misconfigured("The master key must be 32 bytes in base64. There is none.")
    if len(set(keys.values())) != len(keys):
        raise Misconfigured("Two versions of the master key are the same key. Make a new one with ./arti keys.")
    return keys


def format_master_keys(keys: Mapping[int, bytes]) -> str:
    """Return the text that `parse_master_keys` reads; a single key of version 1 stands alone."""
    encoded = {version: base64.b64encode(key).decode() for version, key in keys.items()}
    return encoded[1] if list(encoded) == [1] else ",".join(f"{version}:{key}" for version, key in encoded.items())


class MasterKeys:
    """The keys of one process, which learns of new versions without a restart when they come from a file or command."""

    def __init__(self, text: str = "", *, file: str = "", command: str = "", unwrap: str = "") -> None:
        """`text` holds as long as there is no `file`; what is in one, `unwrap` unwraps. Raises Misconfigured."""
        self._source: KeyFile | WrappedKeyFile | _KeyCommand = KeyFile(file)
        if command:
            self._source = _KeyCommand(command)
        elif unwrap:
            self._source = WrappedKeyFile(file, KeyWrapping(unwrap=unwrap))
        found = self._source.changed_text() or text if isinstance(self._source, KeyFile) else self._source.read()
        if file and not found:
            raise Misconfigured("ARTI_MASTER_KEY_FILE cannot be read, or is empty. Name a file that this user reads.")
        self._load(parse_master_keys(found))

    def _load(self, keys: dict[int, bytes]) -> None:
        self._keys = keys
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._sealing = next(iter(keys))
        self._derived: dict[str, dict[int, bytes]] = {}

    def _renew(self, *, at_once: bool = False) -> None:
        text = self._source.changed_text(at_once=at_once)
        if text is None:
            return
        try:
            keys = parse_master_keys(text)
        except Misconfigured as error:
            log.error("the new master keys are invalid, the previous ones stay in use", reason=error.message)
            return
        changed = [version for version, key in keys.items() if self._keys.get(version, key) != key]
        if changed:  # what was sealed under it would not open any more
            log.error("a master key was replaced under its version, the previous ones stay in use", versions=changed)
            return
        self._load(keys)

    @property
    def versions(self) -> list[int]:
        """The versions, the one that seals first."""
        self._renew()
        return list(self._keys)

    @property
    def keys(self) -> dict[int, bytes]:
        """The keys themselves, for whoever rotates them."""
        self._renew()
        return dict(self._keys)

    def sealing(self) -> tuple[int, AESGCM]:
        """Return the version that seals, and its cipher."""
        self._renew()
        return self._sealing, self._ciphers[self._sealing]

    def cipher(self, version: int) -> AESGCM:
        """Return the cipher of a version. Raises Misconfigured for one that is not there."""
        self._renew()
        if version not in self._ciphers:
            self._renew(at_once=True)
        try:
            return self._ciphers[version]
        except KeyError:
            raise Misconfigured(
                f"A stored secret is sealed with version {version} of the master key, which is not there. Put that "
                "key back, or store the secret again."
            ) from None

    def derive(self, purpose: str) -> dict[int, bytes]:
        """Return 32 bytes derived from each version, different for each purpose, the version that seals first."""
        self._renew()
        if purpose not in self._derived:
            self._derived[purpose] = {version: _derive(key, purpose) for version, key in self._keys.items()}
        return self._derived[purpose]

    def __repr__(self) -> str:
        return "MasterKeys(...)"


class _KeyCommand:
    """Runs a command that prints the keys: now and then in a thread, so that no request waits for it."""

    def __init__(self, command: str) -> None:
        self._arguments = shlex.split(command)
        self._text = ""
        self._fresh: str | None = None
        self._ran_at = 0.0
        self._lock = threading.Lock()

    def read(self) -> str:
        """Run it. Raises Misconfigured, without what it printed."""
        self._ran_at = time.monotonic()
        try:
            done = subprocess.run(self._arguments, capture_output=True, text=True, timeout=COMMAND_TIMEOUT, check=True)
        except subprocess.CalledProcessError as error:
            raise Misconfigured(f"ARTI_MASTER_KEY_COMMAND ended with {error.returncode}. Run it by hand.") from None
        except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError) as error:
            raise Misconfigured(
                f"ARTI_MASTER_KEY_COMMAND cannot be run ({type(error).__name__}). Run it by hand; it has "
                f"{COMMAND_TIMEOUT:.0f} s."
            ) from None
        self._text = done.stdout
        return self._text

    def changed_text(self, *, at_once: bool) -> str | None:
        """Return what it prints when that has changed, else None."""
        age = time.monotonic() - self._ran_at
        if at_once and age > _AGAIN_SECONDS:
            self._run()
        elif age > COMMAND_SECONDS and self._lock.acquire(blocking=False):
            self._ran_at = time.monotonic()
            threading.Thread(target=self._run_and_release, daemon=True).start()
        fresh, self._fresh = self._fresh, None
        return fresh

    def _run_and_release(self) -> None:
        try:
            self._run()
        finally:
            self._lock.release()

    def _run(self) -> None:
        before = self._text
        try:
            if self.read() != before:
                self._fresh = self._text
        except Misconfigured as error:
            log.error("the master keys cannot be read again, the previous ones stay in use", reason=error.message)


def _decode(encoded: str) -> bytes:
    if encoded.startswith(WRAPPED):
        raise Misconfigured("The master key is wrapped. Set ARTI_MASTER_KEY_UNWRAP_COMMAND, which unwraps it.")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Misconfigured("The master key must be 32 bytes in base64.")
    return key


def _derive(key: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode()).derive(key)
