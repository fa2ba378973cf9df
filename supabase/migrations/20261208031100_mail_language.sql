-- For the sign-in service: in which language it writes to a person. Their own, else that of the org they joined first;
-- null of whoever has neither.
create function private.mail_language(person uuid) returns text
language sql stable security definer set search_path = '' as $$
  select coalesce(
    (select u.language from public.users u where u.id = person),
    (select o.language from public.memberships m join public.orgs o on o.id = m.org_id
     where m.user_id = person and m.status = 'active' order by m.created_at, m.org_id limit 1))
$$;

revoke all on function private.mail_language(uuid) from public;
grant execute on function private.mail_language(uuid) to supabase_auth_admin;
