-- Every read is decided by private.member_access, which triggers keep equal to the tables that members are kept in. The
-- isolation proof compares the two: a row that was written past the triggers (a restore without them, a hand) would open
-- an org to somebody who is no member, and no attempt by another caller would show it.
create function private.count_stale_access() returns bigint
language sql stable security definer set search_path = '' as $$
  with members as (
    select m.user_id, m.org_id, m.role, m.artist_access = 'all' as all_artists, r.permissions,
      coalesce(m.money_access, 'money:read' = any (r.permissions)) as money,
      not exists (select from public.user_permissions u
                  where u.org_id = m.org_id and u.user_id = m.user_id and not u.can_read) as all_platforms
    from public.memberships m
    left join (select p.role, array_agg(p.permission) as permissions from private.role_permissions p group by p.role) r
      on r.role = m.role
    where m.status = 'active'),
  expected as (
    select user_id, jsonb_object_agg(org_id, role) as roles, bool_or(not all_artists) as is_listed,
      array_agg(org_id order by org_id) as member,
      coalesce(array_agg(org_id order by org_id) filter (where all_artists), '{}') as all_artists,
      coalesce(array_agg(org_id order by org_id) filter (where all_platforms), '{}') as all_platforms,
      coalesce(array_agg(org_id order by org_id) filter (where all_artists and all_platforms and money), '{}') as unrestricted,
      coalesce(array_agg(org_id order by org_id) filter (where 'members:read' = any (permissions)), '{}') as members_read,
      coalesce(array_agg(org_id order by org_id) filter (where 'roster:read' = any (permissions)), '{}') as roster_read,
      coalesce(array_agg(org_id order by org_id) filter (where 'connections:read' = any (permissions)), '{}')
        as connections_read,
      coalesce(array_agg(org_id order by org_id) filter (where 'metrics:read' = any (permissions)), '{}') as metrics_read,
      coalesce(array_agg(org_id order by org_id) filter (where money), '{}') as money_read
    from members group by user_id),
  kept as (
    select a.user_id, a.roles, a.is_listed, array(select unnest(a.member) order by 1) as member,
      array(select unnest(a.all_artists) order by 1) as all_artists,
      array(select unnest(a.all_platforms) order by 1) as all_platforms,
      array(select unnest(a.unrestricted) order by 1) as unrestricted,
      array(select unnest(a.members_read) order by 1) as members_read,
      array(select unnest(a.roster_read) order by 1) as roster_read,
      array(select unnest(a.connections_read) order by 1) as connections_read,
      array(select unnest(a.metrics_read) order by 1) as metrics_read,
      array(select unnest(a.money_read) order by 1) as money_read
    from private.member_access a
    where a.roles <> '{}' or a.is_listed or a.member || a.all_artists || a.all_platforms || a.unrestricted
      || a.members_read || a.roster_read || a.connections_read || a.metrics_read || a.money_read <> '{}')
  select count(*) from (
    (select * from kept except select * from expected) union all (select * from expected except select * from kept)) stale
$$;
revoke all on function private.count_stale_access() from public;
grant execute on function private.count_stale_access() to authenticated, arti_api;
