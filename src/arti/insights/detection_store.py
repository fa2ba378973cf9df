"""SQL of detection: an artist's series, the findings already reported, and new insights."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from arti_core.database import Connection, Row

# Of an artist with thousands of videos, the artist's own series and those of the largest works are read.
MAX_SERIES = 200
_PLACED_DAYS = 120


@dataclass(frozen=True, slots=True)
class ReportedFinding:
    """What identifies the finding of an existing insight, so that it is not reported again."""

    fingerprint: str
    detector: str
    provider: str
    metric: str
    asset_id: UUID | None
    happened_on: date


async def list_artists(connection: Connection, org_id: UUID) -> list[UUID]:
    rows = await connection.fetch("select id from artists where org_id = $1 and archived_at is null", org_id)
    return [row["id"] for row in rows]


async def find_event(connection: Connection, org_id: UUID, event_id: UUID) -> dict[str, Any] | None:
    payload: dict[str, Any] | None = await connection.fetchval(
        "select payload from events where org_id = $1 and id = $2", org_id, event_id
    )
    return payload


async def read_series(connection: Connection, org_id: UUID, artist_id: UUID) -> list[Row]:
    """Return every series of an artist with its whole history as arrays, without breakdowns by a dimension."""
    return await connection.fetch(
        """select s.id, s.provider, s.metric, s.terms, s.time_zone, s.interval_days, s.asset_id,
                  m.name as metric_name, m.unit, m.kind, p.name as provider_name, m.higher_is_better,
                  a.external_id as asset_key, a.title as asset_title,
                  a.released_on,
                  o.days, o.values, o.gains, o.definitions, b.changed_on, b.unbroken_metric, b.unbroken_name,
                  (select l.import_id is not null from private.observations_between(
                     $1, s.id, o.days[cardinality(o.days)], o.days[cardinality(o.days)]) l) as imported
           from series s
           join private.known_metrics m on m.slug = s.metric and (m.org_id is null or m.org_id = s.org_id)
           left join private.known_providers p on p.slug = s.provider and (p.org_id is null or p.org_id = s.org_id)
           left join assets a on a.org_id = s.org_id and a.id = s.asset_id
           cross join lateral (
             select array_agg(o.observed_on order by o.observed_on) as days,
                    array_agg(o.value order by o.observed_on) as values,
                    array_agg(o.gain order by o.observed_on) as gains,
                    array_agg(o.definition order by o.observed_on) as definitions,
                    (array_agg(o.value order by o.observed_on desc))[1] as latest
             from private.daily_gains(s.org_id, s.id) o where o.value is not null) o
           left join lateral (
             select d.since_on as changed_on, u.slug as unbroken_metric, u.name as unbroken_name
             from private.definition_breaks(s.metric, s.provider::text, o.days[1], 'infinity', a.kind) d
             left join metrics u on u.slug = d.continued_as and exists (
               select from series t
               where t.org_id = s.org_id and t.artist_id = s.artist_id and t.metric = d.continued_as
                 and t.provider = s.provider and t.asset_id is not distinct from s.asset_id and t.dimension = '')
             order by d.since_on desc limit 1) b on true
           where s.org_id = $1 and s.artist_id = $2 and s.dimension = '' and o.days is not null
           order by s.asset_id is not null, o.latest desc, s.id limit $3""",
        org_id,
        artist_id,
        MAX_SERIES,
    )


async def list_placed(connection: Connection, org_id: UUID, artist_id: UUID) -> list[Row]:
    """Return the placements of the last months in exports of 28 days, each with the series of its streams.

    The series of a placement is the one whose value stands in the same row of the same file.
    """
    return await connection.fetch(
        """select p.playlist_id, l.title, l.kind, p.asset_id, t.title as song, t.external_id as song_key, p.added_on,
             p.started_not_before, p.started_not_after, p.ended_not_before, p.ended_not_after, p.start_known, p.ended,
             p.from_on, p.to_on, n.*
           from playlist_placements p
           join playlists l on l.org_id = p.org_id and l.id = p.playlist_id
           left join assets t on t.org_id = p.org_id and t.id = p.asset_id
           cross join lateral (
             select max(s.id::text) filter (where s.metric = 'consumption.streams')::uuid as series_id,
               max(s.id::text) filter (where s.metric = 'audience.listeners')::uuid as listeners_id,
               max(o.value) filter (where s.metric = 'consumption.streams') as streams,
               max(o.value) filter (where s.metric = 'audience.listeners') as listeners,
               max(s.terms) as terms, max(s.time_zone) as time_zone, max(s.provider) as provider
             from assets a
             join series s on s.org_id = a.org_id and s.asset_id = a.id
               and s.metric in ('consumption.streams', 'audience.listeners')
             cross join lateral private.observations_between(s.org_id, s.id, p.to_on, p.to_on) o
             where a.org_id = p.org_id and a.artist_id = p.artist_id and a.kind = 'playlist' and a.title = l.title
               and o.import_id = p.import_id and o.source_row = p.source_row) n
           where p.org_id = $1 and p.artist_id = $2 and p.period = '28day' and p.from_on is not null
             and n.streams is not null and p.to_on > clock.today() - $3::int
           order by p.to_on desc, p.id limit 500""",
        org_id,
        artist_id,
        _PLACED_DAYS,
    )


async def list_syncing_providers(connection: Connection, org_id: UUID, artist_id: UUID) -> list[str]:
    """Return the providers whose sync of this artist is at work, due or never finished: their data is not stale yet.

    A run of more than a day ago that did not end is a worker's that died. A sync that is due and was not tried since
    is one that a pause of the installation has delayed.
    """
    rows = await connection.fetch(
        """select distinct c.provider from accounts c
           where c.org_id = $1 and c.artist_id = $2 and c.status = 'active' and (c.last_success_at is null
             or c.next_sync_at <= clock.now() and (c.last_sync_at is null or c.last_sync_at < c.next_sync_at)
             or exists (
             select from sync_runs r where r.org_id = c.org_id and r.account_id = c.id and r.status = 'running'
               and r.started_at > clock.now() - interval '1 day'))""",
        org_id,
        artist_id,
    )
    return [row["provider"] for row in rows]


async def list_reported(connection: Connection, org_id: UUID, artist_id: UUID) -> list[ReportedFinding]:
    """Return the findings of an artist's insights and their parts that are not withdrawn, dismissed ones too."""
    rows = await connection.fetch(
        """select fingerprint, detector, provider::text, metric, asset_id, happened_on from insights
           where org_id = $1 and artist_id = $2 and status <> 'withdrawn'
           union all
           select p.fingerprint, p.detector, p.provider, p.metric, p.asset_id, p.happened_on
           from insight_parts p join insights i on i.org_id = p.org_id and i.id = p.insight_id
           where p.org_id = $1 and i.artist_id = $2 and i.status <> 'withdrawn'""",
        org_id,
        artist_id,
    )
    return [ReportedFinding(**dict(row)) for row in rows]


