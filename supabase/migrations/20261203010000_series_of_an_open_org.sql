-- The series route checks the caller once. Each policy checks the signature and reads the caller's access for itself, which
-- was more than half of the work of the hottest read. Nothing that a session can set may remember a check
-- (docs/adr/0029-signed-claims.md), so it is remembered by who runs: arti_reader, a role that nobody can become. The
-- functions that it owns check the caller, note the org and read it, all in their own fixed statements, and policies of
-- that role believe the note. Members who see a part of an org only are read for as before.
do $$
begin
  if not exists (select from pg_roles where rolname = 'arti_reader') then
    create role arti_reader nologin noinherit nosuperuser nobypassrls nocreaterole nocreatedb;
  end if;
  -- What it owns is made and changed by whoever runs the migrations.
  execute format('grant arti_reader to %I', current_user);
end $$;
grant usage on schema public, private to arti_reader;
grant select on public.series, public.observation_months, public.artists, public.assets, public.org_metrics,
  public.metric_definitions to arti_reader;

create function private.opened_org_id() returns uuid language sql stable
return nullif(current_setting('app.opened_org_id', true), '')::uuid;
create function private.opened_with_money() returns boolean language sql stable
return current_setting('app.opened_with_money', true) = 'true';
grant execute on function private.opened_org_id(), private.opened_with_money() to arti_reader;
do $$
declare
  of_table text;
