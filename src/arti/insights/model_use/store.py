"""SQL of what a language model cost an org in a month."""

from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def find_use(connection: Connection, org_id: UUID, month: date) -> Row | None:
    return await connection.fetchrow("select * from model_use where org_id = $1 and month = $2", org_id, month)


async def reserve(connection: Connection, org_id: UUID, month: date, *, micros: int, limit_micros: int) -> bool:
    """Add the highest price of a call to the month, unless that passes the limit. Returns whether it was added."""
    await connection.execute(
        "insert into model_use (org_id, month) values ($1, $2) on conflict do nothing", org_id, month
    )
    done = await connection.execute(
        """update model_use set spent_micros = spent_micros + $3, calls = calls + 1
           where org_id = $1 and month = $2 and spent_micros + $3 <= $4""",
        org_id,
        month,
        micros,
        limit_micros,
    )
    return done.endswith(" 1")


async def settle(
    connection: Connection,
    org_id: UUID,
    month: date,
    *,
    reserved_micros: int,
    spent_micros: int,
    input_tokens: int,
    output_tokens: int,
    error: str | None,
) -> None:
    """Put what a call cost in the place of what was reserved for it."""
    await connection.execute(
        """update model_use set spent_micros = spent_micros - $3 + $4, input_tokens = input_tokens + $5,
             output_tokens = output_tokens + $6,
             failures = failures + case when $7::text is null then 0 else 1 end,
             last_error = coalesce($7, last_error),
             last_error_at = case when $7 is null then last_error_at else clock.now() end
           where org_id = $1 and month = $2""",
        org_id,
        month,
        reserved_micros,
        spent_micros,
        input_tokens,
        output_tokens,
        error,
    )


async def record_test(connection: Connection, org_id: UUID, month: date, error: str | None) -> None:
    await connection.execute(
        """insert into model_use (org_id, month, tested_at, test_error) values ($1, $2, clock.now(), $3)
           on conflict (org_id, month) do update set tested_at = clock.now(), test_error = $3""",
        org_id,
        month,
        error,
    )
