"""SQL of an artist's series, in one round trip, and in two for members who see a part of their org only.

The database functions set the caller's claims and check their session and membership. `private.read_open_series` reads
for those who see their whole org, as a role of its own; `private.read_artist_series` under the caller's policies.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from arti.language.reader_locale import WeekStart
from arti.vocabulary import Role
from arti_core import clock
from arti_core.database import Principal, Row, claims_refused
from arti_core.errors import MfaRequired, SessionNotFound
from arti_core.single_statements import SingleStatements

DEFAULT_DAYS: Final = 90  # the period of a query without days
_SEES_A_PART: Final = 4


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which series and days to read, as known on which day. No metrics: all; no days: the newest ninety."""

    asset_id: UUID | None
    metrics: list[str] | None
    providers: list[str] | None
    from_on: date | None
    to_on: date | None
    bucket: str
    known_on: date | None = None
    week_start: WeekStart = "monday"


async def read_artist_series(
    statements: SingleStatements, principal: Principal, org_id: UUID, artist_id: UUID, query: SeriesQuery
) -> tuple[Role | None, list[Row] | None]:
    """Return the caller's role (None: not a member) and a row for each series (None: no such artist or asset).

    An API and a file may both tell of the same. A row has its months, `numbers`, `breaks` and `own` as the database
    function says. Raises SessionNotFound, MfaRequired, Unavailable.
    """
    rows = await _fetch_rows(statements, principal.claims, org_id, artist_id, query)
    first = rows[0]
    if first["state"] == 0:
        raise SessionNotFound
    if first["state"] == 2:
        raise MfaRequired
    if first["state"] == 3:
        raise claims_refused()
    if first["role"] is None:
        return None, None
    return Role(first["role"]), rows if first["is_known"] else None


async def _fetch_rows(
    statements: SingleStatements, claims: str, org_id: UUID, artist_id: UUID, query: SeriesQuery
) -> list[Row]:
    values = (
        *(org_id, artist_id, query.asset_id, query.metrics, query.providers),
        *(query.to_on or date.max, count_months(query)),
    )
    if query.known_on is None:
        rows = await statements.fetch(
            "select * from private.read_open_series($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            *values,
            claims=claims,
            role="none",  # the function is one of the role arti_reader, which nobody takes on
        )
        if rows[0]["state"] != _SEES_A_PART:
            return rows
    return await statements.fetch(
        "select * from private.read_artist_series($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        *values,
        query.known_on,
        claims=claims,
    )


def count_months(query: SeriesQuery) -> int:
    """Return how many months the period, the one before, and the day before that can touch."""
    last = query.to_on or clock.today() + timedelta(days=1)  # somewhere it is tomorrow
    span = (last - query.from_on).days + 1 if query.from_on else DEFAULT_DAYS
    if not query.to_on:  # it may end in any month, and so on any day of one
        return max(2 * span + 1, 1) // 28 + 3
    first = last - timedelta(days=2 * span)
    return (last.year - first.year) * 12 + last.month - first.month + 1
