"""SQL of insights, their evidence and feedback."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from arti_core.database import Connection, Row

# What an insight `i` needs besides its own columns to be read in a language.
NUMBERS = """(select jsonb_agg(jsonb_build_object('slot', e.slot, 'label', e.label, 'unit', e.unit, 'value', e.value,
                 'computation', e.computation))
               from insight_evidence e where e.org_id = i.org_id and e.insight_id = i.id and e.value is not null)
             as numbers"""
_SHOWN = f"""i.*, a.name as artist_name, t.title as asset_title, m.name as metric_name, m.unit,
             f.rating as my_rating, f.comment as my_comment, {NUMBERS}"""
_FROM = """
  from insights i
  join artists a on a.org_id = i.org_id and a.id = i.artist_id
  join private.known_metrics m on m.slug = i.metric and (m.org_id is null or m.org_id = i.org_id)
  left join assets t on t.org_id = i.org_id and t.id = i.asset_id
  left join insight_feedback f on f.org_id = i.org_id and f.insight_id = i.id and f.user_id = $2
"""
# The sort key of an insight, as a moment. It depends on the row alone, so pages neither repeat nor skip an insight.
_SORT_AT = {
    "newest": "i.created_at",
    "weight": """(i.happened_on + interval '1 hour' * i.confidence + interval '1 day' * case
                    when i.status <> 'new' then 0 when i.severity = 'important' then 28
                    when i.severity = 'notice' then 7 else 0 end) at time zone 'utc'""",
}


@dataclass(frozen=True, slots=True)
class InsightFilter:
    """Which insights to list. None matches any; without a status, all but withdrawn ones."""

    artist_id: UUID | None = None
    severity: str | None = None
    status: str | None = None
    provider: str | None = None


async def list_insights(
    connection: Connection,
    org_id: UUID,
    *,
    user_id: UUID,
    filter: InsightFilter,
    order: str,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Row]:
    sort_at = _SORT_AT[order]
    return await connection.fetch(
        f"""select {_SHOWN}, {sort_at} as sort_at {_FROM}
            where i.org_id = $1 and ($3::uuid is null or i.artist_id = $3)
              and ($4::text is null or i.severity = $4)
              and case when $5::text is null then i.status <> 'withdrawn' else i.status = $5 end
              and ($6::text is null or i.provider = $6::text or exists (
                select from insight_parts p where p.org_id = i.org_id and p.insight_id = i.id and p.provider = $6))
              and ($7::timestamptz is null or ({sort_at}, i.id) < ($7, $8))
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
    )


async def find_insight(connection: Connection, org_id: UUID, insight_id: UUID, *, user_id: UUID) -> Row | None:
    return await connection.fetchrow(
        f"select {_SHOWN} {_FROM} where i.org_id = $1 and i.id = $3", org_id, user_id, insight_id
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
