"""Claims for statements that a test runs itself, signed as ARTi's processes sign theirs, or not."""

from uuid import UUID

import orjson

from arti_core.claims_signature import read_signer
from arti_core.database import Connection
from local_stack.postgres import Cluster


def claims_of(user_id: UUID, **more: str) -> str:
    """Return the claims of a user, without a session unless it is in `more`."""
    return orjson.dumps({"sub": str(user_id), "role": "authenticated", **more}).decode()


async def claim(
    connection: Connection, claims: str, *, role: str = "authenticated", signature: str = "", job_org_id: str = ""
) -> None:
    """Take on a role and claims for the transaction of `connection`."""
    await connection.execute(
        """select set_config('role', $1, true), set_config('request.jwt.claims', $2, true),
             set_config('app.job_org_id', $3, true), set_config('app.claims_signature', $4, true)""",
        role,
        claims,
        job_org_id,
        signature,
    )


async def sign(
    connection: Connection, cluster: Cluster, claims: str, *, role: str = "authenticated", job_org_id: str = ""
) -> str:
    """Return a signature that counts on `connection`. For a connection that has taken on no role yet."""
    signer = await read_signer(connection, cluster.claims_key)
    return signer.sign(claims, role=role, job_org_id=job_org_id)
