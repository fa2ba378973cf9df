"""Guess how many rows there are, as the planner does. Off by default: its statistics know of rows that RLS hides."""

from typing import Any

from arti.base.database import Connection
from arti.supabase.rest.request import Asked, Options

_COUNTING = "select count(*)"


async def guess_total(
    connection: Connection, count: tuple[str, tuple[object, ...]], asked: Asked, options: Options
) -> int:
    """Return the planner's number of rows; for count=estimated the true one while it is at most `most_rows`."""
    statement, values = count
    rows = f"select 1{statement.removeprefix(_COUNTING)}"
    counted = 0
    if asked.preferences.count == "estimated":
        if options.most_rows is None:
            return int(await connection.fetchval(statement, *values))
        some = f"{_COUNTING} from ({rows} limit {options.most_rows + 1}) as counted"
        counted = int(await connection.fetchval(some, *values))
        if counted <= options.most_rows:
            return counted
    explained: Any = await connection.fetchval(f"explain (format json) {rows}", *values)
    return max(counted, int(explained[0]["Plan"]["Plan Rows"]))
