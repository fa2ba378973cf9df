-- Which artists of the org a member sees, and who sees money. Asked once, by the restrictive policy visible_artists_only
-- of each table; REST, Realtime, search and exports follow, because they read under the same policies.

insert into private.role_permissions (role, permission)
select r::public.member_role, p
from (values
  ('roster:read',    '{guest}'),
  ('metrics:read',   '{guest}'),
  ('campaigns:read', '{guest}'),
  ('insights:read',  '{guest}'),
  ('money:read',     '{admin,manager}'),
  ('money:write',    '{admin,manager}')
) as matrix (p, roles), unnest(roles::text[]) as r;

alter table public.memberships
  add column artist_access text not null default 'all' check (artist_access in ('all', 'list')),
  add column money_access boolean;          -- null: the role decides
update public.memberships set artist_access = 'list' where role = 'creator';
alter table public.memberships
  add constraint memberships_access_of_role check (
    case when role in ('creator', 'guest') then artist_access = 'list' when role = 'admin' then artist_access = 'all'
         else true end),
  -- An admin could give themselves what they are denied.
  add constraint memberships_money_of_admin check (role <> 'admin' or money_access is distinct from false);

-- A creator or guest always has a list, an admin always all artists and money, whatever is asked for.
create function private.set_access_of_role() returns trigger
language plpgsql set search_path = '' as $$
begin
  if new.role in ('creator', 'guest') then
    new.artist_access := 'list';
  elsif new.role = 'admin' then
    new.artist_access := 'all';
    new.money_access := null;
  end if;
  return new;
end $$;
revoke all on function private.set_access_of_role() from public;
create trigger set_access_of_role before insert or update on public.memberships
  for each row execute function private.set_access_of_role();

create table public.artist_groups (
  org_id uuid not null references public.orgs (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 120),
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, id)
);
create unique index artist_groups_name on public.artist_groups (org_id, lower(name));
create table public.artist_group_members (
  org_id uuid not null,
  group_id uuid not null,
  artist_id uuid not null,
  primary key (org_id, group_id, artist_id),
  foreign key (org_id, group_id) references public.artist_groups (org_id, id) on delete cascade,
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index artist_group_members_artist on public.artist_group_members (org_id, artist_id);
create table public.member_artists (
  org_id uuid not null,
  user_id uuid not null,
  artist_id uuid not null,
  primary key (org_id, user_id, artist_id),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade,
  foreign key (org_id, artist_id) references public.artists (org_id, id) on delete cascade
);
create index member_artists_artist on public.member_artists (org_id, artist_id);
create table public.member_groups (
  org_id uuid not null,
  user_id uuid not null,
  group_id uuid not null,
  primary key (org_id, user_id, group_id),
  foreign key (org_id, user_id) references public.memberships (org_id, user_id) on delete cascade,
  foreign key (org_id, group_id) references public.artist_groups (org_id, id) on delete cascade
);
create index member_groups_group on public.member_groups (org_id, group_id);

-- The orgs in which the caller sees every artist.
create function private.all_artist_org_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}') from public.memberships m
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'all'
$$;

-- The artists on the caller's lists, in the orgs in which they have a list.
create function private.visible_artists() returns table (org_id uuid, artist_id uuid)
language sql stable security definer set search_path = '' as $$
  select a.org_id, a.artist_id
  from public.memberships m join public.member_artists a on a.org_id = m.org_id and a.user_id = m.user_id
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'list'
  union
  select a.org_id, a.artist_id
  from public.memberships m
  join public.member_groups g on g.org_id = m.org_id and g.user_id = m.user_id
  join public.artist_group_members a on a.org_id = g.org_id and a.group_id = g.group_id
  where m.user_id = (select auth.uid()) and m.status = 'active' and m.artist_access = 'list'
$$;

-- The assets of other artists that the caller sees, because one of theirs is credited on the recording. Empty until
-- there are recordings.
create function private.featured_assets() returns table (org_id uuid, asset_id uuid)
language sql stable security definer set search_path = '' as
$$ select null::uuid, null::uuid where false $$;

create or replace function private.org_ids_with(wanted text) returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(m.org_id), '{}')
  from public.memberships m left join private.role_permissions p on p.role = m.role and p.permission = wanted
  where m.user_id = (select auth.uid()) and m.status = 'active'
    and case wanted when 'money:read' then coalesce(m.money_access, p.role is not null)
                    when 'money:write' then p.role is not null and coalesce(m.money_access, true)
                    else p.role is not null end
$$;

-- Whom the caller may see: themselves, and the members of the orgs in which they may see members.
create or replace function private.visible_user_ids() returns uuid[]
language sql stable security definer set search_path = '' as $$
  select coalesce(array_agg(distinct other.user_id), '{}') || (select auth.uid())
  from public.memberships me
  join private.role_permissions p on p.role = me.role and p.permission = 'members:read'
  join public.memberships other on other.org_id = me.org_id
  where me.user_id = (select auth.uid()) and me.status = 'active'
$$;

