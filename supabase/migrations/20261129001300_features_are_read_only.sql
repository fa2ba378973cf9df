-- Whoever sees an asset only because an artist of theirs is credited on its song reads it and its series; they change
-- neither. The policy visible_artists_only, which lets features pass, is of all verbs.
do $$
declare
  target text;
  condition constant text := 'org_id = any ((select private.all_artist_org_ids())::uuid[]) '
    'or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)';
begin
  foreach target in array array['assets', 'series'] loop
    execute format('create policy insert_own_artists on public.%I as restrictive for insert to authenticated '
      'with check (%s)', target, condition);
    execute format('create policy update_own_artists on public.%I as restrictive for update to authenticated '
      'using (%s) with check (%s)', target, condition, condition);
    execute format('create policy delete_own_artists on public.%I as restrictive for delete to authenticated '
      'using (%s)', target, condition);
  end loop;
end $$;
