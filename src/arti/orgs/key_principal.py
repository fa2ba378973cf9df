"""Who an API key is at the API and at the gateway, and what it may do there."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

import orjson

from arti.orgs import store
from arti.vocabulary import KeyScope, Permission
from arti_core.database import Connection, Pool, Principal, open_transaction
from arti_core.errors import Forbidden, Unauthorized
from supabase_local.keys.api_keys import KEY_FORM, ApiKey
from supabase_local.keys.signing_keys import hash_key

_SAFE_METHODS: Final = ("GET", "HEAD")
_NOT_AT_THE_GATEWAY: Final = (
    "This API key pushes values through ARTi's API, at /api/sources/{slug}/observations, and does nothing else. "
    "For REST and Realtime, create one with the scope data."
)


@dataclass(frozen=True)
class KeyPrincipal(Principal):
    """The machine member of a key. The database checks the key of the claims as it checks a session."""

    key_id: UUID | None = None
    scope: KeyScope = KeyScope.DATA

    @cached_property
    def claims(self) -> str:
        claims = {"sub": str(self.user_id), "role": "authenticated", "key_id": str(self.key_id), "email": self.email}
        return orjson.dumps(claims).decode()


async def authenticate_key(pool: Pool, secret: str, *, request_id: str) -> KeyPrincipal:
    """Return the machine member of a key that is not revoked. Raises Unauthorized."""
    key = None
    if KEY_FORM.fullmatch(secret):
        async with open_transaction(pool, "begin") as connection:
            key = await store.use_key(connection, hash_key(secret))
    if key is None or key["user_id"] is None:  # none, or one of the installation, which is in no org
        raise Unauthorized("This API key is not valid here or was revoked. Ask an admin of the org for another one.")
    return KeyPrincipal(
        user_id=key["user_id"],
        session_id=None,
        email=key["email"],
        request_id=request_id,
        key_id=key["id"],
        scope=KeyScope(key["scope"]),
    )


def admit_key(permission: Permission, scope: KeyScope | None) -> Callable[[Principal, str], None]:
    """Return the check of an endpoint: whether a key may call it, by its method. Raises Forbidden.

    A key reads, and writes where the endpoint takes keys of its `scope`.
    """

    def admit(principal: Principal, method: str) -> None:
        if not isinstance(principal, KeyPrincipal):
            return
        if scope is None and not (method in _SAFE_METHODS and permission.endswith(":read")):
            raise Forbidden(
                "An API key may not do this: through this API it reads what its role may, and pushes values of the "
                "org's own sources if it was created for that. Sign in as a person."
            )
        if scope is not None and principal.scope is not scope:
            raise Forbidden(
                f"This API key has the scope {principal.scope}, and this needs {scope}. "
                f"Ask an admin of the org to create a key with the scope {scope}."
            )

    return admit


async def use_gateway_key(connection: Connection, hashed: bytes) -> ApiKey | None:
    """Return the unrevoked key with this SHA-256, of the installation or of an org, and record its use."""
    row = await store.use_key(connection, hashed)
    if row is None:
        return None
    refusal = _NOT_AT_THE_GATEWAY if row["scope"] == KeyScope.VALUES_PUSH else None
    return ApiKey(row["id"], row["role"], row["user_id"], row["email"], refusal)
