"""Prefer: count=planned and count=estimated. Off by default: planner statistics include rows that RLS hides."""

from typing import Any

from arti_core.database import Connection
from supabase_local.rest.api_request.request import ApiRequest
from supabase_local.rest.config import RestConfig

_COUNTING = "select count(*)"


async def estimate_count(
    connection: Connection, count: tuple[str, tuple[object, ...]], api_request: ApiRequest, config: RestConfig
) -> int:
    """Return the planner's number of rows; for count=estimated the true one while it is at most `max_rows`."""
    statement, values = count
    rows = f"select 1{statement.removeprefix(_COUNTING)}"
    counted = 0
    if api_request.preferences.count == "estimated":
        if config.max_rows is None:
            return int(await connection.fetchval(statement, *values))
        limited = f"{_COUNTING} from ({rows} limit {config.max_rows + 1}) as counted"
        counted = int(await connection.fetchval(limited, *values))
        if counted <= config.max_rows:
            return counted
    explained: Any = await connection.fetchval(f"explain (format json) {rows}", *values)
    return max(counted, int(explained[0]["Plan"]["Plan Rows"]))
