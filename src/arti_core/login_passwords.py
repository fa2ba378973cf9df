"""Passwords of database logins: one for each role, made from a secret that no login has."""

import base64
import hmac

import asyncpg

_PURPOSE = b"password of a database login: "


def derive_password(secret: str, role: str) -> str:
    """Return the password of `role`: 256 bits that tell nothing of `secret` or of another role's password."""
    digest = hmac.digest(secret.encode(), _PURPOSE + role.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def set_password(connection: "asyncpg.Connection[asyncpg.Record]", role: str, password: str) -> None:
    """Give a login role its password, as a superuser or as a role that may. Raises asyncpg's errors.

    Made into a SCRAM verifier by the server; the statement is logged only by a server that logs every statement.
    """
    statement = await connection.fetchval(
        "select format('alter role %I login password %L', $1::text, $2::text)", role, password
    )
    await connection.execute(statement)
