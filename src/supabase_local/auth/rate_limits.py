"""Rate limits by client address: token buckets in the database, so that all gateways count together.

As upstream they hold only where RATE_LIMIT_HEADER says in which header your proxy writes the client's address.
"""

from dataclasses import dataclass

from starlette.requests import Request

from arti_core.database import open_transaction
from supabase_local.auth.errors import AuthError
from supabase_local.auth.middleware import context_of


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds `burst` requests at most and gets `count` more every `seconds`."""

    name: str
    count: int
    seconds: int
    burst: int = 30


SIGN_UP = Bucket("signup", 30, 300)
ANONYMOUS = Bucket("anonymous", 30, 3600)
RECOVER = Bucket("recover", 30, 300)
RESEND = Bucket("resend", 30, 300)
MAGIC_LINK = Bucket("magiclink", 30, 300)
OTP = Bucket("otp", 30, 300)
USER = Bucket("user", 30, 300)
VERIFY = Bucket("verify", 30, 300)
TOKEN = Bucket("token", 150, 300)
FACTOR = Bucket("factor", 15, 60)


async def take(request: Request, bucket: Bucket) -> None:
    """Take one request out of the bucket of the client's address. Raises AuthError (429) when it is empty."""
    context = context_of(request)
    header = context.settings.rate_limit_header
    if not header:
        return
    # The last one: a client may write whatever it likes before what your proxy appends.
    address = request.headers.get(header, "").rpartition(",")[2].strip()[:64]
    if not address:
        return
    async with open_transaction(context.pool, "begin") as connection:
        row = await connection.fetchrow(
            """insert into auth.rate_limits as b (key, tokens, at) values ($1, $2::float - 1, clock_timestamp())
               on conflict (key) do update
               set tokens = least($2, b.tokens + extract(epoch from clock_timestamp() - b.at) * $3::float) - 1,
                   at = clock_timestamp()
               where least($2, b.tokens + extract(epoch from clock_timestamp() - b.at) * $3::float) >= 1
               returning tokens""",
            f"{bucket.name} {address}",
            float(bucket.burst),
            bucket.count / bucket.seconds,
        )
    if row is None:
        raise AuthError(429, "over_request_rate_limit", "Request rate limit reached")
