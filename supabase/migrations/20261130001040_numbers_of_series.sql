-- The values of the series route are sent as they are stored: as JSON they took most of the time of a year of many series.

create aggregate private.concatenate(double precision[]) (
  sfunc = array_cat, stype = double precision[], initcond = '{}', parallel = safe
);
revoke all on function private.concatenate(double precision[]) from public;
grant execute on function private.concatenate(double precision[]) to authenticated;

-- The hottest read, in one round trip. Security invoker: it takes on the caller's claims first and then reads under their
-- policies. `state`: of private.session_state(); the rest is null unless it is 1. A `role` of null: not a member of this
-- org. A row that is not `is_known`: no such artist (or asset) in it. A row without a series: there is none.
-- `finished_on`: the last day that is over. `breaks`: all changes of the metric's definition. `own`: the meaning of an
-- own metric. `months`: the newest up to `to_day`, at most `months_read`, newest first; of each [month, days, revised,
-- {day: [code, sentence]}], with days and revised as bitmaps. `numbers`: the values of all months one after the other, of
-- each one for every day up to the last in its bitmap.
drop function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date);
create function private.read_artist_series(
  claims text, org uuid, artist uuid, asset uuid, metrics text[], providers text[], to_day date, months_read integer,
  known_on date
) returns table (
  state integer, role text, is_known boolean, series_id uuid, provider text, metric text, time_zone text, terms text,
  finished_on date, breaks jsonb, own jsonb, months json, numbers double precision[]
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
      n.months, n.numbers
    from public.series s
    cross join lateral (
      select json_agg(json_build_array(m.month, m.days, m.revised,
        case when m.states is not null then private.explained(m.states) end)) as months,
        private.concatenate(m.values) as numbers
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
      n.months, n.numbers
    from public.series s
    cross join lateral (
      select json_agg(json_build_array(m.month, m.days, m.revised,
        case when m.states is not null then private.explained(m.states) end)) as months,
        private.concatenate(m.values) as numbers
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

revoke all on function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date) from public;
grant execute on function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, integer, date)
  to arti_api;
