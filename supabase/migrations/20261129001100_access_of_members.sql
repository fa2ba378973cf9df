-- What access by artist still needed: who sees whose list, artists that a member with a list adds, work that names what
-- its asker does not see, rules that run as somebody, messages of no artist, and members whom a guest does not see.

-- The artists and groups on a member's list, with names, as far as the caller sees them.
create function private.access_lists(org uuid, member uuid) returns table (artists jsonb, groups jsonb)
language sql stable set search_path = '' as $$
  select
    coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'name', a.name) order by lower(a.name), a.id)
      from public.member_artists l join public.artists a on a.org_id = l.org_id and a.id = l.artist_id
      where l.org_id = org and l.user_id = member), '[]'),
    coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) order by lower(g.name), g.id)
      from public.member_groups l join public.artist_groups g on g.org_id = l.org_id and g.id = l.group_id
      where l.org_id = org and l.user_id = member), '[]')
$$;
revoke all on function private.access_lists(uuid, uuid) from public;
grant execute on function private.access_lists(uuid, uuid) to authenticated;

-- Groups decide who sees what, so admins keep them, over the API, which records it. A group is seen by who sees one of
-- its artists, and somebody's list as far as its artists are.
do $$
declare
  may_manage constant text := 'org_id = any ((select private.org_ids_with(''members:manage''))::uuid[])';
  condition constant text := 'org_id = any ((select private.all_artist_org_ids())::uuid[]) or exists ('
    'select from public.artist_group_members m where m.org_id = artist_groups.org_id and m.group_id = artist_groups.id)';
begin
  execute format('alter policy add on public.artist_groups with check (%s)', may_manage);
  execute format('alter policy change on public.artist_groups using (%s) with check (%s)', may_manage, may_manage);
  execute format('alter policy remove on public.artist_groups using (%s)', may_manage);
  execute format('create policy visible_artists_only on public.artist_groups as restrictive for all to authenticated '
    'using (%s) with check (%s)', condition, condition);
end $$;
call private.restrict_to_artists('public.member_artists', 'artist_id');
call private.restrict_to_parent('public.member_groups', 'public.artist_groups', 'group_id');
create trigger require_api_login before insert or update or delete on public.artist_groups for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- Whoever has a list and adds an artist has them on it: listed before the artist is there, so that the policy of artists
-- lets them in. Not of an artist who exists: that would open them.
alter table public.member_artists alter constraint member_artists_org_id_artist_id_fkey deferrable initially immediate;
create function private.add_to_own_list(org uuid, new_artist uuid) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if session_user <> 'arti_api' or not org = any (private.org_ids_with('roster:write'))
     or exists (select from public.artists a where a.org_id = org and a.id = new_artist) then
    raise exception 'not allowed' using errcode = '42501';
  end if;
  set constraints public.member_artists_org_id_artist_id_fkey deferred;
  insert into public.member_artists (org_id, user_id, artist_id)
    select m.org_id, m.user_id, new_artist from public.memberships m
    where m.org_id = org and m.user_id = (select auth.uid()) and m.artist_access = 'list';
end $$;
revoke all on function private.add_to_own_list(uuid, uuid) from public;
grant execute on function private.add_to_own_list(uuid, uuid) to authenticated;

-- Artist, platform and money of a row, from what it names. A member names only what they see, and of one artist: else
-- they could ask for work on somebody else's account and read its progress.
alter table public.events add column is_money boolean not null default false;
alter table public.deliveries add column is_money boolean not null default false;
create or replace function private.set_subject() returns trigger
language plpgsql set search_path = '' as $$
declare
  ids constant jsonb := case tg_table_name when 'jobs' then to_jsonb(new) -> 'args'
    when 'events' then to_jsonb(new) -> 'payload' else to_jsonb(new) end;
  found record;
begin
  select coalesce(private.uuid_in(ids, 'artist_id'), account.artist_id, insight.artist_id, import.artist_id,
           event.artist_id, document.artist_id, delivery.artist_id) as artist_id,
    coalesce(ids ->> 'provider', account.provider, insight.provider, import.provider, event.provider,
      delivery.provider) as provider,
    coalesce(insight.is_money, event.is_money, delivery.is_money, false) as is_money,
    (ids ->> 'account_id' is null or account.id is not null)
      and (ids ->> 'insight_id' is null or insight.id is not null)
      and (ids ->> 'import_id' is null or import.id is not null)
      and (ids ->> 'event_id' is null or event.id is not null)
      and (ids ->> 'document_id' is null or document.id is not null)
      and (ids ->> 'delivery_id' is null or delivery.id is not null)
      and (ids ->> 'artist_id' is null or exists (
        select from public.artists a where a.org_id = new.org_id and a.id = private.uuid_in(ids, 'artist_id')))
      as are_visible,
    (select count(distinct named.id) from unnest(array[private.uuid_in(ids, 'artist_id'), account.artist_id,
      insight.artist_id, import.artist_id, event.artist_id, document.artist_id, delivery.artist_id]) as named (id))
      as artists
  into found
  from (select) as one
  left join public.accounts account on account.org_id = new.org_id and account.id = private.uuid_in(ids, 'account_id')
  left join public.insights insight on insight.org_id = new.org_id and insight.id = private.uuid_in(ids, 'insight_id')
  left join public.imports import on import.org_id = new.org_id and import.id = private.uuid_in(ids, 'import_id')
  left join public.events event on event.org_id = new.org_id and event.id = private.uuid_in(ids, 'event_id')
  left join public.documents document on document.org_id = new.org_id
    and document.id = private.uuid_in(ids, 'document_id')
  left join public.deliveries delivery on delivery.org_id = new.org_id
    and delivery.id = private.uuid_in(ids, 'delivery_id');
  if current_user = 'authenticated' and not (found.are_visible and found.artists <= 1) then
    raise exception 'something that this names is not here' using errcode = '23503';
  end if;
  new.artist_id := found.artist_id;
  new.provider := found.provider;
  if tg_table_name in ('events', 'deliveries') then
    new.is_money := found.is_money;
  end if;
  return new;
