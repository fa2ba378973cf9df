-- More reads answer with what was known at the end of a day in UTC (known_on; null: now): the values of a series, its
-- gains, the totals of its months, and the placements of songs on playlists.

-- The values of a series from from_day to to_day, as known on a day: those that were there, and those that were replaced
-- later. What an undone import said is known on the days on which it stood.
create function private.observations_known(org uuid, of_series uuid, from_day date, to_day date, known_on date)
returns table (
  observed_on date, value double precision, null_reason text, state text, definition smallint, sync_run_id uuid,
  import_id uuid, entered_by uuid, source_row integer, known_at timestamptz
) language sql stable
begin atomic
  select o.observed_on, o.value, o.null_reason, o.state, o.definition, o.sync_run_id, o.import_id, o.entered_by,
    o.source_row, o.known_at
  from private.observations_between(org, of_series, from_day, to_day) o
  where known_on is null or o.known_at < (known_on + 1)::timestamp at time zone 'UTC' and not exists (
    select from public.observation_revisions r
    where r.org_id = org and r.series_id = of_series and r.observed_on = o.observed_on
      and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
      and r.superseded_at >= (known_on + 1)::timestamp at time zone 'UTC')
  union all
  select r.observed_on, r.value, r.null_reason, r.state,
    (select private.definition_on(s.metric, s.provider, r.observed_on, a.kind)
     from public.series s left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
     where s.org_id = org and s.id = of_series),
    r.sync_run_id, r.import_id, r.entered_by, r.source_row, r.known_at
  from (
    select distinct on (r.observed_on) r.* from public.observation_revisions r
    where known_on is not null and r.org_id = org and r.series_id = of_series
      and r.observed_on between from_day and to_day
      and r.known_at < (known_on + 1)::timestamp at time zone 'UTC'
      and r.superseded_at >= (known_on + 1)::timestamp at time zone 'UTC'
    order by r.observed_on, r.known_at desc
  ) r;
end;

-- The newest and the oldest day of a series with a value, as known on a day.
create function private.newest_known_day(org uuid, of_series uuid, known_on date) returns date language sql stable
begin atomic
  select case when known_on is null then private.newest_day(org, of_series, 'infinity', true)
    else (select max(o.observed_on) from private.observations_known(org, of_series, '-infinity', 'infinity', known_on) o
          where o.value is not null) end;
end;
create function private.oldest_known_day(org uuid, of_series uuid, known_on date) returns date language sql stable
begin atomic
  select case when known_on is null then private.oldest_day(org, of_series)
    else (select min(o.observed_on) from private.observations_known(org, of_series, '-infinity', 'infinity', known_on) o
          where o.value is not null) end;
end;

-- The total of each month of a series, and how many days of it have a value, as known on a day.
create function private.months_known(org uuid, of_series uuid, from_month date, to_month date, known_on date)
returns table (month date, total double precision, days integer) language sql stable
begin atomic
  select m.month, m.total, cardinality(array_remove(m.values, null)) from public.observation_months m
  where known_on is null and m.org_id = org and m.series_id = of_series and m.month between from_month and to_month
    and m.total is not null
  union all
  select date_trunc('month', o.observed_on)::date, sum(o.value), count(*)::integer
  from private.observations_known(org, of_series, from_month, (to_month + interval '1 month')::date - 1, known_on) o
  where known_on is not null and o.value is not null group by 1;
end;

