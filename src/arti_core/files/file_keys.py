"""The key of each org for its files outside of the database, made when it is first needed."""

import base64
from typing import Final, cast
from uuid import UUID

from arti_core.crypto import DataKey, Vault
from arti_core.database import Connection
from arti_core.errors import Misconfigured
from arti_core.files import store

_KIND: Final = "file_key"
_REF: Final = "files"


class FileKeys:
    """Opens the keys of orgs, and keeps none: a key that is deleted with its org is gone at once."""

    def __init__(self, vault: Vault | None) -> None:
        self._vault = vault

    async def get(self, connection: Connection, org_id: UUID) -> DataKey:
        """Return the key of an org, made when there is none. Raises Misconfigured without a master key."""
        key = await self.find(connection, org_id)
        if key is None:
            if self._vault is None:
                raise Misconfigured("Files outside of the database are sealed. Set ARTI_MASTER_KEY here too.")
            fresh = base64.b64encode(DataKey.generate()).decode()
            sealed = self._vault.seal(fresh, owner_id=org_id, kind=_KIND, ref=_REF)
            key = self._open(self._vault, org_id, await store.add_key(connection, org_id, sealed))
        return key

    async def find(self, connection: Connection, org_id: UUID) -> DataKey | None:
        """Return the key of an org, None when there is none or no master key. Raises Misconfigured with another one."""
        if self._vault is None:
            return None
        sealed = await store.find_key(connection, org_id)
        return None if sealed is None else self._open(self._vault, org_id, sealed)

    def _open(self, vault: Vault, org_id: UUID, sealed: bytes) -> DataKey:
        return DataKey(base64.b64decode(cast(str, vault.open(sealed, owner_id=org_id, kind=_KIND, ref=_REF))))
