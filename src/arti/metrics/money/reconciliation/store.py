"""SQL of the reconciliation: lines in groups, known streams by month, statements that repeat each other."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from arti.metrics.money.store import LINES, LineFilter
from arti_core.database import Connection

# A line that takes money back as a punishment: by its type, or by what its title or store says.
PENALTY: Final = (
    "(l.type = 'adjustment' or concat_ws(' ', l.title, l.store) ~* "
    "'penalt|fraud|artificial|manipulat|clawback|charge ?back|strafe|pénalité|penalizaci|penalidade')"
)


async def _fetch(connection: Connection, sql: str, *values: object) -> list[dict[str, Any]]:
    return [dict(row) for row in await connection.fetch(sql, *values)]


async def list_groups(connection: Connection, org_id: UUID, wanted: LineFilter) -> list[dict[str, Any]]:
    """Return the lines by source, store, month, country, type and currency."""
    return await _fetch(
        connection,
        f"""select l.source, l.store, l.month, l.country, l.type, l.currency, count(*) as lines,
              sum(l.quantity) as units, sum(l.amount) as amount,
              sum(l.quantity) filter (where l.amount > 0 and l.quantity > 0) as paid_units,
              sum(l.amount) filter (where l.amount > 0 and l.quantity > 0) as paid_amount,
              count(*) filter (where l.amount < 0 and not {PENALTY}) as negative_lines,
              sum(l.amount) filter (where l.amount < 0 and not {PENALTY}) as negative_amount,
              count(*) filter (where l.amount < 0 and {PENALTY}) as penalty_lines,
              sum(l.amount) filter (where l.amount < 0 and {PENALTY}) as penalty_amount,
              count(*) filter (where l.song_id is null and l.on_release_id is null) as unmatched_lines,
              sum(l.amount) filter (where l.song_id is null and l.on_release_id is null) as unmatched_amount
            from ({LINES}) l group by 1, 2, 3, 4, 5, 6""",  # noqa: S608
        org_id,
        *wanted.values(),
    )


async def list_newest_months(connection: Connection, org_id: UUID, wanted: LineFilter) -> list[dict[str, Any]]:
    """Return the newest month of each store in each statement."""
    return await _fetch(
        connection,
        f"select l.statement_id, l.source, l.store, max(l.month) as newest from ({LINES}) l group by 1, 2, 3",  # noqa: S608
        org_id,
        *wanted.values(),
    )


async def list_paid_recordings(connection: Connection, org_id: UUID, wanted: LineFilter) -> list[dict[str, Any]]:
    """Return units and amounts by store, recording and month, of lines that are matched to a recording."""
    return await _fetch(
        connection,
        f"""select l.store, l.song_id as recording_id, l.month, l.currency, sum(l.quantity) as units,
              sum(l.amount) as amount
            from ({LINES}) l where l.song_id is not null group by 1, 2, 3, 4""",  # noqa: S608
        org_id,
        *wanted.values(),
    )


async def list_known_streams(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    from_month: date,
    to_month: date,
    known_on: date | None,
) -> list[dict[str, Any]]:
    """Return streams by platform, artist or recording, country and month, from daily values.

    `days`: of how many days. Of several origins of one number (terms) each is a row.
    """
    return await _fetch(
        connection,
        """select s.provider, s.artist_id, coalesce(r.merged_into, a.recording_id) as recording_id,
             nullif(substr(s.dimension, 9), '') as country, s.terms, m.month, sum(m.total) as streams,
             max(m.days) as days
           from series s
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           left join recordings r on r.org_id = s.org_id and r.id = a.recording_id
           cross join lateral private.months_known(s.org_id, s.id, $3, $4, $5) m
           where s.org_id = $1 and s.metric = 'consumption.streams' and ($2::uuid is null or s.artist_id = $2)
             and (s.dimension = '' or s.dimension ~ '^country=[A-Z]{2}$')
             and (s.asset_id is null or a.recording_id is not null and s.dimension = '')
           group by 1, 2, 3, 4, 5, 6""",
        org_id,
        artist_id,
        from_month,
        to_month,
        known_on,
    )


async def list_period_streams(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    from_month: date,
    to_month: date,
    known_on: date | None,
) -> list[dict[str, Any]]:
    """Return totals of periods of recordings, as lists of songs state them, by platform and month of their last day."""
    return await _fetch(
        connection,
        """select s.provider, coalesce(r.merged_into, a.recording_id) as recording_id, m.month, max(m.total) as streams
           from series s
           join assets a on a.org_id = s.org_id and a.id = s.asset_id and a.recording_id is not null
           left join recordings r on r.org_id = s.org_id and r.id = a.recording_id
           cross join lateral private.months_known(s.org_id, s.id, $3, $4, $5) m
           where s.org_id = $1 and s.metric = 'consumption.streams' and ($2::uuid is null or s.artist_id = $2)
             and s.dimension ~ '^period=[0-9]+day$'
           group by 1, 2, 3""",
        org_id,
        artist_id,
        from_month,
        to_month,
        known_on,
    )


async def list_recording_titles(connection: Connection, org_id: UUID, ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = await connection.fetch(
        """select id, concat_ws(' – ', title, version_title) as title from recordings
           where org_id = $1 and id = any ($2)""",
        org_id,
        list(ids),
    )
    return {row["id"]: row["title"] for row in rows}


# What a line says, whoever reported it and under whatever id.
_PRINTS: Final = f"""
  select l.id, l.statement_id, l.currency, l.amount,
    md5(concat_ws('|', l.month, lower(l.store), coalesce(l.country, '-'), coalesce(l.isrc, lower(l.title)), l.type,
      trim_scale(l.quantity), trim_scale(round(l.amount, 6)), l.currency)) as print
  from ({LINES}) l where l.amount <> 0 and coalesce(l.isrc, l.title) is not null
