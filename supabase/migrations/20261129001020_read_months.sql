-- Readers of the packed months. The small functions have bodies that the planner inlines, so that what calls them is one
-- statement. `known_on`: what was known at the end of that day (UTC); null: what is known now.

create function private.month_of(day date) returns date language sql immutable parallel safe
return day - extract(day from day)::integer + 1;

-- The months of a series as they were known. A revision says what a day was from when it became known until it was
-- replaced; a day without one was, from when it became known, what it is now.
create function private.months_as_known(org uuid, series uuid, known_on date) returns setof public.observation_months
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
declare
  until constant timestamptz := (known_on + 1)::timestamp at time zone 'UTC';
begin
  return query
  with revised as materialized (
    select distinct on (r.observed_on) r.observed_on, r.value, coalesce(nullif(r.null_reason, 'not_reported'), r.state) as code,
      r.source_row
    from public.observation_revisions r
    where r.org_id = org and r.series_id = series and r.known_at < until and r.superseded_at >= until
    order by r.observed_on, r.known_at desc
  ), days as materialized (
    select r.observed_on, r.value, r.code, null::integer as batch, r.source_row from revised r
    union all
    select m.month + (d.on_day::integer - 1), d.value, m.states ->> d.on_day::text, d.batch, m.source_rows[d.on_day]
    from public.observation_months m
    cross join lateral unnest(m.values, m.batches) with ordinality as d (value, batch, on_day)
    join public.observation_batches b on b.org_id = org and b.id = d.batch
    where m.org_id = org and m.series_id = series and b.known_at < until
      and m.month + (d.on_day::integer - 1) not in (select r.observed_on from revised r)
  ), months as (
    select private.month_of(d.observed_on) as month, max(d.observed_on) as last_on,
      bit_or(1 << (d.observed_on - private.month_of(d.observed_on))) as days,
      bit_or(case when exists (select from public.observation_revisions r where r.org_id = org and r.series_id = series
                               and r.observed_on = d.observed_on and r.superseded_at < until)
             then 1 << (d.observed_on - private.month_of(d.observed_on)) else 0 end) as revised,
      jsonb_object_agg(d.observed_on - private.month_of(d.observed_on) + 1, d.code) filter (where d.code is not null)
        as states
    from days d group by 1
  )
  select s.org_id, s.id, n.month, n.days, n.revised, s.artist_id, s.asset_id, s.provider, s.is_money, v.numbers,
    v.batches, v.source_rows, n.states, private.total_of(v.numbers)
  from public.series s
  cross join months n
  cross join lateral (
    select array_agg(d.value order by g.on_day) as numbers, array_agg(d.batch order by g.on_day) as batches,
      array_agg(d.source_row order by g.on_day) as source_rows
    from generate_series(1, n.last_on - n.month + 1) as g (on_day)
    left join days d on d.observed_on = n.month + g.on_day - 1
  ) v
  where s.org_id = org and s.id = series
  order by n.month;
end $$;

-- These two as before, with bodies that are inlined.
create or replace function private.stale_after_days(terms text) returns integer language sql immutable parallel safe
return case terms when 'own' then 10 else 4 end;
create or replace function private.growth_percent(value double precision, base double precision)
returns double precision language sql immutable parallel safe
return case when base >= 100 then round(((value - base) / base * 100)::numeric, 1)::double precision end;

-- The newest day of a month up to `last` that has a value, counted from 1; null if there is none.
create function private.last_day_with_value(numbers double precision[], last integer) returns integer
language plpgsql immutable parallel safe set search_path = '' as $$
begin
  for on_day in reverse least(last, cardinality(numbers)) .. 1 loop
    if numbers[on_day] is not null then
      return on_day;
    end if;
  end loop;
  return null;
end $$;

-- The functions below keep one plan each (force_generic_plan): planning them under policies takes longer than running.
-- They read the months of all series in one statement, which asks the policies once, and compute in a loop.

