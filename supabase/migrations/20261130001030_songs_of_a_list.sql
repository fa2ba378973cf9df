-- The songs of a member with a list, by index from each artist on the list. The planner took the list for a thousand
-- artists and read the credits of every org instead, for each table of each statement.
alter function private.visible_artists() rows 50;
alter function private.find_visible_artists() rows 50;

create or replace function private.visible_recordings() returns table (org_id uuid, recording_id uuid)
language plpgsql stable security definer rows 500 set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  select c.org_id, c.recording_id
  from private.visible_artists() v
  join public.credits c on c.org_id = v.org_id and c.artist_id = v.artist_id and c.recording_id is not null
  union
  select r.org_id, r.id from public.recordings r
  where r.created_by = (select auth.uid()) and r.org_id = any ((select private.member_org_ids())::uuid[])
    and not exists (select from public.credits c where c.org_id = r.org_id and c.recording_id = r.id);
end $$;

create or replace function private.visible_releases() returns table (org_id uuid, release_id uuid)
language plpgsql stable security definer rows 500 set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
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
    and not exists (select from public.credits c where c.org_id = r.org_id and c.release_id = r.id);
end $$;

create or replace function private.featured_assets() returns table (org_id uuid, asset_id uuid)
language plpgsql stable security definer rows 1000 set search_path = '' set plan_cache_mode = force_generic_plan
  set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off as $$
#variable_conflict use_column
begin
  return query
  select a.org_id, a.id
  from private.visible_recordings() r
  join public.assets a on a.org_id = r.org_id and a.recording_id = r.recording_id;
end $$;
