-- The gains of a stored counter, made of counter_gain: day by day, and of a whole period.

-- The finished days of a series that have a row, oldest first: value, version of the definition, and for a counter its
-- gain since the day before, or why there is none (no_value, no_day_before, definition_break, fell).
-- A day that is not over in the zone of the series is not a value: it is not returned.
create function private.daily_gains(
  org uuid, series uuid, from_day date default '-infinity', to_day date default 'infinity'
) returns table (
  observed_on date, value double precision, definition smallint, gain double precision, no_gain text, import_id uuid
) language sql stable set search_path = '' as $$
  select d.observed_on, d.value, d.definition, d.gain,
    case when not d.is_counter or d.gain is not null then null
      when d.value is null then 'no_value'
      when d.before is null then 'no_day_before'
      when d.is_changed then 'definition_break'
      else 'fell' end,
    d.import_id
  from (
    select o.observed_on, o.value, o.import_id, o.before, s.is_counter,
      coalesce(s.versions[width_bucket(o.observed_on, s.changed_on)], 1::smallint) as definition,
      coalesce(o.observed_on = any (s.changed_on), false) as is_changed,
      case when s.is_counter and not coalesce(o.observed_on = any (s.changed_on), false)
        then private.counter_gain(o.value, o.before, s.can_fall) end as gain
    from (
      select s.time_zone, m.kind = 'counter' as is_counter, m.can_fall, c.changed_on, c.versions
      from public.series s
      left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
      join public.metrics m on m.slug = s.metric
      cross join lateral (
        select array_agg(b.since_on order by b.since_on) as changed_on,
          array_agg(b.version order by b.since_on) as versions
        from private.definition_breaks(s.metric, s.provider::text, '-infinity', 'infinity', a.kind) b
      ) c
      where s.org_id = org and s.id = series
    ) s
    cross join lateral (
      select o.observed_on, o.value, o.import_id,
        case when lag(o.observed_on) over days = o.observed_on - 1 then lag(o.value) over days end as before
      from public.observations o
      where o.org_id = org and o.series_id = series and o.observed_on >= from_day - 1
        and o.observed_on <= least(to_day, clock.today_in(s.time_zone) - 1)
      window days as (order by o.observed_on)
    ) o
    where o.observed_on >= from_day
  ) d
  order by d.observed_on
$$;

-- The gain of a counter over (after_day, last_day], or why there is none: unfinished, no_value, no_previous,
-- definition_break, fell. No row: no such series, or it is not a counter.
create function private.period_gain(org uuid, series uuid, after_day date, last_day date)
returns table (gain double precision, no_gain text, before double precision, value double precision, break_on date)
language sql stable set search_path = '' as $$
  select p.gain,
    case when p.gain is not null then null
      when last_day >= clock.today_in(p.time_zone) then 'unfinished'
      when p.value is null then 'no_value'
      when p.before is null then 'no_previous'
      when p.break_on is not null then 'definition_break'
      else 'fell' end,
    p.before, p.value, p.break_on
  from (
    select s.time_zone, first.value as before, last.value, b.break_on,
      case when b.break_on is null and last_day < clock.today_in(s.time_zone)
        then private.counter_gain(last.value, first.value, m.can_fall) end as gain
    from public.series s
    left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
    join public.metrics m on m.slug = s.metric
    left join public.observations first on first.org_id = org and first.series_id = series
      and first.observed_on = after_day
    left join public.observations last on last.org_id = org and last.series_id = series
      and last.observed_on = last_day
    cross join lateral (
      select max(c.since_on) as break_on
      from private.definition_breaks(s.metric, s.provider::text, after_day, last_day, a.kind) c
    ) b
    where s.org_id = org and s.id = series and m.kind = 'counter'
  ) p
$$;

revoke all on function private.daily_gains(uuid, uuid, date, date),
  private.period_gain(uuid, uuid, date, date) from public;
grant execute on function private.daily_gains(uuid, uuid, date, date),
  private.period_gain(uuid, uuid, date, date) to authenticated, arti_worker;
