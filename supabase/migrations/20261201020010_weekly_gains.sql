-- The gain of a counter is since the value before it: of the day before, or of the week before where a source counts
-- weeks. So far a weekly counter had no gains, and no detector could see it.
create or replace function private.daily_gains(
  org uuid, series uuid, from_day date default '-infinity', to_day date default 'infinity'
) returns table (
  observed_on date, value double precision, definition smallint, gain double precision, no_gain text
) language sql stable set search_path = '' as $$
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
      from public.metric_definitions d
      where d.metric = s.metric and d.provider = s.provider and d.version is not null
        and (a.kind is null or d.scope && array['all', a.kind])
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
      from public.observations o
      where o.org_id = org and o.series_id = series and o.observed_on >= from_day - s.interval_days
        and o.observed_on <= least(to_day, clock.today_in(s.time_zone) - 1)
      window days as (order by o.observed_on)
    ) o
    where o.observed_on >= from_day
  ) d
  order by d.observed_on
$$;
