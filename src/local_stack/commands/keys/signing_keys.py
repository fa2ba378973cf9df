"""`./arti keys rotate|remove`: change the keys that sign tokens while everything runs and sessions stay valid.

The gateway and the API read the files of JWT_KEYS_FILE and SUPABASE_JWKS_FILE twice a second. A new key is
published first and signs only when every process has it.
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arti_core.errors import Conflict, Misconfigured, NotFound
from local_stack.data_directory import DataDirectory
from local_stack.environment import public_keys_path, signing_keys_path
from local_stack.secrets import load_or_create_secrets, save_secrets, write_private_file
from supabase_local.keys.signing_keys import make_keys, public_jwks

_PROPAGATION_SECONDS = 2.0  # four times what a process needs at most to see a changed file

Jwks = list[dict[str, Any]]


class SigningKeyStore:
    """Where this installation keeps its signing keys: the data folder, or the files that the environment names."""

    def __init__(self, folder: DataDirectory, environ: Mapping[str, str] = os.environ) -> None:
        if environ.get("SUPABASE_URL") and not environ.get("JWT_KEYS_FILE"):
            raise Conflict(
                "This installation uses another Supabase, which has its own signing keys. Rotate them there."
            )
        if environ.get("JWT_KEYS") and not environ.get("JWT_KEYS_FILE"):
            raise Misconfigured(
                "JWT_KEYS is in the environment, where no command can change it. "
                "Put its value into a file and set JWT_KEYS_FILE to its path."
            )
        self._folder = None if environ.get("JWT_KEYS_FILE") else folder
        self._private = Path(environ.get("JWT_KEYS_FILE") or signing_keys_path(folder))
        public = environ.get("SUPABASE_JWKS_FILE") or ("" if self._folder is None else public_keys_path(folder))
        self._public = Path(public) if public else None

    def read(self) -> Jwks:
        if self._folder is not None:
            text = load_or_create_secrets(self._folder.secrets).jwt_keys
        else:
            try:
                text = self._private.read_text()
            except OSError as error:
                raise Misconfigured(f"JWT_KEYS_FILE cannot be read ({error.strerror}).") from None
        keys: Jwks = json.loads(text)
        return keys

    def write(self, keys: Jwks) -> None:
        """Keep `keys`. Whoever only verifies gets them first."""
        text = json.dumps(keys)
        jwks = public_jwks(text)
        if self._public is not None:
            write_private_file(self._public, jwks)
        if self._folder is not None:
            save_secrets(self._folder.secrets, jwt_keys=text, supabase_jwks=jwks)
        write_private_file(self._private, text)


def rotate(store: SigningKeyStore) -> str:
    """Add a key that signs from now on; the others go on verifying. Returns its id."""
    old = [key | {"key_ops": _without_sign_operation(key)} for key in store.read()]
    new: dict[str, Any] = json.loads(make_keys().jwt_keys)[0]
    store.write([new | {"key_ops": ["verify"]}, *store.read()])
    time.sleep(_PROPAGATION_SECONDS)
    store.write([new, *old])
    kid: str = new["kid"]
    return kid


def remove(store: SigningKeyStore, kid: str) -> None:
    """Take a key away: the tokens that it signed are refused within a second. Raises NotFound, Conflict."""
    keys = store.read()
    found = [key for key in keys if key["kid"].startswith(kid)]
    if len(found) != 1:
        raise NotFound("signing key", "Give more of its id; ./arti keys list shows all.")
    if "sign" in found[0].get("key_ops", ()):
        raise Conflict("This key signs new tokens. Make another one with ./arti keys rotate first.")
    store.write([key for key in keys if key is not found[0]])


def list_lines(store: SigningKeyStore) -> list[str]:
    """Return one line for each signing key: its id, its algorithm, what it does."""
    lines = []
    for key in store.read():
        does = "signs" if "sign" in key.get("key_ops", ()) else "verifies"
        lines.append(f"{key['kid']}  {key.get('alg') or key['kty']}  {does}")
    return lines


def _without_sign_operation(key: Mapping[str, Any]) -> list[str]:
    return [word for word in key.get("key_ops", ()) if word != "sign"] or ["verify"]
