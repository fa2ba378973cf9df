"""SQL of revalidation: the recorded numbers of an artist's insights, and their corrections."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from arti_core.database import Connection, Row


async def list_recorded_numbers(connection: Connection, org_id: UUID, artist_id: UUID, *, limit: int) -> list[Row]:
    """Return each number of an artist's newest `limit` insights that are not withdrawn, with the insight's template."""
    return await connection.fetch(
        """select i.id, i.template, e.slot, e.label, e.unit, e.value, e.computation
           from (select * from insights where org_id = $1 and artist_id = $2 and status <> 'withdrawn'
                 order by created_at desc limit $3) i
           join insight_evidence e on e.org_id = i.org_id and e.insight_id = i.id and e.value is not null
           order by i.id""",
        org_id,
        artist_id,
        limit,
    )


async def list_crossed(
    connection: Connection, org_id: UUID, spans: Sequence[tuple[UUID, UUID, date, date]]
) -> list[Row]:
    """Return (insight_id, provider, since_on) of the spans (insight, series, first, last) that cross a change."""
    insights, series, firsts, lasts = zip(*spans, strict=True) if spans else ((), (), (), ())
    return await connection.fetch(
        """select distinct on (span.insight_id) span.insight_id, s.provider, b.since_on
           from unnest($2::uuid[], $3::uuid[], $4::date[], $5::date[]) as span (insight_id, series_id, first, last)
           join series s on s.org_id = $1 and s.id = span.series_id
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral private.definition_breaks(s.metric, s.provider::text, span.first, span.last, a.kind) b
           order by span.insight_id, b.since_on desc""",
        org_id,
        insights,
        series,
        firsts,
        lasts,
    )


async def update_text(connection: Connection, org_id: UUID, insight_id: UUID, *, title: str, body: str) -> None:
    await connection.execute(
        "update insights set title = $3, body = $4, updated_at = clock.now() where org_id = $1 and id = $2",
        org_id,
        insight_id,
        title,
        body,
    )


async def update_numbers(
    connection: Connection, org_id: UUID, insight_id: UUID, numbers: Sequence[tuple[str, float, str]]
) -> None:
    """Store (slot, value, shown) of each number."""
    await connection.executemany(
        "update insight_evidence set value = $4, shown = $5 where org_id = $1 and insight_id = $2 and slot = $3",
        [(org_id, insight_id, *number) for number in numbers],
    )


async def withdraw(connection: Connection, org_id: UUID, insight_id: UUID, reason: str) -> None:
    await connection.execute(
        """update insights set status = 'withdrawn', withdrawn_reason = $3, withdrawn_at = clock.now(),
             updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        insight_id,
        reason,
    )