"""  # noqa: S608


async def list_repeated_statements(
    connection: Connection, org_id: UUID, wanted: LineFilter, *, percent: float, at_least: int
) -> list[dict[str, Any]]:
    """Return pairs of statements that repeat each other, by currency: how many lines and how much of the later one."""
    return await _fetch(
        connection,
        f"""with prints as materialized ({_PRINTS}),
              counted as (
                select statement_id, print, currency, count(*) as lines, min(amount) as amount
                from prints group by 1, 2, 3),
              sizes as (select statement_id, count(*) as lines from prints group by 1),
              pairs as (
                select one.statement_id as one, other.statement_id as other, one.currency,
                  sum(least(one.lines, other.lines)) as lines, sum(least(one.lines, other.lines) * one.amount) as amount
                from counted one
                join counted other on other.print = one.print and other.statement_id <> one.statement_id
                group by 1, 2, 3)
            select p.one, p.other, p.currency, p.lines, p.amount, s.title, s.source, s.created_at,
              o.title as other_title, o.source as other_source
            from pairs p
            join royalty_statements s on s.org_id = $1 and s.id = p.one
            join royalty_statements o on o.org_id = $1 and o.id = p.other
            join sizes a on a.statement_id = p.one
            join sizes b on b.statement_id = p.other
            where (s.created_at, s.id) > (o.created_at, o.id)
              and (select sum(q.lines) from pairs q where q.one = p.one and q.other = p.other)
                >= greatest($14, least(a.lines, b.lines) * $15 / 100.0)
            order by s.created_at desc, p.one, p.other, p.currency""",  # noqa: S608
        org_id,
        *wanted.values(),
        at_least,
        percent,
    )


async def list_rows(
    connection: Connection,
    org_id: UUID,
    wanted: LineFilter,
    *,
    stores: Sequence[str],
    months: Sequence[date],
    only: str,
    statement_ids: Sequence[UUID],
    limit: int,
) -> list[dict[str, Any]]:
    """Return lines with the title of their statement. `only`: all, negative, penalty, unmatched or repeated."""
    conditions = {
        "all": "true",
        "negative": f"l.amount < 0 and not {PENALTY}",
        "penalty": f"l.amount < 0 and {PENALTY}",
        "unmatched": "l.song_id is null and l.on_release_id is null",
        "repeated": f"""l.statement_id = ($15::uuid[])[1] and l.id in (
            select p.id from ({_PRINTS}) p where p.print in (
              select q.print from ({_PRINTS}) q where q.statement_id = ($15::uuid[])[2]))""",  # noqa: S608
    }
    return await _fetch(
        connection,
        f"""select 'line' as kind, l.source, s.title as statement, l.source_row as row, l.month, l.store, l.country,
              l.title, l.isrc, l.type, l.quantity, l.amount, l.currency
            from ({LINES}) l
            left join royalty_statements s on s.org_id = l.org_id and s.id = l.statement_id
            where ($14::date[] = '{{}}' or l.month = any ($14)) and ($15::uuid[] = '{{}}' or l.statement_id = any ($15))
              and ($17::text[] = '{{}}' or l.store = any ($17)) and ({conditions[only]})
            order by l.month, l.store, l.source, l.statement_id, l.source_row limit $16""",  # noqa: S608
        org_id,
        *wanted.values(),
        list(months),
        list(statement_ids),
        limit,
        list(stores),
    )


async def list_stores(connection: Connection, org_id: UUID, wanted: LineFilter) -> list[str]:
    """Return the stores as statements name them."""
    rows = await connection.fetch(
        f"select distinct l.store from ({LINES}) l order by 1",  # noqa: S608
        org_id,
        *wanted.values(),
    )
    return [row["store"] for row in rows]
