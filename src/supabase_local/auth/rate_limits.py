"""Rate limits by client address: token buckets in the database, shared by all gateways (GoTrue's ratelimits.go).

As upstream they apply only where RATE_LIMIT_HEADER names the header in which your proxy writes the client's address.
"""

import math
from dataclasses import dataclass

from starlette.requests import Request

from arti_core.database import open_transaction
from supabase_local.auth.context import forwarded_address
from supabase_local.auth.errors import too_many_requests
from supabase_local.auth.middleware import context_of
from supabase_local.auth.rate_limit_store import take_token


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket of `burst` requests that is refilled with `count` every `seconds`."""

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
    """Take one token from the bucket of the client's address. Raises AuthError (429) when it is empty."""
    context = context_of(request)
    address = forwarded_address(request)
    if address is None:
        return
    async with open_transaction(context.pool, "begin") as connection:
        taken = await take_token(
            connection, f"{bucket.name} {address}", burst=bucket.burst, per_second=bucket.count / bucket.seconds
        )
    if not taken:
        raise too_many_requests(math.ceil(bucket.seconds / bucket.count))
