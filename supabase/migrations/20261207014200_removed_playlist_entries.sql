-- What files said of playlists that were undone or read again since: on an earlier day it stood (known_on), as restated
-- values do. It is apart, so that whoever reads playlists, entries and placements finds what stands.
create table public.removed_playlist_entries (
  org_id uuid not null,
  id uuid not null,                        -- that of the entry
  artist_id uuid not null,
  provider text not null,
  snapshot_id uuid not null,
  source text not null,
  about_asset_id uuid,                     -- the one song that the snapshot was about; null: all songs of the artist
  period text not null,
  from_on date,
  to_on date not null,
  import_id uuid not null,
  playlist_id uuid not null,               -- of a playlist that is gone if nothing else names it
  title text not null,
  curator text,
  kind text not null,
  url text,
  asset_id uuid,
  added_on date,
  streams bigint,
  listeners bigint,
  source_row integer,
  known_at timestamptz not null,
  removed_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade,
  foreign key (org_id, about_asset_id) references public.assets (org_id, id) on delete cascade,
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade
);
create index removed_playlist_entries_artist on public.removed_playlist_entries (org_id, artist_id);
create index removed_playlist_entries_asset on public.removed_playlist_entries (org_id, asset_id);
create index removed_playlist_entries_about on public.removed_playlist_entries (org_id, about_asset_id);
create index removed_playlist_entries_import on public.removed_playlist_entries (org_id, import_id);
create index removed_playlist_entries_playlist on public.removed_playlist_entries (org_id, playlist_id);
call private.isolate('public.removed_playlist_entries', 'roster:read', 'imports:write', platform => true);
call private.restrict_to_artists('public.removed_playlist_entries', 'artist_id', 'asset_id');
create trigger require_api_login before insert or update or delete on public.removed_playlist_entries
  for each statement when (current_user = 'authenticated' and session_user <> 'arti_api')
  execute function private.require_api_login();
call private.map_org_table('public.removed_playlist_entries',
  'reference: id artist_id snapshot_id about_asset_id import_id playlist_id asset_id, text: title curator url, '
  'figure: provider source period from_on to_on kind added_on streams listeners source_row known_at removed_at');

-- What each snapshot says of playlists, as known on a day.
create function private.playlist_reports_known(org uuid, known_on date) returns table (
  id uuid, artist_id uuid, provider text, snapshot_id uuid, source text, about_asset_id uuid, period text, from_on date,
  to_on date, import_id uuid, sync_run_id uuid, playlist_id uuid, asset_id uuid, added_on date, streams bigint,
  listeners bigint, source_row integer
) language sql stable
begin atomic
  select e.id, e.artist_id, e.provider, e.snapshot_id, s.source, s.asset_id, s.period, s.from_on, s.to_on, s.import_id,
    s.sync_run_id, e.playlist_id, e.asset_id, e.added_on, e.streams, e.listeners, e.source_row
  from public.playlist_entries e
  join public.playlist_snapshots s on s.org_id = e.org_id and s.id = e.snapshot_id
  where e.org_id = org and (known_on is null or s.created_at < (known_on + 1)::timestamp at time zone 'UTC')
  union all
  select r.id, r.artist_id, r.provider, r.snapshot_id, r.source, r.about_asset_id, r.period, r.from_on, r.to_on,
    r.import_id, null::uuid, r.playlist_id, r.asset_id, r.added_on, r.streams, r.listeners, r.source_row
  from public.removed_playlist_entries r
  where known_on is not null and r.org_id = org and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
    and r.removed_at >= (known_on + 1)::timestamp at time zone 'UTC';
end;

-- The playlists, and those that were known on a day and are gone.
create function private.playlists_known(org uuid, known_on date) returns table (
  id uuid, provider text, title text, curator text, kind text, kind_set_by_hand boolean, url text
) language sql stable
begin atomic
  select p.id, p.provider, p.title, p.curator, p.kind, p.kind_set_by is not null, p.url
  from public.playlists p where p.org_id = org
  union all
  select g.* from (
    select distinct on (r.playlist_id) r.playlist_id, r.provider, r.title, r.curator, r.kind, false, r.url
    from public.removed_playlist_entries r
    where known_on is not null and r.org_id = org and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
      and r.removed_at >= (known_on + 1)::timestamp at time zone 'UTC'
      and not exists (select from public.playlists p where p.org_id = org and p.id = r.playlist_id)
    order by r.playlist_id, r.removed_at desc) g;
end;

