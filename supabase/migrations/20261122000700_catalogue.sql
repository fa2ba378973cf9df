-- The catalogue of metrics, the same rows as arti.metrics.catalogue (a test holds them equal),
-- and the functions that read series for people.

insert into public.metrics (slug, name, unit, kind, aggregation, description, higher_is_better) values
  ('audience.followers', 'Followers', 'people', 'counter', 'last', 'People who follow or subscribe.', true),
  ('audience.followers_gained', 'New followers', 'people', 'flow', 'sum', 'People who began to follow.', true),
  ('audience.followers_lost', 'Lost followers', 'people', 'flow', 'sum', 'People who stopped.', false),
  ('audience.followers_net', 'Net followers', 'people', 'flow', 'sum', 'Followers gained less followers lost.', true),
  ('audience.listeners', 'Daily listeners', 'people', 'rolling', 'mean', 'Different people in one day.', true),
  ('audience.monthly_listeners', 'Monthly listeners', 'people', 'rolling', 'last', 'Different people in the last 28 days.', true),
  ('audience.monthly_active_listeners', 'Monthly active listeners', 'people', 'rolling', 'last', 'Different people who chose to listen in the last 28 days.', true),
  ('audience.super_listeners', 'Super listeners', 'people', 'rolling', 'last', 'The most devoted of the monthly active listeners.', true),
  ('audience.new_viewers', 'New viewers', 'people', 'rolling', 'none', 'People who had not watched before.', true),
  ('audience.returning_viewers', 'Returning viewers', 'people', 'rolling', 'none', 'People who came back.', true),
  ('reach.unique', 'Reach', 'people', 'rolling', 'none', 'Different people who saw something in the period.', true),
  ('reach.profile_views', 'Profile visits', 'views', 'flow', 'sum', 'Visits to the profile.', true),
  ('reach.accounts_engaged', 'Accounts engaged', 'people', 'rolling', 'none', 'Different people who reacted.', true),
  ('consumption.streams', 'Streams', 'streams', 'flow', 'sum', 'Plays of 30 seconds or more.', true),
  ('consumption.plays', 'Plays', 'plays', 'counter', 'last', 'Plays since publication.', true),
  ('consumption.views', 'Views', 'views', 'flow', 'sum', 'Views, as the provider counts them.', true),
  ('consumption.views_total', 'Lifetime views', 'views', 'counter', 'last', 'Views since publication.', true),
  ('consumption.engaged_views', 'Engaged views', 'views', 'flow', 'sum', 'Views that went on past the first seconds; what YouTube called views before 31 March 2025.', true),
  ('consumption.watch_hours', 'Watch time', 'hours', 'flow', 'sum', 'Hours watched.', true),
  ('consumption.average_view_seconds', 'Average view', 'seconds', 'ratio', 'none', 'Average length of one view.', true),
  ('consumption.average_percentage_viewed', 'Average part viewed', 'percent', 'ratio', 'none', 'Part of a video that one view covers.', true),
  ('consumption.views_per_viewer', 'Views per viewer', 'views', 'ratio', 'none', 'Views for each viewer.', true),
  ('consumption.views_share', 'Share of views', 'percent', 'ratio', 'none', 'Part of all views in the period.', true),
  ('consumption.watch_share', 'Share of watch time', 'percent', 'ratio', 'none', 'Part of all hours in the period.', true),
  ('engagement.likes', 'Likes', 'count', 'flow', 'sum', 'Likes given, less likes taken back.', true),
  ('engagement.dislikes', 'Dislikes', 'count', 'flow', 'sum', 'Dislikes given.', false),
  ('engagement.like_ratio', 'Likes of all votes', 'percent', 'ratio', 'none', 'Likes of likes and dislikes.', true),
  ('engagement.comments', 'Comments', 'count', 'flow', 'sum', 'Comments written.', true),
  ('engagement.shares', 'Shares', 'count', 'flow', 'sum', 'Shares.', true),
  ('engagement.saves', 'Saves', 'count', 'flow', 'sum', 'Saves to a library or collection.', true),
  ('engagement.interactions', 'Interactions', 'count', 'flow', 'sum', 'Likes, comments, shares and saves.', true),
  ('engagement.likes_total', 'Lifetime likes', 'count', 'counter', 'last', 'Likes since publication.', true),
  ('engagement.comments_total', 'Lifetime comments', 'count', 'counter', 'last', 'Comments since publication.', true),
  ('engagement.reposts_total', 'Lifetime reposts', 'count', 'counter', 'last', 'Reposts since publication.', true),
  ('engagement.shares_total', 'Lifetime shares', 'count', 'counter', 'last', 'Shares since publication.', true),
  ('engagement.saves_total', 'Lifetime saves', 'count', 'counter', 'last', 'Saves since publication.', true),
  ('discovery.playlist_adds', 'Playlist adds', 'count', 'flow', 'sum', 'Times a song was put on a playlist.', true),
  ('discovery.impressions', 'Impressions', 'count', 'flow', 'sum', 'Times a thumbnail was shown.', true),
  ('discovery.ctr', 'Click-through rate', 'percent', 'ratio', 'none', 'Impressions that became views.', true),
  ('discovery.end_screens_shown', 'End screens shown', 'count', 'flow', 'sum', 'End screen elements shown.', true),
  ('discovery.end_screen_clicks', 'End screen clicks', 'count', 'flow', 'sum', 'Clicks on end screens.', true),
  ('discovery.end_screen_ctr', 'End screen clicks per shown', 'percent', 'ratio', 'none', 'Clicks per shown.', true),
  ('catalogue.assets_total', 'Published items', 'count', 'counter', 'last', 'Tracks, videos or posts online.', true),
  ('money.estimated_revenue', 'Estimated revenue', 'USD', 'flow', 'sum', 'Revenue before final adjustment.', true),
  ('money.rpm', 'Revenue per 1,000 views', 'USD', 'ratio', 'none', 'Revenue for each 1,000 views.', true),
  ('money.cpm', 'Cost per 1,000 impressions', 'USD', 'ratio', 'none', 'What advertisers pay for 1,000 ads.', true);