-- The series to show for each (artist, platform, metric): where an API and a file both tell, the one that knows
-- the newest day. The two are never added. A series without a row is not shown.
drop function private.best_series(uuid, uuid[], uuid, text[], text[]);
create function private.best_series(
  org uuid, artists uuid[], asset uuid default null, metrics text[] default null, providers text[] default null,
  known_on date default null
) returns table (
  series_id uuid, artist_id uuid, provider text, metric text, time_zone text, terms text, newest_on date
) language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
  return query
  select distinct on (s.artist_id, s.provider, s.metric)
    s.id, s.artist_id, s.provider, s.metric, s.time_zone, s.terms, newest.newest_on
  from public.series s
  cross join lateral (
    (select m.month + cardinality(m.values) - 1 as newest_on from public.observation_months m
     where known_on is null and m.org_id = org and m.series_id = s.id order by m.month desc limit 1)
    union all
    (select m.month + cardinality(m.values) - 1 from private.months_as_known(org, s.id, known_on) m
     where known_on is not null order by m.month desc limit 1)
  ) newest
  where s.org_id = org and s.artist_id = any (artists) and s.asset_id is not distinct from asset and s.dimension = ''
    and (metrics is null or s.metric = any (metrics)) and (providers is null or s.provider = any (providers))
  order by s.artist_id, s.provider, s.metric, newest.newest_on desc, (s.terms = 'own') desc;
end $$;

-- What a period says: its value, the one before it, and the change where there is an honest one.
--   The period is `span` days that end on `to_day`, or on the newest day with a value when `anchored`. A day that is not
--   over in the zone of the series is not a value; of a counter without any other it is the level, and nothing more.
--   Flows are summed, averages averaged, totals and rolling numbers read on the last day; daily uniques never added.
--   The period before has as many days as this one has had so far, so a provider's lag does not look like a fall.
--   A counter is judged by its gains: its change is what it gained in the period, in percent of the gain before.
--   No change across a new definition, and none between sums over different numbers of days.
--   `as_of` is null for a series without a value. `spark`: that many days up to `as_of`. `newest_code` and `newest_batch`
--   are the state and the write of the newest day that has a row.
drop function private.series_figures(uuid, uuid[], date, integer, boolean);
create function private.series_figures(
  org uuid, wanted uuid[], to_day date, span integer, anchored boolean, known_on date default null,
  spark_days integer default 0
) returns table (
  series_id uuid, as_of date, from_on date, basis text, value double precision, previous double precision,
  change double precision, change_percent double precision, change_note text, break_on date, break_note text,
  stale boolean, spark double precision[], newest_code text, newest_batch integer
) language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_variable
declare
  months_read constant integer := greatest(2 * span + 1, spark_days) / 28 + 3;  -- all that the periods can touch
  changed constant text[] := array(
    select d.metric || '@' || d.provider from public.metric_definitions d where d.version is not null);
  read record;                              -- a month with its series, newest first; all of a series follow each other
  line record;                              -- the newest month of the series that is computed
  asset_kind text;
  today date;
  month_end date;
  on_day integer;
  part double precision[];
  finished date;                           -- the last day that is over, up to the end of the period
  unfinished date;                         -- of a counter: a later day with a value
  unfinished_value double precision;
  before_on date;                          -- the first day of the period before
  now double precision;
  days_now integer;
  before double precision;
  days_before integer;
  earlier double precision;                -- of a counter: its level before the period before
  gain double precision;
  gain_before double precision;
  is_counter boolean;
  is_summed boolean;
  is_broken boolean;
  was_broken boolean;
