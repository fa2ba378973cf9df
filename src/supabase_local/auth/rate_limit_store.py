"""SQL of auth.rate_limits: token buckets, shared by all gateways."""

from arti_core.database import Connection


async def take_token(connection: Connection, key: str, *, burst: int, per_second: float) -> bool:
    """Take one token from the bucket `key`. Returns False when it is empty."""
    row = await connection.fetchrow(
        """insert into auth.rate_limits as b (key, tokens, at) values ($1, $2::float - 1, clock.wall_now())
           on conflict (key) do update
           set tokens = least($2, b.tokens + extract(epoch from clock.wall_now() - b.at) * $3::float) - 1,
               at = clock.wall_now()
           where least($2, b.tokens + extract(epoch from clock.wall_now() - b.at) * $3::float) >= 1
           returning tokens""",
        key,
        float(burst),
        per_second,
    )
    return row is not None
