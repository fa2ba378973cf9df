-- What a key of an org is for. `data`: it reads and writes through the gateway what its role may. `values:push`: it
-- pushes values of the org's own sources through the API, and the gateway refuses it. Chosen when it is made.
alter table private.org_keys add column scope text not null default 'data' check (scope in ('data', 'values:push'));
grant select (scope) on private.org_keys to authenticated;

drop function private.use_key(bytea);
-- Look a key up by its SHA-256, for the gateway and the API, and note once a minute that it was used.
create function private.use_key(wanted bytea)
returns table (id uuid, role text, user_id uuid, email text, scope text)
language plpgsql security definer set search_path = '' as $$
begin
  update private.installation_keys k set last_used_at = clock.now()
    where k.hash = wanted and k.revoked_at is null
      and (k.last_used_at is null or k.last_used_at < clock.now() - interval '1 minute');
  update private.org_keys k set last_used_at = clock.now()
    where k.hash = wanted and k.revoked_at is null
      and (k.last_used_at is null or k.last_used_at < clock.now() - interval '1 minute');
  return query
    select k.id, case k.kind when 'secret' then 'service_role' else 'anon' end, null::uuid, null::text, null::text
    from private.installation_keys k where k.hash = wanted and k.revoked_at is null
    union all
    select k.id, 'authenticated', k.user_id, u.email, k.scope
    from private.org_keys k join public.users u on u.id = k.user_id
    where k.hash = wanted and k.revoked_at is null
      and exists (select from public.memberships m
                  where m.org_id = k.org_id and m.user_id = k.user_id and m.status = 'active');
end $$;
revoke all on function private.use_key(bytea) from public;
grant execute on function private.use_key(bytea) to supabase_auth_admin, arti_api;
