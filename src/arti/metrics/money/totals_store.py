"""SQL of totals of royalties. Amounts are never summed across currencies without a stated rate."""

from datetime import date
from typing import Final
from uuid import UUID

from arti.metrics.money.schemas import Grouping
from arti.metrics.money.store import LINES, LineFilter
from arti_core.database import Connection, Row

# The key of a line in each grouping, and the name of a key.
_KEYS: Final[dict[Grouping, tuple[str, str]]] = {
    "store": ("l.store", "t.key"),
    "country": ("l.country", "t.key"),
    "month": ("to_char(l.month, 'YYYY-MM')", "t.key"),
    "recording": (
        "l.song_id::text",
        "(select concat_ws(' – ', g.title, g.version_title) from recordings g"
        " where g.org_id = $1 and g.id = t.key::uuid)",
    ),
    "release": (
        "l.on_release_id::text",
        "(select g.title from releases g where g.org_id = $1 and g.id = t.key::uuid)",
    ),
    "artist": ("l.artist_id::text", "(select g.name from artists g where g.org_id = $1 and g.id = t.key::uuid)"),
}
# The rate of a line's month into $14: the latest stated until the month's last day. 1 where nothing is converted.
_RATED: Final = f"""
  select l.*, case when $14::text is null or l.currency = $14 then 1 else x.rate end as rate,
    coalesce($14, l.currency) as shown_in, x.id as rate_id
  from ({LINES}) l
  left join lateral (
    select e.id, e.rate from exchange_rates e
    where e.org_id = l.org_id and e.from_currency = l.currency and e.to_currency = $14
      and e.valid_from < l.month + interval '1 month'
    order by e.valid_from desc limit 1) x on l.currency <> $14
"""  # noqa: S608


async def list_totals(
    connection: Connection,
    org_id: UUID,
    wanted: LineFilter,
    *,
    group_by: Grouping | None,
    currency: str | None,
    limit: int,
) -> list[Row]:
    """Return totals by group and currency; with `currency` converted into it. No group: all lines."""
    key, name = _KEYS[group_by] if group_by else ("null::text", "t.key")
    order = "key, currency" if group_by == "month" else "currency, amount desc, key"
    return await connection.fetch(
        f"""with rated as ({_RATED}),
              by_type as (
                select {key} as key, l.shown_in as currency, l.type, sum(l.amount * l.rate) as amount,
                  sum(l.quantity) as quantity, count(*) as lines, min(l.month) as first_month,
                  max(l.month) as last_month
                from rated l group by 1, 2, 3),
              totals as (
                select key, currency, sum(amount) as amount, sum(lines)::bigint as lines,
                  coalesce(jsonb_object_agg(type, quantity::text) filter (where quantity is not null), '{{}}')
                    as quantities,
                  min(first_month) as first_month, max(last_month) as last_month
                from by_type group by 1, 2 order by {order} limit $15)
            select t.*, {name} as name from totals t order by {order}""",  # noqa: S608
        org_id,
        *wanted.values(),
        currency,
        limit,
    )


async def list_months_without_rate(
    connection: Connection, org_id: UUID, wanted: LineFilter, *, currency: str
) -> list[tuple[str, date]]:
    """Return (currency, month) of lines that cannot be converted into `currency`."""
    rows = await connection.fetch(
        f"select distinct l.currency, l.month from ({_RATED}) l where l.rate is null order by 1, 2",  # noqa: S608
        org_id,
        *wanted.values(),
        currency,
    )
    return [(row["currency"], row["month"]) for row in rows]


async def list_used_rates(connection: Connection, org_id: UUID, wanted: LineFilter, *, currency: str) -> list[Row]:
    return await connection.fetch(
        f"""select e.from_currency, e.to_currency, e.valid_from, e.rate from exchange_rates e
            where e.org_id = $1 and e.id in (select l.rate_id from ({_RATED}) l)
            order by e.from_currency, e.valid_from""",  # noqa: S608
        org_id,
        *wanted.values(),
        currency,
    )


async def list_sources(connection: Connection, org_id: UUID, wanted: LineFilter) -> list[str]:
    rows = await connection.fetch(
        f"select distinct l.source from ({LINES}) l order by 1",  # noqa: S608
        org_id,
        *wanted.values(),
    )
    return [row["source"] for row in rows]