begin
  for read in
    select s.*, m.*
    from (
      select s.id, s.provider, s.metric, s.terms, s.time_zone, s.asset_id, k.kind, k.aggregation, k.can_fall
      from public.series s
      cross join lateral (
        select k.kind, k.aggregation, k.can_fall from public.metrics k where k.slug = s.metric
        union all
        select k.kind, k.aggregation, k.can_fall from public.org_metrics k
        where k.org_id = org and k.slug = s.metric and s.metric like 'own.%'
      ) k
      where s.org_id = org and s.id = any (wanted)
      offset 0
    ) s
    cross join lateral (
      (select m.month, m.values, m.total, m.states, m.batches from public.observation_months m
       where known_on is null and m.org_id = org and m.series_id = s.id and m.month <= to_day
       order by m.month desc limit months_read)
      union all
      (select m.month, m.values, m.total, m.states, m.batches from private.months_as_known(org, s.id, known_on) m
       where known_on is not null and m.month <= to_day
       order by m.month desc limit months_read)
    ) m
    union all
    select null, null, null, null, null, null, null, null, null, null, null, null, null, null  -- the end
  loop
    if read.id is distinct from series_id or read.id is null then
      if series_id is not null then
        if as_of is null and is_counter then
          as_of := unfinished;
          from_on := case when anchored then as_of - span + 1 else to_day - span + 1 end;
          now := unfinished_value;
        end if;
        if as_of is null then
          basis := null; value := null; previous := null; change_note := null; stale := null; from_on := null;
        else
          is_broken := false;
          was_broken := false;
          if line.metric || '@' || line.provider = any (changed) then
            asset_kind := null;
            if line.asset_id is not null then
              select a.kind into asset_kind from public.assets a where a.org_id = org and a.id = line.asset_id;
            end if;
            select max(d.since_on), (array_agg(d.note order by d.since_on desc))[1],
                coalesce(bool_or(d.since_on >= from_on or not is_counter), false),
                coalesce(bool_or(d.since_on < from_on), false)
              into break_on, break_note, is_broken, was_broken
              from private.definition_breaks(line.metric, line.provider, before_on - is_counter::integer, as_of,
                asset_kind, known_on) d;
          end if;
          if line.aggregation = 'mean' then
            now := now / nullif(days_now, 0);
            before := before / nullif(days_before, 0);
          end if;
          value := case when as_of >= from_on then now end;
          previous := before;
          change_note := case
            when line.aggregation = 'none' then null
            when value is null or before is null then 'no_previous'
            when is_broken then 'definition_break'
            when is_summed and days_now <> days_before then 'days_missing' end;
          if change_note is null and line.aggregation <> 'none' then
            if is_counter then
              gain := private.counter_gain(now, before, line.can_fall);
              gain_before := private.counter_gain(before, earlier, line.can_fall);
              change := gain;
              change_percent := case when not was_broken then private.growth_percent(gain, gain_before) end;
              change_note := case when gain is null then 'fell' when earlier is null then 'no_previous'
                when was_broken then 'definition_break' when gain_before is null then 'fell'
                when gain_before < 100 then 'small_base' end;
            else
              change := now - before;
              change_percent := private.growth_percent(now, before);
              change_note := case when before < 100 then 'small_base' end;
            end if;
          end if;
          basis := case line.aggregation when 'none' then 'day' else line.aggregation end;
          stale := today - as_of > private.stale_after_days(line.terms);
          spark := array_fill(null::double precision, array[spark_days - cardinality(spark)]) || spark;
        end if;
        return next;
      end if;
      exit when read.id is null;
      line := read;
      series_id := read.id;
      as_of := null; from_on := to_day - span + 1; before_on := null; break_on := null; break_note := null;
      change := null; change_percent := null; unfinished := null; spark := '{}';
      on_day := least(to_day - read.month + 1, cardinality(read.values));
      newest_code := read.states ->> on_day::text;
      newest_batch := read.batches[on_day];
      now := null; days_now := 0; before := null; days_before := 0; earlier := null;
      today := clock.today_in(read.time_zone);
      finished := least(to_day, today - 1);
      is_counter := read.kind = 'counter';
      is_summed := read.aggregation in ('sum', 'mean');
    end if;

    month_end := read.month + cardinality(read.values) - 1;
    if as_of is null then
      if is_counter and unfinished is null and month_end > finished then
        on_day := private.last_day_with_value(read.values, to_day - read.month + 1);
        if read.month + on_day - 1 > finished then
          unfinished := read.month + on_day - 1;
          unfinished_value := read.values[on_day];
        end if;
      end if;
      on_day := least(finished, month_end) - read.month + 1;
      if read.values[on_day] is null then
        on_day := private.last_day_with_value(read.values, on_day);
      end if;
      continue when on_day is null;
      as_of := read.month + on_day - 1;
      if anchored then
        from_on := as_of - span + 1;
      end if;
      before_on := from_on - (as_of - from_on + 1);
      if not is_summed then
        now := read.values[on_day];
      end if;
    end if;

    on_day := as_of - spark_days + 1 - read.month + 1;  -- where the spark begins
    if spark_days > 0 and on_day <= cardinality(read.values) then
      part := read.values[on_day:as_of - read.month + 1];
      spark := part || array_fill(null::double precision, array[
        as_of - cardinality(spark) - least(as_of, month_end)]) || spark;
    end if;

    if is_summed then
      if month_end >= from_on and read.month <= as_of then
        if read.month >= from_on and month_end <= as_of then
          now := coalesce(now + read.total, read.total, now);
          part := read.values;
        else
          part := read.values[from_on - read.month + 1:as_of - read.month + 1];
          now := coalesce(now + private.total_of(part), private.total_of(part), now);
        end if;
        days_now := days_now + cardinality(part) - cardinality(array_positions(part, null));
      end if;
      if read.month < from_on and month_end >= before_on then
        if read.month >= before_on and month_end < from_on then
          before := coalesce(before + read.total, read.total, before);
          part := read.values;
        else
          part := read.values[before_on - read.month + 1:from_on - read.month];
          before := coalesce(before + private.total_of(part), private.total_of(part), before);
        end if;
        days_before := days_before + cardinality(part) - cardinality(array_positions(part, null));
      end if;
    elsif is_counter then
      if read.month < from_on and month_end >= from_on - 1 then
        before := read.values[from_on - read.month];
      end if;
      if read.month < before_on and month_end >= before_on - 1 then
        earlier := read.values[before_on - read.month];
      end if;
    elsif before is null and read.month < from_on and month_end >= before_on and read.aggregation = 'last' then
      on_day := private.last_day_with_value(read.values, from_on - read.month);
      if read.month + on_day - 1 >= before_on then
        before := read.values[on_day];
      end if;
    end if;
  end loop;
