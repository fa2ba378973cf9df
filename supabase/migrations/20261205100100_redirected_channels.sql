-- Who changes where a channel sends gets what its rules and its digest send from then on. So these run for them, and name
-- what they see: also the rules of others, which a member with a list of artists does not see.
create function private.take_over_channel(org uuid, channel uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not org = any (private.org_ids_with('automation:manage')) then
    raise exception 'not allowed' using errcode = 'insufficient_privilege';
  end if;
  update public.rules r set run_as = claims.uid(), updated_at = clock.now()
    where r.org_id = org and r.channel_id = channel and r.run_as is distinct from claims.uid();
  update public.notification_settings s set run_as = claims.uid(), updated_at = clock.now()
    where s.org_id = org and s.channel_id = channel and s.run_as is distinct from claims.uid();
end $$;
revoke all on function private.take_over_channel(uuid, uuid) from public;
grant execute on function private.take_over_channel(uuid, uuid) to authenticated;
