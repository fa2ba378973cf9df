-- What a label has: recordings and releases, who is credited on them, and which assets of the platforms they are.

-- Whether a text is a UPC (12 digits) or an EAN-13, by its check digit: from the right, digits count 3 and 1 in turn.
create function private.is_upc(code text) returns boolean
language sql immutable parallel safe set search_path = '' as $$
  select code ~ '^([1-9][0-9]{12}|[0-9]{12})$' and (
    select sum(substr(code, length(code) - i, 1)::integer * case when i % 2 = 1 then 3 else 1 end) % 10 = 0
    from generate_series(0, length(code) - 1) i)
$$;
revoke all on function private.is_upc(text) from public;
grant execute on function private.is_upc(text) to authenticated, arti_worker, service_role;

-- One recorded performance, whatever the platforms call it. A remix, a live take or a sped-up one is a recording of its
-- own (version_of names the one it is a version of).
create table public.recordings (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  isrc text check (isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'),
  title text not null check (length(title) between 1 and 500),
  version_title text check (length(version_title) between 1 and 200),  -- Live, Sped Up, Someone's Remix
  version_of uuid,
  duration_ms integer check (duration_ms > 0),
  released_on date,
  title_key text,                          -- the title as matching compares it
  merged_into uuid,                        -- this row is only what is left of a merge, so that it can be undone
  created_by uuid,                         -- null: by matching
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, version_of) references public.recordings (org_id, id) on delete set null (version_of),
  foreign key (org_id, merged_into) references public.recordings (org_id, id) on delete cascade,
  check (version_of <> id and merged_into <> id)
);
create index recordings_isrc on public.recordings (org_id, isrc) where isrc is not null;
create index recordings_title on public.recordings (org_id, title_key);
create index recordings_version_of on public.recordings (org_id, version_of) where version_of is not null;
create index recordings_merged_into on public.recordings (org_id, merged_into) where merged_into is not null;
create index recordings_creator on public.recordings (created_by, org_id) where created_by is not null;

