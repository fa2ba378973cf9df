-- An org's own sources and metrics, used as the built-in ones are.

alter table public.sources
  add column how text not null default 'typed' check (how in ('typed', 'pushed', 'file')),  -- how its numbers come
  add column cadence text not null default 'day' check (cadence in ('day', 'week')),        -- what one of them covers
  add column note text not null default '' check (length(note) <= 500);
alter table public.org_metrics add column if not exists can_fall boolean not null default true;

-- Every metric that an org may use: the built-in ones (org_id is null) and each org's own, whose slugs begin with "own.".
-- Join it by slug, and with (org_id is null or org_id = the org).
create view private.known_metrics with (security_invoker = true) as
  select null::uuid as org_id, m.slug, m.name, m.unit, m.kind, m.aggregation, m.description, m.higher_is_better
  from public.metrics m
  union all
  select m.org_id, m.slug, m.name, m.unit, m.kind, m.aggregation, m.description, m.higher_is_better
  from public.org_metrics m;
-- Likewise every platform, and each org's own sources.
create view private.known_providers with (security_invoker = true) as
  select null::uuid as org_id, p.slug, p.name, p.time_zone, p.has_connector, 'day' as cadence from public.providers p
  union all
  select s.org_id, s.slug, s.name, s.time_zone, false, s.cadence from public.sources s;
grant select on private.known_metrics, private.known_providers to authenticated, arti_worker;

-- Whoever may import may also type values in, and both are looked at by the detectors.
insert into private.request_permissions (kind, name, permission) values
  ('event', 'observations.entered', 'imports:write');

-- Who uses an own source or metric, as far as the caller sees it.
create function private.uses_of(org uuid, slug text) returns table (thing text, number bigint)
language sql stable set search_path = '' as $$
  select 'series', count(*) from public.series s where s.org_id = org and slug in (s.provider, s.metric) having count(*) > 0
  union all
  select 'campaign', count(*) from public.campaigns c
    where c.org_id = org and slug in (c.goal_provider, c.goal_metric) having count(*) > 0
  union all
  select 'rule', count(*) from public.rules r
    where r.org_id = org and (r.conditions -> 'metrics' ? slug or r.conditions -> 'providers' ? slug) having count(*) > 0
$$;

-- What numbers or campaigns name is not removed under them, whatever the caller sees. Judged at the end of the
-- transaction: an org that is deleted takes everything along.
create function private.refuse_used() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.series s where s.org_id = old.org_id and old.slug in (s.provider, s.metric))
     or exists (select from public.campaigns c
                where c.org_id = old.org_id and old.slug in (c.goal_provider, c.goal_metric)) then
    raise exception '% is in use', old.slug using errcode = '23503';
  end if;
  return null;
end $$;
-- Its slug is how numbers name it.
create function private.refuse_new_slug() returns trigger
language plpgsql set search_path = '' as $$
begin
  raise exception 'a slug stays as it is' using errcode = '23514';
end $$;
revoke all on function private.refuse_used(), private.refuse_new_slug(), private.uses_of(uuid, text) from public;
grant execute on function private.uses_of(uuid, text) to authenticated;
do $$
declare
  target text;
begin
  foreach target in array array['sources', 'org_metrics'] loop
    execute format('create constraint trigger refuse_used after delete on public.%I deferrable initially deferred '
      'for each row execute function private.refuse_used()', target);
    execute format('create trigger refuse_new_slug before update of slug on public.%I for each row '
      'when (new.slug <> old.slug) execute function private.refuse_new_slug()', target);
  end loop;
end $$;
-- What a metric means is fixed once there are numbers of it.
create function private.refuse_new_meaning() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from public.series s where s.org_id = old.org_id and s.metric = old.slug) then
    raise exception '% has numbers, so its unit, kind and aggregation stay', old.slug using errcode = '23514';
  end if;
  return new;
end $$;
revoke all on function private.refuse_new_meaning() from public;
create trigger refuse_new_meaning before update on public.org_metrics for each row
  when ((old.unit, old.kind, old.aggregation, old.can_fall) is distinct from
        (new.unit, new.kind, new.aggregation, new.can_fall))
  execute function private.refuse_new_meaning();