drop function private.daily_gains(uuid, uuid, date, date);
create function private.daily_gains(
  org uuid, series uuid, from_day date default '-infinity', to_day date default 'infinity', known_on date default null
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
  order by d.observed_on
$$;

drop function private.period_gain(uuid, uuid, date, date);
create function private.period_gain(
  org uuid, series uuid, after_day date, last_day date, known_on date default null
) returns table (gain double precision, no_gain text, before double precision, value double precision, break_on date)
language sql stable set search_path = '' as $$
  select p.gain,
    case when p.gain is not null then null
      when last_day >= p.today then 'unfinished'
      when p.value is null then 'no_value'
      when p.before is null then 'no_previous'
      when p.break_on is not null then 'definition_break'
      else 'fell' end,
    p.before, p.value, p.break_on
  from (
    select t.today, first.value as before, last.value, b.break_on,
      case when b.break_on is null and last_day < t.today
        then private.counter_gain(last.value, first.value, m.can_fall) end as gain
    from public.series s
    left join public.assets a on a.org_id = s.org_id and a.id = s.asset_id
    cross join lateral (
      select m.kind, m.can_fall from public.metrics m where m.slug = s.metric
      union all
      select m.kind, m.can_fall from public.org_metrics m where m.org_id = s.org_id and m.slug = s.metric
    ) m
    cross join lateral (select least(clock.today_in(s.time_zone), known_on) as today) t
    left join lateral private.observations_known(org, series, after_day, after_day, known_on) first on true
    left join lateral private.observations_known(org, series, last_day, last_day, known_on) last on true
    cross join lateral (
      select max(c.since_on) as break_on
      from private.definition_breaks(s.metric, s.provider::text, after_day, last_day, a.kind, known_on) c
    ) b
    where s.org_id = org and s.id = series and m.kind = 'counter'
  ) p
$$;

-- The placements of an org's songs as the view playlist_placements has them, as known on a day: only what exports and syncs
-- up to then said.
create function private.placements_known(org uuid, known_on date) returns setof public.playlist_placements
language sql stable
begin atomic
  with snapshots as (
    select s.org_id, s.id as snapshot_id, s.artist_id, s.provider, s.source, s.asset_id, s.period, s.from_on, s.to_on, s.import_id,
      s.sync_run_id, row_number() over w as number, lag(s.to_on) over w as previous_to,
      lead(s.from_on) over w as next_from, lead(s.to_on) over w as next_to
    from public.playlist_snapshots s
    where s.org_id = org
      and (known_on is null or s.created_at < (known_on + 1)::timestamp at time zone 'UTC')
    window w as (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id
                 order by s.to_on, s.created_at, s.id)
  ), entries as (
    select e.id, e.playlist_id, e.asset_id as song, e.added_on, e.streams, e.listeners, e.source_row, s.*,
      s.number - row_number() over (partition by s.org_id, s.artist_id, s.provider, s.source, s.period, s.asset_id,
        e.playlist_id, e.asset_id, e.added_on order by s.number) as run
    from public.playlist_entries e join snapshots s on s.org_id = e.org_id and s.snapshot_id = e.snapshot_id
  ), runs as (
    select e.org_id, e.artist_id, e.provider, e.source, e.period, e.playlist_id, e.song, e.added_on,
      count(*)::integer as snapshots,
      (array_agg(e.id order by e.number))[1] as id,
      (array_agg(e.previous_to order by e.number))[1] as previous_to,
      (array_agg(e.to_on order by e.number))[1] as first_to,
      (array_agg(e.import_id order by e.number))[1] as first_import_id,
      (array_agg(e.sync_run_id order by e.number))[1] as first_sync_run_id,
      (array_agg(e.source_row order by e.number))[1] as first_source_row,
      (array_agg(e.from_on order by e.number desc))[1] as from_on,
      (array_agg(e.to_on order by e.number desc))[1] as to_on,
      (array_agg(e.next_from order by e.number desc))[1] as next_from,
      (array_agg(e.next_to order by e.number desc))[1] as next_to,
      (array_agg(e.streams order by e.number desc))[1] as streams,
      (array_agg(e.listeners order by e.number desc))[1] as listeners,
      (array_agg(e.import_id order by e.number desc))[1] as import_id,
      (array_agg(e.sync_run_id order by e.number desc))[1] as sync_run_id,
      (array_agg(e.source_row order by e.number desc))[1] as source_row
    from entries e
    group by e.org_id, e.artist_id, e.provider, e.source, e.period, e.asset_id, e.playlist_id, e.song, e.added_on, e.run
  )
  select r.org_id, r.id, r.artist_id, r.provider, r.playlist_id, r.song as asset_id, r.added_on,
    case when r.added_on is not null then 'day' when r.previous_to < r.first_to then 'between' else 'before' end
      as start_known,
    coalesce(r.added_on, case when r.previous_to < r.first_to then r.previous_to + 1 end) as started_not_before,
    coalesce(r.added_on, r.first_to) as started_not_after,
    r.next_to is not null as ended,
    case when r.next_to is not null then greatest(r.from_on, r.added_on) end as ended_not_before,
    case when r.next_from > r.from_on and r.next_from > coalesce(r.added_on, r.from_on) then r.next_from - 1
         else r.next_to end as ended_not_after,
    r.source, r.period, r.from_on, r.to_on, r.streams, r.listeners, r.snapshots,
    r.first_import_id, r.first_sync_run_id, r.first_source_row, r.import_id, r.sync_run_id, r.source_row
  from runs r;
end;

revoke all on function private.observations_known(uuid, uuid, date, date, date),
  private.newest_known_day(uuid, uuid, date), private.oldest_known_day(uuid, uuid, date),
  private.months_known(uuid, uuid, date, date, date), private.daily_gains(uuid, uuid, date, date, date),
  private.period_gain(uuid, uuid, date, date, date), private.placements_known(uuid, date) from public;
grant execute on function private.observations_known(uuid, uuid, date, date, date),
  private.newest_known_day(uuid, uuid, date), private.oldest_known_day(uuid, uuid, date),
  private.months_known(uuid, uuid, date, date, date), private.daily_gains(uuid, uuid, date, date, date),
  private.period_gain(uuid, uuid, date, date, date), private.placements_known(uuid, date) to authenticated, arti_worker;

-- What was measured of a campaign before: what was known of its lift on an earlier day.
create table public.campaign_lift_revisions (
  org_id uuid not null,
  campaign_id uuid not null,
  series_id uuid not null,
  goal_metric text not null,
  goal_provider text not null,
  starts_on date not null,
  ends_on date not null,
  result text not null,
  lift double precision,
  low double precision,
  high double precision,
  detail jsonb not null,
  measured_at timestamptz not null,
  superseded_at timestamptz not null default clock.now(),
  primary key (org_id, campaign_id, measured_at),
  foreign key (org_id, campaign_id) references public.campaigns (org_id, id) on delete cascade,
  foreign key (org_id, series_id) references public.series (org_id, id) on delete cascade
);
create index campaign_lift_revisions_series on public.campaign_lift_revisions (org_id, series_id);
call private.isolate('public.campaign_lift_revisions', 'campaigns:read', null);
call private.restrict_to_parent('public.campaign_lift_revisions', 'public.series', 'series_id');
call private.map_org_table('public.campaign_lift_revisions',
  'reference: campaign_id series_id, figure: goal_metric goal_provider starts_on ends_on result lift low high measured_at '
  'superseded_at, text: detail');
insert into public.campaign_lift_revisions (org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on,
    result, detail, measured_at)
  select org_id, campaign_id, series_id, goal_metric, goal_provider, starts_on, ends_on, result, detail, measured_at
  from public.campaign_lifts where org_id = private.canary_org_id();