async def count_model_narrations(connection: Connection, org_id: UUID) -> int:
    """Return how many insights of the last 24 hours a model wrote."""
    count: int = await connection.fetchval(
        """select count(*) from insights
           where org_id = $1 and narrator <> 'templates' and created_at > clock.now() - interval '1 day'""",
        org_id,
    )
    return count


async def lock_artist(connection: Connection, artist_id: UUID) -> None:
    """Wait until no other transaction writes insights about this artist, and lock it until the commit."""
    await connection.execute("select pg_advisory_xact_lock(hashtextextended($1::text, 5))", str(artist_id))


async def delete_withdrawn(connection: Connection, org_id: UUID, fingerprint: str) -> None:
    """Delete the withdrawn insight of a finding that is true again."""
    await connection.execute(
        "delete from insights where org_id = $1 and fingerprint = $2 and status = 'withdrawn'", org_id, fingerprint
    )


async def add_insight(connection: Connection, org_id: UUID, values: dict[str, Any]) -> UUID | None:
    """Return the new insight's id, or None if one with its fingerprint exists."""
    insight_id = uuid4()
    done = await connection.execute(
        """insert into insights (org_id, id, artist_id, series_id, asset_id, detector, fingerprint, severity, provider,
             metric, happened_on, period_from, period_to, title, body, template, narrator, prompt_version, confidence,
             direction, cause, next_step, quiet)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9::text, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23)
           on conflict (org_id, fingerprint) do nothing""",
        org_id,
        insight_id,
        *(
            values[name]
            for name in (
                "artist_id", "series_id", "asset_id", "detector", "fingerprint", "severity", "provider", "metric",
                "happened_on", "period_from", "period_to", "title", "body", "template", "narrator", "prompt_version",
                "confidence", "direction", "cause", "next_step", "quiet",
            )
        ),
    )  # fmt: skip
    return insight_id if done.endswith(" 1") else None


async def add_evidence(connection: Connection, org_id: UUID, insight_id: UUID, rows: Sequence[tuple[Any, ...]]) -> None:
    """Store (slot, label, unit, value, shown, computation, series_id, chunk_id) for each number or passage."""
    await connection.executemany(
        """insert into insight_evidence (org_id, insight_id, slot, label, unit, value, shown, computation, series_id,
             chunk_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)""",
        [(org_id, insight_id, *row) for row in rows],
    )
