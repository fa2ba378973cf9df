"""SQL of idempotency keys. The functions act for the caller, in an org of theirs."""

from uuid import UUID

from arti_core.database import Connection, Row, fetch_one


async def lock_key(connection: Connection, org_id: UUID | None, *, route: str, key_digest: bytes) -> Row:
    """Lock a key until the end of the transaction.

    Returns is_free, and of the stored answer org_id, body_digest, status and sealed, null when there is none. Without
    `org_id` the answer may belong to any org of the caller.
    """
    return await fetch_one(
        connection, "select * from private.lock_idempotency_key($1, $2, $3)", org_id, route, key_digest
    )


async def store_answer(
    connection: Connection,
    org_id: UUID,
    *,
    route: str,
    key_digest: bytes,
    body_digest: bytes,
    status: int,
    sealed: bytes,
) -> None:
    """Keep an answer for a day."""
    await connection.execute(
        "select private.store_idempotent_answer($1, $2, $3, $4, $5, $6)",
        org_id,
        route,
        key_digest,
        body_digest,
        status,
        sealed,
    )


async def delete_expired(connection: Connection) -> None:
    """Delete the answers of all orgs that are older than a day, as a worker without org."""
    await connection.execute("select private.delete_expired_idempotency_keys()")
