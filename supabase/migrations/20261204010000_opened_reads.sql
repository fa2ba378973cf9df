-- Reads of members who see their whole org check them once, as the series route does (20261203010000), and not once for
-- each policy of each table: a song page of four reads made some forty checks, more than half of its work. A read that
-- private.read_as_opened is called for is answered by a function of arti_reader, which checks the caller in its own fixed
-- statements and reads under that role's policies; whoever sees a part of the org is answered under their own, by the same
-- SQL.

-- Checks the caller of this transaction, notes the org, and returns whether they see all of it. Their session was checked
-- when the transaction began, as for policies.
create function private.open_own_org(org uuid) returns boolean
language plpgsql security definer set search_path = '' set plan_cache_mode = force_generic_plan as $$
declare
  person constant uuid := claims.uid();
  is_whole boolean;
  with_money boolean;
begin
  select org = any (a.all_artists) and org = any (a.all_platforms) and org = any (a.roster_read)
      and org = any (a.metrics_read),
    org = any (a.money_read)
  into is_whole, with_money from private.member_access a where a.user_id = person;
  perform set_config('app.opened_org_id', case when is_whole then org::text else '' end, true),
    set_config('app.opened_with_money', coalesce(with_money, false)::text, true);
  return coalesce(is_whole, false);
end $$;
revoke all on function private.open_own_org(uuid) from public;
grant execute on function private.open_own_org(uuid) to arti_reader;

-- Has a read be answered this way: a function without rights of its own, whose first argument is `org uuid`. It becomes
-- ..._by_policies, and ..._of_reader reads with it as arti_reader.
create procedure private.read_as_opened(read regprocedure) language plpgsql set search_path = '' as $$
declare
  this record;
  made constant text := $made$
    create function private.%1$I(%2$s) returns %3$s
    language plpgsql stable %4$s set search_path = '' set plan_cache_mode = force_generic_plan as $body$
    begin %5$s end $body$;
    revoke all on function private.%1$I(%6$s) from public;
    grant execute on function private.%1$I(%6$s) to %7$s$made$;
begin
  select p.proname as name, pg_get_function_arguments(p.oid) as arguments, pg_get_function_result(p.oid) as result,
    pg_get_function_identity_arguments(p.oid) as identity,
    (select string_agg('$' || n, ', ' order by n) from generate_series(1, p.pronargs) n) as given,
    (select string_agg(quote_ident(a.grantee::regrole::text), ', ') from aclexplode(p.proacl) a
     where a.grantee not in (0, p.proowner)) as callers
  into strict this
  from pg_proc p where p.oid = read and not p.prosecdef and p.proargnames[1] = 'org';
  execute format('alter function %s rename to %I', read, this.name || '_by_policies');
  execute format('grant execute on function private.%I(%s) to arti_reader', this.name || '_by_policies', this.identity);
  execute format(made, this.name || '_of_reader', this.arguments, this.result, 'security definer',
    format('if private.open_own_org($1) then return query select * from private.%I(%s); end if;',
      this.name || '_by_policies', this.given), this.identity, 'authenticated');
  execute format('alter function private.%I(%s) owner to arti_reader', this.name || '_of_reader', this.identity);
  execute format(made, this.name, this.arguments, this.result, '',
    format('
      if current_user = ''authenticated'' then
        return query select * from private.%I(%s);
        if current_setting(''app.opened_org_id'', true) = $1::text then
          return;
        end if;
      end if;
      return query select * from private.%I(%2$s);', this.name || '_of_reader', this.given, this.name || '_by_policies'),
    this.identity, this.callers);
end $$;
revoke all on procedure private.read_as_opened(regprocedure) from public;

-- What these reads read.
do $$
declare
  of_table text;
begin
  foreach of_table in array array[
    'recordings', 'credits', 'releases', 'release_tracks', 'observation_batches', 'observation_revisions'
  ] loop
    execute format('grant select on public.%I to arti_reader', of_table);
    execute format('create policy read_opened on public.%I for select to arti_reader
      using (org_id = (select private.opened_org_id()))', of_table);
  end loop;
end $$;
alter policy visible_artists_only on public.observation_revisions to authenticated, arti_reader;
grant select on public.metrics, public.metric_definition_revisions to arti_reader;
alter policy read on public.metrics to authenticated, arti_worker, arti_reader;
alter policy read on public.metric_definition_revisions to authenticated, arti_worker, arti_reader;
grant execute on function private.months_as_known(uuid, uuid, date), private.month_of(date),
  private.definition_breaks(text, text, date, date, text, date),
  private.counter_gain(double precision, double precision, boolean),
  private.growth_percent(double precision, double precision), private.is_coarse_gain(double precision, double precision),
  private.rounding_step(double precision), private.last_day_with_value(double precision[], integer),
  private.total_of(double precision[]), private.stale_after_days(text)
  to arti_reader;

-- Recordings with their credits, and with the assets and releases that they are on; instead of a merged one that which it
-- was merged into. An artist whom the caller does not see has a name only.
create function private.recordings_with_parts(org uuid, ids uuid[]) returns table (
  id uuid, isrc text, title text, version_title text, version_of uuid, duration_ms integer, released_on date,
  merged_into uuid, credits jsonb, assets jsonb, releases jsonb
) language sql stable
begin atomic
  select r.id, r.isrc, r.title, r.version_title, r.version_of, r.duration_ms, r.released_on, r.merged_into,
    coalesce((select jsonb_agg(jsonb_build_object('artist_id', t.id, 'name', c.name, 'role', c.role)
                order by c.position, c.name)
              from public.credits c left join public.artists t on t.org_id = org and t.id = c.artist_id
              where c.org_id = org and c.recording_id = r.id), '[]'),
    coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'artist_id', a.artist_id, 'provider', a.provider,
                'kind', a.kind, 'kind_guessed', coalesce(a.details -> 'kind_guessed' = 'true', false), 'title', a.title,
                'url', a.url, 'external_id', a.external_id, 'released_on', a.released_on, 'isrc', a.isrc)
                order by a.provider, a.kind, a.title, a.id)
              from public.assets a where a.org_id = org and a.recording_id = r.id), '[]'),
    coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'title', l.title, 'kind', l.kind,
                'released_on', l.released_on) order by l.released_on, l.title, l.id)
              from public.releases l
              where l.org_id = org and l.id in (
                select t.release_id from public.release_tracks t where t.org_id = org and t.recording_id = r.id)), '[]')
  from public.recordings r
  where r.org_id = org and r.id = any (array(
    select coalesce(m.merged_into, m.id) from public.recordings m where m.org_id = org and m.id = any (ids)));
