"""SQL of the matches that wait for a person, and of what people decided."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from arti_core.database import Connection, Row


async def list_candidates(
    connection: Connection,
    org_id: UUID,
    *,
    artist_id: UUID | None,
    status: str,
    after: tuple[str, UUID] | None,
    limit: int,
) -> list[Row]:
    """Return matches with both sides, the surest first."""
    key, id = after or (None, None)
    return await connection.fetch(
        """select c.id, c.status, c.score, c.reasons, c.decided_at, c.created_at,
             to_char((1 - c.score) * 100000, 'FM000000') as sort_key,
             jsonb_build_object('id', a.id, 'artist_id', a.artist_id, 'provider', a.provider, 'kind', a.kind,
              'kind_guessed', coalesce(a.details -> 'kind_guessed' = 'true', false),
               'title', a.title, 'url', a.url, 'external_id', a.external_id, 'released_on', a.released_on,
               'isrc', a.isrc) as asset,
             case when r.id is not null then jsonb_build_object('id', r.id, 'title', r.title,
               'version_title', r.version_title, 'isrc', r.isrc, 'released_on', r.released_on) end as recording,
             case when l.id is not null then jsonb_build_object('id', l.id, 'title', l.title, 'upc', l.upc,
               'released_on', l.released_on) end as release
           from match_candidates c
           join assets a on a.org_id = c.org_id and a.id = c.asset_id
           left join recordings r on r.org_id = c.org_id and r.id = c.recording_id
           left join releases l on l.org_id = c.org_id and l.id = c.release_id
           where c.org_id = $1 and c.status = $2 and ($3::uuid is null or c.artist_id = $3)
             and ($4::text is null or (to_char((1 - c.score) * 100000, 'FM000000'), c.id) > ($4, $5::uuid))
           order by sort_key, c.id limit $6""",
        org_id,
        status,
        artist_id,
        key,
        id,
        limit,
    )


async def lock_candidate(connection: Connection, org_id: UUID, candidate_id: UUID) -> Row | None:
    return await connection.fetchrow(
        """select id, asset_id, artist_id, recording_id, release_id, status from match_candidates
           where org_id = $1 and id = $2 for update""",
        org_id,
        candidate_id,
    )


async def decide(connection: Connection, org_id: UUID, candidate_id: UUID, *, status: str, by: UUID | None) -> None:
    await connection.execute(
        """update match_candidates set status = $3, decided_by = $4, decided_at = clock.now(), updated_at = clock.now()
           where org_id = $1 and id = $2""",
        org_id,
        candidate_id,
        status,
        by,
    )


async def reject_pair(
    connection: Connection, org_id: UUID, *, asset_id: UUID, artist_id: UUID, recording_id: UUID, by: UUID | None
) -> dict[str, Any] | None:
    """Record that an asset is not a recording, so that matching never links them again. Returns the row before."""
    before: dict[str, Any] | None = await connection.fetchval(
        "select to_jsonb(c) from match_candidates c where org_id = $1 and asset_id = $2 and recording_id = $3",
        org_id,
        asset_id,
        recording_id,
    )
    await connection.execute(
        """insert into match_candidates
             (org_id, asset_id, artist_id, recording_id, score, reasons, status, decided_by, decided_at)
           values ($1, $2, $3, $4, 0, '[]', 'rejected', $5, clock.now())
           on conflict (org_id, asset_id, recording_id, release_id) do update
           set status = 'rejected', decided_by = $5, decided_at = clock.now(), updated_at = clock.now()""",
        org_id,
        asset_id,
        artist_id,
        recording_id,
        by,
    )
    return before


async def restore_pair(
    connection: Connection, org_id: UUID, *, asset_id: UUID, recording_id: UUID, before: Mapping[str, Any] | None
) -> None:
    """Put a match back as it was before reject_pair."""
    await connection.execute(
        "delete from match_candidates where org_id = $1 and asset_id = $2 and recording_id = $3",
        org_id,
        asset_id,
        recording_id,
    )
    await restore(connection, [before] if before is not None else [])


async def restore(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put matches back as they were."""
    await connection.execute(
        """insert into match_candidates
           select * from jsonb_populate_recordset(null::match_candidates, $1) on conflict do nothing""",
        [dict(row) for row in rows],
    )


async def reopen(
    connection: Connection, org_id: UUID, *, recording_id: UUID | None = None, release_id: UUID | None = None
) -> None:
    """Let a person decide again on accepted matches whose asset is not this recording or release any more."""
    await connection.execute(
        """update match_candidates c set status = 'open', decided_by = null, decided_at = null, updated_at = clock.now()
           where c.org_id = $1 and (c.recording_id = $2 or c.release_id = $3) and c.status = 'accepted'
             and not exists (select from assets a where a.org_id = $1 and a.id = c.asset_id
                             and (a.recording_id = $2 or a.release_id = $3))""",
        org_id,
        recording_id,
        release_id,
    )


async def reopen_rejected(connection: Connection, org_id: UUID, candidate_id: UUID) -> None:
    """Let a person decide again on a match that was rejected."""
    await connection.execute(
        """update match_candidates set status = 'open', decided_by = null, decided_at = null, updated_at = clock.now()
           where org_id = $1 and id = $2 and status = 'rejected'""",
        org_id,
        candidate_id,
    )
