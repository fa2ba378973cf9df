"""Seal and open secrets; no other module handles one in clear.

Envelope encryption: AES-256-GCM with a fresh data key for each record, wrapped by a version of the master key, which is
kept outside the database. A sealed value is the version (one byte), the wrapped data key, then the ciphertext: a newer
master key wraps the data key anew, and the ciphertext stays. The additional data binds a record to its owner (an org or
a user), kind and reference, so that a ciphertext moved to another row does not open.
"""

import os
from typing import Final
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arti_core.errors import Misconfigured
from arti_core.master_keys import MasterKeys

_NONCE: Final = 12
HEAD: Final = 1 + _NONCE + 32 + 16  # bytes of the version and the wrapped data key
_FORMAT: Final = 1  # of the ciphertext: it is bound to no version of the master key


class Vault:
    """Seals and opens secrets with the installation's master keys."""

    def __init__(self, master_keys: MasterKeys | str) -> None:
        """Take the keys, or their text. Raises Misconfigured for anything else."""
        self.keys = MasterKeys(master_keys) if isinstance(master_keys, str) else master_keys

    def seal(self, secret: object, *, owner_id: UUID, kind: str, ref: str) -> bytes:
        """Return `secret` (anything JSON can hold) as bytes that only open again for the same owner, kind and ref."""
        data_key, nonce = AESGCM.generate_key(256), os.urandom(_NONCE)
        associated = _associated_data(owner_id, kind, ref, _FORMAT)
        return (
            self._wrap(data_key, owner_id, kind, ref)
            + nonce
            + AESGCM(data_key).encrypt(nonce, orjson.dumps(secret), associated)
        )

    def open(self, sealed: bytes, *, owner_id: UUID, kind: str, ref: str) -> object:
        """Return what was sealed. Raises Misconfigured when the key, the row or a bit differs."""
        data_key, rest = self._unwrap(sealed, owner_id, kind, ref), sealed[HEAD:]
        try:
            associated = _associated_data(owner_id, kind, ref, _FORMAT)
            return orjson.loads(AESGCM(data_key).decrypt(rest[:_NONCE], rest[_NONCE:], associated))
        except (InvalidTag, ValueError) as error:
            raise _does_not_open() from error

    def rewrap(self, sealed: bytes, *, owner_id: UUID, kind: str, ref: str) -> bytes:
        """Return a sealed value, or the first HEAD bytes of one, under the version that seals now.

        Nothing is decrypted but the data key. Raises Misconfigured when that does not open.
        """
        return self._wrap(self._unwrap(sealed, owner_id, kind, ref), owner_id, kind, ref) + sealed[HEAD:]

    def _wrap(self, data_key: bytes, owner_id: UUID, kind: str, ref: str) -> bytes:
        version, cipher = self.keys.sealing()
        nonce = os.urandom(_NONCE)
        return (
            bytes([version]) + nonce + cipher.encrypt(nonce, data_key, _associated_data(owner_id, kind, ref, version))
        )

    def _unwrap(self, sealed: bytes, owner_id: UUID, kind: str, ref: str) -> bytes:
        if len(sealed) < HEAD:
            raise _does_not_open()
        version, nonce = sealed[0], sealed[1 : 1 + _NONCE]
        try:
            return self.keys.cipher(version).decrypt(
                nonce, sealed[1 + _NONCE : HEAD], _associated_data(owner_id, kind, ref, version)
            )
        except InvalidTag as error:
            raise _does_not_open() from error


def key_version(sealed: bytes) -> int:
    """Return the version of the master key under which a value is sealed."""
    return sealed[0]


class DataKey:
    """A key for what must become unreadable when the key is destroyed: AES-256-GCM."""

    def __init__(self, key: bytes) -> None:
        self._key, self._cipher = key, AESGCM(key)

    @staticmethod
    def generate() -> bytes:
        """Return a new key, 32 bytes."""
        return AESGCM.generate_key(256)

    def seal(self, content: bytes, *, associated: bytes) -> bytes:
        """Return `content` as bytes that only open again with the same associated data."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, associated)

    def derive(self, salt: bytes) -> AESGCM:
        """Return the cipher of one long content, which is sealed in frames that count their nonces."""
        return AESGCM(HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"arti content").derive(self._key))

    def open(self, sealed: bytes, *, associated: bytes) -> bytes:
        """Return what was sealed. Raises Misconfigured when the key, the associated data or a bit differs."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], associated)
        except (InvalidTag, ValueError) as error:
            raise Misconfigured("A sealed text does not open with its key. Restore both from one backup.") from error


def _does_not_open() -> Misconfigured:
    return Misconfigured(
        "A stored secret does not open with this master key. Restore the key, or store the secret again."
    )


def _associated_data(owner_id: UUID, kind: str, ref: str, version: int) -> bytes:
    return f"{owner_id}|{kind}|{ref}|{version}".encode()
