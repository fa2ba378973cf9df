-- The home page of members who see their whole org: the columns of its roster and the charts of its stories are read
-- by arti_reader, as in 20261204010000, so that the caller is checked once and not at each of their rows.

-- Of each platform the first of `metrics` that half of its artists have, those of most artists first. With `known_on` they
-- count as having what had a value by the end of that day (UTC).
create function private.columns_of_roster(org uuid, metrics text[], columns integer, known_on date)
returns table (provider text, metric text, artists bigint) language sql stable
begin atomic
  with counted as (
    select a.provider, a.metric, count(*) as artists, array_position(metrics, a.metric) as rank
    from (
      select distinct s.provider, s.metric, s.artist_id from public.series s
      where s.org_id = org and s.asset_id is null and s.dimension = '' and s.metric = any (metrics)
        and (known_on is null or private.newest_known_day(s.org_id, s.id, known_on) is not null)
    ) a
    group by a.provider, a.metric
  ), best as (
    select distinct on (c.provider) c.provider, c.metric, c.artists from counted c
    where 2 * c.artists >= (select max(o.artists) from counted o where o.provider = c.provider)
    order by c.provider, c.rank
  )
  select b.provider, b.metric, b.artists from best b order by b.artists desc, b.provider limit columns;
end;

-- The values of series around a day of each, with an id for each chart: 27 steps (of so many days) before it and up to 14
-- after. `of_gains`: of a counter what it gained, not its level. A step without a value is null.
create function private.charts_around_days(
  org uuid, ids uuid[], series uuid[], days date[], steps integer[], of_gains boolean[], known_on date
) returns table (id uuid, from_on date, "values" double precision[]) language sql stable
begin atomic
  select i.id, w.from_on, v.values
  from unnest(ids, series, days, steps, of_gains) as i (id, series_id, day, step, of_gains)
  join public.series s on s.org_id = org and s.id = i.series_id
  cross join lateral (
    select i.day - 27 * i.step as from_on, least(i.day + 14 * i.step, clock.today(), known_on) as to_on) w
  cross join lateral (
    select array_agg(case when i.of_gains then g.gain else g.value end order by d.on_day) as values
    from generate_series(0, (w.to_on - w.from_on) / i.step) n
    cross join lateral (select w.from_on + n * i.step as on_day) d
    left join private.daily_gains(org, i.series_id, w.from_on, w.to_on, known_on) g on g.observed_on = d.on_day) v;
end;

revoke all on function private.columns_of_roster(uuid, text[], integer, date),
  private.charts_around_days(uuid, uuid[], uuid[], date[], integer[], boolean[], date) from public;
grant execute on function private.columns_of_roster(uuid, text[], integer, date),
  private.charts_around_days(uuid, uuid[], uuid[], date[], integer[], boolean[], date) to authenticated, arti_worker;
grant execute on function private.daily_gains(uuid, uuid, date, date, date),
  private.observations_known(uuid, uuid, date, date, date), private.observations_between(uuid, uuid, date, date),
  private.newest_known_day(uuid, uuid, date), private.newest_day(uuid, uuid, date, boolean),
  private.definition_on(text, text, date, text) to arti_reader;

-- To own something in a schema one must be able to create in it.
grant create on schema private to arti_reader;
call private.read_as_opened('private.columns_of_roster(uuid, text[], integer, date)');
call private.read_as_opened('private.charts_around_days(uuid, uuid[], uuid[], date[], integer[], boolean[], date)');
revoke create on schema private from arti_reader;

-- With what policies look at, so that the columns are counted in the index alone.
drop index public.series_of_artists;
create index series_of_artists on public.series (org_id, provider, metric, artist_id) include (is_money)
  where asset_id is null and dimension = '';
