"""SQL of insights, their evidence and feedback."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row

# What an insight `i` needs besides its own columns to be read in a language.
NUMBERS = """(select jsonb_agg(jsonb_build_object('slot', e.slot, 'label', e.label, 'unit', e.unit, 'value', e.value,
                 'computation', e.computation))
               from insight_evidence e where e.org_id = i.org_id and e.insight_id = i.id and e.value is not null)
             as numbers"""
_SHOWN = f"""i.*, a.name as artist_name, t.title as asset_title, m.name as metric_name, m.unit,
             f.rating as my_rating, f.comment as my_comment, {NUMBERS},
             i.quiet or i.status <> 'new' or r.read_at is not null as is_read,
             case when i.assigned_to is not null then jsonb_build_object('id', i.assigned_to,
               'name', coalesce(nullif(u.display_name, ''), u.email, '')) end as assignee,
             (select count(*) from insight_parts p where p.org_id = i.org_id and p.insight_id = i.id) as part_count,
             (select count(*) from insight_comments c
              where c.org_id = i.org_id and c.insight_id = i.id) as comment_count,
             s.interval_days as step_days, m.kind = 'counter' as is_counter"""  # noqa: S608 - a constant of this module
_FROM = """
  from insights i
  join artists a on a.org_id = i.org_id and a.id = i.artist_id
  join series s on s.org_id = i.org_id and s.id = i.series_id
  join private.known_metrics m on m.slug = i.metric and (m.org_id is null or m.org_id = i.org_id)
  left join assets t on t.org_id = i.org_id and t.id = i.asset_id
  left join insight_feedback f on f.org_id = i.org_id and f.insight_id = i.id and f.user_id = $2
  left join insight_reads r on r.org_id = i.org_id and r.insight_id = i.id and r.user_id = $2
  left join users u on u.id = i.assigned_to
