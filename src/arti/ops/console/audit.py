"""The log of what was changed from the console: written in the transaction of the act, and to the box's own log."""

import structlog

from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Connection, Pool, Row

CHANGES_PER_PAGE = 50
_MAX_DETAIL = 20_000

_log = structlog.get_logger()


async def record_change(connection: Connection, *, session: str, act: str, target: str, detail: str) -> None:
    """Append one act. `detail` names columns and keys, or is the statement; row edits leave the values out."""
    await connection.execute(
        "insert into private.console_acts (session, act, target, detail) values ($1, $2, $3, $4)",
        session,
        act,
        target,
        detail[:_MAX_DETAIL],
    )
    _log.info("console act", session=session, act=act, target=target)


async def list_changes(pool: Pool, *, page: int) -> list[Row]:
    """Return one page of acts and one more row when there are further ones, the newest first."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select happened_at, session, act, target, detail from private.console_acts
               order by happened_at desc, id limit $1 offset $2""",
            CHANGES_PER_PAGE + 1,
            page * CHANGES_PER_PAGE,
        )
