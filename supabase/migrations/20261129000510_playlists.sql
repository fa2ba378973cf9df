-- Playlists as things of their own, and which song was on which of them, as far as sources say. What is stored is what
-- exports and syncs named, row by row; from when to when a song was on a playlist is derived from that by the view
-- playlist_placements, so that undoing an import takes exactly its part of the knowledge back.

create table public.playlists (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  provider text not null,
  external_id text not null,               -- the provider's id, or title|curator where the source names none
  title text not null check (length(title) between 1 and 300),
  curator text,
  kind text not null default 'unknown' check (kind in ('editorial', 'algorithmic', 'listener', 'unknown')),
  kind_set_by uuid,                        -- null: classified from title and curator
  url text,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  unique (org_id, provider, external_id)
);

-- One export, or one look of a sync, at the playlists on which songs of an artist were played. It names every playlist
-- that brought plays from from_on to to_on; a playlist that it does not name brought none.
create table public.playlist_snapshots (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,
  provider text not null,
  source text not null,                    -- e.g. spotify_for_artists.playlists
  asset_id uuid,                           -- the one song that it is about; null: all songs of the artist
  period text not null,                    -- 28day, 365day, lifetime; only snapshots of one period are compared
  from_on date check (from_on <= to_on),   -- null: since the beginning
  to_on date not null,
  import_id uuid,
  sync_run_id uuid,
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  check (num_nonnulls(import_id, sync_run_id) = 1),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade,
  foreign key (org_id, import_id) references public.imports (org_id, id) on delete cascade,
  foreign key (org_id, sync_run_id) references public.sync_runs (org_id, id) on delete cascade
);
create index playlist_snapshots_artist on public.playlist_snapshots (org_id, artist_id, to_on);
create index playlist_snapshots_import on public.playlist_snapshots (org_id, import_id);

create table public.playlist_entries (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  snapshot_id uuid not null,
  playlist_id uuid not null,
  artist_id uuid not null,
  provider text not null,
  asset_id uuid,                           -- the song; null: the source does not say which of the artist's songs
  added_on date,                           -- only where the source gives the day
  streams bigint check (streams >= 0),     -- brought in the snapshot's period
  listeners bigint check (listeners >= 0),
  source_row integer,                      -- row of the imported file, 1 = the line after the header
  primary key (org_id, id),
  unique nulls not distinct (org_id, snapshot_id, playlist_id, asset_id, added_on),
  foreign key (org_id, snapshot_id) references public.playlist_snapshots (org_id, id) on delete cascade,
  foreign key (org_id, playlist_id) references public.playlists (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade
);
create index playlist_entries_playlist on public.playlist_entries (org_id, playlist_id);
create index playlist_entries_artist on public.playlist_entries (org_id, artist_id);
create index playlist_entries_asset on public.playlist_entries (org_id, asset_id);

call private.isolate('public.playlists', 'roster:read', 'imports:write', platform => true);
call private.isolate('public.playlist_snapshots', 'roster:read', 'imports:write', platform => true);
call private.isolate('public.playlist_entries', 'roster:read', 'imports:write', platform => true);
call private.restrict_to_artists('public.playlist_entries', 'artist_id', 'asset_id');
-- Those of a featured artist know when the main artist's exports were made: without the next one nothing ever ends.
create policy visible_artists_only on public.playlist_snapshots as restrictive for all to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[])
         or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
         or exists (select from public.playlist_entries e
                    where e.org_id = playlist_snapshots.org_id and e.artist_id = playlist_snapshots.artist_id))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[])
              or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v));
-- A playlist is seen by those who see a song on it. It is written before its first entry, so only reading asks.
create policy visible_artists_only on public.playlists as restrictive for select to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[])
         or exists (select from public.playlist_entries e
                    where e.org_id = playlists.org_id and e.playlist_id = playlists.id));

-- What a playlist is known from is proven by an import or a sync: over REST it is read only.
do $$
declare
  target text;
begin
  foreach target in array array['playlists', 'playlist_snapshots', 'playlist_entries'] loop
    execute format('create trigger check_provider after insert or update of provider on public.%I for each row '
      'execute function private.check_provider(''provider'')', target);
    execute format('create trigger require_api_login before insert or update or delete on public.%I '
      'for each statement when (current_user = ''authenticated'' and session_user <> ''arti_api'') '
      'execute function private.require_api_login()', target);
  end loop;
end $$;

-- A playlist of which nothing is known any more goes with its last entry, unless a person said something about it.
-- Definer, because whoever undoes an import may not see that other artists are on the playlist too.
create function private.delete_empty_playlists() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  delete from public.playlists p using (select distinct g.org_id, g.playlist_id from gone g) g
  where p.org_id = g.org_id and p.id = g.playlist_id and p.kind_set_by is null
    and not exists (select from public.playlist_entries e where e.org_id = p.org_id and e.playlist_id = p.id);
  return null;
end $$;
revoke all on function private.delete_empty_playlists() from public;
create trigger delete_empty_playlists after delete on public.playlist_entries referencing old table as gone
  for each statement execute function private.delete_empty_playlists();

-- From when to when a song was on a playlist: one row for each unbroken run of snapshots that name it.
--   first day on it: added_on where the source gives it; else between started_not_before (null: it was there in the first
--     snapshot already) and started_not_after;
--   last day on it: null while the latest snapshot names it; else between ended_not_before and ended_not_after.
-- streams and listeners are those of the last snapshot that names it, brought from_on..to_on.
create view public.playlist_placements with (security_invoker = true) as
with snapshots as (
  select s.org_id, s.id as snapshot_id, s.artist_id, s.provider, s.source, s.asset_id, s.period, s.from_on, s.to_on, s.import_id,
    s.sync_run_id, row_number() over w as number, lag(s.to_on) over w as previous_to,
    lead(s.from_on) over w as next_from, lead(s.to_on) over w as next_to
  from public.playlist_snapshots s
  window w as (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id
               order by s.to_on, s.created_at, s.id)
), entries as (
  select e.id, e.playlist_id, e.asset_id as song, e.added_on, e.streams, e.listeners, e.source_row, s.*,
    s.number - row_number() over (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id,
      e.playlist_id, e.asset_id, e.added_on order by s.number) as run
  from public.playlist_entries e join snapshots s on s.org_id = e.org_id and s.snapshot_id = e.snapshot_id
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
grant select on public.playlist_placements to authenticated, arti_worker, service_role;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.playlists (org_id, id, provider, external_id, title)
    values (canary, canary, 'spotify', 'canary', 'canary');
  insert into public.playlist_snapshots (org_id, id, artist_id, provider, source, period, from_on, to_on, import_id)
    values (canary, canary, canary, 'spotify', 'canary', '28day', '2025-12-05', '2026-01-01', canary);
  insert into public.playlist_entries (org_id, id, snapshot_id, playlist_id, artist_id, provider, asset_id, streams)
    values (canary, canary, canary, canary, canary, 'spotify', canary, 1);
end $$;