revoke all on function private.all_artist_org_ids(), private.visible_artists(), private.featured_assets() from public;
grant execute on function private.all_artist_org_ids(), private.visible_artists(), private.featured_assets()
  to authenticated;

-- Keep the rows of a table to the artists that the caller sees. `artist` is the column with the artist's id; `asset` one
-- with an asset's, whose rows a featured artist shares. A row of no artist is for members who see all artists.
create procedure private.restrict_to_artists(target regclass, artist text, asset text default null)
language plpgsql set search_path = '' as $$
declare
  condition constant text := concat(
    'org_id = any ((select private.all_artist_org_ids())::uuid[])',
    format(' or (org_id, %I) in (select v.org_id, v.artist_id from private.visible_artists() v)', artist),
    case when asset is not null then
      format(' or (org_id, %I) in (select f.org_id, f.asset_id from private.featured_assets() f)', asset) end);
begin
  execute format('create policy visible_artists_only on %s as restrictive for all to authenticated '
    'using (%s) with check (%s)', target, condition, condition);
end $$;

-- Keep the rows of a table to those whose parent row the caller sees.
create procedure private.restrict_to_parent(target regclass, parent regclass, reference text)
language plpgsql set search_path = '' as $$
declare
  condition constant text :=
    format('exists (select from %s p where p.org_id = %s.org_id and p.id = %s.%I)', parent, target, target, reference);
begin
  execute format('create policy visible_artists_only on %s as restrictive for all to authenticated '
    'using (%s) with check (%s)', target, condition, condition);
end $$;

-- private.isolate, with the column that holds the artist.
create procedure private.isolate(
  target regclass, read_permission text, write_permission text, artist text, asset text default null,
  platform boolean default false, worker_verbs text default 'select, insert, update, delete'
) language plpgsql set search_path = '' as $$
begin
  call private.isolate(target, read_permission, write_permission, platform => platform, worker_verbs => worker_verbs);
  call private.restrict_to_artists(target, artist, asset);
end $$;

call private.isolate('public.artist_groups', 'roster:read', 'roster:write', worker_verbs => 'select');
call private.isolate('public.artist_group_members', 'roster:read', 'members:manage', worker_verbs => 'select');
call private.restrict_to_artists('public.artist_group_members', 'artist_id');
call private.isolate('public.member_artists', 'members:read', 'members:manage', worker_verbs => 'select');
call private.isolate('public.member_groups', 'members:read', 'members:manage', worker_verbs => 'select');
create trigger require_api_login before insert or update or delete on public.member_artists for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before insert or update or delete on public.member_groups for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();
create trigger require_api_login before insert or update or delete on public.artist_group_members for each statement
  when (current_user = 'authenticated' and session_user <> 'arti_api') execute function private.require_api_login();

-- Everybody sees their own membership and org, also those who may not see other members.
create policy read_own on public.memberships for select to authenticated
  using (org_id = any ((select private.member_org_ids())::uuid[]) and user_id = (select auth.uid()));
create policy read_own on public.user_permissions for select to authenticated
  using (org_id = any ((select private.member_org_ids())::uuid[]) and user_id = (select auth.uid()));
create policy read_own on public.orgs for select to authenticated
  using (id = any ((select private.member_org_ids())::uuid[]));

call private.restrict_to_artists('public.artists', 'id');
call private.restrict_to_artists('public.assets', 'artist_id', 'id');
call private.restrict_to_artists('public.series', 'artist_id', 'asset_id');
call private.restrict_to_artists('public.annotations', 'artist_id');
call private.restrict_to_artists('public.accounts', 'artist_id');
call private.restrict_to_artists('public.oauth_states', 'artist_id');
call private.restrict_to_artists('public.imports', 'artist_id');
call private.restrict_to_artists('public.campaigns', 'artist_id');
call private.restrict_to_artists('public.documents', 'artist_id');
call private.restrict_to_artists('public.insights', 'artist_id');
call private.restrict_to_parent('public.observations', 'public.series', 'series_id');
call private.restrict_to_parent('public.observation_revisions', 'public.series', 'series_id');
call private.restrict_to_parent('public.import_files', 'public.imports', 'import_id');
call private.restrict_to_parent('public.campaign_costs', 'public.campaigns', 'campaign_id');
call private.restrict_to_parent('public.chunks', 'public.documents', 'document_id');
call private.restrict_to_parent('public.insight_feedback', 'public.insights', 'insight_id');

-- Sync runs, jobs, events and deliveries say whose numbers they are about, and of which platform. Columns of their own
-- and not a look at the account or the insight: Realtime judges a row by itself.
alter table public.sync_runs add column artist_id uuid, add column provider text;
update public.sync_runs r set artist_id = a.artist_id, provider = a.provider
  from public.accounts a where a.org_id = r.org_id and a.id = r.account_id;
alter table public.sync_runs alter column artist_id set not null, alter column provider set not null;
alter table public.jobs add column artist_id uuid, add column provider text;
alter table public.events add column artist_id uuid, add column provider text;
alter table public.deliveries add column artist_id uuid;

