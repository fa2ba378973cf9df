-- Providers are rows: the built-in ones in `providers`, an org's own sources in `sources`; likewise an org's own metrics
-- beside `metrics`. Columns that were of the enum public.provider become text. observations and observation_revisions
-- keep the enum, since rewriting them would lock them for long; they are replaced by a later migration.

create table public.providers (
  slug text primary key check (slug !~ '^own\.'),
  name text not null,
  time_zone text not null,                 -- in which the provider counts its days
  has_connector boolean not null default false
);
insert into public.providers (slug, name, time_zone, has_connector) values
  ('spotify', 'Spotify', 'UTC', true),
  ('instagram', 'Instagram', 'America/Los_Angeles', true),
  ('youtube', 'YouTube', 'America/Los_Angeles', true),
  ('soundcloud', 'SoundCloud', 'UTC', true);
alter table public.providers enable row level security;
alter table public.providers force row level security;
create policy read on public.providers for select to authenticated, arti_worker using (slug is not null);
grant select on public.providers to authenticated, arti_worker, service_role;
revoke insert, update, delete on public.providers from service_role;

-- A source that the org adds itself: typed in, pushed by API or mapped from a file.
create table public.sources (
  org_id uuid not null references public.orgs (id) on delete cascade,
  slug text not null check (slug ~ '^own\.[a-z0-9_]{1,60}$'),
  name text not null check (length(name) between 1 and 120),
  url text,
  time_zone text not null default 'UTC',
  created_by uuid,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, slug)
);
call private.isolate('public.sources', 'metrics:read', 'connections:manage', worker_verbs => 'select');

-- A metric that the org defines itself; the columns mean what they mean in `metrics`.
create table public.org_metrics (
  org_id uuid not null references public.orgs (id) on delete cascade,
  slug text not null check (slug ~ '^own\.[a-z0-9_]{1,60}$'),
  name text not null check (length(name) between 1 and 120),
  unit text not null check (length(unit) between 1 and 40),
  kind text not null check (kind in ('counter', 'flow', 'rolling', 'ratio')),
  aggregation text not null check (aggregation in ('sum', 'last', 'mean', 'none')),
  description text not null default '',
  higher_is_better boolean not null default true,
  created_by uuid,
  created_at timestamptz not null default clock.now(),
  updated_at timestamptz not null default clock.now(),
  primary key (org_id, slug)
);
call private.isolate('public.org_metrics', 'metrics:read', 'connections:manage', worker_verbs => 'select');

-- Policies and functions that name the enum are made again around the change of type, word for word.
create temporary table kept_policies on commit drop as
  select format('create policy %I on %I.%I as %s for %s to %s%s%s', p.policyname, p.schemaname, p.tablename,
           p.permissive, p.cmd, array_to_string(array(select quote_ident(r) from unnest(p.roles) r), ', '),
           ' using (' || p.qual || ')', ' with check (' || p.with_check || ')') as statement,
    p.policyname, p.schemaname, p.tablename
  from pg_catalog.pg_policies p
  where (p.schemaname || '.' || p.tablename)::regclass in (
    select a.attrelid from pg_catalog.pg_attribute a
    where a.atttypid = 'public.provider'::regtype and not a.attisdropped);

do $$
declare
  found record;
begin
  for found in select * from kept_policies loop
    execute format('drop policy %I on %I.%I', found.policyname, found.schemaname, found.tablename);
  end loop;
  for found in
    select a.attrelid::regclass as target, a.attname from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'r'
    where a.atttypid = 'public.provider'::regtype and not a.attisdropped
      and a.attrelid not in ('public.observations'::regclass, 'public.observation_revisions'::regclass)
  loop
    execute format('alter table %s alter column %I type text using %I::text',
      found.target, found.attname, found.attname);
  end loop;
end $$;