end $$;

-- The states of a month, each code with its sentence.
create function private.explained(states jsonb) returns jsonb language plpgsql immutable parallel safe
set search_path = '' as $$
begin
  return (select jsonb_object_agg(e.key, jsonb_build_array(e.value, private.state_sentence(e.value)))
          from jsonb_each_text(states) e);
end $$;

-- The hottest read, in one round trip: who asks, whether they may, and the months of each series with what the period
-- says. Security invoker: it takes on the caller's claims first and then reads under their policies. No row: not a member
-- of this org. A row that is not `is_known`: no such artist (or asset) in it. A row without a series: there is none.
-- Of the arrays each element is a month, newest first, in `numbers` with 31 days, in `states` with {day: [code, sentence]}.
-- There is at least one month from before the period, if the series has one. `finished_on`: the last day that is over.
drop function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, text);
create function private.read_artist_series(
  claims text, org uuid, artist uuid, asset uuid, metrics text[], providers text[], from_day date, to_day date,
  known_on date default null
) returns table (
  role public.member_role, is_known boolean, first_day date, last_day date, series_id uuid, provider text, metric text,
  name text, unit text, kind text, aggregation text, time_zone text, terms text, finished_on date,
  basis text, total double precision, previous_total double precision, change_percent double precision, change_note text,
  as_of date, stale boolean, breaks jsonb, months date[], days integer[], revised integer[], states jsonb[],
  numbers double precision[]
) language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare
  missing constant double precision[] := array_fill(null::double precision, array[31]);
  changed text[];
  asset_kind text;