create table public.releases (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  upc text check (private.is_upc(upc)),
  title text not null check (length(title) between 1 and 500),
  label text check (length(label) between 1 and 200),
  kind text check (kind in ('album', 'single', 'ep', 'compilation')),
  released_on date,
  title_key text,
  created_by uuid,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
create index releases_upc on public.releases (org_id, upc) where upc is not null;
create index releases_title on public.releases (org_id, title_key);
create index releases_label on public.releases (org_id, label) where label is not null;
create index releases_creator on public.releases (created_by, org_id) where created_by is not null;

create table public.release_tracks (
  org_id uuid not null,
  release_id uuid not null,
  disc smallint not null default 1 check (disc > 0),
  position smallint not null check (position > 0),
  recording_id uuid not null,
  primary key (org_id, release_id, disc, position),
  foreign key (org_id, release_id) references public.releases (org_id, id) on delete cascade,
  foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete cascade
);
create index release_tracks_recording on public.release_tracks (org_id, recording_id);

-- Who is named on a recording or a release. An artist who is not on the roster has a name only.
create table public.credits (
  org_id uuid not null,
  id uuid not null default gen_random_uuid(),
  recording_id uuid,
  release_id uuid,
  artist_id uuid,
  name text not null check (length(name) between 1 and 200),
  role text not null check (role in ('main', 'featured', 'remixer', 'producer')),
  position smallint not null default 1 check (position > 0),
  created_at timestamptz not null default clock.now(),
  primary key (org_id, id),
  foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete cascade,
  foreign key (org_id, release_id) references public.releases (org_id, id) on delete cascade,
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade,
  check (num_nonnulls(recording_id, release_id) = 1)
);
create unique index credits_once on public.credits
  (org_id, recording_id, release_id, artist_id, lower(name), role) nulls not distinct;
create index credits_release on public.credits (org_id, release_id) where release_id is not null;
create index credits_artist on public.credits (org_id, artist_id) where artist_id is not null;

-- An asset is a recording (track, video, short, reel, sound ...), a release (album), or neither.
alter table public.assets
  drop constraint assets_kind_check,
  add constraint assets_kind_check check (kind in
    ('track', 'album', 'video', 'short', 'post', 'reel', 'story', 'sound', 'playlist')),
  add column upc text,
  add column duration_ms integer check (duration_ms > 0),
  add column version text,                 -- the part of the title that names the version, where the provider says it
  add column credits jsonb not null default '[]',  -- as the provider names them: [{"name", "role", "external_id"}]
  add column matchable boolean not null default true,  -- false: a person said that it is no song
  add column recording_id uuid,
  add column release_id uuid,
  add foreign key (org_id, recording_id) references public.recordings (org_id, id) on delete set null (recording_id),
  add foreign key (org_id, release_id) references public.releases (org_id, id) on delete set null (release_id),
  add check (recording_id is null or release_id is null);
update public.assets set isrc = upper(regexp_replace(isrc, '[^A-Za-z0-9]', '', 'g')) where isrc is not null;
update public.assets set isrc = null where isrc !~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$';
alter table public.assets
  add constraint assets_isrc_check check (isrc ~ '^[A-Z]{2}[A-Z0-9]{3}[0-9]{7}$'),
  add constraint assets_upc_check check (private.is_upc(upc));
create index assets_recording on public.assets (org_id, recording_id) where recording_id is not null;
create index assets_release on public.assets (org_id, release_id) where release_id is not null;
create index assets_external on public.assets (org_id, provider, external_id);

-- Who sees a song: whoever sees one of its credited artists; until it has credits, whoever made it. Definer, because the
-- policies of credits ask it.
create function private.visible_recordings() returns table (org_id uuid, recording_id uuid)
language sql stable security definer set search_path = '' as $$
  select c.org_id, c.recording_id
  from private.visible_artists() v
  join public.credits c on c.org_id = v.org_id and c.artist_id = v.artist_id and c.recording_id is not null
  union
  select r.org_id, r.id from public.recordings r
  where r.created_by = (select auth.uid()) and r.org_id = any ((select private.member_org_ids())::uuid[])
    and not exists (select from public.credits c where c.org_id = r.org_id and c.recording_id = r.id)
$$;
-- A release is seen with one of its artists, or with one of its tracks.
create function private.visible_releases() returns table (org_id uuid, release_id uuid)
language sql stable security definer set search_path = '' as $$
  select c.org_id, c.release_id
  from private.visible_artists() v
  join public.credits c on c.org_id = v.org_id and c.artist_id = v.artist_id and c.release_id is not null
  union
  select t.org_id, t.release_id
  from private.visible_recordings() r
  join public.release_tracks t on t.org_id = r.org_id and t.recording_id = r.recording_id
  union
  select r.org_id, r.id from public.releases r
  where r.created_by = (select auth.uid()) and r.org_id = any ((select private.member_org_ids())::uuid[])
    and not exists (select from public.credits c where c.org_id = r.org_id and c.release_id = r.id)
$$;
create or replace function private.featured_assets() returns table (org_id uuid, asset_id uuid)
language sql stable security definer set search_path = '' as $$
  select a.org_id, a.id
  from private.visible_recordings() r
  join public.assets a on a.org_id = r.org_id and a.recording_id = r.recording_id
$$;
revoke all on function private.visible_recordings(), private.visible_releases() from public;
grant execute on function private.visible_recordings(), private.visible_releases() to authenticated;

-- Keep the rows of a table to the recordings and releases that the caller sees. A row of neither is for members who see
-- all artists. `recording` and `release` are the columns with their ids.
create procedure private.restrict_to_songs(target regclass, recording text, release text default null)
language plpgsql set search_path = '' as $$
declare
  condition constant text := concat(
    'org_id = any ((select private.all_artist_org_ids())::uuid[])',
    case when recording is not null then
      format(' or (org_id, %I) in (select v.org_id, v.recording_id from private.visible_recordings() v)', recording) end,
    case when release is not null then
      format(' or (org_id, %I) in (select v.org_id, v.release_id from private.visible_releases() v)', release) end);
begin
  execute format('create policy visible_artists_only on %s as restrictive for all to authenticated '
    'using (%s) with check (%s)', target, condition, condition);
end $$;
revoke all on procedure private.restrict_to_songs(regclass, text, text) from public;

call private.isolate('public.recordings', 'roster:read', 'roster:write');
call private.restrict_to_songs('public.recordings', 'id');
call private.isolate('public.releases', 'roster:read', 'roster:write');
call private.restrict_to_songs('public.releases', null, 'id');
-- Whoever has a list of artists may add a song too, and sees it while it has no credits.
alter policy visible_artists_only on public.recordings with check (
  org_id = any ((select private.all_artist_org_ids())::uuid[]) or created_by = (select auth.uid())
  or (org_id, id) in (select v.org_id, v.recording_id from private.visible_recordings() v));
alter policy visible_artists_only on public.releases with check (
  org_id = any ((select private.all_artist_org_ids())::uuid[]) or created_by = (select auth.uid())
  or (org_id, id) in (select v.org_id, v.release_id from private.visible_releases() v));
call private.isolate('public.release_tracks', 'roster:read', 'roster:write');
call private.restrict_to_songs('public.release_tracks', 'recording_id');
call private.isolate('public.credits', 'roster:read', 'roster:write');
call private.restrict_to_songs('public.credits', 'recording_id', 'release_id');

-- Nobody changes the credit of an artist, or the tracks of a release, that they do not see: the one would show them the
-- artist's songs, the other would hide somebody else's.
do $$
declare
  target record;
  verb text;
begin
  for target in select * from (values
    ('credits', 'org_id = any ((select private.all_artist_org_ids())::uuid[]) or artist_id is null
       or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)'),
    ('release_tracks', 'org_id = any ((select private.all_artist_org_ids())::uuid[])
       or (org_id, release_id) in (select v.org_id, v.release_id from private.visible_releases() v)')
  ) as target (name, condition) loop
    foreach verb in array array['insert', 'update', 'delete'] loop
      execute format('create policy %I on public.%I as restrictive for %s to authenticated %s %s', verb || '_of_visible',
        target.name, verb,
        case when verb <> 'insert' then 'using (' || target.condition || ')' end,
        case when verb <> 'delete' then 'with check (' || target.condition || ')' end);
    end loop;
  end loop;
end $$;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.recordings (org_id, id, title) values (canary, canary, 'canary');
  insert into public.releases (org_id, id, title) values (canary, canary, 'canary');
  insert into public.release_tracks (org_id, release_id, position, recording_id) values (canary, canary, 1, canary);
  insert into public.credits (org_id, id, recording_id, artist_id, name, role)
    values (canary, canary, canary, canary, 'canary', 'main');
end $$;