insert into public.metric_definitions (metric, provider, version, since_on, note) values
  ('consumption.views', 'youtube', 2, '2025-03-31',
   'From here a view of a Short counts each time it starts or replays; before, it had to last some seconds.'),
  ('consumption.views_total', 'youtube', 2, '2025-03-31',
   'From here a view of a Short counts each time it starts or replays; before, it had to last some seconds.'),
  ('consumption.views', 'instagram', 2, '2025-04-21',
   'From here views replace plays and impressions, and count repeats.');

-- Percent only on a base that can carry it: below 100 a few people more are not a trend.
create function private.growth_percent(value double precision, base double precision) returns double precision
language sql immutable parallel safe set search_path = '' as
$$ select case when base >= 100 then round(((value - base) / base * 100)::numeric, 1)::double precision end $$;

-- The functions below keep one plan each (force_generic_plan): planning them under policies takes longer than running.

-- The series to show for each (artist, platform, metric): where an API and a file both tell, the one that knows
-- the newest day. The two are never added.
create function private.best_series(
  org uuid, artists uuid[], asset uuid default null, metrics text[] default null, providers text[] default null
) returns table (
  series_id uuid, artist_id uuid, provider public.provider, metric text, time_zone text, terms text, newest_on date
) language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select distinct on (s.artist_id, s.provider, s.metric)
    s.id, s.artist_id, s.provider, s.metric, s.time_zone, s.terms, newest.observed_on
  from public.series s
  left join lateral (
    select o.observed_on from public.observations o
    where o.org_id = org and o.series_id = s.id order by o.observed_on desc limit 1
  ) newest on true
  where s.org_id = org and s.artist_id = any (artists) and s.asset_id is not distinct from asset and s.dimension = ''
    and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider::text = any (providers))
  order by s.artist_id, s.provider, s.metric, newest.observed_on desc nulls last, (s.terms = 'own') desc;
end $$;

