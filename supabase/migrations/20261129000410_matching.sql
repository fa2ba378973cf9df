-- Which recording or release an asset was taken for, why, and by whom; and every change of songs, so that it can be undone.

create table public.match_candidates (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  artist_id uuid not null,                 -- under whom the asset was synced or imported
  asset_id uuid not null,
  recording_id uuid,
  release_id uuid,
  score real not null check (score between 0 and 1),
  reasons jsonb not null,                  -- [{"code", "points", "detail"}]
  status text not null default 'open' check (status in ('linked', 'open', 'accepted', 'rejected')),  -- linked: certain
  decided_by uuid,
  decided_at timestamptz,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade,
  foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete cascade,
  foreign key (org_id, release_id) references public.releases (org_id, id) on delete cascade,
  check (num_nonnulls(recording_id, release_id) = 1)
);
create unique index match_candidates_pair on public.match_candidates
  (org_id, asset_id, recording_id, release_id) nulls not distinct;
create index match_candidates_open on public.match_candidates (org_id, score desc, id) where status = 'open';
create index match_candidates_artist on public.match_candidates (org_id, artist_id);
create index match_candidates_recording on public.match_candidates (org_id, recording_id) where recording_id is not null;
create index match_candidates_release on public.match_candidates (org_id, release_id) where release_id is not null;
call private.isolate('public.match_candidates', 'roster:read', 'roster:write');
call private.restrict_to_artists('public.match_candidates', 'artist_id', 'asset_id');
create policy visible_songs_only on public.match_candidates as restrictive for all to authenticated using (
  org_id = any ((select private.all_artist_org_ids())::uuid[])
  or (org_id, recording_id) in (select v.org_id, v.recording_id from private.visible_recordings() v)
  or (org_id, release_id) in (select v.org_id, v.release_id from private.visible_releases() v)
) with check (
  org_id = any ((select private.all_artist_org_ids())::uuid[])
  or (org_id, recording_id) in (select v.org_id, v.recording_id from private.visible_recordings() v)
  or (org_id, release_id) in (select v.org_id, v.release_id from private.visible_releases() v)
);

-- What a person changed: two recordings merged, an asset linked to one or split off. `before` holds what is put back.
create table public.recording_changes (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind in ('merge', 'link', 'split')),
  recording_id uuid not null,              -- the one that stays: into which was merged, linked, or off which was split
  other_id uuid,                           -- the one that was merged away, or that the asset left or went to
  asset_id uuid,
  before jsonb not null,
  created_by uuid,
  created_at timestamptz not null default clock.wall_now(),
  undone_by uuid,
  undone_at timestamptz,
  primary key (org_id, id),
  foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete cascade,
  foreign key (org_id, other_id) references public.recordings (org_id, id) on delete cascade,
  foreign key (org_id, asset_id) references public.assets (org_id, id) on delete cascade
);
create index recording_changes_recording on public.recording_changes (org_id, recording_id, created_at desc);
create index recording_changes_other on public.recording_changes (org_id, other_id) where other_id is not null;
create index recording_changes_asset on public.recording_changes (org_id, asset_id) where asset_id is not null;
call private.isolate('public.recording_changes', 'roster:read', 'roster:write', worker_verbs => 'select');
call private.restrict_to_songs('public.recording_changes', 'recording_id');

-- Both are the record of who decided what: the API writes them.
create trigger require_api_login before insert or update or delete on public.match_candidates for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before insert or update or delete on public.recording_changes for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- Give the assets of one recording to another, those of all platforms, also of such that the caller does not see: songs
-- are the roster's. Whoever merges songs has roster:write and sees all their artists.
create function private.move_assets(org uuid, source uuid, target uuid, chosen uuid[] default null) returns uuid[]
language plpgsql security definer set search_path = '' as $$
declare
  moved uuid[];
begin
  if not org = any (private.org_ids_with('roster:write')) or exists (
    select from public.credits c
    where c.org_id = org and c.recording_id in (source, target) and c.artist_id is not null
      and not org = any (private.all_artist_org_ids())
      and (org, c.artist_id) not in (select v.org_id, v.artist_id from private.visible_artists() v)
  ) then
    raise exception 'not allowed to change these songs' using errcode = '42501';
  end if;
  with changed as (
    update public.assets a set recording_id = target
    where a.org_id = org and a.recording_id = source and (chosen is null or a.id = any (chosen))
    returning a.id
  ) select coalesce(array_agg(id), '{}') into moved from changed;
  return moved;
end $$;
revoke all on function private.move_assets(uuid, uuid, uuid, uuid[]) from public;
grant execute on function private.move_assets(uuid, uuid, uuid, uuid[]) to authenticated;

-- Whoever keeps the roster may ask for an artist's assets to be matched anew, e.g. after an alias was added.
insert into private.request_permissions (kind, name, permission) values ('job', 'music.match', 'roster:write');

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.match_candidates (org_id, id, artist_id, asset_id, recording_id, score, reasons, status)
    values (canary, canary, canary, canary, canary, 1, '[]', 'open');
  insert into public.recording_changes (org_id, id, kind, recording_id, asset_id, before)
    values (canary, canary, 'link', canary, canary, '{"recording_id": null}');
end $$;
