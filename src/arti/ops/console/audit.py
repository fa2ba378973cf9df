"""The log of changes made from the console: written in the transaction of the change, and to the service's log."""

import structlog
from starlette.responses import Response
from starlette.routing import Route

from arti.ops.console.rendering import address
from arti.ops.console.session_guard import ConsoleRequest, page, require_session
from arti.ops.console.transactions import read_only_transaction
from arti_core.database import Connection, Pool, Row

CHANGES_PER_PAGE = 50
_MAX_DETAIL = 20_000
COMMAND_LINE = "./arti"  # in place of a session

_log = structlog.get_logger()


async def record_change(connection: Connection, *, session: str, action: str, target: str, detail: str) -> None:
    """Append one change. `detail` names columns and keys, or is the statement; row edits leave the values out."""
    await connection.execute(
        "insert into private.console_audit (session, action, target, detail) values ($1, $2, $3, $4)",
        session,
        action,
        target,
        detail[:_MAX_DETAIL],
    )
    _log.info("console change", session=session, action=action, target=target)


async def list_changes(pool: Pool, *, page_number: int) -> list[Row]:
    """Return one page of changes, the newest first, and one more row when there are further ones."""
    async with read_only_transaction(pool) as connection:
        return await connection.fetch(
            """select happened_at, session, action, target, detail from private.console_audit
               order by happened_at desc, id limit $1 offset $2""",
            CHANGES_PER_PAGE + 1,
            page_number * CHANGES_PER_PAGE,
        )


async def show_log(console_request: ConsoleRequest) -> Response:
    number = console_request.page_number
    changes = await list_changes(console_request.pool, page_number=number)
    return page(
        console_request,
        "log.html",
        "Log",
        here="/log",
        changes=changes[:CHANGES_PER_PAGE],
        page_number=number + 1,
        previous=address("/log", page=number - 1) if number else "",
        following=address("/log", page=number + 1) if len(changes) > CHANGES_PER_PAGE else "",
    )


ROUTES = [Route("/log", require_session(show_log))]