-- What a period says: its value, the one before it, and the change where there is an honest one.
--   The period is `span` days that end on `to_day`, or on the newest day with a value when `anchored`.
--   Flows are summed, averages averaged, totals and rolling numbers read on the last day; daily uniques never added.
--   The period before has as many days as this one has had so far, so a provider's lag does not look like a fall.
--   No change across a new definition, and none between sums over different numbers of days.
create function private.series_figures(org uuid, wanted uuid[], to_day date, span integer, anchored boolean)
returns table (
  series_id uuid, as_of date, from_on date, basis text, value double precision, previous double precision,
  change double precision, change_percent double precision, change_note text, break_on date, break_note text, stale boolean
) language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  with last_days as (
    select s.id, s.provider, s.metric, m.aggregation, last.observed_on as as_of, last.value as last_value,
      case when anchored then last.observed_on else to_day end - span + 1 as from_on,
      current_date - last.observed_on > case s.terms when 'own' then 10 else 4 end as stale
    from public.series s
    join public.metrics m on m.slug = s.metric
    cross join lateral (
      select o.observed_on, o.value from public.observations o
      where o.org_id = org and o.series_id = s.id and o.observed_on <= to_day and o.value is not null
      order by o.observed_on desc limit 1
    ) last
    where s.org_id = org and s.id = any (wanted)
  ), newest as materialized (
    -- The first day of the period before, as a plain column: under a policy only a plain comparison reaches the index.
    select l.*, l.from_on - (l.as_of - l.from_on + 1) as before_on from last_days l
  ), counted as (
    select n.id,
      count(o.value) filter (where o.observed_on >= n.from_on) as days_now,
      count(o.value) filter (where o.observed_on < n.from_on) as days_before,
      sum(o.value) filter (where o.observed_on >= n.from_on) as sum_now,
      sum(o.value) filter (where o.observed_on < n.from_on) as sum_before,
      (array_agg(o.value order by o.observed_on desc) filter (where o.observed_on < n.from_on and o.value is not null))[1]
        as last_before
    from newest n
    cross join lateral (
      select o.observed_on, o.value from public.observations o
      where o.org_id = org and o.series_id = n.id and o.observed_on between n.before_on and n.as_of
      offset 0
    ) o
    where n.as_of >= n.from_on
    group by n.id
  ), figures as (
    select n.*, c.days_now, c.days_before, d.since_on, d.note,
      case n.aggregation when 'sum' then c.sum_now when 'mean' then c.sum_now / nullif(c.days_now, 0)
        else case when c.id is not null then n.last_value end end as now,
      case n.aggregation when 'sum' then c.sum_before when 'mean' then c.sum_before / nullif(c.days_before, 0)
        when 'last' then c.last_before end as before
    from newest n
    left join counted c on c.id = n.id
    left join lateral (
      select d.since_on, d.note from public.metric_definitions d
      where d.metric = n.metric and d.provider = n.provider and d.version > 1
        and d.since_on > n.before_on and d.since_on <= n.as_of
      order by d.since_on desc limit 1
    ) d on true
  ), judged as (
    select f.*, case
      when f.now is null or f.before is null then 'no_previous'
      when f.since_on is not null then 'definition_break'
      when f.aggregation in ('sum', 'mean') and f.days_now <> f.days_before then 'days_missing'
      when f.before < 100 then 'small_base' end as reason
    from figures f
  )
  select j.id, j.as_of, j.from_on, case j.aggregation when 'none' then 'day' else j.aggregation end,
    j.now, j.before,
    case when j.reason is null or j.reason = 'small_base' then j.now - j.before end,
    case when j.reason is null then private.growth_percent(j.now, j.before) end,
    case when j.aggregation = 'none' then null else j.reason end, j.since_on, j.note, j.stale
  from judged j;
end $$;

