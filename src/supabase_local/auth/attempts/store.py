"""SQL of auth.attempts: how often something was tried, shared by all gateways."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from arti_core.database import Connection


async def take_attempt(
    connection: Connection, key: bytes, *, free: int, leak_seconds: float, first_wait: float, max_wait: float
) -> float | None:
    """Count an attempt of `key`. Returns the seconds that further ones are blocked, None when it is blocked itself.

    One attempt is forgotten every `leak_seconds`. From the `free`-th on each blocks the next, twice as long each time.
    """
    row = await connection.fetchrow(
        """insert into auth.attempts as a (key, count, at) values ($1, 1, clock.wall_now())
           on conflict (key) do update set (count, at, blocked_until) = (
             select n.count, n.at, case when n.count > $2::float - 1 then n.at + interval '1 second'
               * least($5::float, $4::float * 2 ^ least(greatest(n.count - $2::float, 0), 20.0)) end
             from (select greatest(a.count - extract(epoch from clock.wall_now() - a.at) / $3::float, 0) + 1 as count,
                          clock.wall_now() as at) n)
           where a.blocked_until is null or a.blocked_until <= clock.wall_now()
           returning coalesce(extract(epoch from blocked_until - clock.wall_now()), 0)::float as seconds""",
        key,
        float(free),
        leak_seconds,
        first_wait,
        max_wait,
    )
    return float(row["seconds"]) if row else None


async def find_wait(connection: Connection, key: bytes) -> float:
    """Return the seconds until an attempt of `key` is allowed."""
    seconds = await connection.fetchval(
        "select extract(epoch from blocked_until - clock.wall_now())::float from auth.attempts where key = $1", key
    )
    return max(float(seconds or 0), 0)


async def forget_attempts(connection: Connection, keys: Sequence[bytes]) -> None:
    await connection.execute("delete from auth.attempts where key = any ($1)", keys)


async def return_attempt(connection: Connection, key: bytes, *, free: int) -> None:
    """Undo one attempt of `key`, because it succeeded; the others stay counted."""
    await connection.execute(
        """update auth.attempts set count = greatest(count - 1, 0),
             blocked_until = case when count > $2::float then blocked_until end
           where key = $1""",
        key,
        float(free),
    )


async def has_succeeded_from(
    connection: Connection, user_id: UUID, network: str, *, actions: Sequence[str], since: datetime
) -> bool:
    """Return whether the audit log has one of `actions` by this user from `network` since then."""
    found: bool = await connection.fetchval(
        """select exists (
             select from auth.audit_log_entries
             where payload ->> 'actor_id' = $1 and created_at >= $2 and payload ->> 'action' = any ($3)
               and nullif(ip_address, '')::inet <<= $4::text::inet)""",
        str(user_id),
        since,
        actions,
        network,
    )
    return found
