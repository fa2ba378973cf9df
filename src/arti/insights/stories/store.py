"""SQL of stories: what happened to an artist, the insights that may get parts, and the parts."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from arti.insights.detectors.finding import SPANS
from arti.insights.stories.grouping import NOT_OF_RELEASE, ArtistEvent, OpenStory
from arti_core.database import Connection, Row

_MOST_NAMED = 200  # days of documents
_DAYS = 120  # no detector looks for news further back


async def list_events(connection: Connection, org_id: UUID, artist_id: UUID) -> list[ArtistEvent]:
    """Return what happened in the last months. Only releases have a title: not everybody may read the calendar."""
    rows = await connection.fetch(
        """select kind, starts_on as on_day, case when kind = 'release' then title else '' end as title,
             '' as provider, null::uuid as asset_id, null::uuid as chunk_id
           from calendar_entries
           where org_id = $1 and artist_id = $2 and starts_on between clock.today() - $3::int and clock.today()
             and kind not in ('pitch', 'note')
           union all
           select case when kind in ('video', 'short') then 'upload' when kind in ('post', 'reel', 'story') then 'post'
             else 'release' end, released_on, title,
             provider::text, id, null
           from assets
           where org_id = $1 and artist_id = $2 and kind <> 'playlist'
             and released_on between clock.today() - $3::int and clock.today()
           union all
           (select 'document', n.on_day, '', '', null, c.id
            from documents d
            join chunks c on c.org_id = d.org_id and c.document_id = d.id
            cross join lateral unnest(c.named_on) n (on_day)
            where d.org_id = $1 and n.on_day between clock.today() - $3::int and clock.today()
              and (d.artist_id = $2 or d.artist_id is null and exists (
                select from artists a where a.org_id = $1 and a.id = $2 and length(a.name) > 2
                  and position(lower(a.name) in lower(d.title || ' ' || c.text)) > 0))
            order by d.created_at, c.position, n.on_day limit $4)""",
        org_id,
        artist_id,
        _DAYS,
        _MOST_NAMED,
    )
    return [
        ArtistEvent(row["kind"], row["on_day"], row["title"] or "", row["provider"], row["asset_id"], row["chunk_id"])
        for row in rows
    ]


async def list_open_stories(connection: Connection, org_id: UUID, artist_id: UUID) -> list[OpenStory]:
    """Return the insights of the last months that are not withdrawn, newest first."""
    rows = await connection.fetch(
        """select id, detector, direction, happened_on, period_from, period_to, cause, quiet, provider,
             created_at::date as recorded_on
           from insights
           where org_id = $1 and artist_id = $2 and status <> 'withdrawn' and happened_on > clock.today() - $3::int
           order by happened_on desc, id""",
        org_id,
        artist_id,
        _DAYS,
    )
    return [_open_story(row) for row in rows]


def _open_story(row: Row) -> OpenStory:
    cause = row["cause"] or {}
    is_release = cause.get("kind") == "release" and row["detector"] not in NOT_OF_RELEASE
    spans = row["detector"] in SPANS
    return OpenStory(
        row["id"],
        row["detector"],
        row["direction"],
        row["period_from"] if spans else row["happened_on"],
        row["period_to"] if spans or row["detector"] == "playlist_move" else row["happened_on"],
        date.fromisoformat(cause["on"]) if is_release else None,
        row["quiet"],
        row["provider"],
        row["recorded_on"],
    )


async def list_untouched(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID]) -> list[UUID]:
    """Return those of some quiet insights that no member has decided about, commented on or taken over."""
    rows = await connection.fetch(
        """select i.id from insights i
           where i.org_id = $1 and i.id = any ($2::uuid[]) and i.quiet and i.status = 'new' and i.assigned_to is null
             and not exists (select from insight_comments c where c.org_id = i.org_id and c.insight_id = i.id)
             and not exists (select from insight_feedback f where f.org_id = i.org_id and f.insight_id = i.id)""",
        org_id,
        list(insight_ids),
    )
    return [row["id"] for row in rows]


async def copy_as_parts(connection: Connection, org_id: UUID, insight_id: UUID, taken_ids: Sequence[UUID]) -> None:
    """Make the findings of some insights parts of another one."""
    await connection.execute(
        """insert into insight_parts (org_id, insight_id, series_id, asset_id, provider, metric, detector, fingerprint,
             happened_on, period_from, period_to, title, template, numbers)
           select i.org_id, $2, i.series_id, i.asset_id, i.provider, i.metric, i.detector, i.fingerprint,
             i.happened_on, i.period_from, i.period_to, i.title, i.template - 'next', (
             select jsonb_agg(jsonb_build_object('slot', e.slot, 'label', e.label, 'unit', e.unit, 'value', e.value,
               'shown', e.shown, 'computation', e.computation) order by s.place)
             from insight_evidence e
             join jsonb_array_elements_text(i.template -> 'slots') with ordinality s (slot, place) on s.slot = e.slot
             where e.org_id = i.org_id and e.insight_id = i.id and e.value is not null)
           from insights i where i.org_id = $1 and i.id = any ($3::uuid[])
           on conflict (org_id, fingerprint) do nothing""",
        org_id,
        insight_id,
        list(taken_ids),
    )


async def move_parts(connection: Connection, org_id: UUID, insight_id: UUID, taken_ids: Sequence[UUID]) -> None:
    await connection.execute(
        "update insight_parts set insight_id = $2 where org_id = $1 and insight_id = any ($3::uuid[])",
        org_id,
        insight_id,
        list(taken_ids),
    )


async def move_rises(
    connection: Connection, org_id: UUID, insight_id: UUID, artist_id: UUID, first: date, last: date
) -> None:
    """Move what rose in these days out of the artist's summary of the past into another insight."""
    await connection.execute(
        """update insight_parts p set insight_id = $2 from insights i
           where p.org_id = $1 and i.org_id = $1 and i.id = p.insight_id and i.artist_id = $3 and i.quiet
             and i.detector = 'past_numbers' and p.detector in ('spike', 'level_shift', 'release_age')
             and p.happened_on between $4 and $5
             and exists (select from jsonb_array_elements(p.numbers) n
                         where n ->> 'slot' = 'change' and (n ->> 'value')::float > 0)""",
        org_id,
        insight_id,
        artist_id,
        first,
        last,
    )


