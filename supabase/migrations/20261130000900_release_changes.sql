-- Two releases that a person takes for one are merged as recordings are: what is left of the one refers to the one that
-- stayed, so that it can be undone. A rejected match can be undone as well.

alter table public.releases
  add column merged_into uuid,             -- this row is only what is left of a merge, so that it can be undone
  add foreign key (org_id, merged_into) references public.releases (org_id, id) on delete cascade,
  add check (merged_into <> id);
create index releases_merged_into on public.releases (org_id, merged_into) where merged_into is not null;
create trigger require_api_login before update of merged_into on public.releases for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- A change is of a recording or of a release. other_release_id: the one that was merged away, or that the asset left.
alter table public.recording_changes
  alter column recording_id drop not null,
  add column release_id uuid,
  add column other_release_id uuid,
  add foreign key (org_id, release_id) references public.releases (org_id, id) on delete cascade,
  add foreign key (org_id, other_release_id) references public.releases (org_id, id) on delete cascade,
  add check (num_nonnulls(recording_id, release_id) = 1),
  drop constraint recording_changes_kind_check,
  add constraint recording_changes_kind_check check (kind in ('merge', 'link', 'split', 'reject'));
create index recording_changes_release on public.recording_changes (org_id, release_id, created_at desc)
  where release_id is not null;
create index recording_changes_other_release on public.recording_changes (org_id, other_release_id)
  where other_release_id is not null;
create index recording_changes_newest on public.recording_changes (org_id, created_at desc, id);
drop policy visible_artists_only on public.recording_changes;
call private.restrict_to_songs('public.recording_changes', 'recording_id', 'release_id');

-- Whether the caller sees every artist of the roster who is credited on these releases or on one of their tracks. Definer:
-- what they do not see, they cannot look for.
create function private.sees_whole_releases(org uuid, ids uuid[]) returns boolean
language sql stable security definer set search_path = '' as $$
  select org = any (private.all_artist_org_ids()) or (org = any (private.member_org_ids()) and not exists (
    select from public.credits c
    where c.org_id = org and c.artist_id is not null
      and (c.release_id = any (ids) or c.recording_id in (
        select t.recording_id from public.release_tracks t where t.org_id = org and t.release_id = any (ids)))
      and (org, c.artist_id) not in (select v.org_id, v.artist_id from private.visible_artists() v)))
$$;
revoke all on function private.sees_whole_releases(uuid, uuid[]) from public;
grant execute on function private.sees_whole_releases(uuid, uuid[]) to authenticated;

-- The calendar shows a merged release once. Otherwise as before.
do $$
declare
  changed constant text := replace(pg_get_viewdef('public.calendar'::regclass),
    'WHERE (r.released_on IS NOT NULL)', 'WHERE ((r.released_on IS NOT NULL) AND (r.merged_into IS NULL))');
begin
  if changed = pg_get_viewdef('public.calendar'::regclass) then
    raise exception 'the view calendar has no releases to restrict';
  end if;
  execute 'create or replace view public.calendar with (security_invoker = true) as ' || changed;
end $$;
