-- The gains of a series keep one plan a session, as headlines do: planning them under policies took ten times as long as
-- reading them, and each chart of a story planned them anew. The statement is as before.
create or replace function private.daily_gains(
  org uuid, series uuid, from_day date default '-infinity', to_day date default 'infinity', known_on date default null
) returns table (observed_on date, value double precision, definition smallint, gain double precision, no_gain text)
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with subject as materialized (
    select s.time_zone, s.interval_days, m.kind = 'counter' as is_counter, m.can_fall, c.changed_on, c.versions
    from public.series s
    left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
    cross join lateral (
      select m.kind, m.can_fall from public.metrics m where m.slug = s.metric
      union all
      select m.kind, m.can_fall from public.org_metrics m where m.org_id = s.org_id and m.slug = s.metric
    ) m
    cross join lateral (
      select array_agg(d.since_on order by d.since_on) as changed_on,
        array_agg(d.version order by d.since_on) as versions
      from private.definition_breaks(s.metric, s.provider::text, '-infinity', 'infinity', a.kind, known_on) d
      where d.version is not null
    ) c
    where s.org_id = org and s.id = series
  )
  select d.observed_on, d.value, d.definition, d.gain,
    case when not d.is_counter or d.gain is not null then null
      when d.value is null then 'no_value'
      when d.before is null then 'no_day_before'
      when d.is_changed then 'definition_break'
      else 'fell' end
  from (
    select o.observed_on, o.value, o.before, s.is_counter,
      coalesce(s.versions[width_bucket(o.observed_on, s.changed_on)], 1::smallint) as definition,
      coalesce(o.observed_on = any (s.changed_on), false) as is_changed,
      case when s.is_counter and not coalesce(o.observed_on = any (s.changed_on), false)
        then private.counter_gain(o.value, o.before, s.can_fall) end as gain
    from subject s
    cross join lateral (
      select o.observed_on, o.value,
        case when lag(o.observed_on) over days = o.observed_on - s.interval_days then lag(o.value) over days end as before
      from private.observations_known(org, series, from_day - s.interval_days,
        least(to_day, clock.today_in(s.time_zone) - 1, known_on - 1), known_on) o
      window days as (order by o.observed_on)
    ) o
    where o.observed_on >= from_day
  ) d
  order by d.observed_on;
end $$;

-- The columns of the roster: whose main numbers an org has, without the series of its works.
create index series_of_artists on public.series (org_id, provider, metric, artist_id)
  where asset_id is null and dimension = '';
