"""Replay recent messages of the database to a client that joins a private channel."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from arti_core import clock
from arti_core.database import Row, role_transaction
from supabase_local.gateway.database_pools import DatabasePools
from supabase_local.realtime.channel.channel import JoinRefused
from supabase_local.realtime.serializer import Broadcast

_MAX_MESSAGES = 25
_RETENTION_SECONDS = 3 * 86_400


async def replay(pools: DatabasePools, name: str, params: Mapping[str, Any]) -> list[Broadcast]:
    """Return the latest `limit` messages of the private channel `name` since `since` (milliseconds), in order.

    Raises JoinRefused. The caller has checked that the channel may be read.
    """
    since, limit = params.get("since", 0), params.get("limit", _MAX_MESSAGES)
    if type(since) is not int or type(limit) is not int or limit < 1:
        raise JoinRefused("UnableToReplayMessages: Replay params are not valid")
    now = clock.timestamp()
    earliest = datetime.fromtimestamp(min(max(since / 1000, now - _RETENTION_SECONDS), now), UTC).replace(tzinfo=None)
    async with role_transaction(pools.service, "service_role", "", read_only=True) as connection:
        rows = await connection.fetch(
            """select id, event, payload::text as payload, binary_payload from realtime.messages
               where topic = $1 and extension = 'broadcast' and private is true and inserted_at >= $2
               order by inserted_at desc limit $3""",
            name,
            earliest,
            min(limit, _MAX_MESSAGES),
        )
    return [_message(row) for row in reversed(rows)]


def _message(row: Row) -> Broadcast:
    meta = {"replayed": True, "id": str(row["id"])}
    if row["binary_payload"] is not None:
        return Broadcast(row["event"] or "", row["binary_payload"], is_json=False, meta=meta)
    return Broadcast(row["event"] or "", (row["payload"] or orjson.dumps(None).decode()).encode(), True, meta)
