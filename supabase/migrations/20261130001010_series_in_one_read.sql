-- The series route reads the months of its series once, in one statement under the policies. What a period says of them is
-- a function of the API's (arti/metrics/period_figures.py), which a test holds equal to private.series_figures: setting up
-- that function's many expressions took longer than the read.

-- As before, with a body that is inlined.
create or replace function private.definition_breaks(
  of_metric text, of_provider text, from_day date, to_day date, asset_kind text default null, known_on date default null
) returns table (
  id text, since_on date, version smallint, note text, old_meaning text, new_meaning text, continued_as text,
  announced_on date, source_url text
) language sql stable
begin atomic
  select d.id, d.since_on, d.version, d.note, d.old_meaning, d.new_meaning, d.continued_as, d.announced_on, d.source_url
  from public.metric_definitions d
  where d.metric = of_metric and d.provider::text = of_provider and d.since_on > from_day and d.since_on <= to_day
    and not d.withdrawn and (asset_kind is null or d.scope && array['all', asset_kind])
    and (known_on is null or d.known_at < (known_on + 1)::timestamp at time zone 'UTC')
  union all
  select r.id, r.since_on, r.version, r.note, r.old_meaning, r.new_meaning, r.continued_as, r.announced_on, r.source_url
  from public.metric_definition_revisions r
  where known_on is not null
    and r.metric = of_metric and r.provider = of_provider and r.since_on > from_day and r.since_on <= to_day
    and not r.withdrawn and (asset_kind is null or r.scope && array['all', asset_kind])
    and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
    and r.superseded_at >= (known_on + 1)::timestamp at time zone 'UTC'
  order by since_on;
end;

-- The hottest read, in one round trip. Security invoker: it takes on the caller's claims first and then reads under their
-- policies. `state`: of private.session_state(); the rest is null unless it is 1. A `role` of null: not a member of this
-- org. A row that is not `is_known`: no such artist (or asset) in it. A row without a series: there is none.
-- `finished_on`: the last day that is over. `breaks`: all changes of the metric's definition. `own`: the meaning of an
-- own metric. `months`: the newest up to `to_day`, at most `months_read`, newest first; of each [month, days, revised,
-- {day: [code, sentence]}, values], with days and revised as bitmaps and a value for each day up to the last.
drop function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, date);
drop function private.assume_session(text);
create function private.read_artist_series(
  claims text, org uuid, artist uuid, asset uuid, metrics text[], providers text[], to_day date, months_read integer,
  known_on date
) returns table (
  state integer, role text, is_known boolean, series_id uuid, provider text, metric text, time_zone text, terms text,
  finished_on date, breaks jsonb, own jsonb, months json
) language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  asset_kind text;
begin
  perform pg_catalog.set_config('role', 'authenticated', true),
    pg_catalog.set_config('request.jwt.claims', claims, true),
    pg_catalog.set_config('transaction_read_only', 'on', true);
  state := private.session_state();
  if state = 1 then
    role := nullif(current_setting('app.roles', true), '')::jsonb ->> org::text;
  end if;
  if role is null then
    return next;
    return;
  end if;
  if asset is not null then
    select a.kind into asset_kind from public.assets a where a.org_id = org and a.id = asset;
  end if;
  if known_on is null then
    return query
    select state, role, true, s.id, s.provider, s.metric, s.time_zone, s.terms, clock.today_in(s.time_zone) - 1,
      (select jsonb_agg(jsonb_build_object('on', d.since_on, 'note', d.note, 'old_meaning', d.old_meaning,
         'new_meaning', d.new_meaning, 'continued_as', d.continued_as))
       from private.definition_breaks(s.metric, s.provider, '-infinity', 'infinity', asset_kind, null) d),
      case when s.metric like 'own.%' then private.own_metric_as_json(org, s.metric) end,
      n.months
    from public.series s
    cross join lateral (
      select json_agg(json_build_array(m.month, m.days, m.revised,
        case when m.states is not null then private.explained(m.states) end, m.values)) as months
      from (select * from public.observation_months m
            where m.org_id = org and m.series_id = s.id and m.month <= to_day
            order by m.month desc limit months_read) m
    ) n
    where s.org_id = org and s.artist_id = artist and s.asset_id is not distinct from asset and s.dimension = ''
      and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider = any (providers))
      and n.months is not null;
  else
    return query
    select state, role, true, s.id, s.provider, s.metric, s.time_zone, s.terms, clock.today_in(s.time_zone) - 1,
      (select jsonb_agg(jsonb_build_object('on', d.since_on, 'note', d.note, 'old_meaning', d.old_meaning,
         'new_meaning', d.new_meaning, 'continued_as', d.continued_as))
       from private.definition_breaks(s.metric, s.provider, '-infinity', 'infinity', asset_kind, known_on) d),
      case when s.metric like 'own.%' then private.own_metric_as_json(org, s.metric) end,
      n.months
    from public.series s
    cross join lateral (
      select json_agg(json_build_array(m.month, m.days, m.revised,
        case when m.states is not null then private.explained(m.states) end, m.values)) as months
      from (select * from private.months_as_known(org, s.id, known_on) m where m.month <= to_day
            order by m.month desc limit months_read) m
    ) n
    where s.org_id = org and s.artist_id = artist and s.asset_id is not distinct from asset and s.dimension = ''
      and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider = any (providers))
      and n.months is not null;
  end if;
  if not found then
    is_known := exists (select from public.artists a where a.org_id = org and a.id = artist)
      and (asset is null or exists (
        select from public.assets a where a.org_id = org and a.id = asset and a.artist_id = artist));
    return next;
  end if;
end $$;

create function private.own_metric_as_json(org uuid, of_metric text) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  return (select to_jsonb(k) from public.org_metrics k where k.org_id = org and k.slug = of_metric);
end $$;

revoke all on function
  private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date),
  private.own_metric_as_json(uuid, text) from public;
grant execute on function private.own_metric_as_json(uuid, text) to authenticated;
grant execute on function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date)
  to arti_api;