async def delete_insights(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID]) -> None:
    await connection.execute(
        "delete from insights where org_id = $1 and id = any ($2::uuid[])", org_id, list(insight_ids)
    )


async def add_parts(connection: Connection, org_id: UUID, insight_id: UUID, rows: Sequence[tuple[Any, ...]]) -> int:
    """Store the parts of an insight, each once. Returns how many are new.

    A row is (series_id, asset_id, provider, metric, detector, fingerprint, happened_on, period_from, period_to, title,
    template, numbers).
    """
    added = 0
    for row in rows:
        done = await connection.execute(
            """insert into insight_parts (org_id, insight_id, series_id, asset_id, provider, metric, detector,
                 fingerprint, happened_on, period_from, period_to, title, template, numbers)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
               on conflict (org_id, fingerprint) do nothing""",
            org_id,
            insight_id,
            *row,
        )
        added += done.endswith(" 1")
    return added


async def list_parts(connection: Connection, org_id: UUID, insight_id: UUID) -> list[Row]:
    """Return the parts of an insight whose series the caller may read, the strongest number's platform first."""
    return await connection.fetch(
        """select p.id, p.series_id, p.asset_id, t.title as asset_title, p.provider, p.metric, m.name as metric_name,
                  p.detector, p.happened_on, p.title, p.template, p.numbers
           from insight_parts p
           join private.known_metrics m on m.slug = p.metric and (m.org_id is null or m.org_id = p.org_id)
           left join assets t on t.org_id = p.org_id and t.id = p.asset_id
           where p.org_id = $1 and p.insight_id = $2
           order by p.asset_id is not null, p.happened_on, p.provider, p.metric, p.id""",
        org_id,
        insight_id,
    )


async def list_first_parts(connection: Connection, org_id: UUID, insight_ids: Sequence[UUID]) -> list[Row]:
    """Return the first three parts of each insight, those about the artist before those of works."""
    return await connection.fetch(
        """select * from (
             select p.insight_id, p.title, p.template, p.numbers, row_number() over (partition by p.insight_id
               order by p.asset_id is not null, p.happened_on, p.provider, p.metric, p.id) as place
             from insight_parts p where p.org_id = $1 and p.insight_id = any ($2)) p
           where place <= 3 order by insight_id, place""",
        org_id,
        list(insight_ids),
    )


async def list_numbers_of_parts(connection: Connection, org_id: UUID, artist_id: UUID, *, limit: int) -> list[Row]:
    """Return (id, numbers) of the newest parts of an artist's insights that are not withdrawn."""
    return await connection.fetch(
        """select p.id, p.numbers from insight_parts p
           join insights i on i.org_id = p.org_id and i.id = p.insight_id
           where p.org_id = $1 and i.artist_id = $2 and i.status <> 'withdrawn'
           order by p.happened_on desc, p.id limit $3""",
        org_id,
        artist_id,
        limit,
    )


async def delete_parts(connection: Connection, org_id: UUID, part_ids: Sequence[UUID]) -> None:
    await connection.execute(
        "delete from insight_parts where org_id = $1 and id = any ($2::uuid[])", org_id, list(part_ids)
    )
