"""SQL of an artist's series as JSON, in one round trip.

The database function `private.read_artist_series` sets the caller's claims, checks the membership, and reads under
their policies. Its JSON is not parsed in Python.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from arti.vocabulary import Provider, Role
from arti_core.database import Pool, Principal


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which series and days to read. No metrics: all; no days: the newest ninety."""

    artist_id: UUID
    asset_id: UUID | None
    metrics: list[str] | None
    providers: list[Provider] | None
    from_on: date | None
    to_on: date | None
    bucket: str


async def read_artist_series(
    pool: Pool, principal: Principal, org_id: UUID, query: SeriesQuery
) -> tuple[Role | None, str | None]:
    """Return the caller's role (None: not a member) and the JSON (None: no such artist or asset)."""
    row = await pool.fetchrow(
        "select role, body from private.read_artist_series($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        principal.claims(),
        org_id,
        query.artist_id,
        query.asset_id,
        query.metrics,
        query.providers,
        query.from_on,
        query.to_on,
        query.bucket,
    )
    return (Role(row["role"]), row["body"]) if row else (None, None)
