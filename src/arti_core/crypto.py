"""Seal and open secrets; no other module handles one in clear.

Envelope encryption: AES-256-GCM with a fresh data key for each record, wrapped by the master key, which is kept
outside the database. The additional data binds a record to its owner (an org or a user), kind and reference, so that
a ciphertext moved to another row does not open.
"""

import base64
import os
from uuid import UUID

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arti_core.errors import Misconfigured

KEY_VERSION = 1
_NONCE = 12
_WRAPPED = _NONCE + 32 + 16


class Vault:
    """Seals and opens secrets with the installation's master key."""

    def __init__(self, master_key: str) -> None:
        """Take 32 bytes in base64. Raises Misconfigured for anything else."""
        self._master = AESGCM(_read_master_key(master_key))

    def seal(self, secret: object, *, owner_id: UUID, kind: str, ref: str) -> bytes:
        """Return `secret` (anything JSON can hold) as bytes that only open again for the same owner, kind and ref."""
        associated = _associated_data(owner_id, kind, ref)
        data_key = AESGCM.generate_key(256)
        nonce, wrap_nonce = os.urandom(_NONCE), os.urandom(_NONCE)
        wrapped = wrap_nonce + self._master.encrypt(wrap_nonce, data_key, associated)
        return (
            bytes([KEY_VERSION]) + wrapped + nonce + AESGCM(data_key).encrypt(nonce, orjson.dumps(secret), associated)
        )

    def open(self, sealed: bytes, *, owner_id: UUID, kind: str, ref: str) -> object:
        """Return what was sealed. Raises Misconfigured when the key, the row or a bit differs."""
        associated = _associated_data(owner_id, kind, ref)
        wrapped, rest = sealed[1 : 1 + _WRAPPED], sealed[1 + _WRAPPED :]
        try:
            if sealed[0] != KEY_VERSION:
                raise InvalidTag
            data_key = self._master.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], associated)
            return orjson.loads(AESGCM(data_key).decrypt(rest[:_NONCE], rest[_NONCE:], associated))
        except (InvalidTag, ValueError, IndexError) as error:
            raise Misconfigured(
                "A stored secret does not open with this master key. Restore the key, or store the secret again."
            ) from error


def derive_key(master_key: str, purpose: str) -> bytes:
    """Return 32 bytes derived from the master key, different for each purpose. Raises Misconfigured."""
    hkdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose.encode())
    return hkdf.derive(_read_master_key(master_key))


def _read_master_key(master_key: str) -> bytes:
    try:
        key = base64.b64decode(master_key, validate=True)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise Misconfigured("The master key must be 32 bytes in base64.")
    return key


def _associated_data(owner_id: UUID, kind: str, ref: str) -> bytes:
    return f"{owner_id}|{kind}|{ref}|{KEY_VERSION}".encode()