drop function private.platforms_with(text);
-- Every (org, provider) pair on which the caller may do `verb`: read, write or delete.
create function private.platforms_with(verb text) returns table (org_id uuid, provider text)
language sql stable security definer set search_path = '' as $$
  select m.org_id, p.slug
  from public.memberships m
  cross join lateral (
    select b.slug from public.providers b
    union all select s.slug from public.sources s where s.org_id = m.org_id) p
  left join public.user_permissions u on u.org_id = m.org_id and u.user_id = m.user_id and u.provider = p.slug
  where m.user_id = (select auth.uid()) and m.status = 'active'
    and coalesce(case verb when 'read' then u.can_read when 'write' then u.can_write
                           when 'delete' then u.can_delete end, true)
$$;
revoke all on function private.platforms_with(text) from public;
grant execute on function private.platforms_with(text) to authenticated;

do $$
declare
  found record;
  text_of text;
begin
  for found in select * from kept_policies loop
    text_of := found.statement;
    if found.tablename in ('observations', 'observation_revisions') then
      text_of := replace(text_of, '(org_id, provider) IN', '(org_id, provider::text) IN');
    end if;
    execute text_of;
  end loop;
end $$;

do $$
declare
  definition text;
  granted name[];
  found record;
begin
  for found in select p.oid, p.oid::regprocedure::text as signature, p.proacl from pg_catalog.pg_proc p
               where p.pronamespace = 'private'::regnamespace
                 and ('public.provider'::regtype = any (p.proallargtypes)
                      or 'public.provider'::regtype = any (p.proargtypes)) loop
    definition := replace(pg_get_functiondef(found.oid), 'provider provider', 'provider text');
    select array_agg(a.grantee::regrole::name) into granted
      from aclexplode(found.proacl) a where a.privilege_type = 'EXECUTE' and a.grantee <> 0;
    execute 'drop function ' || found.signature;
    execute definition;
    execute format('revoke all on function %s from public', found.signature);
    execute format('grant execute on function %s to %s', found.signature,
      array_to_string(array(select quote_ident(g) from unnest(granted) g), ', '));
  end loop;
end $$;

-- The metric and the provider of a row are built in or the org's own. Instead of foreign keys, which know one table only.
alter table public.series drop constraint series_metric_fkey;
alter table public.campaigns drop constraint campaigns_goal_metric_fkey;
alter table public.insights drop constraint insights_metric_fkey;

create function private.check_provider() returns trigger
language plpgsql set search_path = '' as $$
declare
  named constant text := to_jsonb(new) ->> tg_argv[0];
begin
  if named is not null
     and not exists (select from public.providers p where p.slug = named)
     and not exists (select from public.sources s where s.org_id = new.org_id and s.slug = named) then
    raise exception 'there is no provider or source "%"', named using errcode = '23503';
  end if;
  return null;
end $$;

create function private.check_metric() returns trigger
language plpgsql set search_path = '' as $$
declare
  named constant text := to_jsonb(new) ->> tg_argv[0];
begin
  if not exists (select from public.metrics m where m.slug = named)
     and not exists (select from public.org_metrics m where m.org_id = new.org_id and m.slug = named) then
    raise exception 'there is no metric "%"', named using errcode = '23503';
  end if;
  return null;
end $$;
revoke all on function private.check_provider(), private.check_metric() from public;

-- After the row is written, as a foreign key, so that a policy refuses a foreign row before anything is looked up.
do $$
declare
  target text;
begin
  foreach target in array array['assets', 'series', 'accounts', 'imports', 'user_permissions', 'insights'] loop
    execute format('create trigger check_provider after insert or update of provider on public.%I for each row '
      'execute function private.check_provider(''provider'')', target);
  end loop;
end $$;
create trigger check_provider after insert or update of goal_provider on public.campaigns for each row
  execute function private.check_provider('goal_provider');
create trigger check_metric after insert or update of metric on public.series for each row
  execute function private.check_metric('metric');
create trigger check_metric after insert or update of metric on public.insights for each row
  execute function private.check_metric('metric');
create trigger check_metric after insert or update of goal_metric on public.campaigns for each row
  execute function private.check_metric('goal_metric');

do $$
declare
  canary constant uuid := private.canary_org_id();
begin
  insert into public.sources (org_id, slug, name) values (canary, 'own.canary', 'canary');
  insert into public.org_metrics (org_id, slug, name, unit, kind, aggregation)
    values (canary, 'own.canary', 'canary', 'canary', 'flow', 'sum');
end $$;