begin
  perform pg_catalog.set_config('role', 'authenticated', true),
    pg_catalog.set_config('request.jwt.claims', claims, true),
    pg_catalog.set_config('transaction_read_only', 'on', true);
  select m.role into role from public.memberships m
  where m.org_id = org and m.user_id = (select auth.uid()) and m.status = 'active';
  if role is null then
    return;
  end if;
  if asset is not null then
    select a.kind into asset_kind from public.assets a where a.org_id = org and a.id = asset;
  end if;
  changed := array(
    select d.metric || '@' || d.provider from public.metric_definitions d where d.version is not null);
  return query
  with chosen as materialized (
    select b.* from private.best_series(org, array[artist], asset, metrics, providers, known_on) b
  ), span as materialized (
    select coalesce(from_day, last_day - 89) as first_day, last_day
    from (select coalesce(to_day, max(c.newest_on), clock.today()) as last_day from chosen c) newest
  )
  select role, true, span.first_day, span.last_day, c.series_id, c.provider, c.metric, k.name, k.unit, k.kind,
    k.aggregation, c.time_zone, c.terms, clock.today_in(c.time_zone) - 1, f.basis, f.value, f.previous,
    f.change_percent, f.change_note, f.as_of, coalesce(f.stale, true),
    case when c.metric || '@' || c.provider = any (changed) then (
      select jsonb_agg(jsonb_build_object('on', d.since_on, 'note', d.note, 'old_meaning', d.old_meaning,
        'new_meaning', d.new_meaning, 'continued_as', d.continued_as) order by d.since_on)
      from private.definition_breaks(c.metric, c.provider, span.first_day, span.last_day, asset_kind, known_on) d) end,
    v.months, v.days, v.revised, v.states, v.numbers
  from span
  cross join chosen c
  cross join lateral (
    select k.name, k.unit, k.kind, k.aggregation from public.metrics k where k.slug = c.metric
    union all
    select k.name, k.unit, k.kind, k.aggregation from public.org_metrics k
    where k.org_id = org and k.slug = c.metric and c.metric like 'own.%'
  ) k
  left join private.series_figures(org, (select array_agg(series_id) from chosen), (select last_day from span),
    (select last_day - first_day + 1 from span), false, known_on) f on f.series_id = c.series_id
  left join lateral (
    select array_agg(m.month) as months, array_agg(m.days) as days, array_agg(m.revised) as revised,
      array_agg(case when m.states is not null then private.explained(m.states) end) as states,
      array_agg(m.values || missing[cardinality(m.values) + 1:]) as numbers
    from (
      (select m.month, m.days, m.revised, m.states, m.values from public.observation_months m
       where known_on is null and m.org_id = org and m.series_id = c.series_id and m.month <= span.last_day
       order by m.month desc limit (span.last_day - span.first_day) / 28 + 3)
      union all
      (select m.month, m.days, m.revised, m.states, m.values from private.months_as_known(org, c.series_id, known_on) m
       where known_on is not null and m.month <= span.last_day
       order by m.month desc limit (span.last_day - span.first_day) / 28 + 3)
    ) m
  ) v on true
  order by c.provider, c.metric;
  if not found then
    is_known := exists (select from public.artists a where a.org_id = org and a.id = artist)
      and (asset is null or exists (
        select from public.assets a where a.org_id = org and a.id = asset and a.artist_id = artist));
    first_day := coalesce(from_day, coalesce(to_day, clock.today()) - 89);
    last_day := coalesce(to_day, clock.today());
    return next;
  end if;
end $$;

revoke all on function private.month_of(date), private.months_as_known(uuid, uuid, date),
  private.last_day_with_value(double precision[], integer), private.explained(jsonb),
  private.best_series(uuid, uuid[], uuid, text[], text[], date),
  private.series_figures(uuid, uuid[], date, integer, boolean, date, integer),
  private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, date) from public;
grant execute on function private.month_of(date), private.months_as_known(uuid, uuid, date),
  private.last_day_with_value(double precision[], integer), private.explained(jsonb),
  private.best_series(uuid, uuid[], uuid, text[], text[], date),
  private.series_figures(uuid, uuid[], date, integer, boolean, date, integer) to authenticated, arti_worker;
grant execute on function private.read_artist_series(text, uuid, uuid, uuid, text[], text[], date, date, date)
  to arti_api;
