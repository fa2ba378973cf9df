"""SQL of exchange rates."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from arti_core.database import Connection, Row, fetch_one

_RATE = "id, from_currency, to_currency, valid_from, rate, note, stated_by, updated_at"


async def list_rates(connection: Connection, org_id: UUID, *, limit: int) -> list[Row]:
    """Return the rates, by currencies, the latest first."""
    return await connection.fetch(
        f"""select {_RATE} from exchange_rates where org_id = $1
            order by from_currency, to_currency, valid_from desc limit $2""",  # noqa: S608
        org_id,
        limit,
    )


async def save_rate(
    connection: Connection,
    org_id: UUID,
    *,
    from_currency: str,
    to_currency: str,
    valid_from: date,
    rate: Decimal,
    note: str,
    stated_by: UUID,
) -> Row:
    return await fetch_one(
        connection,
        f"""insert into exchange_rates (org_id, id, from_currency, to_currency, valid_from, rate, note, stated_by)
            values ($1, $2, $3, $4, $5, $6, $7, $8)
            on conflict (org_id, from_currency, to_currency, valid_from) do update
            set rate = excluded.rate, note = excluded.note, stated_by = excluded.stated_by, updated_at = clock.now()
            returning {_RATE}""",  # noqa: S608
        org_id,
        uuid4(),
        from_currency,
        to_currency,
        valid_from,
        rate,
        note,
        stated_by,
    )


async def delete_rate(connection: Connection, org_id: UUID, rate_id: UUID) -> Row | None:
    """Delete a rate. Returns what it was."""
    return await connection.fetchrow(
        """delete from exchange_rates where org_id = $1 and id = $2
           returning from_currency, to_currency, valid_from, rate""",
        org_id,
        rate_id,
    )
