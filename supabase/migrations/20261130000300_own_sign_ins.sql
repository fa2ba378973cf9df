-- A person's own sign-ins and what failed, from the audit log of auth. On a hosted Supabase it is that of GoTrue, which
-- records no failures and no browser.
create function private.list_own_sign_ins(most integer)
returns table (id uuid, happened_at timestamptz, action text, method text, address text, user_agent text)
language sql stable security definer set search_path = '' as $$
  select e.id, e.created_at, e.payload ->> 'action',
    coalesce(e.payload #>> '{traits,method}', e.payload #>> '{traits,provider}', ''),
    e.ip_address, coalesce(e.payload #>> '{traits,user_agent}', '')
  from auth.audit_log_entries e
  where e.payload ->> 'actor_id' = (select auth.uid())::text
    and e.payload ->> 'action' in ('login', 'user_signedup', 'login_failed', 'verification_failed',
                                   'user_updated_password', 'token_revoked')
  order by e.created_at desc, e.id limit least(most, 200)
$$;
revoke all on function private.list_own_sign_ins(integer) from public;
grant execute on function private.list_own_sign_ins(integer) to authenticated;