begin
  foreach of_table in array array['artists', 'assets', 'org_metrics'] loop
    execute format('create policy read_opened on public.%I for select to arti_reader
      using (org_id = (select private.opened_org_id()))', of_table);
  end loop;
  foreach of_table in array array['series', 'observation_months'] loop
    execute format('create policy read_opened on public.%I for select to arti_reader
      using (org_id = (select private.opened_org_id()) and (not is_money or (select private.opened_with_money())))', of_table);
  end loop;
end $$;
alter policy read on public.metric_definitions to authenticated, arti_worker, arti_reader;

-- Whether the session of these claims, which were checked, lacks a second factor: one that only the browser asks for would
-- be none. No row: it has ended. Inlined.
create function private.session_of(claims jsonb) returns table (lacks_factor boolean) language sql stable
begin atomic
  select claims ->> 'aal' = 'aal1' and exists (
    select from auth.mfa_factors f where f.user_id = (claims ->> 'sub')::uuid and f.status = 'verified')
  from auth.sessions s join auth.users u on u.id = s.user_id
  where s.id = (claims ->> 'session_id')::uuid and s.user_id = (claims ->> 'sub')::uuid
    and (s.not_after is null or s.not_after > clock.now())
    and (u.banned_until is null or u.banned_until <= clock.now())
    and u.deleted_at is null
    and coalesce(nullif(u.role, ''), 'authenticated') = claims ->> 'role';
end;
create or replace function private.session_state() returns integer
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  claims constant jsonb := claims.jwt();
  key constant uuid := (claims ->> 'key_id')::uuid;
  lacks_factor boolean;
begin
  if claims is null then
    return case when coalesce(current_setting('request.jwt.claims', true), '') = '' then 1 else 3 end;
  end if;
  if claims ->> 'session_id' is not null then
    select s.lacks_factor into lacks_factor from private.session_of(claims) s;
    if lacks_factor is null then
      return 0;
    elsif lacks_factor then
      return 2;
    end if;
  end if;
  if key is not null
    and not exists (select from private.installation_keys k where k.id = key and k.revoked_at is null)
    and not exists (
      select from private.org_keys k join public.memberships m on m.org_id = k.org_id and m.user_id = k.user_id
      where k.id = key and k.revoked_at is null and m.status = 'active')
  then
    return 0;
  end if;
  return 1;
end $$;

-- Notes the org for a function of arti_reader, which nobody else may have it do. `state`: of private.session_state(), or 4
-- for a caller who sees a part of the org only, or acts by a key. A `role` of null: not a member.
create function private.open_org(claims text, signature text, org uuid, out state integer, out role text)
language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  said constant jsonb := claims;
  person constant uuid := said ->> 'sub';
  lacks_factor boolean;
  is_whole boolean;
begin
  perform set_config('request.jwt.claims', claims, true), set_config('app.claims_signature', signature, true),
    set_config('app.job_org_id', '', true), set_config('transaction_read_only', 'on', true);
  select a.roles ->> org::text, s.lacks_factor,
    org = any (a.all_artists) and org = any (a.all_platforms) and org = any (a.roster_read) and org = any (a.metrics_read),
    set_config('app.opened_with_money', (org = any (a.money_read))::text, true)
  into role, lacks_factor, is_whole
  from claims.signing_keys k left join private.member_access a on a.user_id = person
  left join lateral private.session_of(said) s on true
  where claims.signed_with(k.inner_block, k.outer_block);
  state := case when not found then 3
    when said ->> 'key_id' is not null then 4
    when said ->> 'session_id' is not null and lacks_factor is null then 0
    when lacks_factor then 2
    when role is null or is_whole then 1
    else 4 end;
  perform set_config('app.opened_org_id', case when state = 1 and role is not null then org::text else '' end, true);
end $$;
revoke all on function private.open_org(text, text, uuid) from public;
grant execute on function private.open_org(text, text, uuid) to arti_reader;

-- The series of an artist or asset with their months up to a day, newest first, as private.read_artist_series says. Inlined.
create function private.series_with_months(
  org uuid, artist uuid, asset uuid, asset_kind text, metrics text[], providers text[], to_day date, months_read integer
) returns table (
  series_id uuid, provider text, metric text, time_zone text, terms text, finished_on date, breaks jsonb, own jsonb,
  months date[], days integer[], revised integer[], states jsonb, numbers double precision[]
) language sql stable
begin atomic
  select s.id, s.provider, s.metric, s.time_zone, s.terms, clock.today_in(s.time_zone) - 1,
    to_jsonb(array(
      select jsonb_build_object('on', d.since_on, 'note', d.note, 'old_meaning', d.old_meaning, 'new_meaning', d.new_meaning,
        'continued_as', d.continued_as)
      from public.metric_definitions d
      where d.metric = s.metric and d.provider = s.provider and not d.withdrawn
        and (asset_kind is null or d.scope && array['all', asset_kind])
      order by d.since_on)),
    case when s.provider like 'own.%' or s.metric like 'own.%' then
      coalesce(private.own_metric_as_json(org, s.metric), '{}') || jsonb_build_object('interval_days', s.interval_days)
    end,
    n.months, n.days, n.revised, n.states, n.numbers
  from public.series s
  cross join lateral (
    select array_agg(m.month) as months, array_agg(m.days) as days, array_agg(m.revised) as revised,
      jsonb_object_agg(m.month, private.explained(m.states)) filter (where m.states is not null) as states,
      private.concatenate(m.values) as numbers
    from (select o.month, o.days, o.revised, o.states, o.values from public.observation_months o
          where o.org_id = org and o.series_id = s.id and o.month <= to_day
          order by o.month desc limit months_read) m
  ) n
  where s.org_id = org and s.artist_id = artist and s.asset_id is not distinct from asset and s.dimension = ''
    and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider = any (providers))
    and n.months is not null;
end;
revoke all on function private.series_with_months(uuid, uuid, uuid, text, text[], text[], date, integer) from public;
grant execute on function private.series_with_months(uuid, uuid, uuid, text, text[], text[], date, integer)
  to authenticated, arti_reader;
grant execute on function private.explained(jsonb), private.concatenate(double precision[]),
  private.own_metric_as_json(uuid, text), private.state_sentence(text) to arti_reader;

-- As private.read_artist_series answers, for members who see the whole org. For others `state` is 4 and nothing is read.
create function private.read_open_series(
  claims text, signature text, org uuid, artist uuid, asset uuid, metrics text[], providers text[], to_day date,
  months_read integer
) returns table (
  state integer, role text, is_known boolean, series_id uuid, provider text, metric text, time_zone text, terms text,
  finished_on date, breaks jsonb, own jsonb, months date[], days integer[], revised integer[], states jsonb,
  numbers double precision[]
) language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  asset_kind text;
begin
  select o.state, o.role into state, role from private.open_org(claims, signature, org) o;
  if state <> 1 or role is null then
    return next;
    return;
  end if;
  if asset is not null then
    select a.kind into asset_kind from public.assets a where a.org_id = org and a.id = asset;
  end if;
  return query select state, role, true, s.*
    from private.series_with_months(org, artist, asset, asset_kind, metrics, providers, to_day, months_read) s;
  if not found then
    is_known := exists (select from public.artists a where a.org_id = org and a.id = artist)
      and (asset is null or exists (
        select from public.assets a where a.org_id = org and a.id = asset and a.artist_id = artist));
    return next;
  end if;
end $$;
revoke all on function private.read_open_series(text, text, uuid, uuid, uuid, text[], text[], date, integer) from public;
grant execute on function private.read_open_series(text, text, uuid, uuid, uuid, text[], text[], date, integer) to arti_api;
-- To own something in a schema one must be able to create in it.
grant create on schema private to arti_reader;
alter function private.read_open_series(text, text, uuid, uuid, uuid, text[], text[], date, integer) owner to arti_reader;
revoke create on schema private from arti_reader;

do $$
declare
  definition constant text := pg_get_functiondef(
    'private.read_artist_series(text, text, uuid, uuid, uuid, text[], text[], date, integer, date)'::regprocedure);
  made constant text := regexp_replace(definition, '(if known_on is null then\s+?)return query.*?;', '\1return query select '
    'state, role, true, s.* from private.series_with_months(org, artist, asset, asset_kind, metrics, providers, to_day, '
    'months_read) s;');
begin
  if made = definition then
    raise exception 'private.read_artist_series is not what this migration changes';
  end if;
  execute made;
end $$;
