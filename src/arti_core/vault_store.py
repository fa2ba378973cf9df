"""SQL of the vault. Members may write or delete a secret; only a worker that holds a job of the org reads one.

The exception is `find_sealed`, for the API. The transaction of the job must show its lease (`JobRun.transaction`).
"""

from collections.abc import Sequence
from uuid import UUID

from arti_core.crypto import key_version
from arti_core.database import Connection


async def put_secret(connection: Connection, org_id: UUID, *, kind: str, ref: str, sealed: bytes) -> None:
    """Insert or replace a secret, as a member who may manage its kind."""
    await connection.execute(
        "select private.put_secret($1, $2, $3, $4, $5)", org_id, kind, ref, sealed, key_version(sealed)
    )


async def delete_secret(connection: Connection, org_id: UUID, *, kind: str, ref: str) -> None:
    """Delete a secret, as a member who may manage its kind."""
    await connection.execute("select private.delete_secret($1, $2, $3)", org_id, kind, ref)


async def find_sealed(connection: Connection, org_id: UUID, *, kind: str, ref: str) -> bytes | None:
    """Return a sealed secret of a kind that is needed before sign-in. As arti_api itself, not as a member."""
    sealed: bytes | None = await connection.fetchval("select private.sealed_secret($1, $2, $3)", org_id, kind, ref)
    return sealed


async def list_sealed(connection: Connection, org_id: UUID, *, kind: str, refs: Sequence[str]) -> dict[str, bytes]:
    """Return the sealed secrets of those refs that have one, as a worker."""
    rows = await connection.fetch(
        "select ref, sealed from private.vault where org_id = $1 and kind = $2 and ref = any ($3)",
        org_id,
        kind,
        list(refs),
    )
    return {row["ref"]: row["sealed"] for row in rows}


async def lock_sealed(connection: Connection, org_id: UUID, *, kind: str, ref: str) -> bytes | None:
    """Return a sealed secret, as a worker, and lock its row until the transaction ends."""
    sealed: bytes | None = await connection.fetchval(
        "select sealed from private.vault where org_id = $1 and kind = $2 and ref = $3 for update", org_id, kind, ref
    )
    return sealed


async def replace_sealed(connection: Connection, org_id: UUID, *, kind: str, ref: str, sealed: bytes) -> None:
    """Replace a secret, as a worker that holds the lock of its row."""
    await connection.execute(
        """update private.vault set sealed = $4, key_version = $5, updated_at = clock.now()
           where org_id = $1 and kind = $2 and ref = $3""",
        org_id,
        kind,
        ref,
        sealed,
        key_version(sealed),
    )
