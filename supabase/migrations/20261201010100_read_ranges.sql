-- Readers of a range read its months only. The view `observations` cannot do that: of a day that is made of month and place
-- the planner does not know in which month it lies.

-- The rows of the view `observations` of a series from one day to another. A body that is inlined: what nobody asks for is
-- not looked up.
create function private.observations_between(org uuid, of_series uuid, from_day date, to_day date)
returns setof public.observations language sql stable
begin atomic
  select m.org_id, m.series_id, m.month + (d.on_day::integer - 1) as observed_on, m.provider, d.value,
    case when d.value is null then coalesce(m.states ->> d.on_day::text, 'not_reported') end as null_reason,
    case when d.value is not null then m.states ->> d.on_day::text end as state,
    (select private.definition_on(s.metric, s.provider, m.month + (d.on_day::integer - 1), a.kind)
     from public.series s left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
     where s.org_id = m.org_id and s.id = m.series_id) as definition,
    b.sync_run_id, b.import_id, b.entered_by, m.source_rows[d.on_day] as source_row, b.known_at,
    case when m.revised & (1 << (d.on_day::integer - 1)) = 0 then 0 else (
      select count(*) from public.observation_revisions r
      where r.org_id = m.org_id and r.series_id = m.series_id
        and r.observed_on = m.month + (d.on_day::integer - 1)) end::smallint as revisions
  from public.observation_months m
  cross join lateral unnest(m.values, m.batches) with ordinality as d (value, batch, on_day)
  left join public.observation_batches b on b.org_id = m.org_id and b.id = d.batch
  where m.org_id = org and m.series_id = of_series and m.month > from_day - 31 and m.month <= to_day
    and m.days & (1 << (d.on_day::integer - 1)) <> 0
    and m.month + (d.on_day::integer - 1) between from_day and to_day;
end;

-- The newest day of a series up to `to_day` that has a row, or a value; months are unpacked until it is found.
create function private.newest_day(org uuid, of_series uuid, to_day date, with_value boolean) returns date
language sql stable
begin atomic
  select d.on_day
  from (select m.month, m.days, m.values from public.observation_months m
        where m.org_id = org and m.series_id = of_series and m.month <= to_day) m
  cross join lateral (
    select max(m.month + (u.on_day::integer - 1)) as on_day
    from unnest(m.values) with ordinality as u (value, on_day)
    where m.days & (1 << (u.on_day::integer - 1)) <> 0 and m.month + (u.on_day::integer - 1) <= to_day
      and (u.value is not null or not with_value)
  ) d
  where d.on_day is not null
  order by m.month desc limit 1;
end;

-- The oldest day of a series that has a value.
create function private.oldest_day(org uuid, of_series uuid) returns date language sql stable
begin atomic
  select m.month + (d.on_day::integer - 1)
  from public.observation_months m
  cross join lateral (
    select min(u.on_day) as on_day from unnest(m.values) with ordinality as u (value, on_day) where u.value is not null
  ) d
  where m.org_id = org and m.series_id = of_series and m.total is not null
  order by m.month limit 1;
end;

revoke all on function private.observations_between(uuid, uuid, date, date),
  private.newest_day(uuid, uuid, date, boolean), private.oldest_day(uuid, uuid) from public;
grant execute on function private.observations_between(uuid, uuid, date, date),
  private.newest_day(uuid, uuid, date, boolean), private.oldest_day(uuid, uuid) to authenticated, arti_worker;
