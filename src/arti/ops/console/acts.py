"""The log of what was changed from the console: written in the transaction of the act, and to the box's own log."""

import structlog

from arti.base.database import Connection, Pool, Row
from arti.ops.console.transactions import looking

PAGE_ACTS = 50
_MAX_DETAIL = 20_000

_log = structlog.get_logger()


async def record_act(connection: Connection, *, session: str, act: str, target: str, detail: str) -> None:
    """Append one act. `detail` names columns and keys, or is the statement; row edits leave the values out."""
    await connection.execute(
        "insert into private.console_acts (session, act, target, detail) values ($1, $2, $3, $4)",
        session,
        act,
        target,
        detail[:_MAX_DETAIL],
    )
    _log.info("console act", session=session, act=act, target=target)


async def list_acts(pool: Pool, *, page: int) -> list[Row]:
    """Return one page of acts and one more row when there are further ones, the newest first."""
    async with looking(pool) as connection:
        return await connection.fetch(
            """select happened_at, session, act, target, detail from private.console_acts
               order by happened_at desc, id limit $1 offset $2""",
            PAGE_ACTS + 1,
            page * PAGE_ACTS,
        )
