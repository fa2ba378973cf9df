"""A pooler between a process and PostgreSQL: pgbouncer, or Supavisor, in transaction mode.

A URL with `?pgbouncer=true` (as Prisma writes it) leads through one. Every transaction may then run in another backend,
so no statement is prepared by name, claims are signed for the backend that the transaction got, and time-outs are set
in it: a pooler does not pass on those of the connection. It costs two round trips a transaction. LISTEN, replication,
migrations and backups need a backend of their own, at DATABASE_DIRECT_HOST.
"""

from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from arti_core.claims_signature import SigningConnection
from arti_core.preamble import Preamble

_PARAMETER: Final = "pgbouncer"
TIMEOUTS: Final = {
    "statement_timeout": "15000",
    "lock_timeout": "10000",
    "idle_in_transaction_session_timeout": "60000",
}
_SET_TIMEOUTS: Final = "select " + ", ".join(f"set_config('{name}', '{ms}', true)" for name, ms in TIMEOUTS.items())


class PooledConnection(SigningConnection):
    """A connection to a pooler."""

    __slots__ = ()
    pooled = True


def is_pooled(dsn: str) -> bool:
    """Return whether `dsn` leads through a pooler in transaction mode."""
    return dict(parse_qsl(urlsplit(dsn).query)).get(_PARAMETER, "").lower() in ("true", "1")


def server_dsn(dsn: str) -> str:
    """Return `dsn` as PostgreSQL's clients take it."""
    parts = urlsplit(dsn)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != _PARAMETER]
    return parts._replace(query=urlencode(query, safe="/")).geturl()


def direct_dsn(dsn: str, host: str) -> str:
    """Return `dsn` at PostgreSQL itself, which is at `host` (host:port) where `dsn` leads through a pooler."""
    if not is_pooled(dsn):
        return dsn
    parts = urlsplit(server_dsn(dsn))
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@{host}").geturl()


async def begin_pooled(connection: Any, preamble: Preamble | str) -> str:
    """Begin a transaction through a pooler. Returns the command tag of the preamble's last statement."""
    begin = (preamble if isinstance(preamble, str) else preamble.sql(None)).partition(";")[0]
    await connection.execute(begin)
    if connection.signer is not None:
        connection.signer.move_to(await connection.fetchval("select pg_backend_pid()"))
    text = preamble if isinstance(preamble, str) else preamble.sql(connection.signer)
    state: str = await connection.execute(";".join([_SET_TIMEOUTS, *filter(str.strip, text.partition(";")[2:])]))
    return state