-- As before, from what stood then.
create or replace function private.placements_known(org uuid, known_on date)
returns setof public.playlist_placements language sql stable
begin atomic
  with snapshots as (
    select s.org_id, s.id as snapshot_id, s.artist_id, s.provider, s.source, s.asset_id, s.period, s.from_on, s.to_on, s.import_id,
      s.sync_run_id, row_number() over w as number, lag(s.to_on) over w as previous_to,
      lead(s.from_on) over w as next_from, lead(s.to_on) over w as next_to
    from (
      select s.org_id, s.id, s.artist_id, s.provider, s.source, s.asset_id, s.period, s.from_on, s.to_on, s.import_id,
        s.sync_run_id, s.created_at
      from public.playlist_snapshots s
      where s.org_id = org and (known_on is null or s.created_at < (known_on + 1)::timestamp at time zone 'UTC')
      union all
      select distinct r.org_id, r.snapshot_id, r.artist_id, r.provider, r.source, r.about_asset_id, r.period, r.from_on,
        r.to_on, r.import_id, null::uuid, r.known_at
      from public.removed_playlist_entries r
      where known_on is not null and r.org_id = org and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
        and r.removed_at >= (known_on + 1)::timestamp at time zone 'UTC'
    ) s
    window w as (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id
                 order by s.to_on, s.created_at, s.id)
  ), entries as (
    select e.id, e.playlist_id, e.asset_id as song, e.added_on, e.streams, e.listeners, e.source_row, s.*,
      s.number - row_number() over (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id,
        e.playlist_id, e.asset_id, e.added_on order by s.number) as run
    from (
      select e.org_id, e.id, e.snapshot_id, e.playlist_id, e.asset_id, e.added_on, e.streams, e.listeners, e.source_row
      from public.playlist_entries e
      union all
      select r.org_id, r.id, r.snapshot_id, r.playlist_id, r.asset_id, r.added_on, r.streams, r.listeners, r.source_row
      from public.removed_playlist_entries r where known_on is not null and r.org_id = org
    ) e join snapshots s on s.org_id = e.org_id and s.snapshot_id = e.snapshot_id
  ), runs as (
    select e.org_id, e.artist_id, e.provider, e.source, e.period, e.playlist_id, e.song, e.added_on,
      count(*)::integer as snapshots,
      (array_agg(e.id order by e.number))[1] as id,
      (array_agg(e.previous_to order by e.number))[1] as previous_to,
      (array_agg(e.to_on order by e.number))[1] as first_to,
      (array_agg(e.import_id order by e.number))[1] as first_import_id,
      (array_agg(e.sync_run_id order by e.number))[1] as first_sync_run_id,
      (array_agg(e.source_row order by e.number))[1] as first_source_row,
      (array_agg(e.from_on order by e.number desc))[1] as from_on,
      (array_agg(e.to_on order by e.number desc))[1] as to_on,
      (array_agg(e.next_from order by e.number desc))[1] as next_from,
      (array_agg(e.next_to order by e.number desc))[1] as next_to,
      (array_agg(e.streams order by e.number desc))[1] as streams,
      (array_agg(e.listeners order by e.number desc))[1] as listeners,
      (array_agg(e.import_id order by e.number desc))[1] as import_id,
      (array_agg(e.sync_run_id order by e.number desc))[1] as sync_run_id,
      (array_agg(e.source_row order by e.number desc))[1] as source_row
    from entries e
    group by e.org_id, e.artist_id, e.provider, e.source, e.period, e.asset_id, e.playlist_id, e.song, e.added_on, e.run
  )
  select r.org_id, r.id, r.artist_id, r.provider, r.playlist_id, r.song as asset_id, r.added_on,
    case when r.added_on is not null then 'day' when r.previous_to < r.first_to then 'between' else 'before' end
      as start_known,
    coalesce(r.added_on, case when r.previous_to < r.first_to then r.previous_to + 1 end) as started_not_before,
    coalesce(r.added_on, r.first_to) as started_not_after,
    r.next_to is not null as ended,
    case when r.next_to is not null then greatest(r.from_on, r.added_on) end as ended_not_before,
    case when r.next_from > r.from_on and r.next_from > coalesce(r.added_on, r.from_on) then r.next_from - 1
         else r.next_to end as ended_not_after,
    r.source, r.period, r.from_on, r.to_on, r.streams, r.listeners, r.snapshots,
    r.first_import_id, r.first_sync_run_id, r.first_source_row, r.import_id, r.sync_run_id, r.source_row
  from runs r;
end;

revoke all on function private.playlist_reports_known(uuid, date), private.playlists_known(uuid, date) from public;
grant execute on function private.playlist_reports_known(uuid, date), private.playlists_known(uuid, date)
  to authenticated, arti_worker;

insert into public.removed_playlist_entries (org_id, id, artist_id, provider, snapshot_id, source, period, to_on, import_id,
    playlist_id, title, kind, known_at)
  select c, c, c, 'spotify', c, 'canary', '28day', '2026-01-01', c, c, 'canary', 'unknown', '2026-01-01'
  from private.canary_org_id() c;