"""
# The sort key of an insight, as a moment. It depends on the row alone, so pages neither repeat nor skip an insight.
_SORT_AT = {
    "newest": "i.created_at",
    "weight": """(i.happened_on + interval '1 hour' * i.confidence + interval '1 day' * case
                    when i.status <> 'new' then 0 when i.severity = 'important' then 28
                    when i.severity = 'notice' then 7 else 0 end) at time zone 'utc'""",
}

# What had been found by the end of a day (UTC; null: now), and what was not withdrawn by then. A withdrawn insight can
# be assigned and put off, but withdrawing is the last change of its status.
FOUND_BY = "({0}::date is null or i.created_at < ({0}::date + 1)::timestamp at time zone 'UTC')"
STANDS = "(i.status <> 'withdrawn' or i.withdrawn_at >= ({0}::date + 1)::timestamp at time zone 'UTC')"

_FOUND_LATE = 35  # days: what needs four weeks to be seen is still news
_NEWS_ORDER = """i.direction >= 0, array_position(array['important', 'notice', 'info'], i.severity),
                 i.happened_on desc, i.id"""


@dataclass(frozen=True, slots=True)
class InsightFilter:
    """Which insights to list. None matches any; without a status, all but withdrawn and dismissed ones.

    `snoozed`: those that are put off, which no other list has. `unread`: by the caller. `known_on`: those that had been
    found by the end of that day (UTC), and were not withdrawn by then; dismissed ones too. `q`: words that are each in
    the title, or name the platform or, in the reader's language, the metric.
    """

    artist_id: UUID | None = None
    severity: str | None = None
    status: str | None = None
    provider: str | None = None
    assigned_to: UUID | None = None
    unread: bool = False
    snoozed: bool = False
    found_after: datetime | None = None
    found_until: datetime | None = None
    known_on: date | None = None
    q: str | None = None


async def list_insights(
    connection: Connection,
    org_id: UUID,
    *,
    user_id: UUID,
    filter: InsightFilter,
    order: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
    words: Sequence[str] = (),
    metrics: Sequence[tuple[str, str]] = (),
) -> list[Row]:
    """Return insights. `words`: what `filter.q` looks for; `metrics`: (word, slug) of the metrics that one names."""
    sort_at = _SORT_AT[order]
    return await connection.fetch(
        f"""select {_SHOWN}, {sort_at} as sort_at {_FROM}
            where i.org_id = $1 and ($3::uuid is null or i.artist_id = $3)
              and ($4::text is null or i.severity = $4)
              and case when $5::text is not null then i.status = $5
                else {STANDS.format("$15")} and (i.status <> 'dismissed' or $15::date is not null) end
              and {FOUND_BY.format("$15")}
              and ($6::text is null or i.provider = $6::text or exists (
                select from insight_parts p where p.org_id = i.org_id and p.insight_id = i.id and p.provider = $6))
              and ($7::timestamptz is null or ({sort_at}, i.id) < ($7, $8))
              and ($10::uuid is null or i.assigned_to = $10)
              and (not $11::boolean or i.status = 'new' and not i.quiet and r.read_at is null)
              and coalesce(i.snoozed_until > clock.today(), false) = $12::boolean
              and ($13::timestamptz is null or i.created_at > $13)
              and ($14::timestamptz is null or i.created_at <= $14)
              and not exists (select from unnest($16::text[]) w (word)
                where strpos(lower(i.title), w.word) = 0 and strpos(lower(i.provider), w.word) = 0
                  and not exists (select from unnest($17::text[], $18::text[]) m (word, slug)
                    where m.word = w.word and m.slug = i.metric))
            order by sort_at desc, i.id desc limit $9""",  # noqa: S608 - constants of this module
        org_id,
        user_id,
        filter.artist_id,
        filter.severity,
        filter.status,
        filter.provider,
        after[0] if after else None,
        after[1] if after else None,
        limit,
        filter.assigned_to,
        filter.unread,
        filter.snoozed,
        filter.found_after,
        filter.found_until,
        filter.known_on,
        list(words),
        [word for word, _ in metrics],
        [slug for _, slug in metrics],
    )


async def list_news(
    connection: Connection, org_id: UUID, *, user_id: UUID, since: datetime, limit: int, known_on: date | None
) -> list[Row]:
    """Return what was found since a moment and is not done with: falls first, then the gravest; two of an artist.

    What was past when ARTi learnt of it is no news, unless it happened since. With `known_on` what had been found by
    the end of that day (UTC), whatever was done with it since.
    """
    return await connection.fetch(
        f"""select * from (
              select {_SHOWN}, row_number() over (partition by i.artist_id order by {_NEWS_ORDER}) as of_artist {_FROM}
              cross join lateral (select ($3::timestamptz at time zone 'utc')::date as since_on) w
              where i.org_id = $1 and i.detector <> 'stale_data' and {FOUND_BY.format("$5")} and case
                when $5::date is null then i.status = 'new' and coalesce(i.snoozed_until <= clock.today(), true)
                else {STANDS.format("$5")} end
                and (i.happened_on >= w.since_on
                  or not i.quiet and i.created_at >= $3 and i.happened_on >= w.since_on - {_FOUND_LATE})
            ) i where of_artist <= 2 order by {_NEWS_ORDER} limit $4""",  # noqa: S608 - constants of this module
        org_id,
        user_id,
        since,
        limit,
        known_on,
    )


async def count_unread(connection: Connection, org_id: UUID, *, user_id: UUID) -> dict[UUID, int]:
    """Return how many insights of each artist a member has not read; none for an artist without."""
    rows = await connection.fetch(
        """select i.artist_id, count(*) as unread from insights i
           where i.org_id = $1 and i.status = 'new' and not i.quiet
             and coalesce(i.snoozed_until <= clock.today(), true)
             and not exists (select from insight_reads r
                             where r.org_id = i.org_id and r.user_id = $2 and r.insight_id = i.id)
           group by i.artist_id""",
        org_id,
        user_id,
    )
    return {row["artist_id"]: row["unread"] for row in rows}


async def list_chart_values(
    connection: Connection, org_id: UUID, rows: Sequence[Row], *, known_on: date | None = None
) -> dict[UUID, dict[str, Any]]:
    """Return {from_on, values} of each insight's series around its day: 27 steps before it and up to 14 after.

    Of a counter what it gained, unless the insight is about its level. A step without a value is null; no values of a
    series that is not there. With `known_on` up to that day, as it was known at its end (UTC).
    """
    charts = await connection.fetch(
        "select * from private.charts_around_days($1, $2, $3, $4, $5, $6, $7)",
        org_id,
        [row["id"] for row in rows],
        [row["series_id"] for row in rows],
        [row["happened_on"] for row in rows],
        [row["step_days"] for row in rows],
        [shows_gains(row) for row in rows],
        known_on,
    )
    missing = {row["id"]: {"from_on": row["happened_on"], "values": []} for row in rows}
    return missing | {chart["id"]: dict(chart) for chart in charts}


def shows_gains(row: Row) -> bool:
    """Return whether the chart of an insight shows what its counter gained, and not its level."""
    return row["is_counter"] and row["detector"] not in ("milestone", "correction")


async def find_insight(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, known_on: date | None = None
) -> Row | None:
    """Return an insight; with `known_on` only one that had been found by the end of that day (UTC)."""
    return await connection.fetchrow(
        f"select {_SHOWN} {_FROM} where i.org_id = $1 and i.id = $3 and {FOUND_BY.format('$4')}",
        org_id,
        user_id,
        insight_id,
        known_on,
    )


async def list_evidence(connection: Connection, org_id: UUID, insight_id: UUID) -> list[Row]:
    return await connection.fetch(
        """select e.slot, e.label, e.unit, e.value, e.shown, e.computation, e.series_id,
                  d.id as document_id, d.title as document_title, c.text as chunk_text
           from insight_evidence e
           left join chunks c on c.org_id = e.org_id and c.id = e.chunk_id
           left join documents d on d.org_id = c.org_id and d.id = c.document_id
           where e.org_id = $1 and e.insight_id = $2
           order by e.value is null, e.slot""",
        org_id,
        insight_id,
    )


async def set_status(connection: Connection, org_id: UUID, insight_id: UUID, status: str) -> bool:
    """Return whether an insight was changed; a withdrawn one is not."""
    done = await connection.execute(
        """update insights set status = $3, updated_at = clock.now()
           where org_id = $1 and id = $2 and status <> 'withdrawn'""",
        org_id,
        insight_id,
        status,
    )
    return done.endswith(" 1")


async def put_feedback(
    connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID, rating: str, comment: str
) -> None:
    await connection.execute(
        """insert into insight_feedback (org_id, insight_id, user_id, rating, comment) values ($1, $2, $3, $4, $5)
           on conflict (org_id, insight_id, user_id) do update
           set rating = $4, comment = $5, created_at = clock.now()""",
        org_id,
        insight_id,
        user_id,
        rating,
        comment,
    )