end $$;
update public.deliveries d set is_money = true
  from public.insights i where i.org_id = d.org_id and i.id = d.insight_id and i.is_money;
update public.events e set is_money = true
  from public.insights i where i.org_id = e.org_id and i.id = private.uuid_in(e.payload, 'insight_id') and i.is_money;

-- By columns of the row itself, so that Realtime can judge it.
drop policy money_only on public.deliveries;
create policy money_only on public.deliveries as restrictive for all to authenticated
  using (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]));
create policy money_only on public.events as restrictive for all to authenticated
  using (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]))
  with check (not is_money or org_id = any ((select private.org_ids_with('money:read'))::uuid[]));

-- A message that tests a channel is about no artist, so everybody who sees deliveries sees it.
alter policy visible_artists_only on public.deliveries
  using (org_id = any ((select private.all_artist_org_ids())::uuid[])
         or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
         or artist_id is null and event_id is null and insight_id is null)
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[])
              or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
              or artist_id is null and event_id is null and insight_id is null);

-- Of work that is about no artist, whoever has a list may ask for the test of a channel only: all else is about the org.
alter policy visible_artists_only on public.jobs
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[])
              or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
              or artist_id is null and requested_by = (select auth.uid()) and name = 'automation.test_channel');

-- Evidence and attempts are as hidden as what they belong to, for every verb and under the name that all tables use.
drop policy with_its_insight on public.insight_evidence;
call private.restrict_to_parent('public.insight_evidence', 'public.insights', 'insight_id');
drop policy with_its_delivery on public.delivery_attempts;

-- The same text may be kept of two artists: else a member could learn that it is kept of one whom they do not see.
alter table public.documents drop constraint documents_org_id_content_sha256_key;
create unique index documents_content on public.documents (org_id, content_sha256, artist_id) nulls not distinct;

-- A rule notifies of what the member sees for whom it runs, when it fires. Null: the org itself, so of everything.
alter table public.rules add column run_as uuid;
update public.rules set run_as = created_by;
create policy visible_artists_only on public.rules as restrictive for all to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]) or run_as = (select auth.uid()))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[]) or run_as = (select auth.uid()));

-- What a webhook sent may be about anybody.
create policy visible_artists_only on public.webhook_events as restrictive for all to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[]))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[]));

-- Whether a member of the job's org sees what an event is about: artist, platform, money.
create function private.member_sees(member uuid, of_artist uuid, of_provider text, is_money boolean) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from public.memberships m
    where m.org_id = (select private.job_org_id()) and m.user_id = member and m.status = 'active'
      and (m.artist_access = 'all'
        or exists (select from public.member_artists l
                   where l.org_id = m.org_id and l.user_id = member and l.artist_id = of_artist)
        or exists (select from public.member_groups l
                   join public.artist_group_members a on a.org_id = l.org_id and a.group_id = l.group_id
                   where l.org_id = m.org_id and l.user_id = member and a.artist_id = of_artist))
      and not exists (select from public.user_permissions u
                      where u.org_id = m.org_id and u.user_id = member and u.provider = of_provider and not u.can_read)
      and (not is_money or coalesce(m.money_access, exists (
        select from private.role_permissions p where p.role = m.role and p.permission = 'money:read'))))
$$;
revoke all on function private.member_sees(uuid, uuid, text, boolean) from public;
grant execute on function private.member_sees(uuid, uuid, text, boolean) to arti_worker;

-- Who may not see members reads no other member's feedback, and is not in the channels where members meet.
create policy own_or_of_members on public.insight_feedback as restrictive for select to authenticated
  using (org_id = any ((select private.org_ids_with('members:read'))::uuid[]) or user_id = (select auth.uid()));
do $$
declare
  condition constant text := 'split_part((select realtime.topic()), '':'', 1) = ''org'''
    ' and split_part((select realtime.topic()), '':'', 2) = any ((select private.org_ids_with(''members:read''))::text[])'
    ' and topic = (select realtime.topic())';
begin
  if exists (select from pg_catalog.pg_class c where c.oid = to_regclass('realtime.messages')
             and pg_catalog.pg_has_role(current_user, c.relowner, 'usage')) then
    execute format('alter policy members_receive on realtime.messages using (%s)', condition);
    execute format('alter policy members_send on realtime.messages with check (%s)', condition);
  end if;
end $$;

-- A deleted row is judged by the columns of the replica identity: those that policies look at.
create unique index imports_identity on public.imports (org_id, id, artist_id);
alter table public.imports replica identity using index imports_identity;
alter index public.insights_identity rename to insights_former_identity;
create unique index insights_identity on public.insights (org_id, id, provider, artist_id, is_money);
alter table public.insights replica identity using index insights_identity;
drop index public.insights_former_identity;
-- Columns that may be null cannot be part of an index for it.
alter table public.deliveries replica identity full;
