"""Guess how many rows there are, as the planner does. Off by default: its statistics know of rows that RLS hides."""

from typing import Any

from arti.base.database import Connection
from arti.supabase.rest.request import Asked, Options

_COUNTING = "select count(*)"


async def guess_total(
    connection: Connection, count: tuple[str, tuple[object, ...]], asked: Asked, options: Options
) -> int:
    """Return the planner's number of rows; for count=estimated the true one while it is not large."""
    statement, values = count
    explained: Any = await connection.fetchval(
        f"explain (format json) select 1{statement.removeprefix(_COUNTING)}", *values
    )
    planned = int(explained[0]["Plan"]["Plan Rows"])
    small = options.most_rows is None or planned <= options.most_rows
    if asked.preferences.count == "estimated" and small:
        return int(await connection.fetchval(statement, *values))
    return planned
