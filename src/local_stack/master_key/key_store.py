"""Where an installation keeps its master keys: its data folder, a file, a command's output or a setting."""

import os
from pathlib import Path
from typing import Final

from arti_core.errors import Misconfigured
from arti_core.master_keys import format_master_keys, parse_master_keys
from arti_core.wrapped_keys import COMMAND_TIMEOUT, WRAPPED, KeyWrapping
from local_stack.data_directory import DataDirectory
from local_stack.environment import MASTER_KEY_SETTINGS, Environment, master_keys_path
from local_stack.secrets import load_or_create_secrets, save_secrets, write_private_file

PROPAGATION_SECONDS: Final = 2.0  # four times what a process needs at most to see a changed file
_HOW: Final = {
    "ARTI_MASTER_KEY_COMMAND": (
        "ARTI_MASTER_KEY_COMMAND prints the keys, so no command of ours can add one. Make a key (./arti keys new), let "
        "the command print it last, as 1:OLD,2:NEW; two minutes later first, as 2:NEW,1:OLD; two minutes later run "
        "this again. Nothing is restarted."
    ),
    "ARTI_MASTER_KEY": (
        "ARTI_MASTER_KEY is in the environment, where no command can change it. Put its value into a file (0600) and "
        "set ARTI_MASTER_KEY_FILE to its path. Or make a key (./arti keys new), set ARTI_MASTER_KEY=1:OLD,2:NEW, "
        "restart api, worker, gateway and console, set 2:NEW,1:OLD, restart them again, and run this again."
    ),
}


class MasterKeyStore:
    """Reads the keys, and writes them where they are in a file."""

    def __init__(self, folder: DataDirectory, environment: Environment) -> None:
        values = environment.values
        self._settings = environment.settings()
        named = [name for name in reversed(MASTER_KEY_SETTINGS) if os.environ.get(name)]
        self._source = named[0] if named else ""
        self._folder = folder if not named else None
        unwrap, wrap = self._settings.arti_master_key_unwrap_command, self._settings.arti_master_key_wrap_command
        self._wrapping = KeyWrapping(unwrap=unwrap, wrap=wrap) if unwrap else None
        self._file = Path(values.get("ARTI_MASTER_KEY_FILE") or master_keys_path(folder))

    def read(self) -> dict[int, bytes]:
        """Return the keys by version, the one that seals first. Raises Misconfigured."""
        if self._folder is not None:
            return parse_master_keys(load_or_create_secrets(self._folder.secrets).arti_master_key)
        if self._source == "ARTI_MASTER_KEY_FILE":
            try:
                text = self._file.read_text()
            except OSError as error:
                raise Misconfigured(f"ARTI_MASTER_KEY_FILE cannot be read ({error.strerror}).") from None
            return parse_master_keys(self._wrapping.open(text) if self._wrapping else text)
        return self._settings.master_keys().keys

    @property
    def propagation_seconds(self) -> float:
        """How long a process may need to learn of a changed file: it looks twice a second, and unwraps for a while."""
        return PROPAGATION_SECONDS + (COMMAND_TIMEOUT if self._wrapping else 0)

    @property
    def is_writable(self) -> bool:
        """Whether the keys are in a file, which can be changed."""
        return self._source not in _HOW

    def check_writable(self) -> None:
        """Raise Misconfigured, with what to do instead, where the keys are in no file."""
        if self._source in _HOW:
            raise Misconfigured(_HOW[self._source])

    def write(self, keys: dict[int, bytes]) -> None:
        """Keep the keys: first where they last, then where processes read them."""
        self.check_writable()
        text = self._wrapping.close(keys) if self._wrapping else format_master_keys(keys)
        if self._folder is not None:
            save_secrets(self._folder.secrets, arti_master_key=text)
        write_private_file(self._file, text)


def wrap_keys(folder: DataDirectory) -> str:
    """Wrap the keys in ARTI_MASTER_KEY_FILE anew, or those of `folder` for the first time. Returns what was done.

    By the environment alone, since the settings are not in order as long as the keys are not wrapped. Raises
    Misconfigured.
    """
    names = [f"ARTI_MASTER_KEY_{end}" for end in ("FILE", "UNWRAP_COMMAND", "WRAP_COMMAND")]
    path, unwrap, wrap = (os.environ.get(name, "") for name in names)
    if not (path and unwrap and wrap):
        raise Misconfigured(f"Set {', '.join(names)} first: docs/keys.md.")
    file, wrapping = Path(path), KeyWrapping(unwrap=unwrap, wrap=wrap)
    is_new = not file.exists()
    if is_new and not folder.secrets.exists():
        raise Misconfigured(f"There is no {file}. Put the master key into it, then run this again.")
    text = load_or_create_secrets(folder.secrets).arti_master_key if is_new else file.read_text()
    keys = parse_master_keys(wrapping.open(text) if WRAPPED in text else text)
    write_private_file(file, wrapping.close(keys, anew=True))
    done = f"{len(keys)} versions of the master key are wrapped in {file}."
    if not is_new:
        return done
    plain = Path(master_keys_path(folder))
    return (
        f"{done} In the clear they are still in {folder.secrets}: keep a copy apart, then set arti_master_key there to "
        f'"" (another one is made, which nothing uses){f", and delete {plain}" if plain.exists() else ""}.'
    )