end;

-- The series of the assets of recordings, of flows and counters only, each with the newest day up to `to_day` that has a
-- value (no metrics: all); and what each of series says of a period of its own: sum, days with a value, gain, change of
-- definition. `gain` is null where private.counter_gain says so. `over`: the last day is over where the provider counts.
-- Each of them also as known on a day, which is rare and reads other rows: one statement for both would cost a third more.
do $$
declare
  as_known boolean;
  months text;
begin
  foreach as_known in array array[false, true] loop
    months := case when as_known then 'private.months_as_known(org, s.id, known_on)' else 'public.observation_months' end;
    execute format($made$
      create function private.%1$s(org uuid, recordings uuid[], metrics text[], to_day date%2$s) returns table (
        series_id uuid, provider text, metric text, terms text, dimension text, name text, unit text, kind text,
        asset_id uuid, artist_id uuid, recording_id uuid, external_id text, title text, released_on date, last_on date
      ) language sql stable
      begin atomic
        select s.id, s.provider, s.metric, s.terms, s.dimension, k.name, k.unit, k.kind, a.id, a.artist_id, a.recording_id,
          a.external_id, a.title, a.released_on, newest.observed_on
        from public.assets a
        cross join lateral (
          select * from public.series s
          where s.org_id = org and s.artist_id = a.artist_id and s.asset_id = a.id
            and (metrics is null or s.metric = any (metrics))
            and (s.dimension = '' or (s.dimension like 'period=%%' and strpos(s.dimension, ',') = 0))
          offset 0
        ) s
        join (select b.slug, b.name, b.unit, b.kind from public.metrics b
              union all select o.slug, o.name, o.unit, o.kind from public.org_metrics o where o.org_id = org) k
          on k.slug = s.metric
        cross join lateral (select least(to_day, clock.today_in(s.time_zone) - 1) as day) bound
        left join lateral (
          select m.month + (d.place - 1) as observed_on
          from %3$s m
          cross join lateral (
            select max(i) as place from generate_subscripts(m.values, 1) i
            where m.values[i] is not null and m.month + (i - 1) <= bound.day) d
          where m.org_id = org and m.series_id = s.id and m.month <= bound.day and d.place is not null
          order by m.month desc limit 1
        ) newest on true
        where a.org_id = org and a.recording_id = any (recordings) and k.kind in ('flow', 'counter')
        order by a.provider, a.title, a.id, s.id;
      end$made$,
      'series_of_recordings' || case when as_known then '_as_known' else '' end,
      case when as_known then ', known_on date' else '' end, months);
    execute format($made$
      create function private.%1$s(org uuid, series_ids uuid[], first_days date[], last_days date[]%2$s) returns table (
        series_id uuid, over boolean, days bigint, total double precision, last double precision, before double precision,
        break_on date, gain double precision
      ) language sql stable
      begin atomic
        with wanted as materialized (
          select w.id, w.from_on, w.to_on, s.metric, s.provider, a.kind,
            coalesce(m.kind = 'counter', n.kind = 'counter') as is_counter, coalesce(m.can_fall, true) as can_fall,
            w.to_on < clock.today_in(s.time_zone) as over
          from unnest(series_ids, first_days, last_days) as w (id, from_on, to_on)
          join public.series s on s.org_id = org and s.id = w.id
          join public.assets a on a.org_id = org and a.id = s.asset_id
          left join public.metrics m on m.slug = s.metric
          left join public.org_metrics n on n.org_id = org and n.slug = s.metric
        ), breaks as materialized (
          -- Asked once for what many series share.
          select k.*, (
            select max(b.since_on)
            from private.definition_breaks(
              k.metric, k.provider, k.from_on - k.is_counter::integer, k.to_on, k.kind%4$s) b
          ) as break_on
          from (select distinct u.metric, u.provider, u.kind, u.is_counter, u.from_on, u.to_on from wanted u) k
        )
        select s.id, s.over, v.days, v.total, v.last, v.before, k.break_on,
          private.counter_gain(v.last, v.before, s.can_fall)
        from wanted s
        join breaks k on (k.metric, k.provider, k.kind, k.is_counter, k.from_on, k.to_on)
          = (s.metric, s.provider, s.kind, s.is_counter, s.from_on, s.to_on)
        cross join lateral (
          select count(d.value) filter (where m.month + (d.place::integer - 1) >= s.from_on) as days,
            sum(d.value) filter (where m.month + (d.place::integer - 1) >= s.from_on) as total,
            max(d.value) filter (where m.month + (d.place::integer - 1) = s.to_on) as last,
            max(d.value) filter (where m.month + (d.place::integer - 1) = s.from_on - 1) as before
          from %3$s m
          cross join lateral unnest(m.values) with ordinality as d (value, place)
          where m.org_id = org and m.series_id = s.id and m.month <= s.to_on
            and m.month >= date_trunc('month', (s.from_on - 1)::timestamp)::date
            and m.month + (d.place::integer - 1) between s.from_on - 1 and s.to_on
        ) v;
      end$made$,
      'values_of_periods' || case when as_known then '_as_known' else '' end,
      case when as_known then ', known_on date' else '' end, months, case when as_known then ', known_on' else '' end);
  end loop;