-- The id under `key`, if there is one.
create function private.uuid_in(ids jsonb, key text) returns uuid
language sql immutable set search_path = '' as $$
  select case when ids ->> key ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then (ids ->> key)::uuid end
$$;

-- Fill in artist and platform from what the row names. Whoever writes sees what they may name, and no more.
create function private.set_subject() returns trigger
language plpgsql set search_path = '' as $$
declare
  ids constant jsonb := case tg_table_name when 'jobs' then to_jsonb(new) -> 'args'
    when 'events' then to_jsonb(new) -> 'payload' else to_jsonb(new) end;
  found record;
begin
  select coalesce(private.uuid_in(ids, 'artist_id'), account.artist_id, insight.artist_id, import.artist_id,
           event.artist_id, document.artist_id, delivery.artist_id) as artist_id,
    coalesce(ids ->> 'provider', account.provider, insight.provider, import.provider, event.provider,
      delivery.provider) as provider
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
  new.artist_id := found.artist_id;
  new.provider := found.provider;
  return new;
end $$;
revoke all on function private.uuid_in(jsonb, text), private.set_subject() from public;
grant execute on function private.uuid_in(jsonb, text) to authenticated, arti_worker, service_role;
do $$
declare
  target text;
begin
  foreach target in array array['sync_runs', 'events', 'deliveries', 'jobs'] loop
    execute format('create trigger set_subject before insert on public.%I for each row '
      'execute function private.set_subject()', target);
  end loop;
end $$;

-- What is recorded already is filled in by the same rule.
update public.events e set artist_id = private.uuid_in(e.payload, 'artist_id'), provider = e.payload ->> 'provider';
update public.deliveries d set artist_id = i.artist_id
  from public.insights i where i.org_id = d.org_id and i.id = d.insight_id;
update public.jobs j set artist_id = private.uuid_in(j.args, 'artist_id'), provider = j.args ->> 'provider';
update public.jobs j set artist_id = a.artist_id, provider = a.provider
  from public.accounts a where a.org_id = j.org_id and a.id = private.uuid_in(j.args, 'account_id');
update public.jobs j set artist_id = e.artist_id, provider = e.provider
  from public.events e where e.org_id = j.org_id and e.id = private.uuid_in(j.args, 'event_id');
update public.jobs j set artist_id = d.artist_id, provider = d.provider
  from public.deliveries d where d.org_id = j.org_id and d.id = private.uuid_in(j.args, 'delivery_id');
update public.jobs j set artist_id = d.artist_id
  from public.documents d where d.org_id = j.org_id and d.id = private.uuid_in(j.args, 'document_id');

call private.restrict_to_artists('public.sync_runs', 'artist_id');
call private.restrict_to_artists('public.events', 'artist_id');
call private.restrict_to_artists('public.deliveries', 'artist_id');
-- Whoever asked for work sees what became of it, also when it is about no artist.
create policy visible_artists_only on public.jobs as restrictive for all to authenticated
  using (org_id = any ((select private.all_artist_org_ids())::uuid[])
         or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
         or artist_id is null and requested_by = (select auth.uid()))
  with check (org_id = any ((select private.all_artist_org_ids())::uuid[])
              or (org_id, artist_id) in (select v.org_id, v.artist_id from private.visible_artists() v)
              or artist_id is null and requested_by = (select auth.uid()));
do $$
declare
  target text;
  condition constant text :=
    'provider is null or (org_id, provider) in (select p.org_id, p.provider from private.platforms_with(''read'') p)';
begin
  foreach target in array array['sync_runs', 'events', 'jobs'] loop
    execute format('create policy on_platform on public.%I as restrictive for all to authenticated '
      'using (%s) with check (%s)', target, condition, condition);
  end loop;
end $$;
call private.restrict_to_parent('public.delivery_attempts', 'public.deliveries', 'delivery_id');

-- A deleted row is shown to those whose policies would have shown it, judged by the columns of the replica identity.
create unique index insights_identity on public.insights (org_id, id, provider, artist_id);
alter table public.insights replica identity using index insights_identity;
drop index public.insights_replica;
create unique index sync_runs_identity on public.sync_runs (org_id, id, provider, artist_id);
alter table public.sync_runs replica identity using index sync_runs_identity;
-- Columns that may be null cannot be part of an index for it.
alter table public.jobs replica identity full;
do $$
begin
  if exists (select from pg_catalog.pg_publication where pubname = 'arti_permissions') then
    alter publication arti_permissions add table public.member_artists, public.member_groups,
      public.artist_group_members, public.sources;
  end if;
end $$;

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.artist_groups (org_id, id, name) values (canary, canary, 'canary');
  insert into public.artist_group_members (org_id, group_id, artist_id) values (canary, canary, canary);
  insert into public.member_artists (org_id, user_id, artist_id) values (canary, canary, canary);
  insert into public.member_groups (org_id, user_id, group_id) values (canary, canary, canary);
end $$;
