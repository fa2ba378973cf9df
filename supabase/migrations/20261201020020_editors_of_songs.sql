-- A song that is shared with an artist whom a member does not see is named by those who see its main artists. Whoever
-- sees a guest of it only reads it, links to it, and cannot rename it for the others.

-- Definer: whether a song has a main artist whom the caller does not see must not depend on what they see.
create function private.may_edit_song(org uuid, recording uuid, release uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select org = any (private.all_artist_org_ids()) or not exists (
    select from public.credits c
    where c.org_id = org and (c.recording_id = recording or c.release_id = release)
      and c.role = 'main' and c.artist_id is not null
      and (c.org_id, c.artist_id) not in (select v.org_id, v.artist_id from private.visible_artists() v))
$$;
create function private.refuse_foreign_names() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if not private.may_edit_song(old.org_id, case tg_table_name when 'recordings' then old.id end,
    case tg_table_name when 'releases' then old.id end)
  then
    raise exception 'Only who sees its main artists changes the name of a song or release.' using errcode = '42501';
  end if;
  return new;
end $$;
-- What matching fills in where it was empty passes, and so does a merge.
create trigger refuse_foreign_names before update on public.recordings for each row
  when (current_user = 'authenticated' and (new.title <> old.title or new.version_title is distinct from old.version_title
    or old.isrc is not null and new.isrc is distinct from old.isrc))
  execute function private.refuse_foreign_names();
create trigger refuse_foreign_names before update on public.releases for each row
  when (current_user = 'authenticated' and (new.title <> old.title
    or old.upc is not null and new.upc is distinct from old.upc))
  execute function private.refuse_foreign_names();
revoke all on function private.may_edit_song(uuid, uuid, uuid), private.refuse_foreign_names() from public;
grant execute on function private.may_edit_song(uuid, uuid, uuid) to authenticated;
