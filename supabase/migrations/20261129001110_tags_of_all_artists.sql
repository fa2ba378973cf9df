-- A tag is on artists whom a member with a list may not see: it is renamed and deleted by those who see all artists.
create policy change_of_all_artists on public.tags as restrictive for update to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[]));
create policy removal_of_all_artists on public.tags as restrictive for delete to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]));
