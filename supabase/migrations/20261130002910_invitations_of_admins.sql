-- An invitation is open only as long as its inviter may invite: who is about to be removed could else leave a way back
-- in. Another admin who sends it again stands for it.

create function private.inviter_may_invite(org uuid, inviter uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.memberships m
    join private.role_permissions p on p.role = m.role and p.permission = 'members:manage'
    where m.org_id = org and m.user_id = inviter and m.status = 'active')
$$;
revoke all on function private.inviter_may_invite(uuid, uuid) from public;
grant execute on function private.inviter_may_invite(uuid, uuid) to authenticated;

create or replace function private.may_answer(invitation public.invitations, hash bytea, addresses text)
returns boolean language sql stable security definer set search_path = '' as $$
  select coalesce(invitation.expires_at > clock.now()
    and private.inviter_may_invite(invitation.org_id, invitation.invited_by)
    and (hash is not null or addresses in ('confirmed', 'older'))
    and (hash is null or hash = invitation.token_hash)
    and case when (select auth.uid()) is null then hash is not null else exists (
      select from auth.users u
      where u.id = (select auth.uid()) and lower(u.email) = invitation.email
        and (hash is not null or u.email_confirmed_at is not null)
        and (hash is not null or addresses = 'confirmed' or u.created_at < invitation.created_at)) end, false)
$$;

create or replace function private.find_invitation(hash bytea)
returns table (id uuid, org_name text, email text, display_name text, role public.member_role, invited_by text,
               created_at timestamptz, expires_at timestamptz, has_account boolean)
language sql stable security definer set search_path = '' as $$
  select i.id, o.name, i.email, i.display_name, i.role, coalesce(nullif(by.display_name, ''), by.email), i.created_at,
    i.expires_at,
    exists (select from auth.users u where lower(u.email) = i.email and u.email_confirmed_at is not null)
  from public.invitations i
  join public.orgs o on o.id = i.org_id
  left join public.users by on by.id = i.invited_by
  where i.token_hash = hash and i.expires_at > clock.now() and private.inviter_may_invite(i.org_id, i.invited_by)
$$;

grant update (invited_by) on public.invitations to authenticated;