-- The hottest read, in one round trip: who asks, whether they may, and the whole answer as JSON.
-- Security invoker: it takes on the caller's claims first and then reads under their policies. No row: not a member
-- of this org. A null body: no such artist (or asset) in it.
create function private.read_artist_series(
  claims text, org uuid, artist uuid, asset uuid, metrics text[], providers text[],
  from_day date, to_day date, bucket text
) returns table (role public.member_role, body text)
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  perform pg_catalog.set_config('role', 'authenticated', true),
    pg_catalog.set_config('request.jwt.claims', claims, true),
    pg_catalog.set_config('transaction_read_only', 'on', true);
  select m.role into role from public.memberships m
  where m.org_id = org and m.user_id = (select auth.uid()) and m.status = 'active';
  if role is null then
    return;
  end if;
  if not exists (select from public.artists a where a.org_id = org and a.id = artist)
     or (asset is not null and not exists (
       select from public.assets a where a.org_id = org and a.id = asset and a.artist_id = artist)) then
    return next;
    return;
  end if;
  with chosen as materialized (
    select b.*, m.name, m.unit, m.kind, m.aggregation
    from private.best_series(org, array[artist], asset, metrics, providers) b
    join public.metrics m on m.slug = b.metric
  ), span as materialized (
    select coalesce(from_day, last_day - 89) as first_day, last_day
    from (select coalesce(to_day, max(c.newest_on), current_date) as last_day from chosen c) newest
  ), days as materialized (
    select c.series_id, c.aggregation, o.observed_on, o.value, o.null_reason, o.revisions > 0 as revised,
      lag(o.observed_on) over (partition by c.series_id order by o.observed_on) as day_before
    from span, chosen c
    -- Lateral with an offset: series by series through the index, never the whole org.
    cross join lateral (
      select o.observed_on, o.value, o.null_reason, o.revisions from public.observations o
      where o.org_id = org and o.series_id = c.series_id and o.observed_on between span.first_day and span.last_day
      offset 0
    ) o
  ), points as (
    select d.series_id, string_agg('{"on":"' || d.observed_on || '","value":' || coalesce(d.value::text, 'null')
        || coalesce(',"null_reason":' || to_json(d.null_reason)::text, '')
        || case when d.revised then ',"revised":true}' else '}' end, ',' order by d.observed_on) as json
    from days d where bucket = 'day' group by d.series_id
    union all
    select w.series_id, string_agg('{"on":"' || w.starts_on || '","value":' || coalesce(w.value::text, 'null')
        || case when w.value is null
             then ',"null_reason":' || to_json(coalesce(w.null_reason, 'Days of this number do not add up.'))::text
             else '' end
        || case when w.revised then ',"revised":true}' else '}' end, ',' order by w.starts_on) as json
    from (
      select d.series_id, date_trunc(bucket, d.observed_on)::date as starts_on, max(d.null_reason) as null_reason,
        bool_or(d.revised) as revised,
        case d.aggregation when 'sum' then sum(d.value) when 'mean' then avg(d.value)
          when 'last' then (array_agg(d.value order by d.observed_on desc) filter (where d.value is not null))[1]
        end as value
      from days d where bucket <> 'day' group by 1, 2, d.aggregation
    ) w group by w.series_id
  ), gaps as (
    select g.series_id, string_agg(format('{"from":"%s","to":"%s"}', g.day_before + 1, g.observed_on - 1), ','
      order by g.observed_on) as json
    from (
      select d.series_id, d.observed_on, coalesce(d.day_before, case when exists (
          select from public.observations o
          where o.org_id = org and o.series_id = d.series_id and o.observed_on < span.first_day)
        then span.first_day - 1 end) as day_before
      from span, days d
      where d.observed_on - d.day_before > 1 or (d.day_before is null and d.observed_on > span.first_day)
    ) g where g.observed_on - g.day_before > 1 group by g.series_id
  ), breaks as (
    select c.series_id, json_agg(json_build_object('on', d.since_on, 'note', d.note) order by d.since_on) as json
    from span, chosen c
    join public.metric_definitions d on d.metric = c.metric and d.provider = c.provider and d.version > 1
    where d.since_on > span.first_day and d.since_on <= span.last_day group by c.series_id
  )
  select concat('{"from":"', span.first_day, '","to":"', span.last_day, '","bucket":"', bucket, '","series":[',
    (select string_agg(concat(
      '{"series_id":"', c.series_id, '","provider":"', c.provider, '","metric":"', c.metric,
      '","name":', to_json(c.name), ',"unit":', to_json(c.unit), ',"kind":"', c.kind,
      '","aggregation":"', c.aggregation, '","time_zone":', to_json(c.time_zone),
      ',"source":["', case c.terms when 'own' then 'import' else 'sync' end, '"]',
      ',"points":[', p.json, '],"gaps":[', g.json, '],"breaks":', coalesce(k.json, '[]'),
      ',"basis":', coalesce(to_json(f.basis)::text, 'null'), ',"total":', coalesce(f.value::text, 'null'),
      ',"previous_total":', coalesce(f.previous::text, 'null'),
      ',"change_percent":', coalesce(f.change_percent::text, 'null'),
      ',"change_note":', coalesce(to_json(f.change_note)::text, 'null'),
      ',"as_of":', coalesce(to_json(f.as_of)::text, 'null'), ',"stale":', coalesce(f.stale, true)::text, '}'
    ), ',' order by c.provider, c.metric)
    from chosen c
    left join private.series_figures(org, (select array_agg(series_id) from chosen), span.last_day,
      span.last_day - span.first_day + 1, false) f on f.series_id = c.series_id
    left join points p on p.series_id = c.series_id
    left join gaps g on g.series_id = c.series_id
    left join breaks k on k.series_id = c.series_id), ']}') into body
  from span;
  return next;
end $$;

revoke all on function private.growth_percent(double precision, double precision),
  private.best_series(uuid, uuid[], uuid, text[], text[]),
  private.series_figures(uuid, uuid[], date, integer, boolean),
  private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, text) from public;
grant execute on function private.growth_percent(double precision, double precision),
  private.best_series(uuid, uuid[], uuid, text[], text[]),
  private.series_figures(uuid, uuid[], date, integer, boolean) to authenticated, arti_worker;
grant execute on function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, text)
  to arti_api;