end $$;

-- The numbers of an artist's series, without those of assets, with the last `spark_days` of each.
create function private.tiles_of_artist(
  org uuid, artist uuid, span integer, spark_days integer, known_on date
) returns table (
  series_id uuid, provider text, metric text, terms text, as_of date, from_on date, basis text, value double precision,
  previous double precision, change double precision, change_percent double precision, change_note text, break_on date,
  break_note text, stale boolean, age_days integer, known_at timestamptz, null_reason text, spark double precision[]
) language sql stable
begin atomic
  with best as materialized (select * from private.best_series(org, array[artist], known_on => known_on))
  select best.series_id, best.provider, best.metric, best.terms, f.as_of, f.from_on, f.basis, f.value, f.previous, f.change,
    f.change_percent, f.change_note, f.break_on, f.break_note, coalesce(f.stale, true),
    clock.today_in(best.time_zone) - f.as_of, b.known_at,
    private.state_sentence(coalesce(f.newest_code, 'not_reported')), f.spark
  from private.series_figures(
    org, (select array_agg(o.series_id) from best o), clock.today(), span, true, known_on, spark_days) f
  join best on best.series_id = f.series_id
  left join public.observation_batches b on b.org_id = org and b.id = f.newest_batch
  order by best.provider, best.metric;
end;

do $$
declare
  name regprocedure;
begin
  foreach name in array array[
    'private.tiles_of_artist(uuid, uuid, integer, integer, date)',
    'private.recordings_with_parts(uuid, uuid[])', 'private.series_of_recordings(uuid, uuid[], text[], date)',
    'private.series_of_recordings_as_known(uuid, uuid[], text[], date, date)',
    'private.values_of_periods(uuid, uuid[], date[], date[])',
    'private.values_of_periods_as_known(uuid, uuid[], date[], date[], date)'
  ]::regprocedure[] loop
    execute format('revoke all on function %s from public', name);
    execute format('grant execute on function %s to authenticated, arti_worker', name);
  end loop;
end $$;

-- To own something in a schema one must be able to create in it.
grant create on schema private to arti_reader;
call private.read_as_opened('private.tiles_of_artist(uuid, uuid, integer, integer, date)');
call private.read_as_opened('private.recordings_with_parts(uuid, uuid[])');
call private.read_as_opened('private.series_of_recordings(uuid, uuid[], text[], date)');
call private.read_as_opened('private.values_of_periods(uuid, uuid[], date[], date[])');
call private.read_as_opened('private.best_series(uuid, uuid[], uuid, text[], text[], date)');
call private.read_as_opened('private.series_figures(uuid, uuid[], date, integer, boolean, date, integer)');
revoke create on schema private from arti_reader;

-- What an endpoint asks first: the caller's own active membership. Four policies checked the claims for it.
create function private.own_membership(org uuid) returns table (
  role public.member_role, artist_access text, money_access boolean
) language plpgsql stable security definer set search_path = '' as $$
#variable_conflict use_column
declare
  person constant uuid := claims.uid();
begin
  return query select m.role, m.artist_access, m.money_access
    from public.memberships m where m.org_id = org and m.user_id = person and m.status = 'active';
end $$;
revoke all on function private.own_membership(uuid) from public;
grant execute on function private.own_membership(uuid) to authenticated;
